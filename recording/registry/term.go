package registry

import (
	"context"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/lifetime"
)

// classesIn reads the table of periods of a database, and how often each line was changed.
func classesIn(ctx context.Context, s *store.Store) ([]lifetime.Class, map[string]int, error) {
	edited, err := store.All[lifetime.Class](ctx, s, store.Retentions, "")
	if err != nil {
		return nil, nil, err
	}
	table, versions := lifetime.Defaults(), map[string]int{}
	for _, d := range edited {
		versions[d.ID] = d.Number
		if i := slices.IndexFunc(table, func(c lifetime.Class) bool { return c.ID == d.ID }); i >= 0 {
			table[i] = d.Body
		} else {
			table = append(table, d.Body)
		}
	}
	return table, versions, nil
}

// TermOf says how long a recording is kept, as the screens of keeping do.
func TermOf(ctx context.Context, s *store.Store, item archive.Item, now time.Time) (lifetime.Term, error) {
	table, _, err := classesIn(ctx, s)
	if err != nil {
		return lifetime.Term{}, err
	}
	life, err := store.Get[lifetime.Life](ctx, s, store.Lifetimes, "", item.About.ID)
	if err != nil && meeting.CodeOf(err) != meeting.CodeUnknown {
		return lifetime.Term{}, err
	}
	end := item.About.Epoch.Add(time.Duration(item.Length) * time.Millisecond)
	file, err := fileOf(ctx, s, lifetime.File{Recording: item.About.ID, Meeting: meeting.ID(item.About.Meeting), Ended: end})
	return lifetime.Of(file, life.Body, table, calendar.Of(now)), err
}

// fileOf adds what the plan of the meeting says; a room without one is no failure.
func fileOf(ctx context.Context, s *store.Store, f lifetime.File) (lifetime.File, error) {
	planned, err := s.Standing(ctx, f.Meeting)
	switch {
	case err == nil:
		f.Type, f.Kept = planned.Plan.Type, planned.Plan.Kept
	case meeting.CodeOf(err) != meeting.CodeUnknown:
		return f, err
	}
	return f, nil
}
