//go:build unix

package archive

import (
	"os"
	"syscall"
)

// lockFile takes a file for this process; it fails when another has it.
func lockFile(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) // a descriptor fits
}

func unlockFile(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) // a descriptor fits
}
