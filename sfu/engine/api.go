// Package engine is the media plane's front door: rooms, the peers in them, and
// the peer connections of each peer. Commands come in as method calls that
// return at once; everything that happens comes out as Events, from the peer's
// own goroutine, to a function that must not block.
//
// The Engine runs one goroutine, which sends what waits for thin lines. Each Room
// runs one (loudness every 400 ms, line quality every 5 s)
// and each Peer one, its owner, with a mailbox: Pion's callbacks and the methods
// only post there. Each published track adds its source's. Close ends them and
// waits. Packets never pass through these goroutines but go from the SRTP
// goroutine of the publisher to the source's, and from there out.
//
// The package knows ids, layers and budgets; it knows no person, role or
// permission, and never contacts anybody who has not joined.
package engine

import (
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
)

// Target tells the two peer connections of a dual-connection peer apart. A
// single-connection peer has the Publisher one only, for both ways.
type Target uint8

// The targets, numbered as on the wire.
const (
	Publisher Target = iota
	Subscriber
)

// SessionDescription is an SDP with the offerer's counter and, in what the
// engine makes, the track that each sending m-section carries.
type SessionDescription struct {
	Type       string // "offer" or "answer"
	SDP        string
	ID         uint32 // the answer carries the offer's; 0 means unchecked
	MidToTrack map[string]meeting.TrackID
}

// ICEServer is one entry for the client's RTCConfiguration.
type ICEServer struct {
	URLs       []string
	Username   string
	Credential string
}

// PeerSettings is what the engine must know of a joining client.
type PeerSettings struct {
	ID meeting.SessionID
	// Single selects one peer connection for both ways, offered by the client
	// only. Otherwise the client offers on Publisher, the engine on Subscriber.
	Single bool
	// SubscriberPrimary (dual only): the subscriber connection decides whether
	// the peer is connected and carries the engine's data channels. False when
	// the client may not subscribe.
	SubscriberPrimary bool
	// PublishCodecs are the MIME types accepted from the client, in order of
	// preference. Empty means all that the engine knows.
	PublishCodecs  []string
	Browser        Browser
	DisableICELite bool
	AllowPause     bool // video may be paused when the line is too thin for its lowest layer
	ForceTCP       bool // gather TCP candidates only
	ForceTURNTLS   bool // no host candidates: the client must relay
	PlayoutDelay   PlayoutDelay
}

// PlayoutDelay is how long a client holds pictures back before it shows them; the zero
// value leaves it to the client.
type PlayoutDelay struct{ Min, Max time.Duration } // Max 0 is no bound

// Browser names the clients whose SDP needs care.
type Browser uint8

// The browsers that the engine tells apart.
const (
	OtherBrowser Browser = iota
	Firefox
	Safari
)

// PendingTrack announces a track before its SDP arrives.
type PendingTrack struct {
	ID         meeting.TrackID
	CIDs       []string // client ids: msid track ids that mean this track
	Kind       sfu.Kind
	MIME       string          // wished codec, "" if the client did not say
	Layers     []sfu.LayerInfo // declared, lowest first; RID, Width, Height set
	SVC        bool            // several spatial layers in one stream
	Screen     bool
	Muted      bool
	Encrypted  bool
	Stereo     bool
	DisableDTX bool
	DisableRED bool
	Audience   Audience
}

// Audience is who may have a track; the zero value lets everybody. It acts on
// packets alone: subscriptions stay as they are.
type Audience struct {
	Limited bool
	Only    []meeting.SessionID // with Limited
}

func (a Audience) peers() map[meeting.SessionID]bool {
	if !a.Limited {
		return nil
	}
	only := make(map[meeting.SessionID]bool, len(a.Only))
	for _, id := range a.Only {
		only[id] = true
	}
	return only
}

// DataKind is the reliability of a data message.
type DataKind uint8

// The kinds of data channel, numbered as on the wire.
const (
	Reliable DataKind = iota
	Lossy
)

