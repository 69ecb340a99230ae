package store

import (
	"context"
	"slices"
	"time"

	"diemcau/meeting"
)

// AccessLevel is who may watch a recording.
type AccessLevel string

// The levels. Without any it is OfficeLevel.
const (
	MeetingLevel AccessLevel = "meeting" // whoever has a right in the meeting
	OfficeLevel  AccessLevel = "office"  // archivist, secretary and chair
	ClosedLevel  AccessLevel = "closed"  // archivist and chair
)

// Reader is somebody who may watch a recording whatever its level.
type Reader struct {
	Person meeting.PersonID `json:"person" minLength:"1" maxLength:"64"`
	Name   string           `json:"name,omitempty" maxLength:"200"`
}

// Access is who may watch a recording, with the reason of the last change.
type Access struct {
	Level   AccessLevel `json:"level" enum:"meeting,office,closed"`
	Readers []Reader    `json:"readers" nullable:"false"`
	Reason  string      `json:"reason,omitempty"`
	// ClosedFor is the redacted version for whose sake it was closed; empty when a person
	// set it.
	ClosedFor string `json:"closedFor,omitempty" doc:"the redacted version for whose sake it was closed"`
}

// Lets answers whether somebody with rights in the meeting may watch.
func (a Access) Lets(who meeting.PersonID, rights []meeting.Right) bool {
	has := func(some ...meeting.Right) bool {
		return slices.ContainsFunc(some, func(r meeting.Right) bool { return slices.Contains(rights, r) })
	}
	if who != "" && slices.ContainsFunc(a.Readers, func(r Reader) bool { return r.Person == who }) {
		return true
	}
	switch a.Level {
	case MeetingLevel:
		return has(meeting.Archivist, meeting.Secretary, meeting.Chair, meeting.Technician, meeting.Delegate)
	case ClosedLevel:
		return has(meeting.Archivist, meeting.Chair)
	}
	return has(meeting.Archivist, meeting.Secretary, meeting.Chair)
}

// Accesses reads who may watch the recordings that have a level of their own.
func (s *Store) Accesses(ctx context.Context) (map[string]Access, error) {
	all, err := All[Access](ctx, s, Accesses, "")
	out := make(map[string]Access, len(all))
	for _, d := range all {
		out[d.ID] = d.Body
	}
	return out, err
}

// AccessOf reads who may watch a recording, and how often that was changed.
func (s *Store) AccessOf(ctx context.Context, recording string) (Access, int, error) {
	d, err := Get[Access](ctx, s, Accesses, "", recording)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		return Access{Level: OfficeLevel, Readers: []Reader{}}, 0, nil
	}
	return d.Body, d.Number, err
}

// AccessBeforeCuts reads who might watch a recording before it was closed for the sake
// of redacted versions: what a person set last, or what holds without that.
func (s *Store) AccessBeforeCuts(ctx context.Context, recording string) (Access, error) {
	all, err := History[Access](ctx, s, Accesses, "", recording)
	for _, d := range slices.Backward(all) {
		if d.Body.ClosedFor != "" {
			continue
		}
		forCut, err := s.closedForCut(ctx, d)
		if err != nil {
			return Access{}, err
		}
		if !forCut {
			return d.Body, nil
		}
	}
	return Access{Level: OfficeLevel, Readers: []Reader{}}, err
}

// closedForCut tells a closing that was kept without the version for whose sake it was,
// as earlier releases did: by one order, in one moment and for one reason with the first
// access to another recording, which is that version.
func (s *Store) closedForCut(ctx context.Context, d Document[Access]) (bool, error) {
	if d.Body.Level != ClosedLevel || len(d.Body.Readers) > 0 {
		return false, nil
	}
	others, err := read[Access](ctx, s, `SELECT owner, id, number, by_person, at, body FROM accesses WHERE owner = $1 AND number = 1 AND by_person = $2 AND at = $3 AND id <> $4`,
		string(d.Owner), string(d.By), instant(d.At), d.ID)
	return slices.ContainsFunc(others, func(o Document[Access]) bool { return o.Body.Reason == d.Body.Reason }), err
}

// SaveAccess keeps who may watch a recording from now on; number is how often it was
// changed before.
func (s *Store) SaveAccess(ctx context.Context, recording string, number int, by meeting.PersonID, at time.Time, a Access) error {
	return Put(ctx, s, Accesses, Document[Access]{ID: recording, Number: number + 1, By: by, At: at, Body: a})
}
