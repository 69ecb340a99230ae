package live_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/sample"
	"diemcau/meeting/vote"
)

func TestCON05_VOT01_TheMachineOfARoomReadsNeitherPreviewsNorAnOpenVoteNorDrafts(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.arrive("LG-X1", "LG-X2")
	tech := conduct.Actor{Person: h.plan.People.Technician.ID, Device: "t"}
	h.do(h.chair(), conduct.SetPhase{Phase: conduct.InSession})
	h.do(tech, conduct.Preview{Point: "LG-X1"})
	h.do(h.scribe(), conduct.Note{Text: "Nháp chưa đọc"})
	voter := h.plan.Voters[slices.IndexFunc(h.plan.Voters, func(v vote.Voter) bool { return v.Point == "LG-X1" })]
	h.do(h.chair(), conduct.Prepare{Motion: vote.Motion{ID: "q", Title: "Quy chế", Form: vote.Named, Base: vote.OfAll, Threshold: vote.Share{Num: 1, Den: 2}, Tie: vote.TieFalls, Voters: h.plan.Voters}})
	h.do(h.scribe(), conduct.Mark{Point: "LG-X1", Status: rollcall.Present, Present: 7})
	h.do(h.chair(), conduct.OpenVote{Motion: "q", Despite: "Đủ thẩm quyền"})
	h.do(conduct.Actor{Point: "LG-X1", Device: "d-LG-X1"}, conduct.CastVote{Motion: "q", Voter: voter.Person, Choice: vote.For})
	ask := conduct.Ask{Point: "LG-X1", Topic: "Giải ngân", Entry: "r1"}
	h.do(conduct.Actor{Point: "LG-X1", Device: "d-LG-X1"}, ask)
	ask.Point, ask.Entry = "LG-X2", "r2"
	h.do(conduct.Actor{Point: "LG-X2", Device: "d-LG-X2"}, ask)
	read := func(who account.Identity) (b live.Board, text string) {
		h.look(func(l *conduct.Live) {
			raw, err := json.Marshal(live.NewBoard(l, who, time.Now()))
			if err != nil {
				t.Fatal(err)
			}
			text = string(raw)
			if err := json.Unmarshal(raw, &b); err != nil {
				t.Fatal(err)
			}
		})
		return b, text
	}
	b, text := read(account.Identity{Device: "d-LG-X1", Point: "LG-X1"})
	if len(b.Votes)+len(b.Previews)+len(b.Seats)+len(b.Plan.Voters)+len(b.Plan.Agenda) != 0 || !b.You.Partial || strings.Contains(text, "Nháp chưa đọc") || strings.Contains(text, string(voter.Person)) {
		t.Errorf("a room reads %s", text)
	}
	if len(b.Roll) != 1 || len(b.Queue) != 1 || b.Queue[0].Point != "LG-X1" || !b.Points["LG-X1"].Connected || b.Live.Waiting != 2 || b.Live.Vote == nil || b.Live.Vote.Cast != 1 {
		t.Errorf("of its own it reads %s", text)
	}
	if strings.Contains(text, "null") {
		t.Errorf("lists that are null: %s", text)
	}
	other := h.plan.Points[1].Leader
	h.do(tech, conduct.HandOver{Right: meeting.Technician, To: other})
	if b, _ := read(account.Identity{Person: other.ID}); b.You.Partial {
		t.Error("who has a seat handed to him has no board")
	}
	for _, p := range []meeting.Person{h.plan.People.Chair, h.plan.People.Secretary, h.plan.People.Technician} {
		if b, _ := read(account.Identity{Person: p.ID, Name: p.Name}); b.You.Partial || len(b.Votes) != 1 || len(b.Previews) != 1 || len(b.Roll) != len(h.plan.Points) {
			t.Errorf("%s reads %+v", p.ID, b)
		}
	}
}

func TestCON01_WhoHandsHisBoardOverLooksOnAndSeesWhoHoldsIt(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	was := h.plan.People.Technician
	h.do(conduct.Actor{Person: was.ID, Device: "t"}, conduct.HandOver{Right: meeting.Technician, To: meeting.Person{ID: "p-moi", Name: "Người Mới"}})
	h.look(func(l *conduct.Live) {
		b := live.NewBoard(l, account.Identity{Person: was.ID, Name: was.Name}, time.Now())
		if b.You.Partial || len(b.You.Seats) != 0 || b.Seats[meeting.Technician].Person.ID != "p-moi" {
			t.Errorf("he reads %+v", b.You)
		}
	})
}

func TestVOT02_RoomsAreToldThatAQuestionHasAListOfItsOwn(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.arrive("LG-X1")
	h.do(h.chair(), conduct.SetPhase{Phase: conduct.InSession})
	h.do(h.scribe(), conduct.Mark{Point: "LG-X1", Status: rollcall.Present, Present: 7})
	own := slices.DeleteFunc(slices.Clone(h.plan.Voters), func(v vote.Voter) bool { return v.Point != "LG-X1" })
	for id, voters := range map[meeting.MotionID][]vote.Voter{"plan": nil, "own": own} {
		h.do(h.scribe(), conduct.Prepare{Motion: vote.Motion{ID: id, Title: "Quy chế", Form: vote.Hands, Base: vote.OfAll, Threshold: vote.Share{Num: 1, Den: 2}, Tie: vote.TieFalls, Voters: voters}})
		h.do(h.chair(), conduct.OpenVote{Motion: id, Despite: "Đủ thẩm quyền"})
		if v := h.bridge.state(t).Vote; v == nil || v.Motion != id || v.Own != (id == "own") {
			t.Errorf("%s: told %+v", id, v)
		}
		h.do(h.chair(), conduct.CloseVote{Motion: id})
	}
}
