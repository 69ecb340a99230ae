package engine_test

import (
	"strings"
	"testing"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"

	"github.com/pion/webrtc/v4"
)

func newEngine(t *testing.T, c engine.Config) *engine.Engine {
	t.Helper()
	c.Loopback = true
	e, err := engine.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func newRoom(t *testing.T, c engine.Config) *engine.Room {
	t.Helper()
	return newEngine(t, c).OpenRoom("room", func([]engine.Level) {})
}

// leftOut is how many packets for a client waited too long for a line that was
// believed thin, as one is whose client's machine is kept waiting. They are dropped
// as they should be, and their numbers are missing at the other end.
func leftOut(t *testing.T, e *engine.Engine, c *client) (packets int) {
	t.Helper()
	for _, r := range e.Snapshot(t.Context()).Rooms {
		for _, p := range r.Peers {
			if p.ID == meeting.SessionID("PA_"+c.name) {
				packets += int(p.Pacer.Stale + p.Pacer.Refused)
			}
		}
	}
	return packets
}

func TestTwoDualPeersSeeAndHearEachOther(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	a := newClient(t, room, "a", clientOptions{})
	b := newClient(t, room, "b", clientOptions{})
	for _, c := range []*client{a, b} {
		find(c, func(engine.Connected) bool { return true })
		c.publish(meeting.TrackID("TR_A"+c.name), sfu.Audio, webrtc.MimeTypeOpus)
		c.publish(meeting.TrackID("TR_V"+c.name), sfu.Video, webrtc.MimeTypeVP8)
	}
	for _, pair := range [][2]*client{{a, b}, {b, a}} {
		from, to := pair[0], pair[1]
		for _, id := range []meeting.TrackID{meeting.TrackID("TR_A" + from.name), meeting.TrackID("TR_V" + from.name)} {
			to.subscribe(id, from)
			r := to.hears(id, 20)
			if want := "PA_" + from.name + "|" + string(id); r.stream != want {
				t.Errorf("stream id %q, want %q", r.stream, want)
			}
			find(to, func(e engine.Subscribed) bool { return e.ID == id })
			if !strings.HasPrefix(r.id, "TR_") {
				t.Errorf("track id %q", r.id)
			}
		}
	}
}
