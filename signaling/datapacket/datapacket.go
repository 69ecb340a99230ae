// Package datapacket reads, stamps and routes the messages that clients send
// each other over data channels. It is pure and owned by the room's goroutine.
package datapacket

import (
	"errors"
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/air"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

// Sender is who a packet came from.
type Sender struct {
	Session meeting.SessionID
	Point   meeting.PointID
	Hidden  bool // stays anonymous
	Agent   bool // may transcribe and speak for others
}

// Packet is a stamped packet on its way.
type Packet struct {
	Reliable bool
	Topic    string // of a user packet
	Sequence uint32 // of the sender's reliable packets; 0 means unnumbered
	From     meeting.SessionID
	Payload  []byte // the marshalled livekit.DataPacket
	// RPC is set when the packet may answer a call of the server's own.
	RPC *livekit.DataPacket
	// Call is set when the packet calls somebody, perhaps the server.
	Call *livekit.DataPacket

	identities []string
	sids       []string
	metrics    bool
}

// The reasons to drop what a client sent.
var (
	ErrGarbage   = errors.New("datapacket: not a data packet")
	ErrForbidden = errors.New("datapacket: not for clients to send")
)

// Parse reads what came from a client and puts the sender's name on it: what
// the client wrote there itself does not count. Fields that this version does
// not know are passed on. The error is one of the above.
func Parse(payload []byte, labelled, reliable bool, from Sender) (*Packet, error) {
	dp := &livekit.DataPacket{}
	if !labelled {
		dp.Value = &livekit.DataPacket_User{User: &livekit.UserPacket{Payload: payload}}
	} else if err := proto.Unmarshal(payload, dp); err != nil {
		return nil, ErrGarbage
	}
	p := &Packet{Reliable: reliable, From: from.Session, Sequence: dp.Sequence}
	if !stamp(dp, from, reliable) {
		return nil, ErrForbidden
	}
	p.address(dp)
	out, err := proto.Marshal(dp)
	if err != nil { // strings that are not UTF-8
		return nil, ErrGarbage
	}
	p.Payload = out
	return p, nil
}

// stamp writes who sent the packet and how. It reports false for what a client
// must not send.
func stamp(dp *livekit.DataPacket, from Sender, reliable bool) bool {
	session, point := string(from.Session), string(from.Point)
	if from.Hidden {
		session, point = "", ""
	}
	switch v := dp.Value.(type) {
	case *livekit.DataPacket_Speaker: // very old servers sent it; clients never may
		return false
	case *livekit.DataPacket_Transcription:
		if !from.Agent {
			return false
		}
	case *livekit.DataPacket_ChatMessage:
		if from.Agent && dp.ParticipantIdentity != "" && dp.ParticipantIdentity != point && v.ChatMessage != nil {
			point = dp.ParticipantIdentity // what the agent says in that participant's name
			v.ChatMessage.Generated = true
		}
	case *livekit.DataPacket_User:
		if air.IsTopicReserved(v.User.GetTopic()) {
			return false // what the bridge itself tells everybody
		}
		stampUser(dp, v.User, session, point)
	}
	dp.ParticipantSid, dp.ParticipantIdentity = session, point
	dp.Kind = livekit.DataPacket_LOSSY // old clients read it
	if reliable {
		dp.Kind = livekit.DataPacket_RELIABLE // old clients read it
	}
	return true
}

// stampUser keeps the addresses in the packet and, for older clients, in the
// user packet the same.
func stampUser(dp *livekit.DataPacket, u *livekit.UserPacket, session, point string) {
	if u == nil {
		return
	}
	// deprecated fields are what old clients read
	{
		u.ParticipantSid, u.ParticipantIdentity = session, point
		switch {
		case len(dp.DestinationIdentities) > 0:
			u.DestinationIdentities = dp.DestinationIdentities
		case len(u.DestinationIdentities) > 0:
			dp.DestinationIdentities = u.DestinationIdentities
		}
	}
}

// address notes for whom the packet is.
func (p *Packet) address(dp *livekit.DataPacket) {
	p.identities = dp.DestinationIdentities
	switch v := dp.Value.(type) {
	case *livekit.DataPacket_User:
		p.Topic = v.User.GetTopic()
		p.sids = v.User.GetDestinationSids() // old clients send it
	case *livekit.DataPacket_RpcAck, *livekit.DataPacket_RpcResponse:
		p.RPC = dp
	case *livekit.DataPacket_RpcRequest:
		p.Call = dp
	case *livekit.DataPacket_Metrics:
		p.metrics = true
	}
}

// For tells whether a participant is meant to get the packet. metrics is
// whether it may see measurements of others.
func (p *Packet) For(session meeting.SessionID, point meeting.PointID, metrics bool) bool {
	if session == p.From || p.metrics && !metrics {
		return false
	}
	if len(p.identities) == 0 && len(p.sids) == 0 {
		return true
	}
	return slices.Contains(p.identities, string(point)) || slices.Contains(p.sids, string(session))
}

// FromServer makes a packet that the server itself sends: it has no sender and
// no sequence number.
func FromServer(dp *livekit.DataPacket) (*Packet, error) {
	p := &Packet{Reliable: dp.Kind == livekit.DataPacket_RELIABLE} // still the wire's own field
	p.address(dp)
	p.RPC, p.Call = nil, nil
	out, err := proto.Marshal(dp)
	if err != nil {
		return nil, ErrGarbage
	}
	p.Payload = out
	return p, nil
}

// FromAPI is the packet of a SendData request.
func FromAPI(req *livekit.SendDataRequest) (*Packet, error) {
	u := &livekit.UserPacket{Payload: req.Data, Topic: req.Topic, Nonce: req.Nonce}
	// deprecated fields are what old clients read
	{
		u.DestinationSids, u.DestinationIdentities = req.DestinationSids, req.DestinationIdentities
	}
	return FromServer(&livekit.DataPacket{
		Kind:                  req.Kind, // still the wire's own field
		DestinationIdentities: req.DestinationIdentities,
		Value:                 &livekit.DataPacket_User{User: u},
	})
}
