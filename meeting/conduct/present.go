package conduct

import (
	"diemcau/meeting"
)

// lastPage is more pages than any paper has.
const lastPage = 99_999

// Presented is the paper that is laid before everybody, at its page. Who may not
// read it is not shown it: the bytes are given out by scope and window alone.
type Presented struct {
	Paper meeting.PaperID `json:"paper"`
	Page  int             `json:"page"`
	// By is the point that turns the pages; empty for a board.
	By meeting.PointID `json:"by,omitempty"`
}

// PresentPaper opens a paper on all screens, turns to a page of it, or with no
// paper closes it. A point may turn only while it may present.
type PresentPaper struct {
	Paper meeting.PaperID `json:"paper,omitempty"`
	Page  int             `json:"page,omitempty"`
}

// Name implements Deed.
func (PresentPaper) Name() string { return "present-paper" }

func (d PresentPaper) decide(l *Live, a Act) ([]Change, error) {
	if err := l.needRunning(); err != nil {
		return nil, err
	}
	board := l.needBoard(a.By)
	if board != nil && !l.MayPresent(a.By.Point) {
		return nil, board
	}
	if len(d.Paper) > 64 || d.Page < 0 || d.Page > lastPage {
		return nil, meeting.Refuse(meeting.CodeInvalid, "paper")
	}
	p := l.state.Picture
	next := Presented{Paper: d.Paper, Page: max(d.Page, 1), By: a.By.Point}
	switch {
	case board == nil:
		next.By = ""
	case d.Paper == "" && p.Paper.By != a.By.Point && a.By.Point != l.state.Main:
		return nil, board // it closes only what it opened
	}
	if d.Paper == "" {
		next = Presented{}
	}
	if next == p.Paper {
		return nil, nil
	}
	p.Paper = next
	return []Change{PictureSet{p}}, nil
}

// MayPresent tells whether a point may open papers and point at what is shown: the
// main point, who has the floor, and whose screen is shown.
func (l *Live) MayPresent(p meeting.PointID) bool {
	s := &l.state
	return p != "" && s.Phase != Closed && (p == s.Main || p == s.Floor.Holder() || p == s.Picture.Content)
}

// kept is the paper that stays open when the speech ends: not the speaker's own.
func (s *State) kept() Presented {
	if by := s.Picture.Paper.By; by != "" && by != s.Main {
		return Presented{}
	}
	return s.Picture.Paper
}
