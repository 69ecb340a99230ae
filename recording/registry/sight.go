package registry

import (
	"context"
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/store"
	"diemcau/recording/lifetime"
)

// Who may do what with a recording, by his rights in its meeting: those of another
// unit find nothing, as if it was not there.
var (
	lookers = []meeting.Right{meeting.Archivist, meeting.Chair, meeting.Secretary, meeting.Technician}
	keepers = []meeting.Right{meeting.Archivist}
	seconds = []meeting.Right{meeting.Archivist, meeting.Chair}
)

// seer answers whether the one who asks holds one of the rights in a meeting.
func (r *Registry) seer(ctx context.Context, one []meeting.Right) (func(meeting.ID) (bool, error), error) {
	sight, err := r.Sight(ctx)
	if err != nil {
		return nil, err
	}
	known := map[meeting.ID]bool{}
	return func(id meeting.ID) (bool, error) {
		if yes, asked := known[id]; asked {
			return yes, nil
		}
		rights, err := sight(ctx, id)
		if err != nil {
			return false, err
		}
		known[id] = slices.ContainsFunc(one, func(x meeting.Right) bool { return slices.Contains(rights, x) })
		return known[id], nil
	}, nil
}

// in refuses who holds none of the rights in a meeting.
func (r *Registry) in(ctx context.Context, id meeting.ID, one []meeting.Right) error {
	sees, err := r.seer(ctx, one)
	if err != nil {
		return err
	}
	ok, err := sees(id)
	if err == nil && !ok {
		err = meeting.Refuse(meeting.CodeNoRight, "").With(string(one[0]))
	}
	return err
}

// findFor is a recording for somebody with one of the rights in its meeting. Who may
// not even look is told that there is none.
func (r *Registry) findFor(ctx context.Context, k known, id string, one []meeting.Right) (Kept, error) {
	found, err := r.find(ctx, k, id)
	if err != nil {
		return found, err
	}
	if r.in(ctx, found.Meeting, lookers) != nil {
		return Kept{}, meeting.Refuse(meeting.CodeUnknown, "recording").With(id)
	}
	return found, r.in(ctx, found.Meeting, one)
}

// listFor is a list for somebody with one of the rights in the meetings of all its
// recordings.
func (r *Registry) listFor(ctx context.Context, id string, one []meeting.Right) (store.Document[lifetime.Disposal], error) {
	d, err := store.Get[lifetime.Disposal](ctx, r.Store, store.Disposals, "", id)
	if err != nil {
		return d, err
	}
	for _, may := range []struct {
		rights  []meeting.Right
		refusal *meeting.Problem
	}{
		{lookers, meeting.Refuse(meeting.CodeUnknown, "disposal").With(id)},
		{one, meeting.Refuse(meeting.CodeNoRight, "").With(string(one[0]))},
	} {
		sees, err := r.seer(ctx, may.rights)
		if err != nil {
			return d, err
		}
		ok, err := every(d.Body, sees)
		if err != nil {
			return d, err
		}
		if !ok {
			return store.Document[lifetime.Disposal]{}, may.refusal
		}
	}
	return d, nil
}

// every answers whether one sees the meetings of all recordings of a list.
func every(d lifetime.Disposal, sees func(meeting.ID) (bool, error)) (bool, error) {
	for _, i := range d.Items {
		if ok, err := sees(i.Meeting); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}
