// Package registry is the HTTP API of how long recordings are kept: the table of
// periods, hand-over, holds, disposals by two people, and what the keeper has found
// (ARC-04 to ARC-07). The rules are those of package lifetime; here they meet the
// database, the archive and its copies.
//
// It is the only place that erases recordings, and does so only by the order of a
// person within a request. It starts no goroutine. Decisions are taken one at a
// time, so that no hold slips in between a look and an erasing.
package registry

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/bucket"
	"diemcau/recording/keeper"
	"diemcau/recording/lifetime"
)

// Settings of a Registry. Store, Ledger, Keeper, Root, Sight and Note are required.
type Settings struct {
	// Sight returns a function that tells what the one who asks may do in a meeting; in
	// one that is unknown nothing but what holds for the whole house.
	Sight  func(context.Context) (func(context.Context, meeting.ID) ([]meeting.Right, error), error)
	Store  *store.Store
	Ledger *keeper.Ledger
	Keeper *keeper.Keeper
	Root   string // of the archive
	Second string // folder of the second copy; "" for none
	Keys   string // folder of wrapped keys
	Bucket *bucket.Bucket
	// Note tells the audit trail what somebody did to which recording or list.
	Note func(ctx context.Context, what account.Happening, on, detail string)
	// Forget erases what was made of a recording elsewhere: exports, the mix of its
	// sound, small pictures. Nil where nothing is made.
	Forget func(recording string) error
	// Unfinished is told, after each disposal that was carried out, how many have begun
	// and did not erase all that they name. Nil where nobody wants to know.
	Unfinished func(disposals int)
	// Place is the place name of the issuing body on papers (địa danh).
	Place string
	Log   *slog.Logger
	Now   func() time.Time // nil is time.Now
}

// What the audit trail is told.
const (
	PeriodChanged    account.Happening = "retention.changed"
	RecordingClassed account.Happening = "recording.period"
	HoldPlaced       account.Happening = "recording.hold"
	HoldLifted       account.Happening = "recording.hold_lifted"
	HandedOver       account.Happening = "recording.handed_over"
	DisposalProposed account.Happening = "disposal.proposed"
	DisposalApproved account.Happening = "disposal.approved"
	DisposalRefused  account.Happening = "disposal.refused"
	DisposalBarred   account.Happening = "disposal.barred" // tried on what must be kept
	DisposalBegun    account.Happening = "disposal.begun"
	DisposalFailed   account.Happening = "disposal.failed" // a recording was not erased wholly
	RecordingErased  account.Happening = "recording.erased"
	CheckAsked       account.Happening = "recording.check"
)

// Registry serves the API. It is safe for concurrent use.
type Registry struct {
	Settings
	turn  chan struct{} // of whoever decides
	seals seals
}

