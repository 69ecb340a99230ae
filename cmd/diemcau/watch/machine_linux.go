package watch

import (
	"bufio"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// ClockNow asks the kernel whether a time service keeps the clock right. A container may
// not be allowed to ask.
func ClockNow() Clock {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err != nil {
		return Clock{State: Unknown}
	}
	c := Clock{State: Well, Error: time.Duration(t.Maxerror) * time.Microsecond}
	if state == unix.TIME_ERROR || t.Status&unix.STA_UNSYNC != 0 {
		c.State = Away
	}
	return c
}

// Machine fills in what the whole machine has.
func (l *Load) Machine() {
	if f, err := os.Open("/proc/meminfo"); err == nil {
		l.memory(f)
		_ = f.Close() // it was read
	}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		first, _, _ := strings.Cut(string(text), " ")
		l.Waiting, _ = strconv.ParseFloat(first, 64) // 0 is unknown
	}
}

// memory reads /proc/meminfo, whose figures are in KiB.
func (l *Load) memory(from io.Reader) {
	for lines := bufio.NewScanner(from); lines.Scan(); {
		name, rest, _ := strings.Cut(lines.Text(), ":")
		n, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 53)
		if err != nil {
			continue
		}
		switch name {
		case "MemTotal":
			l.MemorySize = n << 10
		case "MemAvailable":
			l.MemoryFree = n << 10
		}
	}
}
