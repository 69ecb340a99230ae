package recorder

// opusDuration reads how long a packet is (RFC 6716, section 3.1), µs.
func opusDuration(b []byte) int64 {
	config := b[0] >> 3
	var each int64
	switch {
	case config < 12:
		each = []int64{10_000, 20_000, 40_000, 60_000}[config&3]
	case config < 16:
		each = []int64{10_000, 20_000}[config&1]
	default:
		each = []int64{2_500, 5_000, 10_000, 20_000}[config&3]
	}
	switch b[0] & 3 {
	case 0:
		return each
	case 3:
		if len(b) < 2 {
			return each
		}
		return each * max(int64(b[1]&0x3f), 1)
	}
	return 2 * each
}
