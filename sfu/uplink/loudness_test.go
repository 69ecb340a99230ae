package uplink

import (
	"testing"

	"diemcau/sfu"
)

// A browser's discontinuous transmission sends one packet in 400 ms of silence;
// a short beep then is a single loud packet.
func TestAShortSoundInSilenceIsHeardAsOne(t *testing.T) {
	t.Parallel()
	const ms = int64(1e6)
	l := loudness{at: never}
	heard := false
	for n := range int64(8) {
		at := n * 250 * ms
		level := uint8(127)
		if n%2 == 1 {
			level = 5
		}
		l.observe(&sfu.Packet{Timestamp: uint32(n * 250 * 48), AudioLevel: level, Arrival: at}, 48_000)
		if at >= l.at {
			l.window(at)
			heard = heard || l.result.Load()>>32 != 0
		}
	}
	if !heard {
		t.Error("a beep every half second never counted as a speaker")
	}
}

func TestALatePacketDoesNotCountTwice(t *testing.T) {
	t.Parallel()
	l := loudness{at: never}
	for _, ts := range []uint32{48_000, 57_600, 48_960, 50_000, 57_600} {
		l.observe(&sfu.Packet{Timestamp: ts, AudioLevel: 0, Arrival: 1}, 48_000)
	}
	if l.newest != 57_600 {
		t.Errorf("newest = %d, want 57600", l.newest)
	}
}
