package udp

import "testing"

func FuzzClassify(f *testing.F) {
	f.Add([]byte{0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0x80, 200, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42})
	f.Add([]byte{22, 254, 253})
	f.Add([]byte{0xbf, 223})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, p []byte) {
		if !isRTP(p) {
			return
		}
		// What must never wait in a queue, told another way: STUN, ZRTP, DTLS and
		// TURN by the top bits, RTCP by its types.
		if len(p) < 12 || p[0]>>6 != 2 || p[1] >= 192 && p[1] < 224 {
			t.Fatalf("% x is taken for RTP", p[:min(len(p), 12)])
		}
	})
}

func TestEveryRTPPayloadTypeIsQueued(t *testing.T) {
	t.Parallel()
	p := make([]byte, minRTP)
	p[0] = 0x90
	for pt := range 128 {
		for _, marker := range []byte{0, 0x80} {
			p[1] = byte(pt) | marker
			// RFC 5761 section 4: payload types 64 to 95 with the marker look like
			// RTCP, and are not used.
			want := marker == 0 || pt < 64 || pt > 95
			if isRTP(p) != want {
				t.Errorf("payload type %d, marker %d: %v", pt, marker>>7, !want)
			}
		}
	}
}
