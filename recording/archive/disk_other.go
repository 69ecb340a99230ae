//go:build !linux

package archive

import "os"

// syncData writes what a file holds to the disk.
func syncData(f *os.File) error { return f.Sync() }
