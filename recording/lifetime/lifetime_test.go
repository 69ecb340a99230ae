package lifetime_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
	"diemcau/recording/lifetime"
)

func day(year int, month time.Month, d int) time.Time { return calendar.On(year, month, d).At(9, 0) }

func years(n int) plan.Retention { return plan.Retention{Years: n} }

func refused(t *testing.T, err error, code meeting.Code) {
	t.Helper()
	if meeting.CodeOf(err) != code {
		t.Errorf("%v, want %s", err, code)
	}
}

func TestARC05_TheTableHasEachTypeOnceWithThePeriodOfItsTemplate(t *testing.T) {
	t.Parallel()
	table := lifetime.Defaults()
	for _, c := range table {
		if err := c.Check(table); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
	for _, template := range plan.Templates() {
		term := lifetime.Of(lifetime.File{Type: template.Type, Ended: day(2026, 11, 23)}, lifetime.Life{}, table, calendar.On(2026, 11, 24))
		if term.Retention != template.Kept || term.Class == "" {
			t.Errorf("%s: %+v, its template says %+v", template.Type, term, template.Kept)
		}
	}
	twice := lifetime.Class{ID: "moi", Name: "Mới", Retention: years(3), Types: []plan.Type{plan.YearEnd}}
	refused(t, twice.Check(table), meeting.CodeDuplicate)
	for _, bad := range []plan.Retention{{}, years(-1), years(1000), {Years: 3, Forever: true}} {
		refused(t, lifetime.Class{ID: "moi", Name: "Mới", Retention: bad}.Check(table), meeting.CodeInvalid)
	}
}

func TestARC05_ThePeriodCountsFromTheYearsEndAndTheRecordingInheritsItsFiles(t *testing.T) {
	t.Parallel()
	table := lifetime.Defaults()
	f := lifetime.File{Type: plan.Briefing, Kept: years(2), Ended: day(2026, 1, 2)}
	for _, c := range []struct {
		today calendar.Date
		ended bool
	}{{calendar.On(2026, 12, 31), false}, {calendar.On(2028, 12, 31), false}, {calendar.On(2029, 1, 1), true}} {
		term := lifetime.Of(f, lifetime.Life{}, table, c.today)
		if term.Until != calendar.On(2028, 12, 31) || term.Ended != c.ended || term.Retention != f.Kept {
			t.Errorf("%s: %+v", c.today, term)
		}
	}
	// New Year's Eve in Viet Nam is what counts, not in London.
	f.Ended = time.Date(2026, 12, 31, 17, 30, 0, 0, time.UTC)
	if term := lifetime.Of(f, lifetime.Life{}, table, calendar.On(2027, 1, 1)); term.Until != calendar.On(2029, 12, 31) {
		t.Errorf("%+v", term)
	}
	life, err := lifetime.Life{Recording: "r"}.Reclass("khen-thuong-tinh", "có khen thưởng", table)
	if err != nil {
		t.Fatal(err)
	}
	if term := lifetime.Of(f, life, table, calendar.On(2027, 1, 1)); term.Years != 20 || term.Class != "khen-thuong-tinh" {
		t.Errorf("%+v", term)
	}
	_, err = life.Reclass("khong-co", "x", table)
	refused(t, err, meeting.CodeUnknown)
	_, err = life.Reclass("so-ket", " ", table)
	refused(t, err, meeting.CodeReason)
}

func TestARC05_WhatIsKeptForEverAndWhatNobodyKnowsOfIsNeverDisposable(t *testing.T) {
	t.Parallel()
	far := calendar.On(2500, 1, 1)
	for _, f := range []lifetime.File{
		{Type: plan.YearEnd, Ended: day(2026, 1, 2)}, {Ended: day(2026, 1, 2)}, {Type: "la", Ended: day(2026, 1, 2)}, {Type: plan.Interim},
		{Kept: plan.Retention{Forever: true}, Type: plan.Interim, Ended: day(2026, 1, 2)},
	} {
		term := lifetime.Of(f, lifetime.Life{}, lifetime.Defaults(), far)
		if err := lifetime.Disposable(term, lifetime.Life{}); err == nil {
			t.Errorf("%+v may be disposed of: %+v", f, term)
		}
	}
	gone := lifetime.Life{Class: "bo-di"} // its line of the table is gone
	term := lifetime.Of(lifetime.File{Type: plan.Interim, Ended: day(2026, 1, 2)}, gone, lifetime.Defaults(), far)
	refused(t, lifetime.Disposable(term, gone), lifetime.CodeForever)
}

func TestARC09_TheReminderOfHandOverComesElevenMonthsAfterTheYearsEnd(t *testing.T) {
	t.Parallel()
	f := lifetime.File{Type: plan.YearEnd, Ended: day(2026, 12, 30)}
	var life lifetime.Life
	for _, c := range []struct {
		today        calendar.Date
		remind, late bool
	}{
		{calendar.On(2027, 11, 29), false, false},
		{calendar.On(2027, 11, 30), true, false},
		{calendar.On(2027, 12, 31), true, false},
		{calendar.On(2028, 1, 1), true, true},
	} {
		term := lifetime.Of(f, life, lifetime.Defaults(), c.today)
		if term.Remind != c.remind || term.Late != c.late || term.GiveBy != calendar.On(2027, 12, 31) {
			t.Errorf("%s: %+v", c.today, term)
		}
	}
	life, err := life.Give(lifetime.HandOver{To: "Lưu trữ lịch sử tỉnh", By: "luu", At: day(2027, 12, 1)})
	if err != nil {
		t.Fatal(err)
	}
	if term := lifetime.Of(f, life, lifetime.Defaults(), calendar.On(2028, 6, 1)); term.Remind || term.Late {
		t.Errorf("handed over, and yet: %+v", term)
	}
	_, err = life.Give(lifetime.HandOver{To: "hai lần"})
	refused(t, err, meeting.CodeState)
}

func TestARC07_AHoldBlocksDisposalByAnyoneUntilLiftedAndBothActsStay(t *testing.T) {
	t.Parallel()
	f := lifetime.File{Kept: years(1), Ended: day(2020, 5, 5)}
	today := calendar.On(2026, 11, 24)
	life, err := lifetime.Life{Recording: "r"}.Hold("thanh tra", lifetime.Act{By: "luu", At: day(2026, 11, 1)})
	if err != nil {
		t.Fatal(err)
	}
	refused(t, lifetime.Disposable(lifetime.Of(f, life, nil, today), life), lifetime.CodeHeld)
	_, err = life.Hold(" ", lifetime.Act{By: "luu", At: day(2026, 11, 1)})
	refused(t, err, meeting.CodeReason)
	_, err = life.Lift(1, "", lifetime.Act{By: "luu", At: day(2026, 11, 2)})
	refused(t, err, meeting.CodeReason)
	_, err = life.Lift(2, "x", lifetime.Act{By: "luu", At: day(2026, 11, 2)})
	refused(t, err, meeting.CodeUnknown)
	free, err := life.Lift(1, "xong thanh tra", lifetime.Act{By: "chu-tri", At: day(2026, 11, 2)})
	if err != nil {
		t.Fatal(err)
	}
	if err := lifetime.Disposable(lifetime.Of(f, free, nil, today), free); err != nil {
		t.Error(err)
	}
	if h := free.Holds[0]; h.Reason != "thanh tra" || h.By != "luu" || h.Lifted != "xong thanh tra" || h.LiftedBy != "chu-tri" || h.LiftedAt.IsZero() {
		t.Errorf("%+v", h)
	}
	_, err = free.Lift(1, "lại", lifetime.Act{By: "luu", At: day(2026, 11, 3)})
	refused(t, err, meeting.CodeState)
	if !life.Held() {
		t.Error("lifting changed what was before")
	}
}

func may(string) error { return nil }

func act(by meeting.PersonID) lifetime.Act {
	return lifetime.Act{By: by, At: day(2026, 11, 24), Proved: day(2026, 11, 24).Add(-time.Minute), Reason: "hết thời hạn"}
}

func TestARC06_TwoPeopleWhoProveThemselvesAndARecordThatStays(t *testing.T) {
	t.Parallel()
	items := []lifetime.Item{{Recording: "a"}, {Recording: "b"}}
	d, err := lifetime.Propose("1", items, act("luu"), may)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.Begin(act("luu"), may)
	refused(t, err, meeting.CodeState)
	_, err = d.Approve(act("luu"), may)
	refused(t, err, lifetime.CodeSame)
	stale := act("chu-tri")
	stale.Proved = stale.At.Add(-account.FreshFor - time.Second)
	_, err = d.Approve(stale, may)
	refused(t, err, account.CodeProve)
	held := func(id string) error { return meeting.Refuse(lifetime.CodeHeld, meeting.Field(id)) }
	_, err = d.Approve(act("chu-tri"), held)
	refused(t, err, lifetime.CodeHeld)
	if d, err = d.Approve(act("chu-tri"), may); err != nil {
		t.Fatal(err)
	}
	never := act("luu")
	never.Proved = time.Time{}
	_, err = d.Begin(never, may)
	refused(t, err, account.CodeProve)
	_, err = d.Begin(act("luu"), held) // a hold that came after the approval
	refused(t, err, lifetime.CodeHeld)
	if d, err = d.Begin(act("luu"), may); err != nil {
		t.Fatal(err)
	}
	_, err = d.Refuse(act("luu"))
	refused(t, err, meeting.CodeState)
	d = d.Note("a", []string{"archive"}, nil)
	d = d.Note("b", nil, meeting.Refuse("store", ""))
	if d.Stage != lifetime.Begun || d.Items[1].Error == "" {
		t.Fatalf("%+v", d)
	}
	if d, err = d.Begin(act("luu"), may); err != nil { // interrupted: it goes on
		t.Fatal(err)
	}
	d = d.Note("b", []string{"archive"}, nil)
	if d.Stage != lifetime.Done || d.Items[1].Error != "" || d.Proposed.By != "luu" || d.Decided.By != "chu-tri" || d.Carried.By != "luu" {
		t.Errorf("%+v", d)
	}
}

// However people press the buttons: nothing is erased without two of them.
func TestARC06_NoOrderOfActsErasesWithoutTwoPeople(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people := []meeting.PersonID{"a", "b", ""}
		d, err := lifetime.Propose("1", []lifetime.Item{{Recording: "r"}}, act("a"), may)
		if err != nil {
			t.Fatal(err)
		}
		agreed := map[meeting.PersonID]bool{"a": true}
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			by := act(rapid.SampledFrom(people).Draw(t, "who"))
			if !rapid.Bool().Draw(t, "proved") {
				by.Proved = by.At.Add(-time.Hour)
			}
			var next lifetime.Disposal
			switch rapid.IntRange(0, 3).Draw(t, "act") {
			case 0:
				if next, err = d.Approve(by, may); err == nil {
					agreed[by.By] = true
				}
			case 1:
				next, err = d.Refuse(by)
			case 2:
				if next, err = d.Begin(by, may); err == nil && (len(agreed) < 2 || agreed[""]) {
					t.Fatalf("erased by %v", agreed)
				}
			case 3:
				next, err = d.Note("r", []string{"archive"}, nil), nil
			}
			if err == nil {
				d = next
			}
			if d.Stage == lifetime.Done && len(agreed) < 2 {
				t.Fatal("done without two")
			}
		}
	})
}
