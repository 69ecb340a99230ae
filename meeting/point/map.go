package point

import (
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
)

// Map is the tree on one day.
type Map struct {
	Day    calendar.Date `json:"day"`
	Points []Record      `json:"points"`
}

// Point finds a point of the day.
func (m Map) Point(id meeting.PointID) (Record, bool) {
	i, ok := slices.BinarySearchFunc(m.Points, id, func(r Record, id meeting.PointID) int {
		switch {
		case r.ID < id:
			return -1
		case r.ID > id:
			return 1
		}
		return 0
	})
	if !ok {
		return Record{}, false
	}
	return m.Points[i], true
}

// Children are the points right below the given one, by id; of "", the roots.
func (m Map) Children(id meeting.PointID) []Record {
	var below []Record
	for _, r := range m.Points {
		if r.Parent == id {
			below = append(below, r)
		}
	}
	return below
}

// Walk visits every point below the given one, parents before children, with its
// depth (0 for the first level). It is the order of the roll call (CON-07).
func (m Map) Walk(from meeting.PointID, visit func(r Record, depth int)) {
	below := map[meeting.PointID][]Record{}
	for _, r := range m.Points {
		below[r.Parent] = append(below[r.Parent], r)
	}
	var down func(id meeting.PointID, depth int)
	down = func(id meeting.PointID, depth int) {
		for _, r := range below[id] {
			visit(r, depth)
			down(r.ID, depth+1)
		}
	}
	down(from, 0)
}

// above is the nearest ancestor of the point that is not among ids.
func (m Map) above(id meeting.PointID, ids []meeting.PointID) meeting.PointID {
	for range m.Points {
		r, ok := m.Point(id)
		if !ok {
			return ""
		}
		if id = r.Parent; !slices.Contains(ids, id) {
			break
		}
	}
	return id
}

func (m Map) sound() error {
	for _, r := range m.Points {
		seen := 0
		for up := r.Parent; up != ""; {
			parent, ok := m.Point(up)
			if !ok {
				return meeting.Refuse(meeting.CodeUnknown, "parent").With(string(up))
			}
			if seen++; seen > len(m.Points) {
				return meeting.Refuse(CodeCycle, "parent").With(string(r.ID))
			}
			up = parent.Parent
		}
	}
	return nil
}
