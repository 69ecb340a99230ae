package paper

import "strconv"

// ByteCount writes a size in MB or bytes for the reader of a refusal.
func ByteCount(n int64) string {
	if n%(1<<20) == 0 {
		return strconv.FormatInt(n>>20, 10) + " MB"
	}
	return strconv.FormatInt(n, 10) + " B"
}
