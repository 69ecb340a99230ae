package depacket_test

import (
	"math/rand"
	"testing"

	"pgregory.net/rapid"

	"diemcau/recording/depacket"
)

// A single picture that is off against the sound is the publisher's: the line moves no
// frame against the one before by more than 5 ms in a second of the publisher's own time,
// whatever arrives when and whatever reports say, or it says that it began anew.
func TestARC02_NoFrameIsMovedAgainstItsNeighbours(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := depacket.NewTimeline(90_000)
		rnd := rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed")))
		ticks, arrival := rnd.Uint32(), int64(1e9)
		last, jumps := int64(0), uint64(0)
		for n := range 600 {
			step := uint32(1000 + rnd.Intn(10_000)) // 11 to 122 ms, as a busy page paints
			ticks += step
			media := int64(step) * 1000 * ms / 90_000
			arrival += media
			if rnd.Intn(10) == 0 { // a report that is late by up to 100 ms, or lies
				line.Reference(ticks, arrival-int64(rnd.Intn(100))*ms)
			}
			if rnd.Intn(200) == 0 {
				line.Reference(rnd.Uint32(), arrival-rnd.Int63n(1e12))
			}
			at := line.At(ticks, arrival+int64(rnd.Intn(300))*ms) // what waits in queues
			if moved := at - last - media; n > 0 && line.Jumps == jumps && (moved > media/200+ms/100 || moved < -media/200-ms/100) {
				t.Fatalf("frame %d is moved by %d us in %d ms", n, moved/1000, media/ms)
			}
			last, jumps = at, line.Jumps
		}
	})
}
