package conduct_test

import (
	"strings"
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
)

func TestSCH04_WhoPresentsOpensAPaperForEverybodyAndTurnsItsPages(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	paper := func() conduct.Presented { return p.live.State().Picture.Paper }
	p.refused(meeting.CodeNoRight, at("P1"), conduct.PresentPaper{Paper: "tl-1"})
	p.refused(meeting.CodeInvalid, chair, conduct.PresentPaper{Paper: meeting.PaperID(strings.Repeat("x", 65))})
	p.refused(meeting.CodeInvalid, chair, conduct.PresentPaper{Paper: "tl-1", Page: -1})
	p.do(chair, conduct.PresentPaper{Paper: "tl-1"})
	p.do(chair, conduct.Invite{Point: "P1"})
	if paper() != (conduct.Presented{Paper: "tl-1", Page: 1}) {
		t.Errorf("the paper of a board does not stay open: %+v", paper())
	}
	p.refused(meeting.CodeNoRight, at("P1"), conduct.PresentPaper{}) // not his
	p.do(at("P1"), conduct.PresentPaper{Paper: "tl-2", Page: 7})
	if got := p.live.Screen(p.now).Paper; got != (conduct.Presented{Paper: "tl-2", Page: 7, By: "P1"}) {
		t.Errorf("%+v", got)
	}
	p.do(chair, conduct.Cut{})
	if paper().Paper != "" {
		t.Errorf("the speaker's paper outlives the speech: %+v", paper())
	}
	p.do(at("P0"), conduct.PresentPaper{Paper: "tl-1", Page: 2})
	p.do(at("P0"), conduct.ShareContent{Point: "P0"})
	if paper().Paper != "" {
		t.Error("a paper lies over what is shared")
	}
}
