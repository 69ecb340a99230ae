package paper_test

import (
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/paper"
)

func TestSCH04_ScopeWindowAndRecallDecideWhoReads(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 12, 3, 6, 0, 0, 0, time.UTC)
	base := paper.Paper{ID: "p", Scope: paper.ForAll, From: now, Until: now.Add(time.Hour)}
	unit, named := base, base
	unit.Scope, unit.Units = paper.ForUnits, []string{"Sở KH&CN"}
	named.Scope, named.Named = paper.ForNamed, []meeting.PersonID{"vidu"}
	back := base.Recall("mau", now.Add(time.Minute)).Recall("other", now.Add(2*time.Minute))
	if back.RecalledBy != "mau" {
		t.Error("a second recall overwrites the first")
	}
	vidu := paper.Reader{Person: "vidu", Unit: "Sở KH&CN"}
	other := paper.Reader{Person: "thu", Unit: "Văn phòng"}
	for name, c := range map[string]struct {
		p    paper.Paper
		r    paper.Reader
		at   time.Time
		want meeting.Code
	}{
		"all":               {base, other, now, ""},
		"too early":         {base, other, now.Add(-1), paper.CodeWindow},
		"too late":          {base, other, now.Add(time.Hour), paper.CodeWindow},
		"own unit":          {unit, vidu, now, ""},
		"another unit":      {unit, other, now, paper.CodeScope},
		"nobody's unit":     {unit, paper.Reader{}, now, paper.CodeScope},
		"named":             {named, vidu, now, ""},
		"not named":         {named, other, now, paper.CodeScope},
		"no scope":          {paper.Paper{}, vidu, now, paper.CodeScope},
		"before the recall": {back, vidu, now.Add(59 * time.Second), ""},
		"recalled":          {back, vidu, now.Add(time.Minute), paper.CodeRecalled},
		"recalled, keeper":  {back, paper.Reader{Keeper: true}, now.Add(time.Minute), ""},
	} {
		if got := meeting.CodeOf(c.p.MayRead(c.r, c.at)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSCH04_WrongTypeSizeOrNameIsRefusedWithTheLimit(t *testing.T) {
	t.Parallel()
	l := paper.Limits{Bytes: 5 << 20, Types: []string{".pdf"}}
	for name, want := range map[string]meeting.Code{
		"Báo cáo.PDF": "", "a.exe": paper.CodeType, "pdf": paper.CodeType, "../a.pdf": paper.CodeName,
		`c:\a.pdf`: paper.CodeName, "": paper.CodeName, ".pdf": paper.CodeName, "a\u202efdp.exe.pdf": paper.CodeName, "a\n.pdf": paper.CodeName,
	} {
		if got := meeting.CodeOf(l.Check(paper.Paper{Name: name, Size: 1})); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	err := l.Check(paper.Paper{Name: "a.pdf", Size: 5<<20 + 1})
	if meeting.CodeOf(err) != paper.CodeSize || err.Error() != "paper.size size (5 MB)" {
		t.Errorf("too large: %v", err)
	}
}
