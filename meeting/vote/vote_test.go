package vote_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"diemcau/meeting"
	"diemcau/meeting/vote"
)

func voters(n int) []vote.Voter {
	var all []vote.Voter
	for i := range n {
		all = append(all, vote.Voter{Person: meeting.PersonID(fmt.Sprintf("v%02d", i)), Point: meeting.PointID(fmt.Sprintf("P%d", i%3))})
	}
	return all
}

func open(m vote.Motion, present int) vote.Vote {
	v := vote.Vote{Motion: m, Phase: vote.Open}
	for _, x := range m.Eligible()[:present] {
		v.Present = append(v.Present, x.Person)
	}
	return v
}

func castAll(v vote.Vote, yes, no, abstain int) vote.Vote {
	for i, p := range v.Present {
		c := vote.For
		switch {
		case i >= yes+no+abstain:
			return v
		case i >= yes+no:
			c = vote.Abstain
		case i >= yes:
			c = vote.Against
		}
		v.Casts = append(v.Casts, vote.Cast{Voter: p, Choice: c})
	}
	return v
}

func TestVOT01_BaseThresholdAndTieDecideTheResult(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                  string
		all, present          int
		yes, no, abstain      int
		base                  vote.Base
		threshold             vote.Share
		atLeast               bool
		chair                 vote.Choice
		perMille              int
		passed, tied, allOfUs bool
	}{
		{"the monthly briefing", 41, 38, 35, 1, 2, vote.OfAll, vote.Share{Num: 1, Den: 2}, false, "", 854, true, false, false},
		{"a half is not more than a half", 40, 30, 20, 1, 0, vote.OfAll, vote.Share{Num: 1, Den: 2}, false, "", 500, false, false, false},
		{"a majority of those present only", 41, 30, 20, 10, 0, vote.OfAll, vote.Share{Num: 1, Den: 2}, false, "", 488, false, false, false},
		{"the same of those present", 41, 30, 20, 10, 0, vote.OfPresent, vote.Share{Num: 1, Den: 2}, false, "", 667, true, false, false},
		{"two thirds reached exactly", 30, 30, 20, 10, 0, vote.OfPresent, vote.Share{Num: 2, Den: 3}, true, "", 667, true, false, false},
		{"two thirds not exceeded", 30, 30, 20, 10, 0, vote.OfPresent, vote.Share{Num: 2, Den: 3}, false, "", 667, false, false, false},
		{"a tie with the chair for", 40, 40, 20, 20, 0, vote.OfAll, vote.Share{Num: 1, Den: 2}, false, vote.For, 500, true, true, false},
		{"a tie with the chair against", 40, 40, 20, 20, 0, vote.OfAll, vote.Share{Num: 1, Den: 2}, false, vote.Against, 500, false, true, false},
		{"a tie cannot make two thirds", 40, 40, 20, 20, 0, vote.OfAll, vote.Share{Num: 2, Den: 3}, false, vote.For, 500, false, false, false},
		{"a tie of a quarter each is far from a half of all", 40, 40, 10, 10, 20, vote.OfAll, vote.Share{Num: 1, Den: 2}, false, vote.For, 250, false, false, false},
		{"a tie with two absent of all", 42, 40, 20, 20, 0, vote.OfAll, vote.Share{Num: 1, Den: 2}, false, vote.For, 476, false, false, false},
		{"a tie with one absent of all", 41, 40, 20, 20, 0, vote.OfAll, vote.Share{Num: 1, Den: 2}, false, vote.For, 488, true, true, false},
		{"a tie of two cannot make two thirds", 2, 2, 1, 1, 0, vote.OfAll, vote.Share{Num: 2, Den: 3}, false, vote.For, 500, false, false, false},
		{"unanimous", 12, 12, 12, 0, 0, vote.OfAll, vote.Share{Num: 1, Den: 2}, false, "", 1000, true, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := vote.Usual("m", "M", vote.Named, voters(c.all))
			m.Base, m.Threshold, m.AtLeast = c.base, c.threshold, c.atLeast
			v := castAll(open(m, c.present), c.yes, c.no, c.abstain)
			v.ChairSays = c.chair
			r := v.Tally()
			if r.PerMille != c.perMille || r.Passed != c.passed || r.Tied != c.tied || r.Unanimous != c.allOfUs {
				t.Errorf("got %+v", r)
			}
			if r.For != c.yes || r.Against != c.no || r.Abstain != c.abstain || r.Silent != c.present-c.yes-c.no-c.abstain {
				t.Errorf("counts %+v", r)
			}
		})
	}
}

// Bridges before let the chair decide any equal number for and against, however many
// abstained or were away.
func TestVOT01_WhatWasDeclaredStaysWhateverTheRuleOnTiesHasBecome(t *testing.T) {
	t.Parallel()
	v := castAll(open(vote.Usual("m", "M", vote.Named, voters(40)), 40), 10, 10, 20)
	if r := v.Tally(); r.Tied || r.Passed {
		t.Errorf("open: %+v", r)
	}
	v.Phase = vote.Tied
	if r := v.Tally(); !r.Tied || r.Passed {
		t.Errorf("left to the chair: %+v", r)
	}
	for says, passed := range map[vote.Choice]bool{vote.For: true, vote.Against: false} {
		v.Phase, v.ChairSays = vote.Closed, says
		if r := v.Tally(); !r.Tied || r.Passed != passed {
			t.Errorf("decided by %s: %+v", says, r)
		}
	}
	v.ChairSays = ""
	if r := v.Tally(); r.Tied || r.Passed {
		t.Errorf("closed by the rule of today: %+v", r)
	}
}

