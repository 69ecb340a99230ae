package registry

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/store"
	"diemcau/recording/lifetime"
)

func (r *Registry) lists(ctx context.Context) ([]store.Document[lifetime.Disposal], error) {
	return store.All[lifetime.Disposal](ctx, r.Store, store.Disposals, "")
}

func (r *Registry) disposals(ctx context.Context, _ *struct{}) (*body[[]lifetime.Disposal], error) {
	all, err := r.lists(ctx)
	if err != nil {
		return nil, err
	}
	sees, err := r.seer(ctx, lookers)
	if err != nil {
		return nil, err
	}
	out := make([]lifetime.Disposal, 0, len(all))
	for _, d := range slices.Backward(all) {
		ok, err := every(d.Body, sees)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, d.Body)
		}
	}
	return &body[[]lifetime.Disposal]{out}, nil
}

// ListPath names a disposal.
type ListPath struct {
	Disposal string `path:"disposal" maxLength:"64"`
}

func (r *Registry) disposal(ctx context.Context, in *ListPath) (*body[lifetime.Disposal], error) {
	d, err := r.listFor(ctx, in.Disposal, lookers)
	if err != nil {
		return nil, err
	}
	return &body[lifetime.Disposal]{d.Body}, nil
}

// allowed answers for a recording whether it may be disposed of, by all that is
// known now.
func (r *Registry) allowed(ctx context.Context, k known, but string, lists []store.Document[lifetime.Disposal]) func(string) error {
	return func(id string) error {
		for _, d := range lists {
			if d.ID != but && d.Body.Has(id) {
				return meeting.Refuse(lifetime.CodeListed, meeting.Field(id)).With(d.ID)
			}
		}
		one, err := r.find(ctx, k, id)
		if meeting.CodeOf(err) == meeting.CodeUnknown && but != "" && !k.custodies[id].Disposed.IsZero() {
			return nil // half erased by this very list
		}
		if err != nil {
			return err
		}
		if err := lifetime.Disposable(one.Term, one.Life); err != nil {
			r.Note(ctx, DisposalBarred, id, string(meeting.CodeOf(err))) // who tried stands in the log
			return err
		}
		return nil
	}
}

type proposeInput struct {
	Body struct {
		Recordings []string `json:"recordings" minItems:"1" maxItems:"500"`
		Reason     string   `json:"reason" maxLength:"1000"`
	}
}

type proposed struct {
	Status int `json:"-"`
	Body   lifetime.Disposal
}

