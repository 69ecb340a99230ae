// Package downlink sends one source to one subscriber. A Sink chooses the layer,
// makes one gapless RTP stream of what it takes, answers requests for lost
// packets from the source's history, and keeps the subscriber's clock in step
// with the publisher's.
//
// A Sink starts no goroutine: everything happens on that of its source, and what
// others ask of it gets there by the source's Do. It copies no packet to keep
// it, blocks on nothing and allocates nothing per packet.
package downlink

import (
	"math"
	"strings"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/pacer"
)

// Source is what a Sink must have of a source beyond the contract. The methods
// are called on the source's goroutine only.
type Source interface {
	sfu.Source
	// Packet returns a packet of the last second, nil if it is gone.
	Packet(layer int, seq uint64) *sfu.Packet
	// Beginning returns the numbers of the first packet of a layer's newest keyframe
	// and of its newest packet, and the payload (bytes) from the one to the other; 0
	// without any.
	Beginning(layer int) (first, last uint64, bytes int)
	// Translate returns the timestamp of layer to that means the instant of rtp
	// on layer from.
	Translate(from, to int, rtp uint32) (uint32, bool)
	// Reference says at which time (ns, sfu.Now) a layer's RTP clock showed rtp.
	Reference(layer int) (rtp uint32, local int64, ok bool)
	// REDPayloadType is the publisher's payload type of RED, 0 if none.
	REDPayloadType() uint8
}

// Writer sends RTP packets; it must not keep what it is given. It is the part
// of Pion's TrackLocalWriter that is needed.
type Writer interface {
	WriteRTP(header *rtp.Header, payload []byte) (int, error)
}

// Line is the way out of one track where the line may be thin: a Writer that
// returns pacer.ErrFull when there is no room for a picture. *pacer.Stream is one.
type Line interface {
	Writer
	// Again sends a packet on the stream for retransmissions and sets its number;
	// false when repairs have had their share.
	Again(header *rtp.Header, payload []byte) bool
	// Verbatim sends the very same packet once more.
	Verbatim(header *rtp.Header, payload []byte) bool
	// Purge drops what waits.
	Purge()
	// Carries is how many bytes the line is believed to carry in a time.
	Carries(time.Duration) int
}

// free is a line that takes everything at once.
type free struct {
	Writer
	number uint16
}

func (f *free) Again(h *rtp.Header, payload []byte) bool {
	f.number++
	h.SequenceNumber = f.number
	_, err := f.WriteRTP(h, payload)
	return err == nil
}

func (f *free) Verbatim(h *rtp.Header, payload []byte) bool {
	_, err := f.WriteRTP(h, payload)
	return err == nil
}

func (*free) Purge() {}

func (*free) Carries(time.Duration) int { return math.MaxInt }

// Extensions are the ids of header extensions on the subscriber's connection;
// 0 where one was not negotiated.
type Extensions struct {
	AbsSendTime          uint8
	TransportCC          uint8 // its value is the Line's to fill in
	AbsCaptureTime       uint8
	PlayoutDelay         uint8
	DependencyDescriptor uint8
	MID                  uint8 // written when Settings.MID is not empty
}

// Settings make a Sink.
type Settings struct {
	SSRC, RTXSSRC  uint32 // RTXSSRC 0: lost packets are sent again as they were
	PayloadType    uint8
	RTXPayloadType uint8
	REDPayloadType uint8 // 0: the subscriber does not take RED
	MIME           string
	ClockRate      uint32 // Hz
	SVC            bool   // the source's layers share one RTP stream
	Fresh          bool   // begin with what comes, not with what is kept: the client does not know the track yet
	Extensions     Extensions
	PlayoutDelay   []byte // what its extension says, whatever the publisher says; nil leaves it to that
	MID            string
	CNAME          string
	Addressee      meeting.SessionID   // the subscriber, for sources with an audience
	Writer         Writer              // or a Line
	RTCP           func([]rtcp.Packet) // must not block; nil sends none
	Flush          func()              // after what a burst wrote; may be nil
	Now            func() int64        // nil for sfu.Now
}

func (s *Settings) complete() {
	if s.RTCP == nil {
		s.RTCP = func([]rtcp.Packet) {}
	}
	if s.Flush == nil {
		s.Flush = func() {}
	}
	if s.Now == nil {
		s.Now = sfu.Now
	}
	if s.ClockRate == 0 {
		s.ClockRate = 90000
		if s.audio() {
			s.ClockRate = 48000
		}
	}
}

// Stream is how the pacer treats the track, which goes out by w. The time of sending
// is written when a packet leaves: a client that estimates the line by it would take
// the bridge's own queue for the line's. Not where packets are sent again as they
// were, for the bridge must know what stood in them.
func (s *Settings) Stream(w pacer.Writer) pacer.StreamSettings {
	stream := pacer.StreamSettings{
		Writer: w, Sound: s.audio(), TransportCC: s.Extensions.TransportCC,
		RTXSSRC: s.RTXSSRC, RTXPayloadType: s.RTXPayloadType,
	}
	if s.RTXSSRC != 0 {
		stream.AbsSendTime, stream.Stamp = s.Extensions.AbsSendTime, putAbsSendTime
	}
	return stream
}

func (s *Settings) audio() bool { return strings.HasPrefix(s.MIME, "audio/") }
