package sample_test

import (
	"testing"
	"time"

	"diemcau/meeting/sample"
)

func TestUpcomingMeetingsKeepTheirWeekdaysAndOrderAndNoneIsNear(t *testing.T) {
	t.Parallel()
	planned := sample.Plans()
	for _, now := range []string{"2026-11-24T09:00:00+07:00", "2026-12-03T13:35:00+07:00", "2026-12-06T20:05:00+07:00", "2026-12-31T23:59:59+07:00", "2028-02-29T00:00:00+07:00"} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range sample.Upcoming(at) {
			want := planned[i]
			shift := p.Start.Sub(want.Start)
			if ahead := p.Start.Sub(at); ahead < sample.Ahead || i == 1 && ahead >= 2*sample.Ahead {
				t.Errorf("%s: %s begins %s later", now, p.ID, ahead)
			}
			if shift%(7*24*time.Hour) != 0 || p.End.Sub(want.End) != shift || p.Agenda[3].Start.Sub(want.Agenda[3].Start) != shift || p.CheckPublish() != nil {
				t.Errorf("%s: %s is planned from %s to %s, item 4 at %s", now, p.ID, p.Start, p.End, p.Agenda[3].Start)
			}
		}
	}
	if first := sample.Upcoming(time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))[1]; !first.Start.Equal(sample.Briefing().Start) {
		t.Errorf("with enough time before it the briefing was moved to %s", first.Start)
	}
}
