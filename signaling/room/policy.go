package room

import (
	"sync/atomic"
	"time"

	"github.com/livekit/protocol/livekit"
)

// Policy is what the operator has decided for all rooms.
type Policy struct {
	EmptyTimeout     time.Duration // nobody has come yet
	DepartureTimeout time.Duration // everybody has left
	MaxParticipants  uint32        // 0 means no limit
	Codecs           []string      // MIME types clients may publish, preferred first
	AllowPause       bool          // video may be paused on a thin line, unless the client says otherwise
	LineDown         int64         // bit/s of a client's line that may be used, headers included; 0 has no bound
	LineUp           int64
	RemoteUnmute     bool // the server API may unmute
	Simulate         bool // clients may ask for faults, for tests
	Region, NodeID   string
}

// Protocol numbers and times that clients are told.
const (
	serverVersion  = "1.13.5" // what clients compare to know the features served
	serverProtocol = 17
	pingInterval   = 5  // seconds
	pingTimeout    = 15 // seconds

	joinTimeout   = 60 * time.Second        // from admission until the media is connected
	resumeTimeout = 5 * time.Second         // from failed media until the session ends
	goneTimeout   = 5 * time.Second         // from silence after a socket's end until the session ends
	goneFirst     = 1500 * time.Millisecond // so long before its silence is found, the socket of a killed page has ended
	otherPath     = 10 * time.Second        // a client whose path is silent is told to look for another this often at most
	quietFor      = 10 * time.Second        // two pings of a client that never came: its socket is dead, said or unsaid
	inFlight      = 2 * time.Second         // how long a message may be under way
	tokenEvery    = 5 * time.Minute

	announcementTimeout = 10 * time.Second // for an announced track to be offered; clients wait as long for the answer
	qualityEvery        = 5 * time.Second
)

// WithDefaults fills what is not set.
func (p Policy) WithDefaults() Policy {
	if p.EmptyTimeout <= 0 {
		p.EmptyTimeout = 5 * time.Minute
	}
	if p.DepartureTimeout <= 0 {
		p.DepartureTimeout = 20 * time.Second
	}
	if len(p.Codecs) == 0 {
		p.Codecs = []string{"video/VP8", "video/H264", "video/VP9", "video/AV1", "audio/opus", "audio/red"}
	}
	return p
}

func (p Policy) codecs() []*livekit.Codec {
	var out []*livekit.Codec
	for _, mime := range p.Codecs {
		out = append(out, &livekit.Codec{Mime: mime})
	}
	return out
}

func (p Policy) serverInfo() *livekit.ServerInfo {
	return &livekit.ServerInfo{
		Edition:  livekit.ServerInfo_Standard,
		Version:  serverVersion,
		Protocol: serverProtocol,
		Region:   p.Region,
		NodeId:   p.NodeID,
	}
}

// Counters count over all rooms what is dropped and why. All may be read at any
// time.
type Counters struct {
	Joins, Resumes, Replaced      atomic.Uint64 // replaced: by a newer session of the same identity
	DataForwarded, DataDropped    atomic.Uint64 // per receiver
	DataGarbage, DataDuplicates   atomic.Uint64 // from senders
	DataOverflows                 atomic.Uint64
	Participants, PublishedTracks atomic.Int64
}
