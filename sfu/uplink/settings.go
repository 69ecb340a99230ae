// Package uplink receives published tracks. A Source owns one track with all
// its layers: it parses and checks each packet once, keeps the last second of
// them, asks the publisher for what is missing, reports to it, and hands every
// packet to the sinks.
//
// Each Source runs one goroutine, from NewSource to Close. Packets reach it
// over a bounded queue that drops and counts what arrives when it is full,
// everything else over a mailbox. The package never talks to a network by
// itself and never writes a log line per packet.
package uplink

import (
	"log/slog"
	"math"
	"strings"
	"time"

	"github.com/pion/rtcp"

	"diemcau/sfu"
	"diemcau/sfu/clock"
	"diemcau/sfu/history"
)

// never is a deadline that does not come.
const never = int64(math.MaxInt64)

// runDistance is the least distance between the unwrapped numbers of two runs
// of a sender.
const runDistance = 1 << 15

// Payload says what a payload type of the publisher's connection carries.
type Payload struct {
	MIME string // "video/VP8", "audio/red", "video/rtx", ...
	Apt  uint8  // of rtx: the payload type of what is sent again (RFC 4588)
}

// Extensions are the ids of header extensions on the publisher's connection; 0
// where one was not negotiated.
type Extensions struct {
	AudioLevel           uint8
	AbsCaptureTime       uint8
	PlayoutDelay         uint8
	DependencyDescriptor uint8
	// The engine finds streams by these; a Source ignores them.
	MID, RID, RepairedRID uint8
}

// Settings make a Source.
type Settings struct {
	// Info describes the track; its Layers are as many as will ever be written.
	Info       sfu.SourceInfo
	Payloads   map[uint8]Payload
	Extensions Extensions
	SVC        bool // the layers share one stream, which is written as layer 0
	NACK       bool // the publisher answers requests for lost packets
	// WriteRTCP sends feedback to the publisher. It is called on the source's
	// goroutine and must not block. Nil sends none.
	WriteRTCP func([]rtcp.Packet)
	// Clock is the publisher's, shared by all its sources. Nil makes one.
	Clock *clock.Publisher
	// Pool lends memory for packets; sources may share one. Nil makes one.
	Pool   *history.Pool
	Logger *slog.Logger // nil discards
	// Forwarded is told after each burst how long (ns) it took from the arrival of
	// its first packet until the sinks had sent what they send of it at once. It is
	// called on the source's goroutine; nil for nobody.
	Forwarded func(took int64)
	// Now is the clock of the arrival times, nil for sfu.Now.
	Now func() int64
}

// complete fills in what was left out.
func (s *Settings) complete() {
	if s.WriteRTCP == nil {
		s.WriteRTCP = func([]rtcp.Packet) {}
	}
	if s.Forwarded == nil {
		s.Forwarded = func(int64) {}
	}
	if s.Clock == nil {
		s.Clock = new(clock.Publisher)
	}
	if s.Pool == nil {
		s.Pool = new(history.Pool)
	}
	if s.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = sfu.Now
	}
	if len(s.Info.Layers) == 0 {
		s.Info.Layers = make([]sfu.LayerInfo, 1)
	}
	if s.Info.ClockRate == 0 {
		s.Info.ClockRate = 90000
		if s.Info.Kind == sfu.Audio {
			s.Info.ClockRate = 48000
		}
	}
}

// payloadTypes finds the payload types of the track's codec and of RED.
func (s *Settings) payloadTypes() (main, red uint8, accepted [128]bool) {
	for pt, p := range s.Payloads {
		switch {
		case pt > 127:
		case strings.EqualFold(p.MIME, "audio/red"):
			red, accepted[pt] = pt, true
		case strings.EqualFold(p.MIME, s.Info.MIME):
			main, accepted[pt] = pt, true
		}
	}
	return main, red, accepted
}

// liveFor is how long a layer may be silent and still count as live.
func (s *Settings) liveFor() int64 {
	if s.Info.Screen {
		return int64(3 * time.Second) // a still page sends little
	}
	return int64(time.Second)
}
