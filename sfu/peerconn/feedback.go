package peerconn

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
)

const (
	// feedbackInterval is the longest time that arrivals are kept back;
	// frameInterval the shortest time after which the end of a frame sends them.
	feedbackInterval = int64(100 * time.Millisecond)
	frameInterval    = int64(50 * time.Millisecond)
	feedbackPackets  = 100 // packets after which the report goes out anyway
)

// arrivals reports the arrival times of all packets of a connection to the
// client's bandwidth estimator (transport-wide congestion control).
type arrivals struct {
	id    atomic.Uint32 // of the transport-cc header extension; 0 is none
	write func([]rtcp.Packet)

	mu       sync.Mutex // a leaf: packets come from the socket's reader and from Pion
	recorder *twcc.Recorder
	sent     int64
}

func newArrivals(sender uint32, write func([]rtcp.Packet)) *arrivals {
	return &arrivals{recorder: twcc.NewRecorder(sender), write: write}
}

// record notes one packet and sends the report when it is due.
func (a *arrivals) record(raw []byte, now int64) {
	id := uint8(a.id.Load())
	if id == 0 {
		return
	}
	number, found := uint16(0), false
	extensions(raw, func(i uint8, value []byte) {
		if i == id && len(value) >= 2 {
			number, found = binary.BigEndian.Uint16(value), true
		}
	})
	if !found {
		return
	}
	if packets := a.note(raw, number, now); len(packets) > 0 {
		a.write(packets)
	}
}

// note records a number and returns the report when it is due.
func (a *arrivals) note(raw []byte, number uint16, now int64) []rtcp.Packet {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.recorder.Record(binary.BigEndian.Uint32(raw[8:]), number, now/int64(time.Microsecond))
	due := now-a.sent >= feedbackInterval ||
		(raw[1]&0x80 != 0 && now-a.sent >= frameInterval) ||
		a.recorder.PacketsHeld() >= feedbackPackets
	if !due {
		return nil
	}
	a.sent = now
	return a.recorder.BuildFeedbackPacket()
}

// OpenControl has Pion expect RTCP about an SSRC for which it opens no stream by
// itself, that of retransmissions: else it takes the first report for one on a
// stranger, warns of it and keeps it until the connection ends. The caller ends it
// when no more will come. It does nothing before the connection is up.
func (c *Conn) OpenControl(ssrc uint32) (end func()) {
	_, control := c.sessions.Load()
	if control == nil || ssrc == 0 {
		return func() {}
	}
	stream, err := control.OpenReadStream(ssrc)
	if err != nil {
		return func() {}
	}
	return func() { _ = stream.Close() } // it may have ended with the connection
}
