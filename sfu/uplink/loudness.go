package uplink

import "diemcau/sfu"

// loudness follows how loud the track is.
type loudness struct{}

func (l *loudness) observe(*sfu.Packet) {}
