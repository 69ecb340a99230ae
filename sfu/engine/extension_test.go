package engine_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/sfu/peerconn"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// timedMedia registers what browsers offer for the instant of capture and for how long
// a picture may be kept.
func timedMedia(m *webrtc.MediaEngine) {
	_ = m.RegisterDefaultCodecs()
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		_ = m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: peerconn.URIAbsCaptureTime}, kind)
	}
	_ = m.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: peerconn.URIPlayoutDelay}, webrtc.RTPCodecTypeVideo)
}

func extensionID(list []webrtc.RTPHeaderExtensionParameter, uri string) uint8 {
	for _, e := range list {
		if e.URI == uri {
			return uint8(e.ID)
		}
	}
	return 0
}

// Each fourth packet says when it was captured and how long it may wait, as browsers
// do from time to time. The last bytes of its payload say the same, so that the
// other end knows what it must read, on whatever number it arrives.
const (
	saidEvery = 4
	saidBytes = 8 + 3
)

// say has packet n say something, if the bridge takes it, and writes down what.
func (c *client) say(p *rtp.Packet, uri string, what []byte, n uint16) {
	if id := c.agreed(uri); id != 0 {
		for i := range what {
			what[i] = byte(int(n) + 1 + i)
		}
		_ = p.SetExtension(id, what)
	}
}

// agreed is the id of an extension in the bridge's answer, 0 if it is not taken: what
// a browser does not find there it does not send.
func (c *client) agreed(uri string) uint8 {
	d := c.pub.CurrentRemoteDescription()
	if d == nil {
		return 0
	}
	for line := range strings.Lines(d.SDP) {
		var id uint8
		if rest, ok := strings.CutPrefix(line, "a=extmap:"); ok && strings.Contains(rest, uri) {
			if _, err := fmt.Sscanf(rest, "%d", &id); err == nil {
				return id
			}
		}
	}
	return 0
}

func (c *client) sendTimed(local *webrtc.TrackLocalStaticRTP, kind sfu.Kind) {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for n := uint16(1); ; n++ {
		select {
		case <-c.quit:
			return
		case <-ticker.C:
		}
		p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: n, Timestamp: uint32(n) * 1800, Marker: true}}
		p.Payload = []byte{0xf8, 0xff, 0xfe, 0}
		if kind == sfu.Video {
			p.Payload = vp8(n&0x7fff, true, n%10 == 1, 300)
		}
		capture, delay := make([]byte, 8), make([]byte, 3)
		if n%saidEvery == 0 {
			c.say(&p, peerconn.URIAbsCaptureTime, capture, n)
			if kind == sfu.Video {
				c.say(&p, peerconn.URIPlayoutDelay, delay, n)
			}
		}
		p.Payload = append(append(p.Payload, capture...), delay...)
		_ = local.WriteRTP(&p)
	}
}

// heard counts what was said of one track, rightly.
type heard struct {
	captures, delays int
	wrong            error
}

func (l *heard) take(p *rtp.Packet, list []webrtc.RTPHeaderExtensionParameter) {
	if len(p.Payload) < saidBytes {
		return // of the bridge's own
	}
	want := p.Payload[len(p.Payload)-saidBytes:]
	for _, x := range []struct {
		uri   string
		want  []byte
		count *int
	}{{peerconn.URIAbsCaptureTime, want[:8], &l.captures}, {peerconn.URIPlayoutDelay, want[8:], &l.delays}} {
		id := extensionID(list, x.uri)
		if id == 0 {
			continue
		}
		silent := bytes.Equal(x.want, make([]byte, len(x.want)))
		switch got := p.GetExtension(id); {
		case silent && got != nil:
			l.wrong = fmt.Errorf("%s is %x, and its publisher said nothing", x.uri, got)
		case !silent && !bytes.Equal(got, x.want):
			l.wrong = fmt.Errorf("%s is %x, and its publisher said %x", x.uri, got, x.want)
		case !silent:
			*x.count++
		}
	}
}

func TestTheInstantOfCaptureAndThePlayoutDelayArriveAsTheyWereSent(t *testing.T) {
	t.Parallel()
	for _, single := range []bool{false, true} {
		t.Run(map[bool]string{false: "dual", true: "single"}[single], func(t *testing.T) {
			t.Parallel()
			room := newRoom(t, engine.Config{})
			o := clientOptions{media: timedMedia, single: single}
			one, two := newClient(t, room, "one", o), newClient(t, room, "two", o)
			said := map[string]*heard{"TR_A": {}, "TR_V": {}}
			two.mu.Lock()
			two.reads = func(id string, p *rtp.Packet, x []webrtc.RTPHeaderExtensionParameter) {
				if l := said[id]; l != nil {
					l.take(p, x)
				}
			}
			two.mu.Unlock()
			for id, kind := range map[meeting.TrackID]sfu.Kind{"TR_A": sfu.Audio, "TR_V": sfu.Video} {
				mime := map[sfu.Kind]string{sfu.Audio: webrtc.MimeTypeOpus, sfu.Video: webrtc.MimeTypeVP8}[kind]
				local, _ := one.announce(id, kind, mime)
				find(one, func(e engine.Published) bool { return e.Info.ID == id })
				one.wg.Go(func() { one.sendTimed(local, kind) })
				two.subscribe(id, one)
			}
			two.wait("sound and picture with what is said of them", func() bool {
				a, v := said["TR_A"], said["TR_V"]
				return a.wrong != nil || v.wrong != nil || a.captures >= 10 && v.captures >= 10 && v.delays >= 10
			})
			for id, l := range said {
				if l.wrong != nil {
					t.Errorf("%s: %v", id, l.wrong)
				}
			}
		})
	}
}
