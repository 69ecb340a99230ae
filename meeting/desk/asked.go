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

// asked is the line of a meeting with what is waited for from whoever asks.
func (o *Office) asked(ctx context.Context, j judge, now store.Standing) (MeetingLine, error) {
	m := j.mine(now.Plan)
	l, a := line(now), &Asked{Rights: m.Rights, Point: m.Point}
	l.Mine = a
	if now.State != schedule.Published || !o.now().Before(now.Plan.Start) {
		return l, nil
	}
	id := now.Plan.ID
	if m.Point != "" {
		reply, err := store.Get[invitation.Reply](ctx, o.store, store.Replies, id, string(m.Point))
		switch {
		case meeting.CodeOf(err) == meeting.CodeUnknown:
			a.Answer = invitation.NoAnswer
		case err != nil:
			return l, err
		default:
			a.Answer = reply.Body.Answer
		}
	}
	if items := j.presents(now, m); len(items) > 0 {
		papers, err := store.All[paper.Paper](ctx, o.store, store.Papers, id)
		if err != nil {
			return l, err
		}
		a.Bare = bare(items, contents(papers))
	}
	if !m.has(meeting.Technician) {
		return l, nil
	}
	sheets, err := store.All[rehearsal.Sheet](ctx, o.store, store.Sheets, id)
	if err != nil {
		return l, err
	}
	points := make([]meeting.PointID, 0, len(now.Plan.Points))
	for _, p := range now.Plan.Points {
		points = append(points, p.ID)
	}
	untested, _ := rehearsal.Flags(points, contents(sheets))
	a.Untested = len(untested)
	return l, nil
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
