package desk

import (
	"context"
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// Unit is a unit of the house (cơ quan, đơn vị). Units form a tree.
type Unit struct {
	ID     meeting.UnitID `json:"id" maxLength:"64" pattern:"^[A-Za-z0-9._-]+$"`
	Parent meeting.UnitID `json:"parent,omitempty" maxLength:"64"`
	Name   string         `json:"name" minLength:"1" maxLength:"300"`
	// Symbol stands in the numbers of documents: "VP" in 07/BB-VP.
	Symbol string `json:"symbol,omitempty" maxLength:"32"`
	Closed bool   `json:"closed,omitempty"`
}

// judge knows what somebody may do in meetings.
type judge struct {
	who   account.Identity
	units account.Units
}

// judge reads the tree of units of today.
func (o *Office) judge(ctx context.Context) (judge, error) {
	units, err := UnitsOn(ctx, o.store, o.today())
	return judge{who: who(ctx), units: units}, err
}

// prepares answers whether he keeps the meetings of the unit: its secretary, or
// that of a unit above it.
func (j judge) prepares(u meeting.UnitID) bool {
	return j.units.Holds(j.who, meeting.Secretary, u)
}

// unitRights are those that are held over meetings by holding them in the unit.
var unitRights = []meeting.Right{meeting.Secretary, meeting.Technician, meeting.Archivist}

// mine is what he may do in a meeting: by its plan, and by his rights in its unit
// and those above it.
func (j judge) mine(p plan.Plan) Mine {
	m := Mine{Rights: []meeting.Right{}}
	add := func(r meeting.Right, has bool) {
		if has && !slices.Contains(m.Rights, r) {
			m.Rights = append(m.Rights, r)
		}
	}
	is := func(x meeting.Person) bool { return j.who.Person != "" && x.ID == j.who.Person }
	add(meeting.Chair, is(p.People.Chair) || slices.ContainsFunc(p.People.CoChairs, is))
	add(meeting.Secretary, is(p.People.Secretary))
	add(meeting.Technician, is(p.People.Technician))
	for _, r := range unitRights {
		add(r, j.units.Holds(j.who, r, p.Unit))
	}
	add(meeting.Delegate, slices.ContainsFunc(p.People.Hall, is) || slices.ContainsFunc(p.People.Guests, is))
	for _, x := range p.Points {
		if (j.who.Point != "" && x.ID == j.who.Point) || is(x.Leader) {
			m.Point = x.ID
			add(meeting.Delegate, is(x.Leader))
		}
	}
	for _, it := range p.Agenda {
		add(meeting.Delegate, is(it.Presenter))
	}
	for _, v := range p.Voters {
		add(meeting.Delegate, j.who.Person != "" && v.Person == j.who.Person)
	}
	m.Edit = slices.Contains(m.Rights, meeting.Secretary) || slices.Contains(m.Rights, meeting.Chair)
	return m
}

// has answers whether one of the rights is held in the meeting.
func (m Mine) has(rights ...meeting.Right) bool {
	return slices.ContainsFunc(rights, func(r meeting.Right) bool { return slices.Contains(m.Rights, r) })
}

// reads answers whether he may see the meeting. A draft is seen by those who
// prepare it.
func (m Mine) reads(s schedule.State) bool {
	if s == schedule.Draft {
		return m.has(meeting.Chair, meeting.Secretary, meeting.Technician)
	}
	return len(m.Rights) > 0 || m.Point != ""
}

// seen is a meeting that he may see. One that he may not is not found: its title
// is nobody else's business.
func (o *Office) seen(ctx context.Context, id meeting.ID) (store.Standing, Mine, error) {
	j, err := o.judge(ctx)
	if err != nil {
		return store.Standing{}, Mine{}, err
	}
	now, err := o.store.Standing(ctx, id)
	if err != nil {
		return now, Mine{}, err
	}
	m := j.mine(now.Plan)
	if !m.reads(now.State) {
		return store.Standing{}, m, meeting.Refuse(meeting.CodeUnknown, "meeting").With(string(id))
	}
	return now, m, nil
}

// held is a meeting in which he holds one of the rights.
func (o *Office) held(ctx context.Context, id meeting.ID, rights ...meeting.Right) (store.Standing, Mine, error) {
	now, m, err := o.seen(ctx, id)
	if err == nil && !m.has(rights...) {
		err = meeting.Refuse(meeting.CodeNoRight, "").With(string(rights[0]))
	}
	return now, m, err
}

// speaksFor is a meeting in which he answers for the point: its machine, its
// leader, or the secretary on its behalf.
func (o *Office) speaksFor(ctx context.Context, id meeting.ID, p meeting.PointID) (store.Standing, Mine, error) {
	now, m, err := o.seen(ctx, id)
	if err != nil {
		return now, m, err
	}
	if _, takesPart := now.Plan.Point(p); !takesPart {
		return now, m, meeting.Refuse(meeting.CodeUnknown, "point").With(string(p))
	}
	if m.Point != p && !m.has(meeting.Secretary) {
		return now, m, meeting.Refuse(meeting.CodeNoRight, "point").With(string(p))
	}
	return now, m, nil
}
