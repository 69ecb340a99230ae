package recorder

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// SpaceOf looks at the disk that a folder is on.
func SpaceOf(dir string) (Space, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return Space{}, fmt.Errorf("disk of %s: %w", dir, err)
	}
	var free, size uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, &size, nil); err != nil {
		return Space{}, fmt.Errorf("disk of %s: %w", dir, err)
	}
	return Space{Size: size, Free: free}, nil
}
