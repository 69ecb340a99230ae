package desk

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

const (
	usualPage = 50
	maxPage   = 200
)

func (o *Office) registerMeetings(api huma.API) {
	operation(o, api, http.MethodGet, "/api/meetings", "listMeetings", "Meetings that one may see, by time", account.Known(), o.listMeetings)
	operation(o, api, http.MethodPost, "/api/meetings", "createMeeting", "A draft from a type, a copy or a plan", account.Allow(meeting.Secretary), o.createMeeting)
	operation(o, api, http.MethodGet, "/api/meetings/{meeting}", "getMeeting", "One meeting", account.Known(), o.getMeeting)
	operation(o, api, http.MethodPut, "/api/meetings/{meeting}", "saveMeeting", "Change the plan; a published one needs a reason", account.SignedIn(), o.saveMeeting)
	operation(o, api, http.MethodPost, "/api/meetings/check", "checkPlan", "What stands against a plan that is not saved", account.SignedIn(), o.checkPlan)
	operation(o, api, http.MethodGet, "/api/meetings/{meeting}/check", "checkMeeting", "What stands against the saved plan", account.SignedIn(), o.checkMeeting)
	operation(o, api, http.MethodGet, "/api/schedule/week", "getWeek", "The weekly schedule", account.Known(), o.getWeek)
}

func line(now store.Standing) MeetingLine {
	p := now.Plan
	return MeetingLine{
		ID: p.ID, Title: p.Title, Type: p.Type, Host: p.Host, Unit: p.Unit, Chair: p.People.Chair.Name, Start: p.Start, End: p.End,
		State: now.State, Version: now.Number, Main: p.Main, Points: len(p.Points), Invited: p.Invited(),
	}
}

// cursor is the place of a meeting as an opaque text.
func cursor(p store.Place) string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.Start.UTC().Format(time.RFC3339Nano) + " " + string(p.ID)))
}

