package schedule

import (
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/plan"
)

// Conflict is one thing that two meetings want at the same time.
type Conflict struct {
	With  meeting.ID `json:"with"`
	Title string     `json:"title"`
	// What is "point", "person" or "room", and Name which one.
	What string `json:"what"`
	Name string `json:"name"`
}

// Conflicts are what the plan collides with among the meetings that are on: shown
// before saving. A meeting does not collide with itself; one that ends when the
// other begins does not collide.
func Conflicts(p plan.Plan, others []Entry) []Conflict {
	var list []Conflict
	for _, e := range others {
		v := e.Now()
		q := v.Plan
		if v.State != Published || q.ID == p.ID || !q.Start.Before(p.End) || !p.Start.Before(q.End) {
			continue
		}
		add := func(what, name string) {
			list = append(list, Conflict{With: q.ID, Title: q.Title, What: what, Name: name})
		}
		for _, x := range p.Points {
			if _, both := q.Point(x.ID); both {
				add("point", string(x.ID))
			}
		}
		for _, id := range seats(p) {
			if slices.Contains(seats(q), id) {
				add("person", string(id))
			}
		}
		for _, r := range p.Rooms {
			if slices.Contains(q.Rooms, r) {
				add("room", string(r))
			}
		}
	}
	return list
}

// seats are the people who cannot be in two meetings: the chair, the co-chairs,
// the secretary and the technician.
func seats(p plan.Plan) []meeting.PersonID {
	var ids []meeting.PersonID
	for _, x := range append([]meeting.Person{p.People.Chair, p.People.Secretary, p.People.Technician}, p.People.CoChairs...) {
		if x.ID != "" && !slices.Contains(ids, x.ID) {
			ids = append(ids, x.ID)
		}
	}
	return ids
}