// Event is something that happened to a peer: one of the types below.
type Event interface{ event() }

type (
	// LocalDescription means: send this offer or answer to the client.
	LocalDescription struct {
		Target Target
		SessionDescription
	}
	// LocalCandidate means: send this ICE candidate (RTCIceCandidateInit as JSON).
	LocalCandidate struct {
		Target Target
		JSON   string
		Final  bool
	}
	// Connected means: the primary connection is up, first or again.
	Connected struct{}
	// Silent means: nothing has come over one of the connections for 2.5 s and more.
	// Connected follows when it works again.
	Silent struct{}
	// Failed means: ICE has given up on a connection. Only a restart helps.
	Failed struct{ Target Target }
	// NegotiationFailed means: the client's SDP cannot be used. A full reconnect helps.
	NegotiationFailed struct{ Reason string }
	// Unanswered means: no answer to the offer of this id has come in 15 s, though media
	// flows. Nothing else is offered until it comes, or until RestartICE: whether the client
	// had the offer at all, only who carries it can know.
	Unanswered struct{ ID uint32 }
	// Published means: a pending track was found in the SDP.
	Published struct {
		Info   sfu.SourceInfo
		CID    string // the pending track's id that matched
		SDPCID string // what the SDP called it
		MID    string
		RED    bool // audio arrives as RED
	}
	// Unpublished means: the client took the track away, or it was given up.
	Unpublished struct{ ID meeting.TrackID }
	// Found means: the track that was to be given up is in the client's SDP and goes
	// on, though it is not public yet.
	Found struct{ ID meeting.TrackID }
	// Subscribed means: the client has accepted the track in its SDP.
	Subscribed struct{ ID meeting.TrackID }
	// SubscriptionFailed means: the client cannot receive the track's codec.
	SubscriptionFailed struct {
		ID               meeting.TrackID
		CodecUnsupported bool
	}
	// SectionsNeeded (single only): the client must add this many receiving
	// m-sections and offer again; 0/0 asks for an offer only.
	SectionsNeeded struct{ Audio, Video int }
	// StreamPaused tells that a video was paused, or goes on, for bandwidth.
	StreamPaused struct {
		ID     meeting.TrackID
		Paused bool
	}
	// QualitiesWanted (to the publisher): which layers, lowest first, have a
	// subscriber. Raised at once, lowered after some seconds.
	QualitiesWanted struct {
		ID     meeting.TrackID
		MIME   string
		Layers []bool
	}
	// Data means: a message on a data channel. Labelled tells that it came on one of
	// the protocol's own channels and so is a DataPacket.
	Data struct {
		Kind     DataKind
		Labelled bool
		Payload  []byte // the receiver's to keep
	}
	// DataOverflow means: the client does not read its reliable data.
	DataOverflow struct{}
	// DataReady means: messages of this kind can now be sent to the client.
	DataReady struct{ Kind DataKind }
	// Quality is the peer's line every 5 s.
	Quality struct {
		Score float32 // MOS, 1 to 4.5
		Lost  bool    // nothing arrives any more
	}
)

func (LocalDescription) event()   {}
func (LocalCandidate) event()     {}
func (Connected) event()          {}
func (Silent) event()             {}
func (Failed) event()             {}
func (NegotiationFailed) event()  {}
func (Unanswered) event()         {}
func (Published) event()          {}
func (Unpublished) event()        {}
func (Found) event()              {}
func (Subscribed) event()         {}
func (SubscriptionFailed) event() {}
func (SectionsNeeded) event()     {}
func (StreamPaused) event()       {}
func (QualitiesWanted) event()    {}
func (Data) event()               {}
func (DataOverflow) event()       {}
func (DataReady) event()          {}
func (Quality) event()            {}

// Level is how loud a track is, once every 400 ms.
type Level struct {
	ID     meeting.TrackID
	Linear float32 // 0 to 1, smoothed; quantised up to eighths
	Active bool
}
