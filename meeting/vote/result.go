package vote

import "diemcau/meeting"

// Result is what is announced.
type Result struct {
	// Total is everybody on the list, Present those there with a vote.
	Total   int `json:"total"`
	Present int `json:"present"`
	Counts
	// Silent were present and gave no answer.
	Silent int `json:"silent"`
	// Base is the number the share is of.
	Base int `json:"base"`
	// PerMille is the share for, rounded to the nearest tenth of a per cent.
	PerMille int  `json:"perMille"`
	Tied     bool `json:"tied,omitempty"`
	Passed   bool `json:"passed"`
	// Unanimous is nhất trí 100%: everybody the base counts is for.
	Unanimous bool `json:"unanimous,omitempty"`
}

// Tally adds up the vote as it stands. Of hands only the newest entry of a point
// counts.
func (v Vote) Tally() Result {
	r := Result{Total: len(v.Motion.Voters), Present: len(v.Present)}
	for _, c := range v.Casts {
		switch c.Choice {
		case For:
			r.For++
		case Against:
			r.Against++
		case Abstain:
			r.Abstain++
		}
	}
	for i, e := range v.Entries {
		if v.Last(e.Point) == i {
			r.Counts = r.plus(e.Counts)
		}
	}
	r.Silent = r.Present - r.Sum()
	r.Base = r.Total
	if v.Motion.Base == OfPresent {
		r.Base = r.Present
	}
	if r.Base > 0 {
		r.PerMille = (2000*r.For + r.Base) / (2 * r.Base)
		r.Unanimous = r.For == r.Base
	}
	r.Passed = r.Base > 0 && v.Motion.Threshold.reaches(r.For, r.Base, v.Motion.AtLeast)
	if !r.Passed && v.tied(r) {
		r.Tied = true
		r.Passed = v.ChairSays == For
	}
	return r
}

// tied reports whether the chair decides. Of a vote that was closed that is settled:
// what was declared stays, whatever the rule has become since.
func (v Vote) tied(r Result) bool {
	switch v.Phase {
	case Tied:
		return true
	case Closed:
		return v.ChairSays != ""
	case Prepared, Open:
	}
	return v.breakable(r)
}

// breakable reports whether for and against are equal, the motion asks for no more
// than a half, and one vote more would carry it: a chair's vote can stand for one
// missing vote, not for all who abstained or were away.
func (v Vote) breakable(r Result) bool {
	t := v.Motion.Threshold
	return v.Motion.Tie == TieChair && r.For > 0 && r.For == r.Against && 2*t.Num <= t.Den &&
		t.reaches(r.For+1, r.Base, v.Motion.AtLeast)
}

// Decides is the chair's own named vote, which a tie follows without a further
// act; "" when he cast none or abstained.
func (v Vote) Decides(chair meeting.PersonID) Choice {
	for _, c := range v.Casts {
		if c.Voter == chair && c.Choice != Abstain {
			return c.Choice
		}
	}
	return ""
}