func (r *Registry) propose(ctx context.Context, in *proposeInput) (*proposed, error) {
	done, err := r.decide(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	k, err := r.known(ctx)
	if err != nil {
		return nil, err
	}
	lists, err := r.lists(ctx)
	if err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	items := make([]lifetime.Item, 0, len(in.Body.Recordings))
	for _, recording := range in.Body.Recordings {
		one, err := r.findFor(ctx, k, recording, keepers)
		if err != nil {
			return nil, err
		}
		items = append(items, lifetime.Item{
			Recording: recording, Dir: one.dir, Meeting: one.Meeting, Title: one.Title, Begun: one.Begun, Seconds: one.Seconds, Bytes: one.Bytes,
			Root: one.root, Head: one.head, Kept: one.Term.Retention, Until: one.Term.Until, Encrypted: one.Encrypted,
		})
	}
	by := r.actor(ctx, in.Body.Reason)
	d, err := lifetime.Propose(id.String(), items, by, r.allowed(ctx, k, "", lists))
	if err != nil {
		return nil, err
	}
	if err := r.saveList(ctx, 1, d, by); err != nil {
		return nil, err
	}
	r.Note(ctx, DisposalProposed, d.ID, "")
	return &proposed{201, d}, nil
}

func (r *Registry) saveList(ctx context.Context, number int, d lifetime.Disposal, by lifetime.Act) error {
	return store.Put(ctx, r.Store, store.Disposals, store.Document[lifetime.Disposal]{ID: d.ID, Number: number, By: by.By, At: by.At, Body: d})
}

// decideOn changes a list, and keeps it.
func (r *Registry) decideOn(ctx context.Context, id, why string, who []meeting.Right, what account.Happening,
	change func(lifetime.Disposal, lifetime.Act, func(string) error) (lifetime.Disposal, error),
) (store.Document[lifetime.Disposal], error) {
	d, err := r.listFor(ctx, id, who)
	if err != nil {
		return d, err
	}
	k, err := r.known(ctx)
	if err != nil {
		return d, err
	}
	lists, err := r.lists(ctx)
	if err != nil {
		return d, err
	}
	by := r.actor(ctx, why)
	if d.Body, err = change(d.Body, by, r.allowed(ctx, k, id, lists)); err != nil {
		return d, err
	}
	d.Number++
	if err := r.saveList(ctx, d.Number, d.Body, by); err != nil {
		return d, err
	}
	r.Note(ctx, what, id, "")
	return d, nil
}

func (r *Registry) approve(ctx context.Context, in *ListPath) (*body[lifetime.Disposal], error) {
	done, err := r.decide(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	d, err := r.decideOn(ctx, in.Disposal, "", seconds, DisposalApproved, lifetime.Disposal.Approve)
	if err != nil {
		return nil, err
	}
	return &body[lifetime.Disposal]{d.Body}, nil
}

type refuseInput struct {
	ListPath
	Body reason
}

func (r *Registry) refuse(ctx context.Context, in *refuseInput) (*body[lifetime.Disposal], error) {
	done, err := r.decide(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	d, err := r.decideOn(ctx, in.Disposal, in.Body.Reason, seconds, DisposalRefused,
		func(d lifetime.Disposal, by lifetime.Act, _ func(string) error) (lifetime.Disposal, error) {
			return d.Refuse(by)
		})
	if err != nil {
		return nil, err
	}
	return &body[lifetime.Disposal]{d.Body}, nil
}

// carryOut erases. It goes on when the one who ordered it goes away: half a
// disposal is worse than one that nobody watches.
func (r *Registry) carryOut(ctx context.Context, in *ListPath) (*body[lifetime.Disposal], error) {
	done, err := r.decide(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	ctx = context.WithoutCancel(ctx)
	d, err := r.decideOn(ctx, in.Disposal, "", keepers, DisposalBegun, lifetime.Disposal.Begin)
	if err != nil {
		return nil, err
	}
	defer r.count(ctx)
	by := *d.Body.Carried
	for _, item := range slices.Clone(d.Body.Items) {
		if len(item.Erased) > 0 {
			continue
		}
		erased, failed := r.erase(ctx, item)
		if failed == nil {
			failed = r.disposed(ctx, item.Recording, d.ID, by)
		}
		d.Body = d.Body.Note(item.Recording, erased, failed)
		d.Number++
		if err := r.saveList(ctx, d.Number, d.Body, by); err != nil {
			return nil, err
		}
		if failed != nil {
			r.Log.Error("archive: a recording could not be erased wholly", "recording", item.Recording, "error", failed)
			r.Note(ctx, DisposalFailed, item.Recording, d.ID)
			if errors.Is(failed, errStore) {
				break // it would be waited for with each of the others, and they would be half erased, too
			}
			continue
		}
		r.Note(ctx, RecordingErased, item.Recording, d.ID)
	}
	return &body[lifetime.Disposal]{d.Body}, nil
}

// Unfinished counts the disposals that were begun and did not erase all that they name:
// something failed, or the bridge stopped in between. A person has to go on.
func Unfinished(ctx context.Context, s *store.Store) (n int, err error) {
	all, err := store.All[lifetime.Disposal](ctx, s, store.Disposals, "")
	for _, d := range all {
		if d.Body.Stage == lifetime.Begun {
			n++
		}
	}
	return n, err
}

// count tells how many are unfinished. A database that does not answer has at least the
// one that it could not be asked about.
func (r *Registry) count(ctx context.Context) {
	if r.Unfinished == nil {
		return
	}
	n, err := Unfinished(ctx, r.Store)
	if err != nil {
		r.Log.Error("archive: unfinished disposals cannot be counted", "error", err)
		n = max(n, 1)
	}
	r.Unfinished(n)
}

// disposed notes in a recording's life that it is gone.
func (r *Registry) disposed(ctx context.Context, id, disposal string, by lifetime.Act) error {
	k, err := r.known(ctx)
	if err != nil {
		return err
	}
	life := k.lives[id]
	if life.Body.Disposal == disposal {
		return nil
	}
	life.Body.Recording, life.Body.Disposal = id, disposal
	return r.saveLife(ctx, life.Number+1, life.Body, by.By, by.At)
}
