package sfu

import "time"

var processStart = time.Now()

// Now returns nanoseconds on the process's monotonic clock. It does not jump
// when the wall clock is set.
func Now() int64 { return int64(time.Since(processStart)) }

// WallClock returns the wall-clock time of a Now value, as of the start of the
// process: two values keep their distance even if the wall clock is set between.
func WallClock(now int64) time.Time { return processStart.Add(time.Duration(now)).Round(0) }
