package main

import (
	"time"

	"golang.org/x/sys/windows"
)

// ownCPU is the time that the load itself has cost.
func ownCPU() time.Duration {
	var created, ended, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(windows.CurrentProcess(), &created, &ended, &kernel, &user); err != nil {
		return 0
	}
	// Durations come in units of 100 ns.
	units := func(t windows.Filetime) int64 { return int64(t.HighDateTime)<<32 | int64(t.LowDateTime) }
	return 100 * time.Duration(units(kernel)+units(user))
}

// idles does nothing here: figures are taken on Linux.
func idles() {}
