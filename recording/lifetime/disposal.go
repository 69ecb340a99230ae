package lifetime

import (
	"slices"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
)

// Stage is where a disposal stands.
type Stage string

// The stages of a disposal. Only people move it on.
const (
	Proposed Stage = "de-nghi"
	Approved Stage = "da-duyet"
	Refused  Stage = "tu-choi"
	// Begun: the erasing has begun; it may have been interrupted, and whoever may
	// carry it out may go on.
	Begun Stage = "dang-huy"
	Done  Stage = "da-huy"
)

// Item is a recording on the list, as it was: it stays in the record when the
// recording is gone.
type Item struct {
	Recording string         `json:"recording"`
	Dir       string         `json:"dir" doc:"where it lay below the archive"`
	Meeting   meeting.ID     `json:"meeting"`
	Title     string         `json:"title,omitempty"`
	Begun     time.Time      `json:"begun"`
	Seconds   float64        `json:"seconds"`
	Bytes     int64          `json:"bytes"`
	Root      string         `json:"root" doc:"Merkle root of the seal"`
	Head      string         `json:"head" doc:"hash of the last event"`
	Kept      plan.Retention `json:"kept"`
	Until     calendar.Date  `json:"until"`
	Encrypted bool           `json:"encrypted,omitempty"`
	// Erased is what is gone, where; Error what could not be erased yet.
	Erased []string `json:"erased,omitempty"`
	Error  string   `json:"error,omitempty"`
}

// Act is one step that a person took.
type Act struct {
	By     meeting.PersonID `json:"by"`
	Name   string           `json:"name,omitempty"`
	At     time.Time        `json:"at"`
	Proved time.Time        `json:"proved,omitzero" doc:"when he last proved who he is"`
	Reason string           `json:"reason,omitempty"`
}

// Disposal is a list of recordings to be erased, and in the end the record of it
// (biên bản hủy). It is never deleted.
type Disposal struct {
	ID    string `json:"id"`
	Stage Stage  `json:"stage"`
	Items []Item `json:"items"`
	// Proposed, Decided and Carried are by whom, Carried the last time.
	Proposed Act  `json:"proposed"`
	Decided  *Act `json:"decided,omitempty"`
	Carried  *Act `json:"carried,omitempty"`
}

// mostItems is how many recordings are on one list.
const mostItems = 500

// Propose makes a list. may answers for each recording why it must not be disposed
// of.
func Propose(id string, items []Item, by Act, may func(recording string) error) (Disposal, error) {
	if by.Reason = strings.TrimSpace(by.Reason); by.Reason == "" {
		return Disposal{}, meeting.Refuse(meeting.CodeReason, "reason")
	}
	if by.By == "" {
		return Disposal{}, meeting.Refuse(account.CodeSignedOut, "")
	}
	if len(items) == 0 || len(items) > mostItems {
		return Disposal{}, meeting.Refuse(meeting.CodeInvalid, "recordings")
	}
	seen := map[string]bool{}
	for _, i := range items {
		if seen[i.Recording] {
			return Disposal{}, meeting.Refuse(meeting.CodeDuplicate, meeting.Field(i.Recording))
		}
		seen[i.Recording] = true
	}
	d := Disposal{ID: id, Stage: Proposed, Items: items, Proposed: by}
	return d, d.allowed(may)
}

// allowed asks for each recording that is still there.
func (d Disposal) allowed(may func(string) error) error {
	for _, i := range d.Items {
		if len(i.Erased) > 0 {
			continue
		}
		if err := may(i.Recording); err != nil {
			return err
		}
	}
	return nil
}

// Has reports whether the recording is on the list and the list is not decided
// against or done.
func (d Disposal) Has(recording string) bool {
	return (d.Stage == Proposed || d.Stage == Approved || d.Stage == Begun) &&
		slices.ContainsFunc(d.Items, func(i Item) bool { return i.Recording == recording })
}

// Approve is the second person's yes. He must be another than the first and have
// just proved who he is.
func (d Disposal) Approve(by Act, may func(recording string) error) (Disposal, error) {
	if d.Stage != Proposed {
		return d, meeting.Refuse(meeting.CodeState, "stage").With(string(d.Stage))
	}
	if by.By == "" || by.By == d.Proposed.By {
		return d, meeting.Refuse(CodeSame, "")
	}
	if !by.proved() {
		return d, meeting.Refuse(account.CodeProve, "")
	}
	if err := d.allowed(may); err != nil {
		return d, err
	}
	d.Stage, d.Decided = Approved, &by
	return d, nil
}

// Refuse ends the list: the second person says no, or the first takes it back, also
// after the approval.
func (d Disposal) Refuse(by Act) (Disposal, error) {
	if d.Stage != Proposed && d.Stage != Approved {
		return d, meeting.Refuse(meeting.CodeState, "stage").With(string(d.Stage))
	}
	if by.Reason = strings.TrimSpace(by.Reason); by.Reason == "" {
		return d, meeting.Refuse(meeting.CodeReason, "reason")
	}
	d.Stage, d.Decided = Refused, &by
	return d, nil
}

// Begin is the order to erase, by somebody who has just proved who he is. Every
// recording is asked for once more: a hold that came meanwhile stops all of it.
func (d Disposal) Begin(by Act, may func(recording string) error) (Disposal, error) {
	if d.Stage != Approved && d.Stage != Begun {
		return d, meeting.Refuse(meeting.CodeState, "stage").With(string(d.Stage))
	}
	if by.By == "" || !by.proved() {
		return d, meeting.Refuse(account.CodeProve, "")
	}
	if err := d.allowed(may); err != nil {
		return d, err
	}
	d.Stage, d.Carried = Begun, &by
	return d, nil
}

// Note writes down what came of one recording. When all are gone the disposal is
// done.
func (d Disposal) Note(recording string, erased []string, err error) Disposal {
	d.Items = slices.Clone(d.Items)
	gone := true
	for i := range d.Items {
		item := &d.Items[i]
		if item.Recording == recording {
			item.Error = ""
			if err != nil {
				item.Error = err.Error()
			} else {
				item.Erased = erased
			}
		}
		gone = gone && len(item.Erased) > 0
	}
	if gone && d.Stage == Begun {
		d.Stage = Done
	}
	return d
}

func (a Act) proved() bool {
	return !a.Proved.IsZero() && !a.Proved.After(a.At) && a.At.Sub(a.Proved) <= account.FreshFor
}
