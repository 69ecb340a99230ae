// Package air is what a meeting orders of the bridge for each participant: what
// it may send, who gets it, what is said of it. It is pure data; the live meeting
// makes it, the session plane obeys it, and nothing else is known of either there.
package air

import (
	"strings"
	"time"

	"diemcau/meeting"
)

// Reserved begins the attributes that the bridge alone writes; a client that
// sets one is not heard.
const Reserved = "dc."

// The attributes of a participant. Device names, in a token, the machine that
// joins; the others are the meeting's.
const (
	AttributeDevice = Reserved + "device"
	AttributeRole   = Reserved + "role" // main, point, board, guest
	AttributeMic    = Reserved + "mic"  // closed, free, open, preview
)

// IsReserved tells whether an attribute is the bridge's.
func IsReserved(key string) bool { return strings.HasPrefix(key, Reserved) }

// PointerTopic marks the messages in which a presenter points at what everybody
// sees. Topics that begin like it are the bridge's own.
const (
	PointerTopic = topicPrefix + "pointer"
	topicPrefix  = "diemcau."
)

// IsTopicReserved tells whether no client may write on a topic.
func IsTopicReserved(topic string) bool {
	return strings.HasPrefix(topic, topicPrefix) && topic != PointerTopic
}

// boardPrefix begins the identity of a board: a machine that is no point.
const boardPrefix = "board:"

// Board is the identity with which the board at a machine joins a meeting.
func Board(d meeting.DeviceID) meeting.PointID { return meeting.PointID(boardPrefix + d) }

// IsBoard tells whether an identity is a board's.
func IsBoard(p meeting.PointID) bool { return strings.HasPrefix(string(p), boardPrefix) }

// guestPrefix begins the identity of a guest who came by a link. No point's id has the
// colon.
const guestPrefix = "khach:"

// GuestIdentity is the identity with which a guest joins (SEC-09).
func GuestIdentity(id string) meeting.PointID { return meeting.PointID(guestPrefix + id) }

// GuestID is the guest's id in an identity; false for whoever is none.
func GuestID(p meeting.PointID) (string, bool) {
	id, guest := strings.CutPrefix(string(BaseOf(p)), guestPrefix)
	if !guest {
		return "", false
	}
	return id, true
}

// IsGuest tells whether an identity is a guest's.
func IsGuest(p meeting.PointID) bool {
	_, guest := GuestID(p)
	return guest
}

// BaseOf is the point of an identity: a second, sending connection of a point
// is "<point>#<suffix>".
func BaseOf(id meeting.PointID) meeting.PointID {
	base, _, _ := strings.Cut(string(id), "#")
	return meeting.PointID(base)
}

// Orders are what a meeting lets the participants of its room do.
type Orders struct {
	// State becomes the room's metadata.
	State string
	Of    map[meeting.PointID]Order
	// Others is for everybody else.
	Others Order
}

// For finds the order of a participant.
func (o *Orders) For(id meeting.PointID) *Order {
	if of, ok := o.Of[BaseOf(id)]; ok {
		return &of
	}
	return &o.Others
}

// Order is what one participant may do. The zero Order lets it listen.
type Order struct {
	// Name is what the meeting calls it, burnt on its tile; empty leaves its own.
	Name string
	// Microphone, Camera and Screen may be published.
	Microphone, Camera, Screen bool
	Mic                        Mic
	// Pointer lets it point at what everybody sees.
	Pointer bool
	// Who gets what it sends; its shared screen has a sound of its own.
	Sound, Picture, Content, ContentSound Reach
	// Line is what its line may carry; the zero Line leaves it at the bridge's own.
	Line Line
	// Precedence puts its pictures before those of others on lines that are too
	// thin for all: higher goes first.
	Precedence uint32
	// Attributes are all that the bridge says of it, with Reserved before each.
	Attributes map[string]string
}

// Line is the budget of a point's line in kbit/s, headers included; 0 is none.
type Line struct{ Down, Up int }

// Mic is what the bridge does about a microphone.
type Mic uint8

// Closed: silent, whatever the client does. Free: the client's own affair.
// Called: it is opened when this begins, and closed when it ends.
const (
	MicClosed Mic = iota
	MicFree
	MicCalled
)

// Reach is who gets a track's packets: everybody, or only those named. Ready
// lets everybody subscribe before they get any, so that they come at once.
type Reach struct {
	Everybody, Ready bool
	Only             []meeting.PointID
}

// Nobody tells that no packet goes out.
func (r Reach) Nobody() bool { return !r.Everybody && len(r.Only) == 0 }

// Guest is somebody at the door.
type Guest struct {
	Point  meeting.PointID // with the suffix of a second connection
	Device meeting.DeviceID
	// Machine serves the others: a recorder. It is counted nowhere.
	Machine bool
}

// Unsure is how long nothing came over a line when the bridge says so.
const Unsure = 2500 * time.Millisecond

// Report is something that happened in a room, for the meeting: one of the
// types below.
type Report interface{ report() }

type (
	// Arrived tells that a participant's media is connected, first or again.
	Arrived struct{ Guest }
	// Silent tells that nothing has come over a participant's line for Unsure.
	Silent struct{ Point meeting.PointID }
	// Departed tells that a participant's session is over.
	Departed struct{ Point meeting.PointID }
	// Sharing tells that a participant shares its screen, or no longer.
	Sharing struct {
		Guest
		On bool
	}
	// Hand tells that a client raised or lowered its hand by attribute.
	Hand struct {
		Guest
		Topic string
		Up    bool
	}
	// Recorder tells how it stands with the recording: State, Code and Alarms are
	// those of conduct.RecorderTold.
	Recorder struct {
		State  string
		Code   meeting.Code
		Alarms []string
	}
	// Call is an act that a client asks for by a remote procedure call. Answer
	// may be called from any goroutine, once.
	Call struct {
		Guest
		Body   []byte
		Answer func(body string, err *CallError)
	}
)

// CallError is why a call failed.
type CallError struct {
	Code    uint32
	Message string
	Data    string
}

func (Arrived) report()  {}
func (Silent) report()   {}
func (Departed) report() {}
func (Sharing) report()  {}
func (Hand) report()     {}
func (Recorder) report() {}
func (Call) report()     {}
