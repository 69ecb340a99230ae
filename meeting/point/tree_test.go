package point_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/point"
)

var start = calendar.On(2025, time.July, 1)

func plant(t *testing.T, records ...point.Record) point.Tree {
	t.Helper()
	var tree point.Tree
	for _, r := range records {
		if r.From.IsZero() {
			r.From = start
		}
		var err error
		if tree, err = tree.Add(r, start); err != nil {
			t.Fatal(err)
		}
	}
	return tree
}

func province(t *testing.T) point.Tree {
	return plant(t,
		point.Record{ID: "LG-00", Name: "Hội trường UBND tỉnh", Kind: point.Province, Line: 100000},
		point.Record{ID: "LG-X1", Name: "Xã Tân Dụ", Kind: point.Commune, Parent: "LG-00", Contact: "Hoàng Văn Giả Định", Phone: "0000", Standby: "dev-2"},
		point.Record{ID: "LG-X2", Name: "Xã Làng Mẫu", Kind: point.Commune, Parent: "LG-00"},
		point.Record{ID: "LG-X2-A", Name: "Thôn Một", Kind: point.Other, Parent: "LG-X2"},
	)
}

func name(t *testing.T, tree point.Tree, id meeting.PointID, d calendar.Date) string {
	t.Helper()
	r, ok := tree.At(d).Point(id)
	if !ok {
		return "-"
	}
	return r.Name
}

func TestSCH03_RenamingAPointChangesNoPastMeeting(t *testing.T) {
	t.Parallel()
	tree := province(t)
	day := calendar.On(2026, time.March, 1)
	renamed, err := tree.Rename("LG-X1", "Xã Tân Dụ Mới", day, day)
	if err != nil {
		t.Fatal(err)
	}
	if got := name(t, renamed, "LG-X1", day.AddDays(-1)); got != "Xã Tân Dụ" {
		t.Errorf("the day before it is %q", got)
	}
	if got := name(t, renamed, "LG-X1", day); got != "Xã Tân Dụ Mới" {
		t.Errorf("from the day on it is %q", got)
	}
	if _, err := renamed.Rename("LG-X1", "Khác", day.AddDays(-1), day); meeting.CodeOf(err) != meeting.CodePast {
		t.Errorf("a change dated yesterday: %v, want %s", err, meeting.CodePast)
	}
	if diff := cmp.Diff(province(t), tree); diff != "" {
		t.Errorf("the tree before the change was altered:\n%s", diff)
	}
	if got := len(renamed.History("LG-X1")); got != 2 {
		t.Errorf("%d records of history, want 2", got)
	}
}

func TestSCH03_MergedPointsEndAndTheirPastStays(t *testing.T) {
	t.Parallel()
	day := calendar.On(2026, time.March, 1)
	tree, err := province(t).Merge([]meeting.PointID{"LG-X2"}, "LG-X1", day, day)
	if err != nil {
		t.Fatal(err)
	}
	if got := name(t, tree, "LG-X2", day); got != "-" {
		t.Errorf("the merged point is still %q", got)
	}
	if got := name(t, tree, "LG-X2", day.AddDays(-1)); got != "Xã Làng Mẫu" {
		t.Errorf("the day before the merge it is %q", got)
	}
	if child, _ := tree.At(day).Point("LG-X2-A"); child.Parent != "LG-X1" {
		t.Errorf("what stood below the merged point now stands below %q", child.Parent)
	}
	if last := tree.History("LG-X2"); last[len(last)-1].Into != "LG-X1" {
		t.Error("the record does not say what it was merged into")
	}
}

func TestSCH03_APointMergedIntoItsOwnChildLeavesTheChildInItsPlace(t *testing.T) {
	t.Parallel()
	day := calendar.On(2026, time.March, 1)
	tree, err := province(t).Merge([]meeting.PointID{"LG-X2"}, "LG-X2-A", day, day)
	if err != nil {
		t.Fatal(err)
	}
	if child, _ := tree.At(day).Point("LG-X2-A"); child.Parent != "LG-00" {
		t.Errorf("it stands below %q, want LG-00", child.Parent)
	}
}

func TestSCH03_TheTreeIsOfAnyDepthAndWithoutCycles(t *testing.T) {
	t.Parallel()
	var records []point.Record
	for i := range 30 {
		r := point.Record{ID: meeting.PointID(fmt.Sprintf("P%02d", i)), Name: "x", Kind: point.Other}
		if i > 0 {
			r.Parent = records[i-1].ID
		}
		records = append(records, r)
	}
	tree := plant(t, records...)
	deepest := 0
	tree.At(start).Walk("", func(_ point.Record, depth int) { deepest = max(deepest, depth) })
	if deepest != 29 {
		t.Errorf("depth %d, want 29", deepest)
	}
	_, err := tree.Change("P00", start.AddDays(1), start, func(r *point.Record) { r.Parent = "P29" })
	if meeting.CodeOf(err) != point.CodeCycle {
		t.Errorf("a cycle: %v", err)
	}
	if _, err := tree.Close("P05", start.AddDays(1), start); meeting.CodeOf(err) != point.CodeChildren {
		t.Errorf("closing a point with points below it: %v", err)
	}
	if _, err := tree.Close("P29", start.AddDays(1), start); err != nil {
		t.Errorf("closing a leaf: %v", err)
	}
}

func TestSCH03_NoSequenceOfChangesAltersADayThatIsOver(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		tree := province(t)
		today := start
		ids := []meeting.PointID{"LG-00", "LG-X1", "LG-X2", "LG-X2-A", "LG-N1", "LG-N2"}
		pick := rapid.SampledFrom(ids)
		for range rapid.IntRange(1, 15).Draw(rt, "changes") {
			today = today.AddDays(rapid.IntRange(0, 40).Draw(rt, "days later"))
			on := today.AddDays(rapid.IntRange(-3, 20).Draw(rt, "effective"))
			before := tree
			var err error
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				tree, err = tree.Rename(pick.Draw(rt, "id"), rapid.StringN(1, 5, 20).Draw(rt, "name"), on, today)
			case 1:
				tree, err = tree.Merge([]meeting.PointID{pick.Draw(rt, "id")}, pick.Draw(rt, "into"), on, today)
			case 2:
				tree, err = tree.Close(pick.Draw(rt, "id"), on, today)
			case 3:
				parent := pick.Draw(rt, "parent")
				tree, err = tree.Change(pick.Draw(rt, "id"), on, today, func(r *point.Record) { r.Parent = parent })
			}
			if err != nil {
				tree = before
			}
			for back := 1; back < 60; back += 7 {
				past := today.AddDays(-back)
				if diff := cmp.Diff(names(before.At(past)), names(tree.At(past))); diff != "" {
					rt.Fatalf("the map of %s changed on %s:\n%s", past, today, diff)
				}
			}
		}
	})
}

// names leaves out To and Into, which say what came later.
func names(m point.Map) map[meeting.PointID][2]string {
	out := map[meeting.PointID][2]string{}
	for _, r := range m.Points {
		out[r.ID] = [2]string{r.Name, string(r.Parent)}
	}
	return out
}
