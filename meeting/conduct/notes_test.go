package conduct_test

import (
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
)

func TestCON15_ATroubleIsWrittenDownWhenItBeginsAndEndsWhenItIsSolved(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	seen := func() []conduct.Incident { return p.live.State().Notes.Incidents }
	began := p.now
	loss := conduct.Incident{Point: "P1", From: began, Text: "Mất điện mạng"}
	other := conduct.Incident{Point: "P1", From: began.Add(time.Second), Text: "Loa rè"}
	p.do(tech, conduct.NoteIncident{Incident: loss})
	p.do(tech, conduct.NoteIncident{Incident: other})
	before := seen()
	loss.To = began.Add(-time.Second)
	p.refused(meeting.CodeInvalid, tech, conduct.NoteIncident{Incident: loss})
	loss.To = began.Add(5 * time.Minute)
	p.do(tech, conduct.NoteIncident{Incident: loss})
	if all := seen(); len(all) != 2 || !all[0].To.Equal(loss.To) || !all[1].To.IsZero() {
		t.Errorf("after it was solved: %+v", all)
	}
	if !before[0].To.IsZero() {
		t.Error("who looked before sees what came after")
	}
	// A trouble that is told with both its hours stands for itself.
	whole := conduct.Incident{Point: "P2", From: began, To: began.Add(time.Minute), Text: "Mất tiếng"}
	p.do(tech, conduct.NoteIncident{Incident: whole})
	p.do(tech, conduct.NoteIncident{Incident: loss})
	if all := seen(); len(all) != 4 {
		t.Errorf("one that had ended was ended once more: %+v", all)
	}
}
