package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diemcau/meeting/calendar"
)

func TestSCH02_TheTwoDeadlinesOfTheYearEndMeeting(t *testing.T) {
	t.Parallel()
	day := calendar.On(2026, time.December, 30)
	got, err := calendar.Solar(2026, 2027).Deadlines(calendar.Usual(), day, day)
	if err != nil {
		t.Fatal(err)
	}
	if got.Papers.String() != "25/12/2026" || got.Notice.String() != "07/01/2027" {
		t.Errorf("deadlines %s and %s, want 25/12/2026 and 07/01/2027", got.Papers, got.Notice)
	}
}

func TestSCH02_TheHolidayTableIsEdited(t *testing.T) {
	t.Parallel()
	table := calendar.Solar(2026, 2027)
	day := calendar.On(2026, time.December, 30)
	table.Off[calendar.On(2026, time.December, 28)] = "nghỉ bù"
	table.Worked[calendar.On(2026, time.December, 26)] = "làm bù"
	table.Off[calendar.On(2027, time.January, 4)] = "nghỉ bù"
	got, err := table.Deadlines(calendar.Usual(), day, day)
	if err != nil {
		t.Fatal(err)
	}
	if got.Papers.String() != "25/12/2026" || got.Notice.String() != "08/01/2027" {
		t.Errorf("deadlines %s and %s, want 25/12/2026 and 08/01/2027", got.Papers, got.Notice)
	}
}

func TestATableThatIsOffForEverIsRefusedAndDoesNotHang(t *testing.T) {
	t.Parallel()
	table := calendar.Solar(2026, 2026)
	start := calendar.On(2026, time.June, 1)
	for i := range 1000 {
		table.Off[start.AddDays(i)] = "x"
	}
	if _, err := table.Shift(start, 1); err == nil {
		t.Error("a table without working days was accepted")
	}
}

func TestShiftAndCountAgree(t *testing.T) {
	t.Parallel()
	table := calendar.Solar(2020, 2032)
	rapid.Check(t, func(t *rapid.T) {
		d := calendar.On(2026, time.January, rapid.IntRange(1, 1000).Draw(t, "day"))
		n := rapid.IntRange(-40, 40).Draw(t, "n")
		got, err := table.Shift(d, n)
		if err != nil {
			t.Fatal(err)
		}
		if n != 0 && !table.Working(got) {
			t.Fatalf("%s is not a working day", got)
		}
		count := table.WorkingDays(d, got)
		if n < 0 && table.Working(d) != table.Working(got) {
			count-- // counting back starts at a day off: the far end is left out
		}
		if count != n {
			t.Fatalf("%s shifted by %d is %s, %d working days away", d, n, got, count)
		}
	})
}

func TestADateIsTheDayInVietNam(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 12, 29, 17, 30, 0, 0, time.UTC)
	if got := calendar.Of(late); got.String() != "30/12/2026" {
		t.Errorf("17:30 UTC is %s, want the next day", got)
	}
	for _, text := range []string{`"2026-12-30"`, `"30/12/2026"`, `""`} {
		var d, again calendar.Date
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(map[calendar.Date]calendar.Date{d: d})
		if err != nil {
			t.Fatal(err)
		}
		back := map[calendar.Date]calendar.Date{}
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if again = back[d]; again != d {
			t.Errorf("%s came back as %s", d, again)
		}
	}
	if _, err := calendar.Parse("31/02/2026"); err == nil {
		t.Error("31 February is a day")
	}
}
