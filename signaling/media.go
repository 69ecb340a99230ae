// Package signaling is the session plane: who is connected to which meeting,
// and what they tell each other, in the protocol of the LiveKit clients. This
// package holds only what the session plane needs of the media plane; it has no
// state and starts no goroutine. The folders beneath do the work: token and
// wire meet the client at the door, session is the seam behind it, server finds
// the room, room runs it, and the pure leaves keep its rules.
package signaling

import (
	"time"

	"diemcau/meeting"
)

// This file is all that the session plane knows of the media plane: a few small
// interfaces it needs, implemented by the program's wiring (cmd/diemcau). SDP
// and candidates are opaque text here.

// MediaServer opens the media side of meetings.
type MediaServer interface {
	// OpenRoom makes the media side of a room. levels is called every 400 ms
	// with the tracks whose loudness changed; it must not block.
	OpenRoom(id meeting.ID, levels func([]TrackLevel)) MediaRoom
	// ICEServers are the relays a client may use, with credentials of its own.
	ICEServers(id meeting.SessionID) []ICEServer
}

// MediaRoom is the media side of one meeting.
type MediaRoom interface {
	// Join makes a peer. events is called from the media plane's goroutines, in
	// order; it must not block. After Close of the peer it is not called.
	Join(s PeerSettings, events func(MediaEvent)) (Peer, error)
	Close()
}

// Peer is the media side of one session. No method blocks but Close, which
// waits until the peer's goroutines are gone.
type Peer interface {
	Negotiator
	Publications
	Subscriptions
	// SendData queues one message. It reports false when it was dropped: the
	// channel is not open, or (lossy) congested. A reliable queue that outgrows
	// its bound (several MB) raises MediaDataOverflow.
	SendData(kind DataKind, payload []byte) bool
	Close()
}

// Negotiator exchanges session descriptions and candidates.
type Negotiator interface {
	Offer(t Target, d SessionDescription)  // the client's offer; the answer comes as an event
	Answer(t Target, d SessionDescription) // the client's answer to ours
	Candidate(t Target, candidateJSON string)
	// RestartICE renews the path after a resume: dual peers get a new subscriber
	// offer; an offer that was never answered counts as lost with its socket.
	RestartICE()
}

// Publications are the tracks that the client sends.
type Publications interface {
	ExpectTrack(t PendingTrack)
	// GiveUp forgets an announced track whose SDP has not come: MediaUnpublished tells
	// that it did. A track that was found goes on: MediaFound tells so of one that is not
	// published yet.
	GiveUp(id meeting.TrackID)
	SetMuted(id meeting.TrackID, muted bool) // muted: packets are dropped in the bridge
	// SetAudience chooses who gets a track's packets; subscriptions stay as they
	// are. A call of SetMuted that follows takes effect after it.
	SetAudience(id meeting.TrackID, a Audience)
	Unpublish(id meeting.TrackID)
	// SetPrecedence puts the client's pictures before those of others on lines too
	// thin for all; higher goes first.
	SetPrecedence(n uint32)
}

// Subscriptions are the tracks that the client receives. Unknown tracks are
// ignored. streamID is the msid stream id, "<publisher sid>|<track sid>".
type Subscriptions interface {
	Subscribe(id meeting.TrackID, streamID string, w Wish)
	SetWish(id meeting.TrackID, w Wish)
	Unsubscribe(id meeting.TrackID)
	// LimitDownlink caps what is sent to the client; 0 lifts it. bit/s.
	LimitDownlink(bitrate int64)
	// SetLine is the operator's budget of the client's line, bit/s each way, all
	// headers included; 0 is none. Downwards it is never exceeded.
	SetLine(down, up int64)
}

// Target tells the two peer connections of a dual-connection peer apart; the
// numbers are livekit.SignalTarget's.
type Target uint8

// The targets.
const (
	PublisherTarget Target = iota
	SubscriberTarget
)

// SessionDescription mirrors livekit.SessionDescription.
type SessionDescription struct {
	Type       string
	SDP        string
	ID         uint32
	MidToTrack map[string]meeting.TrackID
}

// ICEServer mirrors livekit.ICEServer.
type ICEServer struct {
	URLs                 []string
	Username, Credential string
}

// PeerSettings is what the media plane must know of a joining client.
type PeerSettings struct {
	ID                meeting.SessionID
	Single            bool // one peer connection, offered by the client only
	SubscriberPrimary bool // dual: the subscriber connection is the primary one
	PublishCodecs     []string
	Firefox, Safari   bool
	DisableICELite    bool
	AllowPause        bool
	ForceTCP          bool
	ForceTURNTLS      bool
	PlayoutDelay      PlayoutDelay
}

// PlayoutDelay is how long a client holds pictures back before it shows them; the zero
// value leaves it to the client.
type PlayoutDelay struct{ Min, Max time.Duration }

// TrackKind tells sound from picture.
type TrackKind uint8

// The kinds of track.
const (
	AudioTrack TrackKind = iota + 1
	VideoTrack
)

// Layer is one declared or found layer of a track, lowest first.
type Layer struct {
	RID           string
	SSRC          uint32
	Width, Height uint32
}

