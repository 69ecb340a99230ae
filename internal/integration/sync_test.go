package integration

import (
	"slices"
	"sync"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

// lips is how far sound and picture may be apart (ITU-R BT.1359 finds 90 ms of
// sound too late just noticeable, 45 too early; encoders take their part).
const lips = 80 * time.Millisecond

// presentation looks at one track as a player does that keeps sound and picture
// together: when a packet was captured by the server's reports, against when the
// publisher really sent it.
type presentation struct {
	*viewer
	player *samples.Player

	mu   sync.Mutex
	late []time.Duration // captured by the report, after it was sent
}

func (p *presentation) packet(x *lkclient.Packet) {
	p.viewer.packet(x)
	if p.set == nil {
		return
	}
	ref, ok := p.set.Find(x.Payload)
	at, told := p.track.Instant(x.Timestamp)
	if !ok || !told {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late = append(p.late, at.Sub(time.Unix(0, p.player.SentAt(ref.Ordinal))))
}

func (p *presentation) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.late = nil
}

// median is of what came since forget, and of how many packets: a busy machine
// sends some of them late.
func (p *presentation) median() (time.Duration, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.late) == 0 {
		return 0, 0
	}
	sorted := slices.Sorted(slices.Values(p.late))
	return sorted[len(sorted)/2], len(sorted)
}

// audience is a point that watches sound and picture of one other.
type audience struct {
	*point
	mu     sync.Mutex
	tracks map[string]*presentation // by MIME type
}

func (a *audience) watch(sender *point) func(*lkclient.Client, *lkclient.Track) lkclient.PacketFunc {
	return func(_ *lkclient.Client, track *lkclient.Track) lkclient.PacketFunc {
		a.mu.Lock()
		defer a.mu.Unlock()
		p := &presentation{viewer: newViewer(track), player: sender.sent[track.SID]}
		a.tracks[normal(track.MIME)] = p
		return p.packet
	}
}

func (a *audience) of(mime string) *presentation {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tracks[mime]
}

// together checks half a second and more of both.
func (a *audience) together(t *testing.T, when string) {
	t.Helper()
	sound, picture := a.of(samples.Opus), a.of(samples.VP8)
	sound.forget()
	picture.forget()
	eventually(t, soonLimit, "sound and picture "+when, func() bool {
		_, n := sound.median()
		_, m := picture.median()
		return n >= 25 && m >= 15
	})
	s, _ := sound.median()
	p, _ := picture.median()
	t.Logf("%s: sound %v, picture %v, apart %v", when, s, p, s-p)
	if d := (s - p).Abs(); timed && d > lips {
		t.Errorf("%s sound and picture are %v apart", when, d)
	}
}

func TestSoundAndPictureStayTogetherWhateverHappensToThePicture(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	sender := join(t, b, room, "sender")
	camera := sender.camera(samples.VP8)
	microphone := sender.microphone()
	line, err := lkclient.NewImpairment(1)
	if err != nil {
		t.Fatal(err)
	}
	a := &audience{tracks: map[string]*presentation{}}
	a.point = join(t, b, room, "watcher", func(s *lkclient.Settings) {
		s.Net, s.UDPOnly, s.NackInterval, s.OnTrack = line, true, 20*time.Millisecond, a.watch(sender)
	})
	eventually(t, soonLimit, "both tracks with their first reports", func() bool {
		s, p := a.of(samples.Opus), a.of(samples.VP8)
		return s != nil && p != nil && s.track.Reports() > 0 && p.track.Reports() > 0
	})
	a.together(t, "at first")
	picture := a.of(samples.VP8)
	for _, layer := range []int{0, 2, 1} {
		if err := a.TrackSettings(&livekit.UpdateTrackSettings{
			TrackSids: []string{picture.track.SID}, Quality: livekit.VideoQuality(layer),
		}); err != nil {
			t.Fatal(err)
		}
		eventually(t, soonLimit, "the wanted layer", func() bool { return picture.look().layer == layer })
		a.together(t, "after a change of layers")
	}
	settings := &livekit.UpdateTrackSettings{TrackSids: []string{picture.track.SID}, Disabled: true}
	if err := a.TrackSettings(settings); err != nil {
		t.Fatal(err)
	}
	picture.stops(t)
	settings.Disabled, settings.Quality = false, livekit.VideoQuality_HIGH
	if err := a.TrackSettings(settings); err != nil {
		t.Fatal(err)
	}
	picture.more(t, 5)
	a.together(t, "after a pause")
	line.SetLoss(0.1)
	a.together(t, "while a tenth is lost")
	line.SetLoss(0)
	reports := picture.track.Reports()
	eventually(t, soonLimit, "a report after the loss", func() bool { return picture.track.Reports() > reports })
	a.together(t, "after the loss")

	for _, track := range []*lkclient.LocalTrack{microphone, camera} {
		sid := track.Info.GetSid()
		v := a.of(track.MIME())
		for _, muted := range []bool{true, false} {
			if err := sender.SetMuted(soon(t), sid, muted); err != nil {
				t.Fatal(err)
			}
			if muted {
				v.stops(t)
			}
		}
		v.more(t, 5)
		a.together(t, "after the "+track.MIME()+" was muted for a while")
	}
	a.restart(t, sender, camera)
}

// restart has the camera published anew, as a browser does with another device: the
// picture's clock begins somewhere else.
func (a *audience) restart(t *testing.T, sender *point, camera *lkclient.LocalTrack) {
	t.Helper()
	before := a.of(samples.VP8)
	if err := sender.Unpublish(soon(t), camera); err != nil {
		t.Fatal(err)
	}
	sender.camera(samples.VP8)
	eventually(t, soonLimit, "the new picture with its first report", func() bool {
		p := a.of(samples.VP8)
		return p != before && p.track.Reports() > 0
	})
	a.together(t, "after the camera was restarted")
}
