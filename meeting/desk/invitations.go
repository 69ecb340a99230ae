package desk

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/invitation"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// ReplyView is what a point answered, and whether it saw the newest announcement.
type ReplyView struct {
	Point    meeting.PointID  `json:"point"`
	Name     string           `json:"name"`
	Reply    invitation.Reply `json:"reply"`
	Seen     int              `json:"seen" doc:"the newest version that the point opened; 0 for none"`
	UpToDate bool             `json:"upToDate" doc:"it saw the newest announcement (đã xem)"`
}

// NewReply is the reply of a point.
type NewReply struct {
	Answer     invitation.Answer `json:"answer" enum:"tham-du,vang,cu-nguoi-du-thay"`
	Reason     string            `json:"reason,omitempty" maxLength:"2000"`
	Substitute meeting.Person    `json:"substitute,omitzero"`
	For        meeting.Person    `json:"for,omitzero" doc:"in whose place; the leader of the point when left out"`
}

// Reminder is a meeting of which points have not answered or not seen the newest
// announcement.
type Reminder struct {
	Meeting  MeetingLine       `json:"meeting"`
	Due      calendar.Date     `json:"due" doc:"hạn gửi giấy mời, tài liệu"`
	DaysLeft int               `json:"daysLeft" doc:"working days until the meeting"`
	Silent   []meeting.PointID `json:"silent" nullable:"false" doc:"points without a reply"`
	Unseen   []meeting.PointID `json:"unseen" nullable:"false" doc:"points that have not opened the newest announcement"`
	Waiting  []meeting.PointID `json:"waiting" nullable:"false" doc:"substitutes that wait for consent"`
}

// AtPoint names a point of a meeting in a path.
type AtPoint struct {
	OfMeeting
	OfPoint
}

func (o *Office) registerInvitations(api huma.API) {
	const base = "/api/meetings/{meeting}"
	operation(o, api, http.MethodGet, base+"/replies", "listReplies", "Replies of the points", account.Known(), o.listReplies)
	operation(o, api, http.MethodGet, base+"/points/{point}/replies", "replyHistory", "Every reply of one point", account.Known(), o.replyHistory)
	operation(o, api, http.MethodPost, base+"/points/{point}/reply", "reply", "Reply for a point", account.Known(), o.reply)
	operation(o, api, http.MethodPost, base+"/points/{point}/consent", "consent", "Agree to a substitute or not", account.SignedIn(), o.consent)
	operation(o, api, http.MethodPost, base+"/points/{point}/seen", "seen", "The point has opened an announcement", account.Known(), o.sawVersion)
	operation(o, api, http.MethodGet, "/api/reminders", "listReminders", "Whom to remind, by meeting", account.SignedIn(), o.listReminders)
}

// on refuses what is only done for a meeting that is announced and not yet begun.
func (o *Office) on(ctx context.Context, now store.Standing) error {
	if now.State != schedule.Published {
		return meeting.Refuse(meeting.CodeState, "state").With(string(now.State))
	}
	return o.notBegun(ctx, now.Plan.ID)
}

func (o *Office) replies(ctx context.Context, now store.Standing) ([]ReplyView, error) {
	id := now.Plan.ID
	given, err := store.All[invitation.Reply](ctx, o.store, store.Replies, id)
	if err != nil {
		return nil, err
	}
	opened, err := store.All[int](ctx, o.store, store.Seen, id)
	if err != nil {
		return nil, err
	}
	by, seen := map[meeting.PointID]invitation.Reply{}, invitation.Seen{}
	for _, d := range given {
		by[d.Body.Point] = d.Body
	}
	for _, d := range opened {
		seen.Open(meeting.PointID(d.ID), d.Body)
	}
	views := []ReplyView{}
	for _, p := range now.Plan.Points {
		r, ok := by[p.ID]
		if !ok {
			r = invitation.Reply{Point: p.ID, Answer: invitation.NoAnswer}
		}
		views = append(views, ReplyView{Point: p.ID, Name: p.Name, Reply: r, Seen: seen[p.ID], UpToDate: seen.Has(p.ID, now.Number)})
	}
	return views, nil
}

func (o *Office) listReplies(ctx context.Context, in *OfMeeting) (*answer[listed[ReplyView]], error) {
	now, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	all, err := o.replies(ctx, now)
	var mine []ReplyView
	for _, r := range all {
		if r.Point == m.Point || m.has(meeting.Chair, meeting.Secretary, meeting.Technician, meeting.Archivist) {
			mine = append(mine, r)
		}
	}
	return list(mine, err)
}

func (o *Office) replyHistory(ctx context.Context, in *AtPoint) (*answer[listed[invitation.Reply]], error) {
	_, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if m.Point != in.Point && !m.has(meeting.Chair, meeting.Secretary, meeting.Archivist) {
		return nil, meeting.Refuse(meeting.CodeNoRight, "point").With(string(in.Point))
	}
	all, err := store.History[invitation.Reply](ctx, o.store, store.Replies, in.Meeting, string(in.Point))
	return list(contents(all), err)
}

