//go:build !linux

package keeper

// low does nothing here: the keeper's rate alone makes it slow.
func low() {}
