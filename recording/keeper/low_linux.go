package keeper

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// Scheduling of the keeper's thread: behind everything that forwards media.
const (
	nice       = 10
	ioPrioIdle = 3 << 13 // IOPRIO_CLASS_IDLE, ioprio_set(2)
)

// low binds the goroutine to a thread of low priority, which ends with it. Where
// the system refuses, the keeper's rate alone makes it slow.
func low() {
	runtime.LockOSThread()
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), nice)
	_, _, _ = unix.Syscall(unix.SYS_IOPRIO_SET, 1, 0, ioPrioIdle) // IOPRIO_WHO_PROCESS, this thread
}
