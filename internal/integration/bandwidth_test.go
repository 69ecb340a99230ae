package integration

import (
	"bytes"
	"context"
	"os"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

// impaired joins behind a line of the test's own.
func impaired(t *testing.T, b *server, room, identity string, seed uint64) (*point, *lkclient.Impairment) {
	t.Helper()
	line, err := lkclient.NewImpairment(seed)
	if err != nil {
		t.Fatal(err)
	}
	return join(t, b, room, identity, func(s *lkclient.Settings) {
		s.Net, s.UDPOnly, s.NackInterval = line, true, 20*time.Millisecond
	}), line
}

// during looks on for some time of the line's own. It waits for the clock, which
// is what is measured here.
func during(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	<-ctx.Done()
}

// heardShare is how much of the sound has come since a look, of what was sent.
func heardShare(v *viewer, from sight, since time.Time) float64 {
	return float64(v.look().frames-from.frames) / (50 * time.Since(since).Seconds())
}

func (p *point) prefers(t *testing.T, identity string, priority uint32) {
	t.Helper()
	v := p.viewer(identity, cam)
	if err := p.TrackSettings(&livekit.UpdateTrackSettings{
		TrackSids: []string{v.track.SID}, Width: 1280, Height: 720, Priority: priority,
	}); err != nil {
		t.Fatal(err)
	}
}

// P7: a point with a budget of 1 Mbit/s in a busy meeting never receives more than
// 1.05 Mbit/s in any second, hears everybody, sees the speaker best, and the others
// as well as the rest of the budget allows: at least 90 % of it is used.
func TestP7ABudgetIsNeverExceededAndUsed(t *testing.T) {
	t.Parallel()
	if os.Getenv("DIEMCAU_TEST_URL") != "" {
		t.Skip("the budget is in the configuration")
	}
	const budget = 1_000_000
	b := startOwn(t, func(c *config.Config) { c.Room.LineKbps = budget / 1000 })
	room := newRoom()
	far, line := impaired(t, b, room, "far", 3)
	points := map[string]*point{}
	pictures, sounds := []string{"one", "two", "three", "speaker"}, []string{"one", "speaker"}
	for _, name := range pictures {
		p := join(t, b, room, name)
		points[name] = p
		if name != "speaker" {
			// The budget is that of every line, uplinks too: who is shown small sends small.
			p.publish(samples.VP8, cam, 0)
		} else {
			p.camera(samples.VP8)
		}
		if slices.Contains(sounds, name) {
			p.microphone()
		}
	}
	for _, name := range sounds {
		far.hasFrom(name)
	}
	far.prefers(t, "speaker", 9)
	during(t, 6*time.Second) // the best that the budget carries is known by then
	line.ResetReports()
	began := time.Now()
	before := map[string]sight{}
	for _, name := range sounds {
		before[name] = far.viewer(name, mic).look()
	}
	seen := far.viewer("speaker", cam).look()
	during(t, 10*time.Second)
	_, down := line.Reports()
	used := down.Offered.Total() * 8 / int64(time.Since(began).Seconds())
	t.Logf("fullest second %d kbit/s, %d kbit/s on average", down.Offered.Peak()/1000, used/1000)
	bound := int64(budget * 105 / 100)
	if !timed { // a bridge that the race detector holds up catches up within the second after
		bound = budget * 115 / 100
	}
	if peak := down.Offered.Peak(); peak > bound {
		t.Errorf("%d bit/s in one second of a budget of %d", peak, budget)
	}
	if timed && used < budget*90/100 {
		t.Errorf("%d bit/s of a budget of %d are used, and more is wanted", used, budget)
	}
	for _, name := range sounds {
		if share := heardShare(far.viewer(name, mic), before[name], began); share < 0.97 {
			t.Errorf("%.1f %% of the sound of %s", 100*share, name)
		}
	}
	now := far.viewer("speaker", cam).look()
	if timed && now.layers[1]-seen.layers[1] < 100 { // 360p is what the budget carries
		t.Errorf("pictures of the speaker by layer: %v, then %v", seen.layers, now.layers)
	}
	for _, name := range pictures[:3] {
		if other := far.viewer(name, cam).look(); other.layer != 0 {
			t.Errorf("%s, who does not speak, is seen in layer %d", name, other.layer)
		}
	}
	papersCome(t, points["one"], far, line, budget)
}

// papersCome sends messages as well; nobody is silenced by them.
func papersCome(t *testing.T, from, far *point, line *lkclient.Impairment, budget int64) {
	t.Helper()
	line.ResetReports()
	began, before := time.Now(), far.viewer("one", mic).look()
	const count, size = 12, 4_000
	for i := range count {
		if err := from.SendText(soon(t), livekit.DataPacket_RELIABLE, "topic", message(i, size), "far"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range count {
		if got := far.next(); !bytes.Equal(got.GetUser().GetPayload(), message(i, size)) {
			t.Fatalf("message %d is another", i)
		}
	}
	_, down := line.Reports()
	t.Logf("%d kB of messages in %v, fullest second %d kbit/s", count*size/1000, time.Since(began), down.Offered.Peak()/1000)
	if peak := down.Offered.Peak(); peak > budget*105/100 {
		t.Errorf("with messages %d bit/s in one second of a budget of %d", peak, budget)
	}
	if share := heardShare(far.viewer("one", mic), before, began); share < 0.95 {
		t.Errorf("with messages %.1f %% of the sound", 100*share)
	}
}

// P6: a line of 4 Mbit/s collapses to 512 kbit/s with 5 % loss, and comes back.
// Sound goes on, the picture steps down within 2 s and is back within 10 s.
func TestP6SpeechSurvivesALineThatCollapses(t *testing.T) {
	t.Parallel()
	for name, jitter := range map[string]time.Duration{"a steady line": 0, "a line that jitters": 45 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			collapses(t, jitter)
		})
	}
}

func collapses(t *testing.T, jitter time.Duration) {
	t.Helper()
	b := startBridge(t)
	room := newRoom()
	good, thin := lkclient.Line{Rate: 4_000_000, Jitter: jitter}, lkclient.Line{Rate: 512_000, Loss: 0.05, Jitter: jitter}
	far, line := impaired(t, b, room, "far", 7)
	line.Set(good, good)
	one := join(t, b, room, "one")
	one.camera(samples.VP8)
	one.microphone()
	far.hasFrom("one")
	picture, sound := far.viewer("one", cam), far.viewer("one", mic)
	eventually(t, soonLimit, "the largest picture", func() bool { return picture.look().layer == 2 })

	line.Set(thin, thin)
	collapsed, from := time.Now(), sound.look()
	eventually(t, soonLimit, "a smaller picture", func() bool { return picture.look().layer < 2 })
	stepped := time.Since(collapsed)
	during(t, 10*time.Second)
	share := heardShare(sound, from, collapsed)
	still := sound.look().freeze
	line.Set(good, good)
	back, seen := time.Now(), picture.look().layers[2]
	eventually(t, soonLimit, "the largest picture again", func() bool { return picture.look().layers[2] >= seen+15 })
	returned := time.Since(back)
	t.Logf("stepped down after %v, %.2f %% of the sound, longest silence %v, back after %v", stepped, 100*share, still, returned)
	if timed && stepped > 2*time.Second {
		t.Errorf("the picture stepped down after %v", stepped)
	}
	if timed && returned > 10*time.Second {
		t.Errorf("the picture was back after %v", returned)
	}
	if timed && share < 0.98 { // less 1 %: what is on the way at either end of the look
		t.Errorf("%.2f %% of the sound", 100*share)
	}
}

// obedient sends the layers that the bridge wants of a camera, as stock clients do.
type obedient struct {
	track atomic.Pointer[lkclient.LocalTrack]
	off   [3]atomic.Bool
}

func (o *obedient) WriteRTP(layer int, timestamp uint32, marker bool, payload []byte) error {
	if t := o.track.Load(); t != nil && !o.off[layer].Load() {
		return t.WriteRTP(layer, timestamp, marker, payload)
	}
	return nil
}

// hear follows what the bridge says of the layers.
func (o *obedient) hear(r *livekit.SignalResponse) {
	for _, c := range r.GetSubscribedQualityUpdate().GetSubscribedCodecs() {
		for _, q := range c.Qualities {
			if int(q.Quality) < len(o.off) {
				o.off[q.Quality].Store(!q.Enabled)
			}
		}
	}
}

func TestP7AnUplinkLimitHoldsWithAClientThatObeys(t *testing.T) {
	t.Parallel()
	if os.Getenv("DIEMCAU_TEST_URL") != "" {
		t.Skip("the limit is in the configuration")
	}
	const limit = 400_000
	b := startOwn(t, func(c *config.Config) { c.Room.LineKbps = limit / 1000 })
	room, camera := newRoom(), &obedient{}
	line, err := lkclient.NewImpairment(5)
	if err != nil {
		t.Fatal(err)
	}
	far := join(t, b, room, "far", func(s *lkclient.Settings) { s.Net, s.UDPOnly, s.OnMessage = line, true, camera.hear })
	two := join(t, b, room, "two")
	far.sendTo(samples.VP8, cam, camera)
	far.microphone()
	two.hasFrom("far")
	eventually(t, soonLimit, "one layer only", func() bool {
		return !camera.off[0].Load() && camera.off[1].Load() && camera.off[2].Load()
	})
	line.ResetReports()
	two.viewer("far", cam).forget()
	during(t, 5*time.Second)
	up, _ := line.Reports()
	t.Logf("fullest second %d kbit/s of %d", up.Offered.Peak()/1000, limit/1000)
	if peak := up.Offered.Peak(); peak > limit {
		t.Errorf("%d bit/s in one second of a limit of %d", peak, limit)
	}
	two.hasFrom("far") // and it is still seen and heard
}