func TestVOT01_TwiceLateAndWithoutAVoteAreRefused(t *testing.T) {
	t.Parallel()
	list := voters(5)
	list[4].Substitute = true
	v := open(vote.Usual("m", "M", vote.Named, list), 3)
	v.Casts = []vote.Cast{{Voter: "v00", Choice: vote.For}}
	closed := v
	closed.Phase = vote.Closed
	for name, c := range map[string]struct {
		err  error
		want meeting.Code
	}{
		"twice":        {v.CheckCast("v00", vote.Against), vote.CodeTwice},
		"late":         {closed.CheckCast("v01", vote.For), vote.CodeClosed},
		"a stranger":   {v.CheckCast("nobody", vote.For), vote.CodeIneligible},
		"a substitute": {v.CheckCast("v04", vote.For), vote.CodeIneligible},
		"absent":       {v.CheckCast("v03", vote.For), vote.CodeAbsent},
		"no choice":    {v.CheckCast("v01", "yes"), meeting.CodeInvalid},
		"hands":        {v.CheckEntry("P0", vote.Counts{For: 1}), vote.CodeForm},
		"in time":      {v.CheckCast("v01", vote.For), ""},
	} {
		if meeting.CodeOf(c.err) != c.want {
			t.Errorf("%s: %v, want %q", name, c.err, c.want)
		}
	}
}

func TestVOT02_HandsNeverExceedThosePresentAndOnlyTheLastCountCounts(t *testing.T) {
	t.Parallel()
	v := open(vote.Usual("m", "M", vote.Hands, voters(9)), 8) // P0 and P1: 3, P2: 2
	if err := v.CheckEntry("P2", vote.Counts{For: 2, Abstain: 1}); meeting.CodeOf(err) != vote.CodeTooMany {
		t.Errorf("three hands of two: %v", err)
	}
	if err := v.CheckEntry("P2", vote.Counts{For: 3, Abstain: -1}); meeting.CodeOf(err) != meeting.CodeInvalid {
		t.Errorf("a count below zero: %v", err)
	}
	v.Entries = []vote.Entry{{Point: "P0", Counts: vote.Counts{For: 3}, Confirmed: "s"}, {Point: "P2", Counts: vote.Counts{For: 2}, Confirmed: "s"}, {Point: "P0", Counts: vote.Counts{For: 2, Against: 1}}}
	if r := v.Tally(); r.For != 4 || r.Against != 1 || r.Silent != 3 {
		t.Errorf("a correction is added instead of taking the place: %+v", r)
	}
	if meeting.CodeOf(v.CheckClose()) != vote.CodeUnconfirmed {
		t.Error("a vote closes over a count that nobody confirmed")
	}
	v.Entries[2].Confirmed = "s"
	if err := v.CheckClose(); err != nil {
		t.Error(err)
	}
}

func TestVOT03_TheQuorumIsOfAllMembers(t *testing.T) {
	t.Parallel()
	m := vote.Usual("m", "M", vote.Named, voters(41))
	if m.QuorumMet(27) || !m.QuorumMet(28) {
		t.Error("two thirds of 41 are 28")
	}
	list := voters(6)
	list[0].Substitute = true
	m = vote.Usual("m", "M", vote.Named, list)
	if len(m.Eligible()) != 5 {
		t.Error("a substitute votes though nobody said so")
	}
	m.Substitutes = true
	if len(m.Eligible()) != 6 {
		t.Error("a substitute does not vote though the motion says so")
	}
}

func TestVOT01_CountsNeverExceedThosePresent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		form := rapid.SampledFrom([]vote.Form{vote.Named, vote.Hands}).Draw(t, "form")
		v := open(vote.Usual("m", "M", form, voters(n)), rapid.IntRange(0, n).Draw(t, "present"))
		for range 30 {
			if form == vote.Named {
				c := vote.Cast{Voter: meeting.PersonID(fmt.Sprintf("v%02d", rapid.IntRange(0, n).Draw(t, "v"))), Choice: vote.For}
				if v.CheckCast(c.Voter, c.Choice) == nil {
					v.Casts = append(v.Casts, c)
				}
				continue
			}
			small := rapid.IntRange(0, 4)
			e := vote.Entry{Point: meeting.PointID(fmt.Sprintf("P%d", rapid.IntRange(0, 3).Draw(t, "p")))}
			e.Counts = vote.Counts{For: small.Draw(t, "for"), Against: small.Draw(t, "against"), Abstain: small.Draw(t, "abstain")}
			if v.CheckEntry(e.Point, e.Counts) == nil {
				v.Entries = append(v.Entries, e)
			}
		}
		if r := v.Tally(); r.Silent < 0 || r.Sum() > r.Present || r.Present > r.Total {
			t.Fatalf("more votes than voters: %+v", r)
		}
	})
}
