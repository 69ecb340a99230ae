package calendar_test

import (
	"testing"
	"time"

	"diemcau/meeting/calendar"
)

func TestAnHourIsWrittenInVietnameseTimeAndAnUnknownOneAsDots(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 3, 6, 30, 5, 0, time.UTC)
	for got, want := range map[string]string{
		calendar.Clock(at): "13.30", calendar.Exact(at): "13.30.05",
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if c, e := calendar.Clock(time.Time{}), calendar.Exact(time.Time{}); c != "…" || e != "…" {
		t.Errorf("unknown hours are %q and %q", c, e)
	}
}
