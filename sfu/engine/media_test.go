package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/sfu"
	"diemcau/sfu/engine"

	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// quiet is a logger for the clients' Pion.
type quiet struct{}

func (quiet) NewLogger(string) logging.LeveledLogger { return silence{} }

type silence struct{}

func (silence) Trace(string)          {}
func (silence) Tracef(string, ...any) {}
func (silence) Debug(string)          {}
func (silence) Debugf(string, ...any) {}
func (silence) Info(string)           {}
func (silence) Infof(string, ...any)  {}
func (silence) Warn(string)           {}
func (silence) Warnf(string, ...any)  {}
func (silence) Error(string)          {}
func (silence) Errorf(string, ...any) {}

func interceptors(t *testing.T, media *webrtc.MediaEngine) *interceptor.Registry {
	t.Helper()
	r := &interceptor.Registry{}
	if err := webrtc.RegisterDefaultInterceptors(media, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// kinds lists the types of events, for messages.
func kinds(events []engine.Event) string {
	var list []string
	for _, e := range events {
		list = append(list, strings.TrimPrefix(fmt.Sprintf("%T", e), "engine."))
	}
	return strings.Join(list, " ")
}

// vp8 builds the payload of a VP8 packet with a 15-bit picture id.
func vp8(picture uint16, first, key bool, size int) []byte {
	b := make([]byte, max(size, 24))
	b[0], b[1] = 0x80, 0x80
	if first {
		b[0] |= 0x10
	}
	b[2], b[3] = 0x80|byte(picture>>8), byte(picture)
	if first {
		b[4] = 1 // an interframe
		if key {
			copy(b[4:], []byte{0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01})
		}
	}
	return b
}

// stream sends a track until quit: sound every 20 ms, pictures of three packets
// 25 times a second with a keyframe every 10.
func stream(quit <-chan struct{}, local *webrtc.TrackLocalStaticRTP, kind sfu.Kind, level uint8) {
	interval, step := 20*time.Millisecond, uint32(960)
	if kind == sfu.Video {
		interval, step = 40*time.Millisecond, 3600
	}
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	var number uint16
	for frame := uint32(0); ; frame++ {
		select {
		case <-quit:
			return
		case <-ticker.C:
		}
		p := rtp.Packet{Header: rtp.Header{Version: 2, Timestamp: frame * step, SequenceNumber: number}}
		if kind == sfu.Audio {
			p.Payload = []byte{0xf8, 0xff, 0xfe, byte(frame)}
			p.SequenceNumber = number
			if level != 0 {
				_ = p.SetExtension(level, []byte{0x80 | 10}) // -10 dBov, speech
			}
			number++
			_ = local.WriteRTP(&p)
			continue
		}
		for i := range 3 {
			q := p
			q.SequenceNumber, q.Marker = number, i == 2
			q.Payload = vp8(uint16(frame&0x7fff), i == 0, frame%10 == 0, 900)
			number++
			_ = local.WriteRTP(&q)
		}
	}
}
