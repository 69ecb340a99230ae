package integration

import (
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
)

// A state line at its worst: 512 kbit/s with 5 % loss, and a camera of 2.3 Mbit/s
// at the other end. What speech and picture do is told; what is asserted is what
// holds whatever the bridge knows of the line: the point stays in the meeting,
// hears something, and has everything back when the line is good again.
func TestAPointStaysInTheMeetingOnAThinLine(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	line, err := lkclient.NewImpairment(7)
	if err != nil {
		t.Fatal(err)
	}
	room := newRoom()
	far := join(t, b, room, "far", func(s *lkclient.Settings) { s.Net, s.UDPOnly, s.NackInterval = line, true, 20*time.Millisecond })
	one := join(t, b, room, "one")
	one.camera(samples.VP8)
	one.microphone()
	far.hasFrom("one")
	picture, sound := far.viewer("one", cam), far.viewer("one", mic)

	const rate = 512_000
	thin := lkclient.Line{Rate: rate, Loss: 0.05}
	line.Set(thin, thin)
	line.ResetReports()
	seen, heard := picture.look(), sound.look()
	began := time.Now()
	eventually(t, time.Minute, "10 s on the thin line", func() bool { return time.Since(began) > 10*time.Second })
	_, down := line.Reports()
	p, s := picture.look(), sound.look()
	share := float64(s.frames-heard.frames) / (time.Since(began).Seconds() * 50)
	t.Logf("offered at most %d kbit/s, passed %d kbit/s; sound %.1f %%, longest silence %v; pictures %d, layers %v before, %v after, longest freeze %v",
		down.Offered.Peak()/1000, down.Passed.Peak()/1000, 100*share, s.freeze, p.frames-seen.frames, seen.layers, p.layers, p.freeze)
	if down.Passed.Peak() > rate*21/20 {
		t.Errorf("the line of %d bit/s carried %d", rate, down.Passed.Peak())
	}
	if s.frames == heard.frames {
		t.Error("nothing was heard")
	}
	if err := far.Look(soon(t), func(r *lkclient.Room) {
		if r.Leave != nil || !r.SocketUp {
			t.Error("the point was sent away")
		}
	}); err != nil {
		t.Fatal(err)
	}
	line.Set(lkclient.Line{}, lkclient.Line{})
	back := time.Now()
	picture.more(t, 30)
	sound.more(t, 50)
	t.Logf("30 pictures and 50 sounds %v after the line was good again", time.Since(back))
}
