package rehearsal_test

import (
	"slices"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/rehearsal"
)

func TestSCH06_TheBoardFlagsUntestedAndFailedPoints(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 12, 29, 7, 0, 0, 0, time.UTC)
	good := rehearsal.Checks{Picture: rehearsal.Pass, Mic: rehearsal.Pass, Speaker: rehearsal.Pass, Content: rehearsal.Pass, Line: rehearsal.Pass}
	bad, half := good, good
	bad.Speaker, half.Line = rehearsal.Fail, rehearsal.NotChecked
	by := meeting.Person{Name: "Đặng Văn Kiểm Thử"}
	sheets := []rehearsal.Sheet{
		{Point: "LG-X1", Checks: good, By: by, At: at},
		{Point: "LG-X4", Checks: bad, By: by, At: at, Note: "loa"},
		{Point: "LG-X5", Checks: half, By: by, At: at},
	}
	points := []meeting.PointID{"LG-X1", "LG-X2", "LG-X4", "LG-X5"}
	untested, failed := rehearsal.Flags(points, sheets)
	if !slices.Equal(untested, []meeting.PointID{"LG-X2", "LG-X5"}) || !slices.Equal(failed, []meeting.PointID{"LG-X4"}) {
		t.Errorf("untested %v, failed %v", untested, failed)
	}
	mended := rehearsal.Sheet{Point: "LG-X4", Checks: good, By: by, At: at.Add(70 * time.Minute)}
	if _, failed = rehearsal.Flags(points, append([]rehearsal.Sheet{mended}, sheets...)); len(failed) != 0 {
		t.Errorf("after the repair %v still fail", failed)
	}
	sheets[1].Note = ""
	if meeting.CodeOf(sheets[1].Check()) != meeting.CodeReason || sheets[0].Check() != nil {
		t.Error("a failure must say what is wrong")
	}
}
