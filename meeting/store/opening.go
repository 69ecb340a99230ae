package store

import (
	"cmp"
	"context"
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/conduct"
	"diemcau/meeting/floor"
	"diemcau/meeting/invitation"
	"diemcau/meeting/paper"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/schedule"
)

// Registration is a request to speak made before the meeting (SCH-07).
type Registration struct {
	floor.Request
	By        meeting.PersonID `json:"by,omitempty"`
	Withdrawn bool             `json:"withdrawn,omitempty"`
}

// Prepare gathers what a live meeting starts from: the newest announcement, the
// requests to speak, the positions, the approved substitutes and the flags of the
// test run. A meeting that is not on is CodeState. It keeps nothing: SaveOpening
// does, and RenewOpening until the meeting is declared open; Load is what counts.
func (s *Store) Prepare(ctx context.Context, id meeting.ID) (conduct.Opening, error) {
	now, err := s.Standing(ctx, id)
	if err != nil {
		return conduct.Opening{}, err
	}
	if now.State != schedule.Published {
		return conduct.Opening{}, meeting.Refuse(meeting.CodeState, "state").With(string(now.State))
	}
	o := conduct.Opening{Plan: now.Plan, Version: now.Number}
	requests, err := All[Registration](ctx, s, Registrations, id)
	if err != nil {
		return o, err
	}
	slices.SortStableFunc(requests, func(a, b Document[Registration]) int { return a.Body.At.Compare(b.Body.At) })
	for _, r := range requests {
		if _, takesPart := o.Plan.Point(r.Body.Point); takesPart && !r.Body.Withdrawn {
			o.Registered = append(o.Registered, r.Body.Request)
		}
	}
	if o.Plan.Agenda, err = s.withPapers(ctx, id, o.Plan.Agenda); err != nil {
		return o, err
	}
	if o.Positions, err = s.positions(ctx, id); err != nil {
		return o, err
	}
	if o.Substitutes, err = s.substitutes(ctx, id, o); err != nil {
		return o, err
	}
	sheets, err := All[rehearsal.Sheet](ctx, s, Sheets, id)
	if err != nil || len(sheets) == 0 {
		return o, err // without a test run nobody is marked
	}
	o.Untested, o.Failed = rehearsal.Flags(ids(o), bodies(sheets))
	return o, nil
}

// withPapers names under each item the papers that lie before the meeting.
func (s *Store) withPapers(ctx context.Context, id meeting.ID, items []agenda.Item) ([]agenda.Item, error) {
	papers, err := All[paper.Paper](ctx, s, Papers, id)
	items = slices.Clone(items)
	for i := range items {
		items[i].Papers = slices.Clone(items[i].Papers)
		for _, d := range papers {
			if p := d.Body; p.Item == items[i].ID && p.Recalled.IsZero() && !slices.Contains(items[i].Papers, p.ID) {
				items[i].Papers = append(items[i].Papers, p.ID)
			}
		}
	}
	return items, err
}

func ids(o conduct.Opening) []meeting.PointID {
	var all []meeting.PointID
	for _, p := range o.Plan.Points {
		all = append(all, p.ID)
	}
	return all
}

func bodies[T any](all []Document[T]) []T {
	var list []T
	for _, d := range all {
		list = append(list, d.Body)
	}
	return list
}

func (s *Store) positions(ctx context.Context, id meeting.ID) ([]agenda.Position, error) {
	taken, err := All[agenda.Position](ctx, s, Positions, id)
	slices.SortStableFunc(taken, func(a, b Document[agenda.Position]) int {
		return cmp.Or(a.Body.At.Compare(b.Body.At), cmp.Compare(a.ID, b.ID))
	})
	return bodies(taken), err
}

// substitutes are the approved ones of points that take part. The member in whose
// place he sits is not counted present.
func (s *Store) substitutes(ctx context.Context, id meeting.ID, o conduct.Opening) (map[meeting.PointID]conduct.Substitute, error) {
	replies, err := All[invitation.Reply](ctx, s, Replies, id)
	if err != nil {
		return nil, err
	}
	var approved map[meeting.PointID]conduct.Substitute
	for _, d := range replies {
		r := d.Body
		p, takesPart := o.Plan.Point(r.Point)
		if !takesPart || r.Answer != invitation.Sends || r.Consent != invitation.Approved {
			continue
		}
		whom := r.For
		if whom.Name == "" {
			whom = p.Leader
		}
		sub := conduct.Substitute{Person: r.Substitute, For: whom.Name}
		for _, v := range o.Plan.Voters {
			if v.Point == r.Point && (v.Person == whom.ID || v.Name == whom.Name) {
				sub.Voter = v.Person
			}
		}
		if approved == nil {
			approved = map[meeting.PointID]conduct.Substitute{}
		}
		approved[r.Point] = sub
	}
	return approved, nil
}
