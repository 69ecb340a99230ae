package minutes_test

import (
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/minutes"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"
	"diemcau/meeting/vote"
)

// What is held outside the agenda and what somebody else than the chair decided is in
// the minutes as it was, not as it usually is.
func TestMIN01_VotesOutsideTheAgendaAndWhoHadItRecordedAreInTheMinutes(t *testing.T) {
	t.Parallel()
	p := sample.Briefing()
	p.Conduct.Record = true
	o := conduct.Opening{Plan: p}
	live, err := conduct.New(o)
	if err != nil {
		t.Fatal(err)
	}
	now := p.Start
	var log []conduct.Event
	do := func(by meeting.Person, deeds ...conduct.Deed) {
		t.Helper()
		for _, d := range deeds {
			now = now.Add(time.Minute)
			events, err := live.Apply(conduct.Act{By: conduct.Actor{Person: by.ID}, At: now, Do: d})
			if err != nil {
				t.Fatalf("%s: %v", d.Name(), err)
			}
			log = append(log, events...)
		}
	}
	chair, scribe := p.People.Chair, p.People.Secretary
	for _, x := range p.Points {
		do(scribe, conduct.Mark{Point: x.ID, Status: rollcall.Present})
	}
	do(scribe, conduct.Record{On: true}, conduct.Prepare{Motion: vote.Usual("chuong-trinh", "Thông qua chương trình", vote.Named, nil)})
	do(chair, conduct.SetPhase{Phase: conduct.InSession}, conduct.OpenVote{Motion: "chuong-trinh"}, conduct.CloseVote{Motion: "chuong-trinh"},
		conduct.SetPhase{Phase: conduct.Closed})
	m, err := minutes.Draft(o, log)
	if err != nil {
		t.Fatal(err)
	}
	began := m.Recordings[0].From
	m = m.WithFiles([]minutes.File{
		{Name: "sau", SHA256: "b2", Begun: began.Add(2 * time.Minute)}, // the bridge ended and went on
		{Name: "dau", SHA256: "a1", Begun: began.Add(-time.Second)},
		{Name: "khac", SHA256: "c3", Begun: began.Add(-time.Hour)}, {Name: "muon", SHA256: "d4", Begun: now.Add(time.Minute)},
	})
	text := m.Text()
	for _, want := range []string{
		"Biểu quyết ngoài chương trình:", "Biểu quyết: Thông qua chương trình", "người quyết định: " + scribe.Name + "; tệp: dau, sau; mã băm SHA-256: a1, b2\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the minutes lack %q:\n%s", want, text)
		}
	}
}