func (o *Office) reply(ctx context.Context, in *struct {
	AtPoint
	Body NewReply
}) (*answer[invitation.Reply], error) {
	now, _, err := o.speaksFor(ctx, in.Meeting, in.Point)
	if err != nil {
		return nil, err
	}
	if err := o.on(ctx, now); err != nil {
		return nil, err
	}
	p, _ := now.Plan.Point(in.Point)
	r, err := invitation.Take(invitation.Reply{
		Point: in.Point, Answer: in.Body.Answer, Reason: in.Body.Reason, Substitute: in.Body.Substitute, For: in.Body.For,
		By: who(ctx).Person, At: o.now().UTC(),
	})
	if err != nil {
		return nil, err
	}
	if r.Answer == invitation.Sends && r.For.Name == "" {
		r.For = p.Leader
	}
	n, err := next[invitation.Reply](ctx, o, store.Replies, in.Meeting, string(in.Point))
	if err != nil {
		return nil, err
	}
	return give(r, o.arrange(ctx, in.Meeting, func() error {
		return store.Put(ctx, o.store, store.Replies, document(ctx, o, in.Meeting, string(in.Point), n, r))
	}))
}

func (o *Office) consent(ctx context.Context, in *struct {
	AtPoint
	Body struct {
		Agree bool `json:"agree"`
	}
}) (*answer[invitation.Reply], error) {
	_, m, err := o.held(ctx, in.Meeting, meeting.Chair, meeting.Secretary)
	if err != nil {
		return nil, err
	}
	d, err := store.Get[invitation.Reply](ctx, o.store, store.Replies, in.Meeting, string(in.Point))
	if err != nil {
		return nil, err
	}
	as := meeting.Secretary
	if m.has(meeting.Chair) {
		as = meeting.Chair
	}
	r, err := d.Body.Decide(who(ctx).Person, as, in.Body.Agree)
	if err != nil {
		return nil, err
	}
	return give(r, o.arranged(ctx, in.Meeting, func() error {
		return store.Put(ctx, o.store, store.Replies, document(ctx, o, in.Meeting, string(in.Point), d.Number+1, r))
	}))
}

func (o *Office) sawVersion(ctx context.Context, in *struct {
	AtPoint
	Body struct {
		Version int `json:"version" minimum:"1"`
	}
}) (*answer[nothing], error) {
	now, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if m.Point != in.Point { // nobody sees for another
		return nil, meeting.Refuse(meeting.CodeNoRight, "point").With(string(in.Point))
	}
	if in.Body.Version > now.Number {
		return nil, meeting.Refuse(meeting.CodeInvalid, "version")
	}
	d, err := store.Get[int](ctx, o.store, store.Seen, in.Meeting, string(in.Point))
	if err != nil && meeting.CodeOf(err) != meeting.CodeUnknown {
		return nil, err
	}
	if d.Body >= in.Body.Version {
		return give(nothing{}, nil)
	}
	err = store.Put(ctx, o.store, store.Seen, document(ctx, o, in.Meeting, string(in.Point), d.Number+1, in.Body.Version))
	if meeting.CodeOf(err) == store.CodeStale {
		err = nil // another screen of the point opened it at the same moment
	}
	return give(nothing{}, err)
}

func (o *Office) listReminders(ctx context.Context, _ *struct{}) (*answer[listed[Reminder]], error) {
	j, err := o.judge(ctx)
	if err != nil {
		return nil, err
	}
	on, err := o.store.Meetings(ctx, store.Filter{From: o.now(), State: schedule.Published})
	if err != nil {
		return nil, err
	}
	table, rules, _, err := o.calendar(ctx)
	if err != nil {
		return nil, err
	}
	var all []Reminder
	for _, now := range on {
		if !j.mine(now.Plan).Edit || now.Plan.Start.Before(o.now()) {
			continue
		}
		due, err := now.Plan.Deadlines(table, rules)
		if err != nil {
			return nil, err
		}
		r := Reminder{Meeting: line(now), Due: due.Papers, DaysLeft: table.WorkingDays(o.today(), calendar.Of(now.Plan.Start)),
			Silent: []meeting.PointID{}, Unseen: []meeting.PointID{}, Waiting: []meeting.PointID{}}
		views, err := o.replies(ctx, now)
		if err != nil {
			return nil, err
		}
		for _, v := range views {
			switch {
			case v.Point == now.Plan.Main:
				continue
			case v.Reply.Answer == invitation.NoAnswer:
				r.Silent = append(r.Silent, v.Point)
			case v.Reply.Consent == invitation.Waiting:
				r.Waiting = append(r.Waiting, v.Point)
			}
			if !v.UpToDate {
				r.Unseen = append(r.Unseen, v.Point)
			}
		}
		if len(r.Silent)+len(r.Unseen)+len(r.Waiting) > 0 {
			all = append(all, r)
		}
	}
	return list(all, nil)
}
