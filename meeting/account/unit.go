package account

import (
	"diemcau/meeting"
	"diemcau/meeting/point"
)

// Units is the tree of units: the parent of each. One that is not in it stands by
// itself.
type Units map[meeting.UnitID]meeting.UnitID

// UnitsOf reads the tree from the map of points: a point's unit has the id of the
// point.
func UnitsOf(m point.Map) Units {
	u := make(Units, len(m.Points))
	for _, r := range m.Points {
		u[meeting.UnitID(r.ID)] = meeting.UnitID(r.Parent)
	}
	return u
}

// Covers answers whether a right held in a unit holds in another: in itself and in
// those below. The unit "" is the whole house.
func (u Units) Covers(held, asked meeting.UnitID) bool {
	if held == "" || held == asked {
		return true
	}
	for range len(u) + 1 { // a tree in a circle ends too
		up, ok := u[asked]
		if !ok || up == "" {
			return false
		}
		if up == held {
			return true
		}
		asked = up
	}
	return false
}

// Holds answers whether somebody has the right in the unit.
func (u Units) Holds(i Identity, r meeting.Right, in meeting.UnitID) bool {
	return i.Has(r) && u.Covers(i.Unit, in)
}
