package archive

import (
	"os"

	"golang.org/x/sys/windows"
)

// lockedAt is a byte far behind the end of the file: a lock of Windows keeps
// others from reading what it covers.
const lockedAt = 1 << 30

// lockFile takes a file for this process; it fails when another has it.
func lockFile(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY,
		0, 1, 0, &windows.Overlapped{OffsetHigh: lockedAt})
}

func unlockFile(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, &windows.Overlapped{OffsetHigh: lockedAt})
}
