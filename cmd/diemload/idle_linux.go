package main

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// idles leaves the processors to everybody else (SCHED_IDLE): the threads there are,
// and so all that they start.
func idles() {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, t := range threads {
		if id, err := strconv.Atoi(t.Name()); err == nil {
			_ = unix.SchedSetAttr(id, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_IDLE}, 0) // else it takes what it gets
		}
	}
}
