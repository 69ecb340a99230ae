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

// SameDisk answers whether two folders take each other's room; where that cannot be told,
// they do.
func SameDisk(a, b string) bool {
	x, err := volume(a)
	y, bad := volume(b)
	return err != nil || bad != nil || x == y
}

// volume is where the disk of a folder is mounted.
func volume(dir string) (string, error) {
	path, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return "", err
	}
	var root [windows.MAX_LONG_PATH]uint16
	err = windows.GetVolumePathName(path, &root[0], uint32(len(root)))
	return windows.UTF16ToString(root[:]), err
}
