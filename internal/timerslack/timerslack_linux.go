package timerslack

import (
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// kernelDefault is what a process has when nobody has chosen, prctl(2).
const kernelDefault = 50_000 // ns

// Widen gives all threads of the program the slack. A thread can set its own only,
// and the runtime's have begun before any of our code runs, while a program keeps
// its slack when it is executed anew: so that is what happens, with the same
// process id, arguments, environment and standard streams. Call it before anything
// else is opened. It does nothing where the operator has chosen a slack, and
// returns when it is in force; with an error, the slack is what it was.
func Widen() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	now, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
	if err != nil || now != kernelDefault {
		return err
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(Slack), 0, 0, 0); err != nil {
		return err
	}
	return fmt.Errorf("execute %s anew: %w", program, unix.Exec(program, os.Args, os.Environ()))
}
