package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// usage is what the kernel says of a process.
type usage struct {
	cpu       time.Duration // user and system
	rss, peak uint64        // bytes
}

// clockTick is USER_HZ, fixed at 100 by Linux's user interface; see proc(5).
const clockTick = 10 * time.Millisecond

// server reads the usage of the server under load; zero without its pid.
func (l *load) server() usage {
	if l.ServerPID == 0 {
		return usage{}
	}
	u, err := processUsage(l.ServerPID)
	if err != nil {
		return usage{}
	}
	return u
}

func processUsage(pid int) (usage, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return usage{}, err
	}
	// The name in parentheses may hold anything; the fields follow the last one.
	// utime and stime are fields 14 and 15, proc(5).
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 13 {
		return usage{}, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64) // the kernel writes numbers
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	u := usage{cpu: time.Duration(user+system) * clockTick}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return usage{}, err
	}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		kilobytes, _ := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			u.rss = kilobytes << 10
		case "VmHWM":
			u.peak = kilobytes << 10
		}
	}
	return u, nil
}

// resetPeak starts the peak of memory anew, so that it is this run's. Without
// the right to do so the peak is that of the process's whole life.
func resetPeak(pid int) {
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0)
}
