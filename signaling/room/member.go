package room

import (
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/signaling"
	"diemcau/signaling/client"
	"diemcau/signaling/datapacket"
	"diemcau/signaling/profile"
	"diemcau/signaling/publication"
	"diemcau/signaling/session"
	"diemcau/signaling/speaker"
	"diemcau/signaling/subscription"

	"github.com/livekit/protocol/livekit"
)

// member is one session of a participant. It only holds the parts; the rules
// are theirs, and the room's where several members meet.
type member struct {
	id     meeting.SessionID
	point  meeting.PointID
	client client.Client
	params session.Params
	link   link

	peer signaling.Peer
	// early keeps media events that came before the member was installed.
	early []signaling.MediaEvent

	profile *profile.Profile
	tracks  *publication.Set
	allow   publication.Permission
	order   *air.Order // of the meeting; nil in a room without
	share   share      // of lines, as the media plane was told
	wants   *subscription.Set
	seen    seen
	told    speaker.Told
	inbound inbound
	quality quality
	times   times
	trouble trouble
	leave   *livekit.SignalResponse // what the client was told at its end

	announced bool // others know of it
	gone      bool // removed: late messages are ignored
}

// times are the moments that clocks are measured from.
type times struct {
	admitted time.Time
	active   time.Time // first connected; zero before
	failed   time.Time // media failed and was not resumed; zero otherwise
	token    time.Time // last refresh
	// alone is when the socket ended, zero while there is one; silent when the path
	// was found to bring nothing any more (air.Unsure), zero while it does.
	alone, silent time.Time
	advised       time.Time // told to try another path; zero if never
	// pretendUntil ends a simulated speech; zero when there is none.
	pretendUntil time.Time
}

// inbound is what came, and can go, over a member's data channels.
type inbound struct {
	last  uint32 // sequence of the newest reliable packet
	ready [2]bool
}

func (m *member) sender() datapacket.Sender {
	return datapacket.Sender{
		Session: m.id,
		Point:   m.point,
		Hidden:  m.profile.Grants().Hidden,
		Agent:   m.profile.Agent(),
	}
}

// active tells whether the member's media is, or was, connected.
func (m *member) active() bool { return !m.times.active.IsZero() }

// subscriberPrimary tells which connection of a dual client is its main one.
func (m *member) subscriberPrimary() bool {
	return !m.params.Single && m.client.SubscriberPrimary() && m.profile.Grants().GetCanSubscribe()
}

// refuse answers a request that cannot be done; set puts the request back into
// the answer.
func (m *member) refuse(id uint32, reason livekit.RequestResponse_Reason, text string, set func(*livekit.RequestResponse)) {
	answer := &livekit.RequestResponse{RequestId: id, Reason: reason, Message: text}
	if set != nil {
		set(answer)
	}
	m.link.send(&livekit.SignalResponse{Message: &livekit.SignalResponse_RequestResponse{RequestResponse: answer}})
}
