package engine

import (
	"testing"

	"github.com/pion/webrtc/v4"
)

// Checks that are lost on a bad line are no end of it while media proves the path.
func TestALineIsLostWhenNothingIsHeardAndNotBefore(t *testing.T) {
	t.Parallel()
	const (
		up     = webrtc.PeerConnectionStateConnected
		doubt  = webrtc.PeerConnectionStateDisconnected
		failed = webrtc.PeerConnectionStateFailed
	)
	for _, c := range []struct {
		state           webrtc.PeerConnectionState
		silent          bool
		connected, lost bool
	}{
		{webrtc.PeerConnectionStateNew, false, false, false},
		{webrtc.PeerConnectionStateConnecting, false, false, false},
		{up, false, true, false},
		{doubt, false, true, false}, // heard
		{doubt, true, false, true},
		{failed, false, false, true},
		{failed, true, false, true},
	} {
		l := &line{state: c.state, silent: c.silent}
		if l.connected() != c.connected || l.lost() != c.lost {
			t.Errorf("%v, silent %v: connected %v, lost %v", c.state, c.silent, l.connected(), l.lost())
		}
	}
}

// The media that proved the path may end while the state stays.
func TestALineThatFallsSilentLaterIsToldOnce(t *testing.T) {
	t.Parallel()
	told := 0
	p := &Peer{events: func(e Event) {
		if _, ok := e.(Silent); ok {
			told++
		}
	}}
	l := newLine(p, Subscriber, 0)
	l.state = webrtc.PeerConnectionStateDisconnected // and nothing is heard
	l.listen()
	l.listen()
	if told != 1 || !l.lost() {
		t.Errorf("told %d times; lost %v", told, l.lost())
	}
	l = newLine(p, Subscriber, 0)
	l.state = webrtc.PeerConnectionStateConnected
	if l.listen(); told != 1 || l.silent {
		t.Error("a line that is up is told as silent")
	}
}
