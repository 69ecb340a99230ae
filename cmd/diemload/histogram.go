package main

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// histogram counts durations in microseconds, 32 classes to each doubling,
// so a percentile is right to 1/64: ratios near one are to be told apart. The zero value is ready; any goroutine may
// add.
type histogram struct {
	classes [fine * 32]atomic.Uint64
}

func (h *histogram) add(d time.Duration) {
	h.classes[class(uint64(max(d.Microseconds(), 0)))].Add(1)
}

// clear forgets all, for the next measurement.
func (h *histogram) clear() {
	for i := range h.classes {
		h.classes[i].Store(0)
	}
}

// fine classes to a doubling.
const (
	fineBits = 5
	fine     = 1 << fineBits
)

// class keeps the fineBits below the leading one.
func class(us uint64) int {
	if us < fine {
		return int(us)
	}
	shift := bits.Len64(us) - fineBits - 1
	return min(fine*(shift+1)+int(us>>shift&(fine-1)), fine*32-1)
}

// middle is the value that a class stands for, in microseconds.
func middle(c int) float64 {
	if c < fine {
		return float64(c)
	}
	shift := c/fine - 1
	return (float64(fine+c%fine) + 0.5) * float64(uint64(1)<<shift)
}

func (h *histogram) count() uint64 {
	var n uint64
	for i := range h.classes {
		n += h.classes[i].Load()
	}
	return n
}

// percentile is in milliseconds; 0 when nothing was added.
func (h *histogram) percentile(p float64) float64 {
	want := uint64(p / 100 * float64(h.count()))
	var n uint64
	for i := range h.classes {
		if n += h.classes[i].Load(); n > want {
			return middle(i) / 1000
		}
	}
	return 0
}
