//go:build unix

package recorder

import (
	"fmt"
	"syscall"
)

// SpaceOf looks at the disk that a folder is on.
func SpaceOf(dir string) (Space, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return Space{}, fmt.Errorf("disk of %s: %w", dir, err)
	}
	block := uint64(s.Bsize) // not negative
	return Space{Size: (s.Blocks - s.Bfree + s.Bavail) * block, Free: s.Bavail * block}, nil
}

// SameDisk answers whether two folders take each other's room; where that cannot be told,
// they do.
func SameDisk(a, b string) bool {
	var x, y syscall.Stat_t
	if syscall.Stat(a, &x) != nil || syscall.Stat(b, &y) != nil {
		return true
	}
	return x.Dev == y.Dev
}
