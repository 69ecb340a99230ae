package integration

import (
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

const (
	cam = livekit.TrackSource_CAMERA
	mic = livekit.TrackSource_MICROPHONE
)

func TestALayerChangeNeverNeedsAFrameThatWasNotSent(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	for _, codec := range []string{samples.VP8, samples.H264} {
		t.Run(codec, func(t *testing.T) {
			t.Parallel()
			room := newRoom()
			sender, watcher := join(t, b, room, "sender"), join(t, b, room, "watcher")
			sender.camera(codec)
			v := watcher.sees("sender", cam, 5)
			for _, want := range []int{0, 2, 1, 0, 1, 2, 0, 2} {
				err := watcher.TrackSettings(&livekit.UpdateTrackSettings{
					TrackSids: []string{v.track.SID}, Quality: livekit.VideoQuality(want),
				})
				if err != nil {
					t.Fatal(err)
				}
				eventually(t, soonLimit, "the wanted layer", func() bool { return v.look().layer == want })
				v.more(t, 5)
			}
			v.clean(t)
			if s := v.look(); timed && s.freeze > time.Second {
				t.Errorf("the picture froze for %v at a change", s.freeze)
			}
		})
	}
}

func TestADisabledTrackStopsAndComesBack(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	sender, watcher := join(t, b, room, "sender"), join(t, b, room, "watcher")
	sender.camera(samples.VP8)
	v := watcher.sees("sender", cam, 5)
	for range 3 {
		disable := &livekit.UpdateTrackSettings{TrackSids: []string{v.track.SID}, Disabled: true}
		if err := watcher.TrackSettings(disable); err != nil {
			t.Fatal(err)
		}
		v.stops(t)
		enable := &livekit.UpdateTrackSettings{TrackSids: []string{v.track.SID}, Quality: livekit.VideoQuality_HIGH}
		if err := watcher.TrackSettings(enable); err != nil {
			t.Fatal(err)
		}
		v.more(t, 10)
	}
	v.clean(t)
}

func TestMuteReachesTheOthersAndStopsThePackets(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	speaker, listener := join(t, b, room, "speaker"), join(t, b, room, "listener")
	track := speaker.microphone()
	v := listener.sees("speaker", mic, 25)
	sid := track.Info.GetSid()
	for _, muted := range []bool{true, false, true, false} {
		began := time.Now()
		if err := speaker.SetMuted(soon(t), sid, muted); err != nil {
			t.Fatal(err)
		}
		err := listener.Wait(soon(t), "the mute state", func(r *lkclient.Room) bool {
			info := r.Others["speaker"].GetTracks()
			return len(info) == 1 && info[0].GetMuted() == muted
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("muted=%v seen after %v", muted, time.Since(began))
		if muted {
			v.stops(t)
		} else {
			v.more(t, 25)
		}
	}
}

func TestUnpublishAndPublishAgainTwentyTimes(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	for name, mode := range map[string]func(*lkclient.Settings){"dual": func(*lkclient.Settings) {}, "single": single} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			room := newRoom()
			sender, watcher := join(t, b, room, "sender", mode), join(t, b, room, "watcher", mode)
			sections := 0
			for i := range 20 {
				track := sender.camera(samples.VP8)
				watcher.sees("sender", cam, 3)
				if err := sender.Unpublish(soon(t), track); err != nil {
					t.Fatal(err)
				}
				err := watcher.Wait(soon(t), "the track's end", func(r *lkclient.Room) bool {
					sections = r.Sections
					return len(r.Others["sender"].GetTracks()) == 0 && len(r.Tracks) == 0
				})
				if err != nil {
					t.Fatalf("time %d: %v", i, err)
				}
			}
			if sections > 12 {
				t.Errorf("%d m-sections after 20 rounds: they are not used again", sections)
			}
		})
	}
}

// stops waits until half a second passes without a good frame.
func (v *viewer) stops(t *testing.T) {
	t.Helper()
	last, since := v.look().frames, time.Now()
	eventually(t, soonLimit, v.track.SID+" stops", func() bool {
		if n := v.look().frames; n != last {
			last, since = n, time.Now()
		}
		return time.Since(since) > 500*time.Millisecond
	})
}

func TestCameraMicrophoneAndScreenOfOnePointAllArrive(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	one, two := join(t, b, room, "one"), join(t, b, room, "two")
	one.camera(samples.VP8)
	one.microphone()
	one.publish(samples.VP8, livekit.TrackSource_SCREEN_SHARE, 0)
	for _, source := range []livekit.TrackSource{cam, mic, livekit.TrackSource_SCREEN_SHARE} {
		two.sees("one", source, 10)
	}
}
