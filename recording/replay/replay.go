// Package replay shows recordings to those who may see them: which there are, what
// is in one (tracks, chapters, speakers, what happened), its index in pieces that a
// browser can check against the signed root, and the fragments themselves, opened
// where the archive is encrypted and the key is at hand. Every viewing is noted
// before anything is shown. A recording that somebody may not see is not found,
// like one that there is none of.
//
// It reads the folders of package archive and writes nothing into them. It starts
// no goroutine; what it read last of some recordings is kept in memory.
package replay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
)

// Codes of refusals.
const (
	// CodeNoKey: the recording is encrypted and its key is not here.
	CodeNoKey meeting.Code = "archive.no_key"
	// CodeChanged: what is on disk is not what was recorded.
	CodeChanged meeting.Code = "archive.changed"
)

// Book is the catalogue and keeps viewings, which are only added.
type Book interface {
	NoteViewing(ctx context.Context, v store.Viewing) error
	Viewings(ctx context.Context, recording string) ([]store.Viewing, error)
	FindRecordings(ctx context.Context, q store.RecordingQuery, may func(recording string, of meeting.ID) (bool, error)) ([]store.FoundRecording, error)
	FacetsOf(ctx context.Context, q store.RecordingQuery, may func(recording string, of meeting.ID) (bool, error)) (store.Facets, error)
	RecordingsOf(ctx context.Context, id meeting.ID) ([]store.RecordingOfMeeting, error)
	Accesses(ctx context.Context) (map[string]store.Access, error)
	AccessOf(ctx context.Context, recording string) (a store.Access, changes int, err error)
	SilencesOf(ctx context.Context, of meeting.ID) ([]store.Silence, error)
	TranscriptsOf(ctx context.Context, recording string) ([]store.Document[store.Transcript], error)
	SaveTranscript(ctx context.Context, recording string, by meeting.PersonID, at time.Time, t store.Transcript) error
	SaveAccess(ctx context.Context, recording string, changes int, by meeting.PersonID, at time.Time, a store.Access) error
}

// Settings are what a Desk works with. Identities of Access may be missing.
type Settings struct {
	Root   string
	Access archive.Access
	// Sight returns a function that tells what the one who asks may do in a meeting;
	// in one that is unknown nothing but what holds for the whole house.
	Sight func(context.Context) (func(context.Context, meeting.ID) ([]meeting.Right, error), error)
	Book  Book
	Log   *slog.Logger
	Now   func() time.Time
}

// Desk answers questions about recordings. It is safe for concurrent use.
type Desk struct {
	Settings
	shelf *shelf
	noted *noted
}

// New makes a desk.
func New(s Settings) (*Desk, error) {
	if s.Root == "" || s.Sight == nil || s.Book == nil || s.Log == nil {
		return nil, errors.New("replay: Root, Sight, Book and Log are required")
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	return &Desk{Settings: s, shelf: newShelf(s.Root), noted: newNoted()}, nil
}

// missing is the answer for what is not there and for what is not to be seen.
func missing(id string) error { return meeting.Refuse(meeting.CodeUnknown, "recording").With(id) }

// opened is a recording for the one who asks. It notes the viewing: once in a
// sitting, which ends half an hour after the last request of the session.
func (d *Desk) opened(ctx context.Context, id string) (*contents, error) {
	return d.taken(ctx, id, "open", "")
}

func (d *Desk) taken(ctx context.Context, id, what, detail string) (*contents, error) {
	c, err := d.shelf.open(id)
	if err != nil {
		return nil, err
	}
	allowed, err := d.allowed(ctx, id, meeting.ID(c.About.Meeting))
	if err != nil {
		return nil, err
	}
	if !allowed {
		what = "refused"
	}
	if err := d.note(ctx, id, what, detail); err != nil {
		return nil, err
	}
	if !allowed {
		return nil, missing(id)
	}
	return c, nil
}

// note keeps a viewing. What cannot be kept is not shown.
func (d *Desk) note(ctx context.Context, id, what, detail string) error {
	who, _ := account.Of(ctx)
	v := store.Viewing{Recording: id, Person: who.Person, Name: who.Name, Session: who.Session, At: d.Now().UTC(), What: what, Detail: detail}
	sitting := fmt.Sprintf("%s %s %s %s %s", id, who.Person, who.Session, what, detail)
	if !d.noted.due(sitting, v.At) {
		return nil
	}
	if err := d.Book.NoteViewing(ctx, v); err != nil {
		d.noted.forget(sitting)
		return fmt.Errorf("replay: a viewing cannot be noted: %w", err)
	}
	d.Log.InfoContext(ctx, "a recording is viewed", "recording", id, "person", string(who.Person), "what", what, "detail", detail)
	return nil
}

// Admit lets the one who asks at a recording, notes what he does with it, and tells
// its length in ms: for other parts that give something of it away.
func (d *Desk) Admit(ctx context.Context, recording, what, detail string) (length int64, err error) {
	c, err := d.taken(ctx, recording, what, detail)
	if err != nil {
		return 0, err
	}
	return c.Length, nil
}

// Item lets the one who asks at a recording like Admit, and describes it as he may know
// of it.
func (d *Desk) Item(ctx context.Context, recording, what, detail string) (archive.Item, error) {
	c, err := d.taken(ctx, recording, what, detail)
	if err != nil {
		return archive.Item{}, err
	}
	return d.seen(ctx, c.Item)
}

// Folder returns the folder below root of a recording; it asks nobody whether he may
// see it.
func Folder(root, recording string) (string, error) { return newShelf(root).find(recording) }
