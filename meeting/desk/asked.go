package desk

import (
	"context"
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/invitation"
	"diemcau/meeting/paper"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// Asked is what somebody has to do with a meeting of a list: what he may, and what
// is still waited for from him before it begins.
type Asked struct {
	Rights []meeting.Right `json:"rights" nullable:"false"`
	// Point is the point that he answers for; empty for none.
	Point meeting.PointID `json:"point,omitempty"`
	// Answer is what that point replied to its invitation.
	Answer invitation.Answer `json:"answer,omitempty" enum:"chua-phan-hoi,tham-du,vang,cu-nguoi-du-thay" doc:"of his point, before the meeting begins"`
	// Bare are the items without papers: all for who prepares the meeting, his own
	// for a presenter.
	Bare int `json:"withoutPapers,omitempty" doc:"agenda items that he should send papers for and that have none yet"`
	// Untested are the points without a test run, for the technician.
	Untested int `json:"untested,omitempty" doc:"points that the technician has still to test"`
}

// pending is what is kept of the meetings of a list and tells what they wait for: read
// for all of them at once.
type pending struct {
	replies map[meeting.ID][]store.Document[invitation.Reply]
	papers  map[meeting.ID][]store.Document[paper.Paper]
	sheets  map[meeting.ID][]store.Document[rehearsal.Sheet]
}

// ahead answers whether something is waited for before a meeting begins.
func (o *Office) ahead(now store.Standing) bool {
	return now.State == schedule.Published && o.now().Before(now.Plan.Start)
}

// pending reads no more than whoever asks is told of.
func (o *Office) pending(ctx context.Context, j judge, list []store.Standing) (w pending, err error) {
	var replying, presented, tested []meeting.ID
	var points []string
	for _, now := range list {
		if !o.ahead(now) {
			continue
		}
		m, id := j.mine(now.Plan), now.Plan.ID
		if m.Point != "" {
			replying = append(replying, id)
			if !slices.Contains(points, string(m.Point)) {
				points = append(points, string(m.Point))
			}
		}
		if len(j.presents(now, m)) > 0 {
			presented = append(presented, id)
		}
		if m.has(meeting.Technician) {
			tested = append(tested, id)
		}
	}
	if w.replies, err = store.AllOf[invitation.Reply](ctx, o.store, store.Replies, replying, points...); err != nil {
		return w, err
	}
	if w.papers, err = store.AllOf[paper.Paper](ctx, o.store, store.Papers, presented); err != nil {
		return w, err
	}
	w.sheets, err = store.AllOf[rehearsal.Sheet](ctx, o.store, store.Sheets, tested)
	return w, err
}

// asked is the line of a meeting with what is waited for from whoever asks.
func (o *Office) asked(j judge, now store.Standing, w pending) MeetingLine {
	m, id := j.mine(now.Plan), now.Plan.ID
	l, a := line(now), &Asked{Rights: m.Rights, Point: m.Point}
	l.Mine = a
	if !o.ahead(now) {
		return l
	}
	if m.Point != "" {
		a.Answer = invitation.NoAnswer
		for _, d := range w.replies[id] {
			if d.ID == string(m.Point) {
				a.Answer = d.Body.Answer
			}
		}
	}
	if items := j.presents(now, m); len(items) > 0 {
		a.Bare = bare(items, contents(w.papers[id]))
	}
	if !m.has(meeting.Technician) {
		return l
	}
	points := make([]meeting.PointID, 0, len(now.Plan.Points))
	for _, p := range now.Plan.Points {
		points = append(points, p.ID)
	}
	untested, _ := rehearsal.Flags(points, contents(w.sheets[id]))
	a.Untested = len(untested)
	return l
}

// presents are the items that he sends papers for. The conclusion has none.
func (j judge) presents(now store.Standing, m Mine) []agenda.Item {
	return slices.DeleteFunc(slices.Clone(now.Plan.Agenda), func(x agenda.Item) bool {
		his := j.who.Person != "" && x.Presenter.ID == j.who.Person
		return x.Closing || !his && !m.has(meeting.Secretary)
	})
}

// bare counts the items without a paper that is not taken back.
func bare(items []agenda.Item, papers []paper.Paper) int {
	n := 0
	for _, x := range items {
		if len(x.Papers) == 0 && !slices.ContainsFunc(papers, func(p paper.Paper) bool { return p.Item == x.ID && p.Recalled.IsZero() }) {
			n++
		}
	}
	return n
}
