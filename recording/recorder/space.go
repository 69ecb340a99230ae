package recorder

import "time"

// WarnAt is how full a disk may be before operators are warned.
const WarnAt = 0.8

// Space is what a disk has for this program, in bytes: what is kept for others
// counts as neither, as df reckons.
type Space struct {
	Size, Free uint64
}

// Used is the part of the disk that is taken, 0 to 1.
func (s Space) Used() float64 {
	if s.Size == 0 {
		return 0
	}
	return 1 - float64(s.Free)/float64(s.Size)
}

// Left is how long a recording of so many bit/s can go on before the reserve is
// reached.
func (s Space) Left(reserve, bitrate uint64) time.Duration {
	if s.Free <= reserve || bitrate == 0 {
		return 0
	}
	seconds := min(float64(s.Free-reserve)*8/float64(bitrate), (100 * 365 * 24 * time.Hour).Seconds())
	return time.Duration(seconds * float64(time.Second))
}
