package pionsession_test

import (
	"io"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"diemcau/internal/leaktest"
	"diemcau/internal/pionsession"
)

// patience is how long a busy machine may take for a handshake.
const patience = 30 * time.Second

func TestMain(m *testing.M) { leaktest.Main(m) }

// Pion forgets some of the streams that it reads from when it closes meanwhile.
func TestACloseEndsTheReadersOfStreamsThatNobodyRemembers(t *testing.T) {
	t.Parallel()
	one, other := connection(t), connection(t)
	if _, err := one.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	negotiate(t, one, other)
	sessions := pionsession.Of(other.SCTP().Transport())
	media, control := sessions.Load()
	for end := time.Now().Add(patience); media == nil || control == nil; media, control = sessions.Load() {
		if time.Now().After(end) {
			t.Fatal("Pion keeps its sessions somewhere else")
		}
		time.Sleep(time.Millisecond)
	}
	sound, err := media.OpenReadStream(4711)
	if err != nil {
		t.Fatal(err)
	}
	reports, err := control.OpenReadStream(4711)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 2)
	for _, r := range []io.Reader{sound, reports} {
		go func() {
			_, err := r.Read(make([]byte, 1500))
			ended <- err
		}()
	}
	_ = pionsession.Close(other)
	_ = pionsession.Close(one)
	for range 2 {
		if err := <-ended; err == nil {
			t.Error("something was read")
		}
	}
}

func connection(t *testing.T) *webrtc.PeerConnection {
	t.Helper()
	var s webrtc.SettingEngine
	s.SetIncludeLoopbackCandidate(true)
	c, err := webrtc.NewAPI(webrtc.WithSettingEngine(s)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func negotiate(t *testing.T, from, to *webrtc.PeerConnection) {
	t.Helper()
	offer, err := from.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered := webrtc.GatheringCompletePromise(from)
	if err := from.SetLocalDescription(offer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	if err := to.SetRemoteDescription(*from.LocalDescription()); err != nil {
		t.Fatal(err)
	}
	answer, err := to.CreateAnswer(nil)
	if err != nil {
		t.Fatal(err)
	}
	gathered = webrtc.GatheringCompletePromise(to)
	if err := to.SetLocalDescription(answer); err != nil {
		t.Fatal(err)
	}
	<-gathered
	if err := from.SetRemoteDescription(*to.LocalDescription()); err != nil {
		t.Fatal(err)
	}
}
