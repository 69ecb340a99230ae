package audit

import (
	"slices"
	"time"

	"diemcau/meeting"
)

// Filter says which lines are wanted. Its zero value wants all.
type Filter struct {
	Before  int64 // lines before this one: the next page
	From    time.Time
	To      time.Time // not included
	Kinds   []string  // beginnings of What, one of which must fit
	Who     meeting.PersonID
	Meeting meeting.ID
	Text    string
	Limit   int
}

// Group is a kind of lines as people ask for them.
type Group string

// Groups.
const (
	OfSignIns    Group = "sign-ins"
	OfFailures   Group = "failures"
	OfRights     Group = "rights"
	OfMeetings   Group = "meetings"
	OfRecordings Group = "recordings"
	OfSettings   Group = "settings"
	OfReadings   Group = "log"
)

var groups = map[Group][]string{
	OfSignIns:    {"signin.", "signout", "session.", "proof.", "pairing.", "machine.", "guest"},
	OfFailures:   {"signin.failed", "signin.held", "proof.failed", "pairing.failed", "account.locked", "access.refused", "refused"},
	OfRights:     {"account.", "password.", "second_factor.", "passkey.", "openid.", "recovery_code.", "settings.change-account"},
	OfMeetings:   {"speech.", "muted.", "loudspeaker.", "phase.", "door.", "seat.", "mode.", "main.", "picture.", "point.", "item.", "queue.", "vote.", "recording.set", "roll.", "signal."},
	OfRecordings: {"recording.", "recorder.", "retention.", "disposal.", "export.", "download."},
	OfSettings:   {"settings.", "retention.", "bridge."},
	OfReadings:   {"audit."},
}

// Kinds are the beginnings of What of a group; an unknown one has none.
func (g Group) Kinds() []string { return slices.Clone(groups[g]) }
