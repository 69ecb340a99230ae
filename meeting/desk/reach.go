package desk

import (
	"context"
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/point"
	"diemcau/meeting/store"
)

// UnitsOn is the tree of units on a day, by which rights are judged: the points of that
// day are units by their own ids, and the directory's units stand among them. A unit of
// the directory that is a point too stands where its entry says, or else where the map
// does.
func UnitsOn(ctx context.Context, s *store.Store, day calendar.Date) (account.Units, error) {
	d, err := store.Get[point.Tree](ctx, s, store.Maps, "", theMap)
	if err != nil && meeting.CodeOf(err) != meeting.CodeUnknown {
		return nil, err
	}
	all, err := store.All[Unit](ctx, s, store.Units, "")
	return unitsOf(d.Body.At(day), contents(all)), err
}

func unitsOf(m point.Map, entries []Unit) account.Units {
	units := account.UnitsOf(m)
	for _, u := range entries {
		if _, point := units[u.ID]; !point || u.Parent != "" {
			units[u.ID] = u.Parent
		}
	}
	return units
}

// reach is how far somebody's rights go who changes directory or map. Every right is
// judged by the tree of units, so who changes the tree must hold the right over what he
// changes, over where it stood and over where it will stand; and what is new must be
// nobody's yet.
type reach struct {
	judge
	rights []meeting.Right
	// on are the trees of the days that the change is about: today's first.
	on []account.Units
}

// reach of who asks, on today and the other days.
func (o *Office) reach(ctx context.Context, tree point.Tree, rights []meeting.Right, days ...calendar.Date) (reach, error) {
	all, err := store.All[Unit](ctx, o.store, store.Units, "")
	if err != nil {
		return reach{}, err
	}
	r := reach{rights: rights}
	for _, day := range append([]calendar.Date{o.today()}, days...) {
		r.on = append(r.on, unitsOf(tree.At(day), contents(all)))
	}
	r.judge = judge{who: who(ctx), units: r.on[0]}
	return r, nil
}

// house answers whether the rights hold everywhere.
func (r reach) house() bool { return r.who.Unit == "" }

// over refuses who does not hold one of the rights in each of the units, on every day on
// which it is in the tree. The unit "" is the whole house.
func (r reach) over(units ...meeting.UnitID) error {
	for _, u := range units {
		known := false
		for i, tree := range r.on {
			_, there := tree[u]
			known = known || there
			if last := i == len(r.on)-1; !there && (known || !last) {
				continue
			}
			if !slices.ContainsFunc(r.rights, func(x meeting.Right) bool { return tree.Holds(r.who, x, u) }) {
				return meeting.Refuse(meeting.CodeNoRight, "unit").With(string(u))
			}
		}
	}
	return nil
}

// overNewPoint refuses a point below what is beyond one's reach, or that was one already.
func (o *Office) overNewPoint(ctx context.Context, r reach, t point.Tree, p NewPoint) error {
	if err := r.over(meeting.UnitID(p.Parent)); err != nil {
		return err
	}
	if _, there := t.At(p.From).Point(p.ID); there { // refused as the second of its id
		return r.over(meeting.UnitID(p.ID))
	}
	return o.unclaimed(ctx, r, t, meeting.UnitID(p.ID))
}

// overPoint refuses a change of a point beyond one's reach: of it, of the one that it
// stands below on the day of the map, and of the one that it is moved below.
func (r reach) overPoint(m point.Map, id, to meeting.PointID) error {
	if now, there := m.Point(id); there && now.Parent != to {
		return r.over(meeting.UnitID(id), meeting.UnitID(now.Parent), meeting.UnitID(to))
	}
	return r.over(meeting.UnitID(id))
}

// overEnd refuses the end of points beyond one's reach, of which one's own is one: what
// becomes of it is the business of who stands above.
func (r reach) overEnd(m point.Map, ids ...meeting.PointID) error {
	for _, id := range ids {
		now, _ := m.Point(id)
		if err := r.over(meeting.UnitID(id), meeting.UnitID(now.Parent)); err != nil {
			return err
		}
	}
	return nil
}

// unclaimed refuses the id of a new unit or point under which something is kept already
// by rights that another has: a point that was or will be, a room of the configuration,
// accounts, people, meetings. Only who keeps the whole house may enter those.
func (o *Office) unclaimed(ctx context.Context, r reach, tree point.Tree, id meeting.UnitID) error {
	if r.house() {
		return nil
	}
	claimed := meeting.Refuse(meeting.CodeNoRight, "id").With(string(id))
	if tree.Knows(meeting.PointID(id)) || slices.Contains(o.standing, meeting.PointID(id)) {
		return claimed
	}
	accounts, err := o.store.Accounts(ctx)
	if err != nil {
		return err
	}
	people, err := store.All[PersonEntry](ctx, o.store, store.People, "")
	if err != nil {
		return err
	}
	meetings, err := o.store.Meetings(ctx, store.Filter{})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(accounts, func(a account.Account) bool { return a.Unit == id }) ||
		slices.ContainsFunc(people, func(d store.Document[PersonEntry]) bool { return d.Body.Unit == id }) ||
		slices.ContainsFunc(meetings, func(m store.Standing) bool {
			_, takesPart := m.Plan.Point(meeting.PointID(id))
			return m.Plan.Unit == id || takesPart
		}) {
		return claimed
	}
	return nil
}

// mayKeepUnit refuses a change of a unit's entry beyond one's reach. before is nil for a
// new one.
func (o *Office) mayKeepUnit(ctx context.Context, before *Unit, u Unit) error {
	tree, _, err := o.points(ctx)
	if err != nil {
		return err
	}
	r, err := o.reach(ctx, tree, []meeting.Right{meeting.Administrator})
	if err != nil {
		return err
	}
	up, known := r.units[u.ID]
	to := u.Parent
	if p, point := tree.At(o.today()).Point(meeting.PointID(u.ID)); point && to == "" {
		to = meeting.UnitID(p.Parent)
	}
	if known {
		err = r.over(u.ID)
	} else {
		err = o.unclaimed(ctx, r, tree, u.ID)
	}
	switch {
	case err != nil:
		return err
	case to != "" && r.units.Covers(u.ID, to):
		return meeting.Refuse(point.CodeCycle, "parent").With(string(to))
	case !known:
		return r.over(to)
	case up != to:
		return r.over(up, to)
	}
	return nil
}

// mayKeepPerson refuses a change of a person's entry beyond one's reach: where he is
// written to is where invitations go. A person without a unit is the whole house's, one
// with an account that of its unit.
func (o *Office) mayKeepPerson(ctx context.Context, before *PersonEntry, p PersonEntry) error {
	tree, _, err := o.points(ctx)
	if err != nil {
		return err
	}
	r, err := o.reach(ctx, tree, []meeting.Right{meeting.Administrator, meeting.Secretary})
	if err != nil {
		return err
	}
	if before != nil {
		return r.over(before.Unit, p.Unit)
	}
	a, err := o.store.Account(ctx, p.ID)
	switch {
	case meeting.CodeOf(err) == meeting.CodeUnknown:
		return r.over(p.Unit)
	case err != nil:
		return err
	}
	return r.over(a.Unit, p.Unit)
}
