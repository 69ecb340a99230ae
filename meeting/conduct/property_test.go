package conduct_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/floor"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/vote"
)

// anyDeed draws a deed, sensible or not.
func anyDeed(t *rapid.T) conduct.Deed {
	point := rapid.SampledFrom([]meeting.PointID{"P0", "P1", "P2", "P3", "P9"})
	entry := rapid.SampledFrom([]meeting.EntryID{"e1", "e2", "e3"})
	motion := rapid.SampledFrom([]meeting.MotionID{"named", "hands"})
	small := rapid.IntRange(-1, 3)
	yes := rapid.Bool()
	choice := rapid.SampledFrom([]vote.Choice{vote.For, vote.Against, vote.Abstain, "x"})
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Join{Point: point.Draw(t, "p")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Join{Point: point.Draw(t, "p"), Device: "standby"} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Drop{Point: point.Draw(t, "p")} }),
		rapid.Just[conduct.Deed](conduct.Tick{}),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.SetPhase{Phase: rapid.SampledFrom([]conduct.Phase{conduct.InSession, conduct.InSession, conduct.Recess, conduct.Closed}).Draw(t, "phase")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.SetMode{Mode: rapid.SampledFrom(plan.Modes()).Draw(t, "mode")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.Invite{Point: point.Draw(t, "p"), Seconds: 10 * small.Draw(t, "s")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.Invite{Point: point.Draw(t, "p"), Entry: entry.Draw(t, "e")}
		}),
		rapid.Just[conduct.Deed](conduct.Cut{}),
		rapid.Just[conduct.Deed](conduct.Finish{}),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Extend{Seconds: 10 * small.Draw(t, "s")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.SetTiming{Seconds: 10 * small.Draw(t, "s"), AutoCut: yes.Draw(t, "cut")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.Ask{Entry: entry.Draw(t, "e"), Point: point.Draw(t, "p")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Withdraw{Entry: entry.Draw(t, "e")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.Reorder{Entry: entry.Draw(t, "e"), Place: small.Draw(t, "n")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Defer{Entry: entry.Draw(t, "e")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.Mark{Point: point.Draw(t, "p"), Status: rapid.SampledFrom([]rollcall.Status{rollcall.Present, rollcall.Absent}).Draw(t, "st")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			id := motion.Draw(t, "m")
			form := vote.Named
			if id == "hands" {
				form = vote.Hands
			}
			return conduct.Prepare{Motion: vote.Usual(id, "M", form, nil)}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.OpenVote{Motion: motion.Draw(t, "m"), Despite: "x"} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.CastVote{Motion: motion.Draw(t, "m"), Voter: "v" + meeting.PersonID(point.Draw(t, "p")), Choice: choice.Draw(t, "c")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.EnterHands{Motion: motion.Draw(t, "m"), Point: point.Draw(t, "p"), Counts: vote.Counts{For: small.Draw(t, "f"), Against: small.Draw(t, "a")}}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.ConfirmHands{Motion: motion.Draw(t, "m"), Point: point.Draw(t, "p")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.CloseVote{Motion: motion.Draw(t, "m")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.BreakTie{Motion: motion.Draw(t, "m"), Choice: choice.Draw(t, "c")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Mute{Point: point.Draw(t, "p"), Off: yes.Draw(t, "off")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Mute{Off: yes.Draw(t, "off")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.Ceremony{On: yes.Draw(t, "on"), Award: small.Draw(t, "n")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.Show{Layout: rapid.SampledFrom([]conduct.Layout{conduct.Full, conduct.Grid4, conduct.SpeakerStrip, conduct.MainSpeakerContent}).Draw(t, "l"), Page: small.Draw(t, "n")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.ShareContent{Point: point.Draw(t, "p")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.MoveMain{Point: point.Draw(t, "p")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.Expel{Point: point.Draw(t, "p"), Off: yes.Draw(t, "off")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Preview{Point: point.Draw(t, "p")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.LetRun{Right: meeting.Technician, On: yes.Draw(t, "on")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			who := rapid.SampledFrom([]string{"chair", "scribe", "tech"}).Draw(t, "who")
			return conduct.HandOver{Right: meeting.Technician, To: meeting.Person{ID: meeting.PersonID(who), Name: who}}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Record{On: yes.Draw(t, "on")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.Say{Text: rapid.StringN(0, 4, 9).Draw(t, "text")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.WithdrawMessage{Number: small.Draw(t, "n")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.PresentPaper{Paper: rapid.SampledFrom([]meeting.PaperID{"", "tl-1"}).Draw(t, "paper"), Page: small.Draw(t, "n")}
		}),
		rapid.Custom(func(t *rapid.T) conduct.Deed { return conduct.SetChat{Off: yes.Draw(t, "off")} }),
		rapid.Custom(func(t *rapid.T) conduct.Deed {
			return conduct.StartItem{Item: rapid.SampledFrom([]meeting.ItemID{"i1", "i2"}).Draw(t, "i")}
		}),
	).Draw(t, "deed")
}

func anyActor(t *rapid.T, d conduct.Deed) conduct.Actor {
	switch d.(type) {
	case conduct.Join, conduct.Drop, conduct.Tick:
		if rapid.IntRange(0, 9).Draw(t, "honest") > 0 {
			return bridge
		}
	case conduct.SetPhase, conduct.Invite, conduct.OpenVote, conduct.CloseVote, conduct.SetMode:
		if rapid.IntRange(0, 3).Draw(t, "chair") > 0 {
			return chair
		}
	}
	return rapid.SampledFrom([]conduct.Actor{chair, scribe, tech, at("P0"), at("P1"), at("P2"), at("P3"), at("P9"), {}}).Draw(t, "actor")
}

// model is an independent, simpler account of who was given the floor.
type model struct {
	floor meeting.PointID
	cast  map[string]vote.Choice
}

func (m *model) learn(events []conduct.Event, err error) {
	if err != nil {
		return
	}
	for _, e := range events {
		switch c := e.After.(type) {
		case conduct.SpeechBegun:
			m.floor = c.Speech.Point
		case conduct.SpeechEnded:
			m.floor = ""
		case conduct.VoteCast:
			m.cast[fmt.Sprintf("%s/%s", c.Motion, c.Cast.Voter)] = c.Cast.Choice
		}
	}
}

func TestCON04_NoSequenceOfActsBreaksFloorVotesOrReplay(t *testing.T) {
	t.Parallel()
	o := opening(3)
	rapid.Check(t, func(t *rapid.T) {
		live, err := conduct.New(o)
		if err != nil {
			t.Fatal(err)
		}
		m := &model{cast: map[string]vote.Choice{}}
		var log []conduct.Event
		now := t0
		apply := func(by conduct.Actor, d conduct.Deed) {
			before, err := live.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			events, err := live.Apply(conduct.Act{By: by, At: now, Do: d})
			log = append(log, events...)
			m.learn(events, err)
			if err != nil {
				unchanged(t, before, live)
			}
			holds(t, live, m)
		}
		for _, p := range []meeting.PointID{"P0", "P1", "P2"} {
			apply(bridge, conduct.Join{Point: p})
			apply(scribe, conduct.Mark{Point: p, Status: rollcall.Present})
		}
		apply(chair, conduct.SetPhase{Phase: conduct.InSession})
		if rapid.Bool().Draw(t, "voting") {
			form := rapid.SampledFrom([]vote.Form{vote.Named, vote.Hands}).Draw(t, "form")
			apply(scribe, conduct.Prepare{Motion: vote.Usual("named", "M", form, nil)})
			apply(chair, conduct.OpenVote{Motion: "named", Despite: "x"})
			for range rapid.IntRange(0, 6).Draw(t, "casts") {
				p := rapid.SampledFrom([]meeting.PointID{"P0", "P1", "P2", "P3"}).Draw(t, "p")
				apply(at(p), conduct.CastVote{Motion: "named", Voter: "v" + meeting.PersonID(p), Choice: rapid.SampledFrom([]vote.Choice{vote.For, vote.Against}).Draw(t, "c")})
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "acts") {
			now = now.Add(time.Duration(rapid.IntRange(-2, 9).Draw(t, "seconds")) * time.Second)
			d := anyDeed(t)
			apply(anyActor(t, d), d)
		}
		replays(t, o, live, log)
	})
}

// unchanged checks that a refusal left everything but the numbering alone.
func unchanged(t *rapid.T, before conduct.State, live *conduct.Live) {
	after, err := live.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	before.Seq, before.Last = after.Seq, after.Last
	if diff := cmp.Diff(before, after); diff != "" {
		t.Fatalf("a refused act changed the state:\n%s", diff)
	}
}

// holds checks what must always be true.
func holds(t *rapid.T, live *conduct.Live, m *model) {
	s := live.State()
	if s.Floor.Holder() != m.floor {
		t.Fatalf("the floor is with %q, the log says %q", s.Floor.Holder(), m.floor)
	}
	var open []meeting.PointID
	for _, x := range append(live.Plan().Points, plan.Point{ID: "P9"}) {
		may := live.MayPublish(x.ID)
		if !may.Mic {
			continue
		}
		if slices.Contains(s.Sound.Muted, x.ID) || slices.Contains(s.Door.Banned, x.ID) || s.Phase == conduct.Closed || x.ID == "P9" {
			t.Fatalf("%s speaks without the right", x.ID)
		}
		if x.ID != s.Main {
			open = append(open, x.ID)
		}
	}
	if s.Mode != plan.Discussion && !s.Picture.Ceremony {
		if len(open) > 1 || (len(open) == 1 && open[0] != m.floor) {
			t.Fatalf("in %s mode %v may speak and %q has the floor", s.Mode, open, m.floor)
		}
	}
	if p := m.floor; p != "" && s.Points[p].Joined.IsZero() {
		t.Fatalf("%s never joined and has the floor", p)
	}
	votesHold(t, s, m)
	tilesHold(t, live)
	queueHolds(t, s.Floor.Queue)
}

func votesHold(t *rapid.T, s *conduct.State, m *model) {
	cast := 0
	for _, v := range s.Votes {
		if r := v.Tally(); r.Silent < 0 || r.Sum() > r.Present || r.Present > r.Total {
			t.Fatalf("more votes than voters: %+v", r)
		}
		for _, c := range v.Casts {
			cast++
			if m.cast[fmt.Sprintf("%s/%s", v.Motion.ID, c.Voter)] != c.Choice {
				t.Fatalf("the vote of %s was altered", c.Voter)
			}
		}
	}
	if cast != len(m.cast) {
		t.Fatalf("%d votes are kept of %d cast", cast, len(m.cast))
	}
}

func tilesHold(t *rapid.T, live *conduct.Live) {
	seen := map[meeting.PointID]bool{}
	s := live.State()
	for _, tile := range live.Screen(s.Last).Tiles {
		if seen[tile.Point] || (!s.Points[tile.Point].Connected && tile.Point != s.Floor.Holder()) {
			t.Fatalf("a black or double tile of %s", tile.Point)
		}
		seen[tile.Point] = true
	}
}

func queueHolds(t *rapid.T, q floor.Queue) {
	seen := map[meeting.EntryID]bool{}
	for _, r := range q {
		if seen[r.ID] {
			t.Fatalf("%s is in the queue twice", r.ID)
		}
		seen[r.ID] = true
	}
}

// replays checks that the log alone, through JSON, gives the same state.
func replays(t *rapid.T, o conduct.Opening, live *conduct.Live, log []conduct.Event) {
	b, err := json.Marshal(log)
	if err != nil {
		t.Fatal(err)
	}
	var back []conduct.Event
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	again, err := conduct.Replay(o, back)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := live.Snapshot()
	got, _ := again.Snapshot()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the replayed state differs:\n%s", diff)
	}
	if diff := cmp.Diff(live.Screen(live.State().Last), again.Screen(live.State().Last)); diff != "" {
		t.Fatalf("the replayed screen differs:\n%s", diff)
	}
	if n := len(back); n > 1 {
		if _, err := conduct.Replay(o, append(slices.Clone(back[:n-1]), back[n-2])); err == nil {
			t.Fatal("a doubled event is replayed")
		}
	}
}
