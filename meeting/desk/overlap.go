package desk

import (
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// overlaps are, for each meeting of a list, the others of it that are announced for
// the same time and take one of its points, people or rooms. A meeting that is put
// off or called off takes nothing; two at one hour that share nothing do not collide.
func overlaps(list []store.Standing) map[meeting.ID][]meeting.ID {
	found := map[meeting.ID][]meeting.ID{}
	add := func(of, with meeting.ID) {
		if !slices.Contains(found[of], with) {
			found[of] = append(found[of], with)
		}
	}
	for _, m := range list {
		if m.State != schedule.Draft && m.State != schedule.Published {
			continue
		}
		for _, x := range list {
			if len(schedule.Conflicts(m.Plan, []schedule.Entry{{Versions: []schedule.Version{x.Version}}})) > 0 {
				add(m.Plan.ID, x.Plan.ID)
				add(x.Plan.ID, m.Plan.ID)
			}
		}
	}
	return found
}
