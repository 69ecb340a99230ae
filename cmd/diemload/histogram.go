package main

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// histogram counts durations in microseconds, eight classes to each doubling,
// so a percentile is right to 1/16. The zero value is ready; any goroutine may
// add.
type histogram struct {
	classes [8 * 32]atomic.Uint64
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

// class keeps the three bits below the leading one.
func class(us uint64) int {
	if us < 8 {
		return int(us)
	}
	shift := bits.Len64(us) - 4
	return min(8*(shift+1)+int(us>>shift&7), 8*32-1)
}

// middle is the value that a class stands for, in microseconds.
func middle(c int) float64 {
	if c < 8 {
		return float64(c)
	}
	shift := c/8 - 1
	return (float64(8+c%8) + 0.5) * float64(uint64(1)<<shift)
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
