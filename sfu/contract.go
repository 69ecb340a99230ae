// Package sfu is the media plane: it takes packets from sources and hands them
// to sinks. This file is the whole contract between its parts. The package
// holds no goroutine and no state; the folders beneath it do the work. Nothing
// here knows a chair, an account, a token or a database.
package sfu

import "diemcau/meeting"

// Kind tells sound from picture.
type Kind uint8

// The kinds of a source.
const (
	Audio Kind = iota + 1
	Video
)

// A Source is one published track with all its layers: a browser's camera or
// microphone, later an encoder, an IP camera or a trunk from another bridge.
//
// Its methods may be called from any goroutine, return at once, and do nothing
// after the source has closed.
type Source interface {
	// Info returns what is known of the track now.
	Info() SourceInfo
	// Attach begins to hand packets to s, Detach ends it. After Detach, s gets
	// its Closed call and then nothing more.
	Attach(s Sink)
	Detach(s Sink)
	// RequestKeyframe asks the publisher for a keyframe of a layer. Requests
	// are throttled per layer, so any number of sinks may ask.
	RequestKeyframe(layer int)
	// Do runs f on the source's own goroutine, between two bursts. A sink that
	// keeps per-packet state without locks changes it only there.
	Do(f func())
}

// A Sink takes the packets of one source: a browser's receiving side, the
// recorder, a trunk. All its methods are called from the source's goroutine,
// must not block, and must not keep what they are given.
type Sink interface {
	// WritePacket is called once per packet of every layer, in the order of
	// arrival.
	WritePacket(p *Packet)
	// EndBurst is called when no further packet waits at the source, so that
	// what WritePacket queued can go out together.
	EndBurst()
	// Closed is the last call: the source has ended or the sink was detached.
	Closed()
}

// SourceInfo describes a published track.
type SourceInfo struct {
	ID        meeting.TrackID
	Kind      Kind
	MIME      string // normalised: "audio/opus", "video/VP8", ...
	FMTP      string // format parameters of the publisher's payload type
	ClockRate uint32 // Hz
	Muted     bool   // packets are dropped at the source
	Encrypted bool   // end to end: payloads are opaque past their clear bytes
	Screen    bool   // content rather than people
	Layers    []LayerInfo
}

// LayerInfo describes one layer of a source, lowest first. A simulcast layer
// has an SSRC of its own; spatial layers of an SVC stream share one.
type LayerInfo struct {
	RID           string
	SSRC          uint32
	Width, Height uint32 // pixels, as declared by the publisher; 0 if unknown
	Bitrate       uint32 // bit/s, measured over the last seconds; of SVC with the layers below
	Live          bool   // packets have been flowing of late
	// Temporal are the bit/s up to each temporal layer, the last being Bitrate; all
	// zero when the stream does not tell its temporal layers.
	Temporal [MaxTemporal]uint32
}

// MaxTemporal is how many temporal layers are told apart; those above count as the
// last.
const MaxTemporal = 4
