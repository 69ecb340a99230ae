//go:build !linux

package watch

// ClockNow is unknown here: the kernel is not asked.
func ClockNow() Clock { return Clock{State: Unknown} }

// Machine is unknown here.
func (l *Load) Machine() {}