// PendingTrack announces a track before its SDP arrives.
type PendingTrack struct {
	ID                             meeting.TrackID
	CIDs                           []string
	Kind                           TrackKind
	MIME                           string
	Layers                         []Layer
	SVC, Screen, Muted, Encrypted  bool
	Stereo, DisableDTX, DisableRED bool
	Audience                       Audience
}

// Audience is who gets a track's packets; the zero value is everybody.
type Audience struct {
	Limited bool
	Only    []meeting.SessionID // with Limited
}

// Wish is what a subscriber wants of a video track; the zero Wish means the
// highest layer.
type Wish struct {
	Disabled      bool
	UseQuality    bool
	MaxQuality    int // index of the highest wanted layer, with UseQuality
	Width, Height uint32
	FPS, Priority uint32
}

// DataKind mirrors livekit.DataPacket_Kind.
type DataKind uint8

// The kinds of data.
const (
	ReliableData DataKind = iota
	LossyData
)

// TrackLevel is how loud a track is.
type TrackLevel struct {
	ID     meeting.TrackID
	Linear float32
	Active bool
}

// MediaEvent is something that happened to a peer: one of the types below.
type MediaEvent interface{ mediaEvent() }

type (
	// MediaDescription is our offer or answer for the client.
	MediaDescription struct {
		Target Target
		SessionDescription
	}
	// MediaCandidate is our ICE candidate, RTCIceCandidateInit as JSON.
	MediaCandidate struct {
		Target Target
		JSON   string
		Final  bool
	}
	// MediaConnected tells that the primary connection is up, first or again.
	MediaConnected struct{}
	// MediaSilent tells that nothing has come over one of the connections for
	// some seconds (air.Unsure); MediaConnected follows when it works again.
	MediaSilent struct{}
	// MediaFailed tells that ICE gave up.
	MediaFailed struct{ Target Target }
	// MediaNegotiationFailed asks for a full reconnect.
	MediaNegotiationFailed struct{ Reason string }
	// MediaUnanswered tells that the offer of this id has had no answer for long, though
	// media flows. It stays open until the answer or RestartICE.
	MediaUnanswered struct{ ID uint32 }
	// MediaPublished tells that an expected track was found in the SDP.
	MediaPublished struct {
		ID     meeting.TrackID
		MIME   string
		MID    string
		CID    string
		SDPCID string
		Layers []Layer
		RED    bool
	}
	// MediaUnpublished tells that the client took a track away, or that it was given up.
	MediaUnpublished struct{ ID meeting.TrackID }
	// MediaFound tells that a track which was to be given up is in the SDP and goes on.
	MediaFound struct{ ID meeting.TrackID }
	// MediaSubscribed tells that the client accepted a track in its SDP.
	MediaSubscribed struct{ ID meeting.TrackID }
	// MediaSubscriptionFailed tells that the client cannot have a track.
	MediaSubscriptionFailed struct {
		ID               meeting.TrackID
		CodecUnsupported bool
	}
	// MediaSectionsNeeded asks a single-connection client for more m-sections.
	MediaSectionsNeeded struct{ Audio, Video int }
	// MediaStreamPaused tells that a video was paused or goes on.
	MediaStreamPaused struct {
		ID     meeting.TrackID
		Paused bool
	}
	// MediaQualitiesWanted tells the publisher which layers have a subscriber.
	MediaQualitiesWanted struct {
		ID     meeting.TrackID
		MIME   string
		Layers []bool
	}
	// MediaData is a message from the client.
	MediaData struct {
		Kind     DataKind
		Labelled bool // came on the protocol's own channel: a DataPacket
		Payload  []byte
	}
	// MediaDataReady tells that messages of this kind can be sent now.
	MediaDataReady struct{ Kind DataKind }
	// MediaDataOverflow tells that the client does not read its reliable data.
	MediaDataOverflow struct{}
	// MediaQuality is the line's quality, every 5 s.
	MediaQuality struct {
		Score float32 // MOS 1 to 4.5
		Lost  bool
	}
)

func (MediaDescription) mediaEvent()        {}
func (MediaCandidate) mediaEvent()          {}
func (MediaConnected) mediaEvent()          {}
func (MediaSilent) mediaEvent()             {}
func (MediaFailed) mediaEvent()             {}
func (MediaNegotiationFailed) mediaEvent()  {}
func (MediaUnanswered) mediaEvent()         {}
func (MediaPublished) mediaEvent()          {}
func (MediaUnpublished) mediaEvent()        {}
func (MediaFound) mediaEvent()              {}
func (MediaSubscribed) mediaEvent()         {}
func (MediaSubscriptionFailed) mediaEvent() {}
func (MediaSectionsNeeded) mediaEvent()     {}
func (MediaStreamPaused) mediaEvent()       {}
func (MediaQualitiesWanted) mediaEvent()    {}
func (MediaData) mediaEvent()               {}
func (MediaDataReady) mediaEvent()          {}
func (MediaDataOverflow) mediaEvent()       {}
func (MediaQuality) mediaEvent()            {}