// New checks the settings.
func New(s Settings) (*Registry, error) {
	if s.Store == nil || s.Ledger == nil || s.Keeper == nil || s.Root == "" || s.Sight == nil || s.Note == nil || s.Log == nil {
		return nil, errors.New("registry: Store, Ledger, Keeper, Root, Sight, Note and Log are required")
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	return &Registry{Settings: s, turn: make(chan struct{}, 1)}, nil
}

// decide waits for its turn to decide.
func (r *Registry) decide(ctx context.Context) (done func(), err error) {
	select {
	case r.turn <- struct{}{}:
		return func() { <-r.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Register adds the operations.
func (r *Registry) Register(api huma.API) {
	look, keep, second := account.Allow(lookers...), account.Allow(keepers...), account.Allow(seconds...)
	const row, list = "/api/keeping/{recording}", "/api/disposals/{disposal}"
	add(api, "retention", http.MethodGet, "/api/retention", "The table of periods", look, r.table)
	add(api, "set-retention", http.MethodPut, "/api/retention/{class}", "Add or change a line of the table of periods", keep, r.setClass)
	add(api, "kept-recordings", http.MethodGet, "/api/keeping", "All sealed recordings: how long they are kept, and how they fare", look, r.list)
	add(api, "kept-recording", http.MethodGet, row, "How long a recording is kept, and how it fares", look, r.one)
	add(api, "check-recording", http.MethodPost, row+"/check", "Have a recording checked against its evidence now", look, r.check)
	add(api, "class-recording", http.MethodPut, row+"/period", "Give a recording another period than its meeting's", keep, r.reclass)
	add(api, "hold-recording", http.MethodPost, row+"/holds", "Stop the disposal of a recording", second, r.hold)
	add(api, "lift-hold", http.MethodPost, row+"/holds/{hold}/lift", "Lift such a stop", second, r.lift)
	add(api, "hand-over-recording", http.MethodPost, row+"/hand-over", "Note that a recording was handed over to an archive", keep, r.handOver)
	add(api, "disposals", http.MethodGet, "/api/disposals", "Lists of recordings to be erased, and the records of those that were", look, r.disposals)
	add(api, "disposal", http.MethodGet, list, "One list or record", look, r.disposal)
	add(api, "disposal-paper", http.MethodGet, list+"/{file}", "The list, or the record of what was erased, as DOCX or PDF", look, r.paper)
	add(api, "propose-disposal", http.MethodPost, "/api/disposals", "Propose to erase recordings whose period has ended", keep, r.propose)
	add(api, "approve-disposal", http.MethodPost, list+"/approve", "Approve such a list, as another person than who proposed it", second.Fresh(), r.approve)
	add(api, "refuse-disposal", http.MethodPost, list+"/refuse", "Refuse such a list, or take it back", second, r.refuse)
	add(api, "carry-out-disposal", http.MethodPost, list+"/carry-out", "Erase what an approved list names; the record is kept", keep.Fresh(), r.carryOut)
}

// largestBody is the largest body of these operations: reasons and lists of ids.
const largestBody = 64 << 10

func add[I, O any](api huma.API, id, method, path, summary string, who account.Declaration, handle func(context.Context, *I) (*O, error)) {
	huma.Register(api, huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{"keeping"}, Metadata: who, MaxBodyBytes: largestBody,
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity},
	}, handle)
}

// body is an answer.
type body[T any] struct{ Body T }

// actor is who asks; the guard has let him in.
func (r *Registry) actor(ctx context.Context, reason string) lifetime.Act {
	who, _ := account.Of(ctx)
	return lifetime.Act{By: who.Person, Name: who.Name, At: r.Now().UTC(), Proved: account.ProvedAt(ctx), Reason: reason}
}

// Kept is a recording as the archivist sees it.
type Kept struct {
	Recording string         `json:"recording"`
	Meeting   meeting.ID     `json:"meeting"`
	Title     string         `json:"title,omitempty"`
	Begun     time.Time      `json:"begun"`
	Seconds   float64        `json:"seconds"`
	Bytes     int64          `json:"bytes"`
	Encrypted bool           `json:"encrypted,omitempty"`
	Term      lifetime.Term  `json:"term"`
	Life      lifetime.Life  `json:"life"`
	Custody   keeper.Custody `json:"custody" doc:"what was done for it, and what the last check found"`
	// Disposable tells that people may decide on its disposal today.
	Disposable bool `json:"disposable,omitempty"`

	dir        string
	root, head string // of the seal
}

// known is what decisions are taken by.
type known struct {
	table     []lifetime.Class
	lives     map[string]store.Document[lifetime.Life]
	custodies map[string]keeper.Custody
	today     calendar.Date
}

func (r *Registry) known(ctx context.Context) (known, error) {
	k := known{lives: map[string]store.Document[lifetime.Life]{}, custodies: map[string]keeper.Custody{}, today: calendar.Of(r.Now())}
	var err error
	if k.table, _, err = r.classes(ctx); err != nil {
		return k, err
	}
	lives, err := store.All[lifetime.Life](ctx, r.Store, store.Lifetimes, "")
	if err != nil {
		return k, err
	}
	for _, d := range lives {
		k.lives[d.ID] = d
	}
	custodies, err := r.Ledger.Custodies(ctx)
	for _, c := range custodies {
		k.custodies[c.Recording] = c
	}
	return k, err
}

// read puts together what is known of the recording in a folder of the archive.
func (r *Registry) read(ctx context.Context, k known, name string) (Kept, error) {
	id := path.Base(name)
	dir := filepath.Join(r.Root, filepath.FromSlash(name))
	out := Kept{Recording: id, Life: k.lives[id].Body, Custody: k.custodies[id], dir: name}
	out.Life.Recording = id
	one, err := r.seals.of(dir)
	out.Meeting, out.Title, out.Begun, out.Encrypted = meeting.ID(one.about.Meeting), one.about.Title, one.about.Epoch, one.about.Encrypted
	if err != nil {
		return out, err
	}
	out.root, out.head, out.Bytes, out.Seconds = one.root, one.head, one.bytes, float64(one.length)/1000
	file := lifetime.File{Recording: id, Meeting: out.Meeting, Ended: out.Begun.Add(time.Duration(one.length) * time.Millisecond)}
	if file, err = fileOf(ctx, r.Store, file); err != nil {
		return out, err
	}
	out.Term = lifetime.Of(file, out.Life, k.table, k.today)
	out.Disposable = lifetime.Disposable(out.Term, out.Life) == nil
	return out, nil
}

// find is a recording by its id, from its folder.
func (r *Registry) find(ctx context.Context, k known, id string) (Kept, error) {
	if name, is := archive.Find(r.Root, id); is {
		if _, err := os.Stat(filepath.Join(r.Root, filepath.FromSlash(name), archive.ManifestName)); err == nil {
			return r.read(ctx, k, name)
		}
	}
	return Kept{}, meeting.Refuse(meeting.CodeUnknown, "recording").With(id)
}