func placeOf(text string) (store.Place, error) {
	if text == "" {
		return store.Place{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	at, id, ok := strings.Cut(string(raw), " ")
	start, parseErr := time.Parse(time.RFC3339Nano, at)
	if err != nil || !ok || parseErr != nil || id == "" {
		return store.Place{}, meeting.Refuse(meeting.CodeInvalid, "cursor")
	}
	return store.Place{Start: start, ID: meeting.ID(id)}, nil
}

func (o *Office) listMeetings(ctx context.Context, in *struct {
	From   time.Time      `query:"from"`
	To     time.Time      `query:"to"`
	State  schedule.State `query:"state" enum:"du-thao,da-phat-hanh,hoan,huy"`
	Text   string         `query:"q" maxLength:"200" doc:"in title, host, chair; diacritics do not matter"`
	Cursor string         `query:"cursor" maxLength:"400"`
	Limit  int            `query:"limit" minimum:"1" maximum:"200" default:"50"`
}) (*answer[MeetingList], error) {
	after, err := placeOf(in.Cursor)
	if err != nil {
		return nil, err
	}
	j, err := o.judge(ctx)
	if err != nil {
		return nil, err
	}
	page, list := MeetingList{}, []store.Standing{}
	f := store.Filter{From: in.From, To: in.To, State: in.State, Text: in.Text, After: after, Limit: maxPage}
	for {
		found, err := o.store.Meetings(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			if !j.mine(m.Plan).reads(m.State) {
				continue
			}
			if len(list) == min(in.Limit, maxPage) {
				last := list[len(list)-1].Plan
				page.Next = cursor(store.Place{Start: last.Start, ID: last.ID})
				page.Items, err = o.lines(ctx, j, list)
				return give(page, err)
			}
			list = append(list, m)
		}
		if len(found) < f.Limit {
			page.Items, err = o.lines(ctx, j, list)
			return give(page, err)
		}
		last := found[len(found)-1].Plan
		f.After = store.Place{Start: last.Start, ID: last.ID}
	}
}

// lines are meetings in a list, with what whoever asks has to do with each.
func (o *Office) lines(ctx context.Context, j judge, list []store.Standing) ([]MeetingLine, error) {
	collide, items := overlaps(list), make([]MeetingLine, 0, len(list))
	w, err := o.pending(ctx, j, list)
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		l := o.asked(j, m, w)
		l.Overlaps = collide[l.ID]
		items = append(items, l)
	}
	return items, nil
}

// view is everything that a form shows of a meeting.
func (o *Office) view(ctx context.Context, now store.Standing, m Mine) (MeetingView, error) {
	v := MeetingView{
		ID: now.Plan.ID, Revision: now.Revision, State: now.State, Version: now.Number, Plan: now.Plan, Change: now.Change,
		Missing: []FieldProblem{}, Mine: m,
	}
	for _, f := range now.Plan.Missing() {
		v.Missing = append(v.Missing, missing(ctx, f))
	}
	var err error
	v.Warnings, v.Deadlines, err = o.warnings(ctx, now.Plan)
	return v, err
}

func (o *Office) viewed(ctx context.Context, id meeting.ID) (*tagged[MeetingView], error) {
	now, m, err := o.seen(ctx, id)
	if err != nil {
		return nil, err
	}
	v, err := o.view(ctx, now, m)
	return tag(now.Revision, v, err)
}

func (o *Office) getMeeting(ctx context.Context, in *OfMeeting) (*tagged[MeetingView], error) {
	return o.viewed(ctx, in.Meeting)
}

func (o *Office) createMeeting(ctx context.Context, in *struct{ Body NewMeeting }) (*tagged[MeetingView], error) {
	p, err := o.planOf(ctx, in.Body)
	if err != nil {
		return nil, err
	}
	j, err := o.judge(ctx)
	if err != nil {
		return nil, err
	}
	if !j.prepares(p.Unit) {
		return nil, meeting.Refuse(meeting.CodeNoRight, "unit").With(string(meeting.Secretary))
	}
	if err := p.CheckDraft(); err != nil {
		return nil, err
	}
	p.ID = meeting.ID(newID())
	if err := o.store.SaveDraft(ctx, p, 0, j.who.Person, o.now()); err != nil {
		return nil, err
	}
	return o.viewed(ctx, p.ID)
}

// planOf makes the plan of a new draft.
func (o *Office) planOf(ctx context.Context, in NewMeeting) (plan.Plan, error) {
	var p plan.Plan
	switch {
	case in.Plan != nil:
		p = *in.Plan
	case in.CopyOf != "":
		from, _, err := o.seen(ctx, in.CopyOf)
		if err != nil {
			return p, err
		}
		if p = from.Plan; !in.Start.IsZero() {
			p = p.At(in.Start)
		}
		p = p.WithoutPapers()
	}
	me := who(ctx)
	fill := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	fill(&p.Title, in.Title)
	fill((*string)(&p.Secrecy), string(in.Secrecy))
	fill((*string)(&p.Unit), string(in.Unit))
	fill((*string)(&p.Type), string(in.Type))
	if !in.Start.IsZero() {
		p.Start = in.Start
	}
	if !in.End.IsZero() {
		p.End = in.End
	}
	if p.Unit == "" {
		p.Unit = me.Unit
	}
	if p.Host == "" {
		p.Host = o.unitName(ctx, p.Unit)
	}
	if p.People.Secretary.Name == "" && me.Has(meeting.Secretary) {
		p.People.Secretary = meeting.Person{ID: me.Person, Name: me.Name, Position: me.Position, Unit: o.unitName(ctx, me.Unit)}
	}
	if p.Type == "" {
		return p, meeting.Refuse(meeting.CodeMissing, "type")
	}
	t, err := o.template(ctx, p.Type)
	if err != nil {
		return p, err
	}
	return t.Fill(p), nil
}

// unitName is the name of a unit, or of the point that is the unit; "" for none.
func (o *Office) unitName(ctx context.Context, id meeting.UnitID) string {
	if d, err := store.Get[Unit](ctx, o.store, store.Units, "", string(id)); err == nil {
		return d.Body.Name
	}
	tree, _, err := o.points(ctx)
	if r, ok := tree.At(o.today()).Point(meeting.PointID(id)); err == nil && ok {
		if r.Unit != "" {
			return r.Unit
		}
		return r.Name
	}
	return ""
}

func (o *Office) saveMeeting(ctx context.Context, in *struct {
	OfMeeting
	Matching
	Body EditMeeting
}) (*tagged[MeetingView], error) {
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	now, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if !m.Edit {
		return nil, meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	}
	p := in.Body.Plan
	p.ID = in.Meeting
	if err := p.CheckDraft(); err != nil {
		return nil, err
	}
	j, err := o.judge(ctx)
	if err != nil {
		return nil, err
	}
	if p.Unit != now.Plan.Unit && !j.prepares(p.Unit) {
		return nil, meeting.Refuse(meeting.CodeNoRight, "unit").With(string(p.Unit))
	}
	if now.State == schedule.Draft {
		if revision != now.Revision {
			return nil, meeting.Refuse(store.CodeStale, "")
		}
		if err := o.store.SaveDraft(ctx, p, revision, j.who.Person, o.now()); err != nil {
			return nil, err
		}
		return o.viewed(ctx, in.Meeting)
	}
	if err := o.notBegun(ctx, in.Meeting); err != nil {
		return nil, err
	}
	if p, err = o.copyPoints(ctx, p); err != nil {
		return nil, err
	}
	if err := o.free(ctx, p, in.Body.Despite); err != nil {
		return nil, err
	}
	return o.announce(ctx, in.Meeting, revision, in.Body.Quietly, func(e schedule.Entry) (schedule.Entry, error) {
		return e.Move(p, o.change(ctx, in.Body.Why, in.Body.Text))
	})
}

func (o *Office) getWeek(ctx context.Context, in *struct {
	Day string `query:"day" doc:"any day of the week, 2026-12-30; today when left out"`
}) (*answer[WeekView], error) {
	day, err := o.day(in.Day)
	if err != nil {
		return nil, err
	}
	monday := calendar.Monday(day)
	found, err := o.store.Meetings(ctx, store.Filter{From: monday.At(0, 0), To: monday.AddDays(7).At(0, 0), State: schedule.Published})
	if err != nil {
		return nil, err
	}
	j, err := o.judge(ctx)
	if err != nil {
		return nil, err
	}
	w := WeekView{Monday: monday, Items: []MeetingLine{}}
	var mine []schedule.Entry
	by := map[meeting.ID]store.Standing{}
	for _, m := range found {
		if j.mine(m.Plan).reads(m.State) {
			mine, by[m.Plan.ID] = append(mine, schedule.Entry{Versions: []schedule.Version{m.Version}}), m
		}
	}
	for _, p := range schedule.Week(mine, day) {
		w.Items = append(w.Items, line(by[p.ID]))
	}
	return give(w, nil)
}

// WeekView is the weekly schedule (lịch công tác tuần).
type WeekView struct {
	Monday calendar.Date `json:"monday"`
	Items  []MeetingLine `json:"items" nullable:"false"`
}
