package account

import (
	"time"

	"diemcau/meeting"
)

// Skew is how far a time may lie ahead before it is taken for one of a wrong clock.
const Skew = 2 * time.Minute

// Way is how somebody signed in.
type Way string

// The ways in.
const (
	ByPassword Way = ""
	ByProvider Way = "openid"
	ByPasskey  Way = "passkey"
)

// Session is one sign-in of a person.
type Session struct {
	// ID names it in lists and logs. The secret that the browser keeps is another,
	// and only its hash is stored.
	ID      string           `json:"id"`
	Person  meeting.PersonID `json:"person"`
	Created time.Time        `json:"created"`
	Seen    time.Time        `json:"seen"`
	// Proved is when the person last gave a password or a second factor.
	Proved time.Time `json:"proved"`
	Second bool      `json:"second,omitempty"`
	Way    Way       `json:"way,omitempty"`
	// Active is when the person last did something at his board; Locked since when
	// he has to prove himself before he may again (SEC-05).
	Active  time.Time `json:"active,omitzero"`
	Locked  time.Time `json:"locked,omitzero"`
	Address string    `json:"address,omitempty"`
	Browser string    `json:"browser,omitempty"`
}

// Valid answers whether the session holds at the time. One that began in the
// future was made by a wrong clock and does not.
func (s Session) Valid(l Limits, now time.Time) bool {
	if s.Created.After(now.Add(Skew)) || s.Seen.After(now.Add(Skew)) {
		return false
	}
	return now.Sub(s.Created) < l.Absolute && now.Sub(s.Seen) < l.Idle
}

// Held answers whether acts of the session wait until the person proves himself: he
// locked his board, or left it alone for too long. Sessions from before this was kept
// count from their last proof.
func (s Session) Held(after time.Duration, now time.Time) bool {
	active := s.Active
	if active.Before(s.Proved) {
		active = s.Proved
	}
	return !s.Locked.IsZero() || after > 0 && now.Sub(active) >= after
}

// Machine is a paired machine of a point (SEC-04).
type Machine struct {
	ID      meeting.DeviceID `json:"id"`
	Point   meeting.PointID  `json:"point"`
	Name    string           `json:"name"`
	By      meeting.PersonID `json:"by"`
	Created time.Time        `json:"created"`
	Seen    time.Time        `json:"seen"`
	Revoked time.Time        `json:"revoked,omitzero"`
}

// Pairing is a one-time code that makes a machine the machine of a point.
type Pairing struct {
	// ID is the first part of the code: it finds the pairing and proves nothing.
	ID      string           `json:"id"`
	Point   meeting.PointID  `json:"point"`
	Name    string           `json:"name"`
	By      meeting.PersonID `json:"by"`
	Created time.Time        `json:"created"`
	Wrong   int              `json:"wrong,omitempty"`
	Used    time.Time        `json:"used,omitzero"`
}

// Bounds of a pairing code.
const (
	PairingLife  = 10 * time.Minute
	PairingTries = 5
)

// CodePairing refuses a pairing code, for whatever reason: an attacker learns
// nothing from it.
const CodePairing meeting.Code = "pairing.refused"

// Codes of refusals at the door of a room.
const (
	// CodeEnded refuses a machine whose pairing was ended, and the board of a session that
	// was.
	CodeEnded meeting.Code = "machine.ended"
	// CodeGuest refuses a guest who is not let in, or no longer.
	CodeGuest meeting.Code = "guest.refused"
)

// Usable answers whether the code can still be redeemed.
func (p Pairing) Usable(now time.Time) bool {
	return p.Used.IsZero() && p.Wrong < PairingTries && !p.Created.After(now.Add(Skew)) && now.Sub(p.Created) < PairingLife
}

// Link lets guests into the waiting room of one meeting (SEC-09).
type Link struct {
	ID      string           `json:"id"`
	Meeting meeting.ID       `json:"meeting"`
	By      meeting.PersonID `json:"by"`
	Created time.Time        `json:"created"`
	Ends    time.Time        `json:"ends"`
	Revoked time.Time        `json:"revoked,omitzero"`
}

// Open answers whether guests may still come by the link.
func (l Link) Open(now time.Time) bool {
	return l.Revoked.IsZero() && now.Before(l.Ends) && !l.Created.After(now.Add(Skew))
}

// GuestState is where a guest stands.
type GuestState string

// The states of a guest.
const (
	Waiting  GuestState = "cho"
	Admitted GuestState = "cho-vao"
	Refused  GuestState = "tu-choi"
)

// Guest is somebody without an account who came by a link.
type Guest struct {
	ID      string           `json:"id"`
	Link    string           `json:"link"`
	Meeting meeting.ID       `json:"meeting"`
	Name    string           `json:"name"`
	Unit    string           `json:"unit,omitempty"`
	State   GuestState       `json:"state"`
	Asked   time.Time        `json:"asked"`
	By      meeting.PersonID `json:"by,omitempty"`
	Decided time.Time        `json:"decided,omitzero"`
	// Came is when he was in the meeting first: a locked room lets him back in.
	Came time.Time `json:"came,omitzero"`
}
