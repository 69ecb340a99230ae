package lkclient

import (
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// sent is what the server's last report says of a track: at which time its RTP
// clock showed what (RFC 3550, section 6.4.1).
type sent struct {
	at      time.Time // zero before the first
	rtp     uint32
	rate    uint32
	reports int
}

// readReports keeps the sender reports of a track. They pass through the
// interceptors only when read.
func (t *Track) readReports(receiver *webrtc.RTPReceiver) {
	rate := t.remote.Codec().ClockRate
	for {
		packets, _, err := receiver.ReadRTCP()
		if err != nil {
			return
		}
		for _, p := range packets {
			if r, ok := p.(*rtcp.SenderReport); ok && r.SSRC == t.SSRC() {
				t.reported(r, rate)
			}
		}
	}
}

func (t *Track) reported(r *rtcp.SenderReport, rate uint32) {
	const epoch = 2_208_988_800 // seconds from 1900 to 1970
	at := time.Unix(int64(r.NTPTime>>32)-epoch, int64(r.NTPTime&0xffffffff)*int64(time.Second)>>32)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent = sent{at, r.RTPTime, rate, t.sent.reports + 1}
}

// Instant is when a packet was captured, by which a player keeps sound and picture
// together: on the server's clock, by its last report. It reports false before the
// first.
func (t *Track) Instant(timestamp uint32) (time.Time, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.sent.at.IsZero() || t.sent.rate == 0 {
		return time.Time{}, false
	}
	ticks := int64(int32(timestamp - t.sent.rtp)) // the wrap is the point
	return t.sent.at.Add(time.Duration(ticks * int64(time.Second) / int64(t.sent.rate))), true
}

// Reports is how many sender reports have come.
func (t *Track) Reports() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sent.reports
}
