package registry

import (
	"context"
	"fmt"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/plan"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/lifetime"
)

// classes is the table of periods: what was edited over what an installation starts
// with, and the version of each line.
func (r *Registry) classes(ctx context.Context) ([]lifetime.Class, map[string]int, error) {
	return classesIn(ctx, r.Store)
}

func (r *Registry) table(ctx context.Context, _ *struct{}) (*body[[]lifetime.Class], error) {
	table, _, err := r.classes(ctx)
	return &body[[]lifetime.Class]{table}, err
}

type classInput struct {
	Class string `path:"class" maxLength:"64" pattern:"^[a-z0-9-]+$"`
	Body  struct {
		Name    string      `json:"name" maxLength:"300"`
		Years   int         `json:"years,omitempty" doc:"counted from the end of the year"`
		Forever bool        `json:"forever,omitempty"`
		Types   []plan.Type `json:"types,omitempty" maxItems:"20"`
	}
}

func (r *Registry) setClass(ctx context.Context, in *classInput) (*body[[]lifetime.Class], error) {
	done, err := r.decide(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := r.in(ctx, "", keepers); err != nil {
		return nil, err // the table is the whole house's
	}
	table, versions, err := r.classes(ctx)
	if err != nil {
		return nil, err
	}
	b := in.Body
	c := lifetime.Class{ID: in.Class, Name: b.Name, Retention: plan.Retention{Years: b.Years, Forever: b.Forever}, Types: b.Types}
	if err := c.Check(table); err != nil {
		return nil, err
	}
	by := r.actor(ctx, "")
	err = store.Put(ctx, r.Store, store.Retentions, store.Document[lifetime.Class]{ID: c.ID, Number: versions[c.ID] + 1, By: by.By, At: by.At, Body: c})
	if err != nil {
		return nil, err
	}
	r.Note(ctx, PeriodChanged, c.ID, fmt.Sprintf("%d %v", c.Years, c.Forever))
	return r.table(ctx, nil)
}

func (r *Registry) list(ctx context.Context, _ *struct{}) (*body[[]Kept], error) {
	k, err := r.known(ctx)
	if err != nil {
		return nil, err
	}
	names, err := archive.Sealed(r.Root)
	if err != nil {
		return nil, err
	}
	sees, err := r.seer(ctx, lookers)
	if err != nil {
		return nil, err
	}
	out := []Kept{}
	for _, name := range slices.Backward(names) {
		one, err := r.read(ctx, k, name)
		if err != nil && ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			// Such a folder is what the check reports; here it must not hide the others.
			one.Custody.Problems = append(one.Custody.Problems, err.Error())
		}
		ok, err := sees(one.Meeting)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, one)
		}
	}
	return &body[[]Kept]{out}, nil
}

// RowPath names a recording.
type RowPath struct {
	Recording string `path:"recording" maxLength:"64"`
}

func (r *Registry) one(ctx context.Context, in *RowPath) (*body[Kept], error) {
	k, err := r.known(ctx)
	if err != nil {
		return nil, err
	}
	one, err := r.findFor(ctx, k, in.Recording, lookers)
	if err != nil {
		return nil, err
	}
	return &body[Kept]{one}, nil
}

func (r *Registry) check(ctx context.Context, in *RowPath) (*body[Kept], error) {
	out, err := r.one(ctx, in)
	if err == nil {
		r.Keeper.Check(in.Recording)
		r.Note(ctx, CheckAsked, in.Recording, "")
	}
	return out, err
}

// edit changes what people have decided on a recording.
func (r *Registry) edit(ctx context.Context, id string, who []meeting.Right, what account.Happening, detail string, change func(known, lifetime.Life, lifetime.Act) (lifetime.Life, error)) (*body[Kept], error) {
	done, err := r.decide(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	k, err := r.known(ctx)
	if err != nil {
		return nil, err
	}
	one, err := r.findFor(ctx, k, id, who)
	if err != nil {
		return nil, err
	}
	lists, err := r.lists(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range lists {
		if d.Body.Stage == lifetime.Begun && d.Body.Has(id) {
			return nil, meeting.Refuse(meeting.CodeState, "recording").With(string(lifetime.Begun))
		}
	}
	by := r.actor(ctx, "")
	life, err := change(k, one.Life, by)
	if err != nil {
		return nil, err
	}
	if err := r.saveLife(ctx, k.lives[id].Number+1, life, by.By, by.At); err != nil {
		return nil, err
	}
	r.Note(ctx, what, id, detail)
	if k, err = r.known(ctx); err != nil {
		return nil, err
	}
	if one, err = r.read(ctx, k, one.dir); err != nil {
		return nil, err
	}
	return &body[Kept]{one}, nil
}

func (r *Registry) saveLife(ctx context.Context, number int, l lifetime.Life, by meeting.PersonID, at time.Time) error {
	return store.Put(ctx, r.Store, store.Lifetimes, store.Document[lifetime.Life]{ID: l.Recording, Number: number, By: by, At: at, Body: l})
}

type reclassInput struct {
	RowPath
	Body struct {
		Class string `json:"class" maxLength:"64" doc:"of the table; empty for that of the meeting"`
		Why   string `json:"why" maxLength:"1000"`
	}
}

func (r *Registry) reclass(ctx context.Context, in *reclassInput) (*body[Kept], error) {
	return r.edit(ctx, in.Recording, keepers, RecordingClassed, in.Body.Class, func(k known, l lifetime.Life, _ lifetime.Act) (lifetime.Life, error) {
		return l.Reclass(in.Body.Class, in.Body.Why, k.table)
	})
}

// reason is the body of acts that need one.
type reason struct {
	Reason string `json:"reason" maxLength:"1000"`
}

type holdInput struct {
	RowPath
	Body reason
}

func (r *Registry) hold(ctx context.Context, in *holdInput) (*body[Kept], error) {
	return r.edit(ctx, in.Recording, seconds, HoldPlaced, "", func(_ known, l lifetime.Life, by lifetime.Act) (lifetime.Life, error) {
		return l.Hold(in.Body.Reason, by)
	})
}

type liftInput struct {
	RowPath
	Hold int `path:"hold" minimum:"1"`
	Body reason
}

func (r *Registry) lift(ctx context.Context, in *liftInput) (*body[Kept], error) {
	return r.edit(ctx, in.Recording, seconds, HoldLifted, fmt.Sprint(in.Hold), func(_ known, l lifetime.Life, by lifetime.Act) (lifetime.Life, error) {
		return l.Lift(in.Hold, in.Body.Reason, by)
	})
}

type handOverInput struct {
	RowPath
	Body struct {
		To     string `json:"to" maxLength:"300" doc:"the archive"`
		Record string `json:"record,omitempty" maxLength:"100" doc:"number of the record of hand-over"`
	}
}

func (r *Registry) handOver(ctx context.Context, in *handOverInput) (*body[Kept], error) {
	return r.edit(ctx, in.Recording, keepers, HandedOver, in.Body.To, func(_ known, l lifetime.Life, by lifetime.Act) (lifetime.Life, error) {
		return l.Give(lifetime.HandOver{To: in.Body.To, Record: in.Body.Record, By: by.By, Name: by.Name, At: by.At})
	})
}
