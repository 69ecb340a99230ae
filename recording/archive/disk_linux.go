package archive

import (
	"os"
	"syscall"
)

// syncData writes what a file holds to the disk, but not when it was last changed.
func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) } // a descriptor fits
