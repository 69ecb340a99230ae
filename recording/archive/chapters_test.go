package archive_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/conduct"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
	"diemcau/meeting/vote"
	"diemcau/recording/archive"
)

// conducted is a meeting that is conducted for the log of it.
type conducted struct {
	t    *testing.T
	live *conduct.Live
	log  []conduct.Event
}

func conductOne(t *testing.T, change func(*plan.Plan)) *conducted {
	t.Helper()
	p := sample.Briefing()
	p.Agenda = []agenda.Item{{ID: "i0", Title: "Chào cờ"}, {ID: "i1", Title: "Kinh tế"}, {ID: "i2", Title: "Kết luận"}}
	change(&p)
	l, err := conduct.New(conduct.Opening{Plan: p})
	if err != nil {
		t.Fatal(err)
	}
	return &conducted{t: t, live: l}
}

// do does a deed at seconds since the epoch, by the chair unless the bridge does.
func (c *conducted) do(seconds int, d conduct.Deed) {
	c.t.Helper()
	by := conduct.Actor{Person: c.live.Plan().People.Chair.ID}
	switch d.(type) {
	case conduct.Join, conduct.Drop:
		by = conduct.Actor{System: true}
	case conduct.Prepare:
		by = conduct.Actor{Person: c.live.Plan().People.Secretary.ID}
	}
	events, err := c.live.Apply(conduct.Act{By: by, At: epoch.Add(time.Duration(seconds) * time.Second), Do: d})
	if err != nil {
		c.t.Fatalf("%s: %v", d.Name(), err)
	}
	c.log = append(c.log, events...)
}

func TestARC02_ChaptersAndSpeakersComeBackFromTheFolderAlone(t *testing.T) {
	t.Parallel()
	c := conductOne(t, func(*plan.Plan) {})
	points := c.live.Plan().Points
	c.do(-60, conduct.SetPhase{Phase: conduct.InSession})
	c.do(-50, conduct.Join{Point: points[1].ID})
	c.do(-50, conduct.Join{Point: points[2].ID})
	c.do(-40, conduct.StartItem{Item: "i0"}) // over before the recording begins
	c.do(-20, conduct.Chapter{Text: "trước khi ghi"})
	c.do(-10, conduct.StartItem{Item: "i1"})
	c.do(-5, conduct.Record{On: true})
	before := len(c.log)
	c.do(3, conduct.Invite{Point: points[1].ID})
	c.do(5, conduct.Chapter{Text: "Giải ngân"})
	c.do(8, conduct.Invite{Point: points[2].ID})
	c.do(9, conduct.Cut{})
	c.do(10, conduct.Prepare{Motion: vote.Usual("q", "Quy chế", vote.Named, c.live.Plan().Voters)})
	c.do(11, conduct.OpenVote{Motion: "q", Despite: "thử"})
	c.do(13, conduct.CloseVote{Motion: "q"})
	c.do(14, conduct.StartItem{Item: "i2"})
	c.do(15, conduct.FinishItem{})

	e := create(t, archive.Settings{})
	e.Event(0, archive.KindOpening, c.live.Opening())
	for _, event := range c.log[:before] {
		e.Event(0, archive.KindAct, event)
	}
	legs(t, e, 0, 2)
	for _, event := range c.log[before:] {
		e.Event(event.At.Sub(epoch).Milliseconds()+3, archive.KindAct, event)
	}
	e.Event(20_000, archive.KindAct, c.log[before]) // told twice, happened once
	if err := e.Seal(20_000); err != nil {
		t.Fatal(err)
	}
	if got := archive.LastAct(e.Dir); got != len(c.log) {
		t.Errorf("the last act is %d of %d", got, len(c.log))
	}
	item := archive.Describe(e.Dir)
	wantChapters := []archive.Chapter{
		{From: 0, To: 14_000, Kind: "item", ID: "i1", Title: "Kinh tế"},
		{From: 5000, Kind: "mark", Title: "Giải ngân"},
		{From: 11_000, To: 13_000, Kind: "vote", ID: "q", Title: "Quy chế"},
		{From: 14_000, To: 15_000, Kind: "item", ID: "i2", Title: "Kết luận"},
	}
	if d := cmp.Diff(wantChapters, item.Chapters); d != "" {
		t.Error(d)
	}
	type speech struct {
		point    meeting.PointID
		from, to int64
	}
	var got []speech
	for _, s := range item.Speeches {
		got = append(got, speech{meeting.PointID(s.Point), s.From, s.To})
	}
	want := []speech{{points[1].ID, 3000, 8000}, {points[2].ID, 8000, 9000}}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v", item.Speeches)
	}
	start, log, err := item.OpeningOf()
	if err != nil || len(log) != len(c.log) || len(start) == 0 {
		t.Errorf("%d events of %d, %v", len(log), len(c.log), err)
	}
}
