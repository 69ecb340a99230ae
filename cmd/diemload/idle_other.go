//go:build unix && !linux

package main

// idles does nothing here: figures are taken on Linux.
func idles() {}
