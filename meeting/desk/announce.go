package desk

import (
	"context"
	"net/http"
	"slices"
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

// Codes of warnings of a plan.
const (
	codeTooLong meeting.Code = "plan.too_long"
	codeLate    meeting.Code = "plan.late"
	codeDayOff  meeting.Code = "plan.day_off"
	// codeNoSeat tells who holds a seat of the meeting by name alone: the directory
	// does not know him, so nobody can sign in for it (CON-01).
	codeNoSeat meeting.Code = "plan.no_seat"
)

func (o *Office) registerAnnouncements(api huma.API) {
	operation(o, api, http.MethodPost, "/api/meetings/{meeting}/publish", "publishMeeting", "Announce a draft", account.SignedIn(), o.publishMeeting)
	operation(o, api, http.MethodPost, "/api/meetings/{meeting}/postpone", "postponeMeeting", "Put a meeting off without a new time", account.SignedIn(), o.postponeMeeting)
	operation(o, api, http.MethodPost, "/api/meetings/{meeting}/cancel", "cancelMeeting", "Call a meeting off", account.SignedIn(), o.cancelMeeting)
	operation(o, api, http.MethodGet, "/api/meetings/{meeting}/versions", "listVersions", "Every announcement with its reason", account.Known(), o.listVersions)
	operation(o, api, http.MethodPost, "/api/meetings/{meeting}/series", "makeSeries", "Copies of a meeting by a rule", account.SignedIn(), o.makeSeries)
}

func missing(ctx context.Context, f meeting.Field) FieldProblem {
	lang := speaks(ctx)
	return FieldProblem{Code: meeting.CodeMissing, Field: f, Name: fieldName(lang, f), Message: say(lang, meeting.CodeMissing, f, "")}
}

// warnings are what to think of before sending, and the deadlines.
func (o *Office) warnings(ctx context.Context, p plan.Plan) ([]Warning, *calendar.Deadlines, error) {
	all := []Warning{}
	warn := func(code meeting.Code, detail string) {
		all = append(all, Warning{Code: code, Value: detail, Message: say(speaks(ctx), code, "", detail)})
	}
	if t, err := o.template(ctx, p.Type); err == nil {
		if over := p.TooLong(t); over > 0 {
			warn(codeTooLong, t.Longest.String())
		}
	}
	if names := unseated(p); len(names) > 0 {
		warn(codeNoSeat, strings.Join(names, ", "))
	}
	if p.Start.IsZero() || p.End.Before(p.Start) {
		return all, nil, nil
	}
	table, rules, _, err := o.calendar(ctx)
	if err != nil {
		return all, nil, err
	}
	if day := calendar.Of(p.Start); !table.Working(day) {
		warn(codeDayOff, day.String())
	}
	due, err := p.Deadlines(table, rules)
	if err != nil {
		return all, nil, err
	}
	if o.today().After(due.Papers) {
		warn(codeLate, due.Papers.String())
	}
	return all, &due, nil
}

// unseated are the names in the seats of a plan that are nobody's of the directory.
func unseated(p plan.Plan) []string {
	names := []string{}
	for _, x := range []meeting.Person{p.People.Chair, p.People.Secretary, p.People.Technician} {
		if x.ID == "" && !meeting.Blank(x.Name) && !slices.Contains(names, x.Name) {
			names = append(names, x.Name)
		}
	}
	return names
}

// conflicts are what the plan collides with: meetings that are on, and rooms that
// are taken otherwise.
func (o *Office) conflicts(ctx context.Context, p plan.Plan) ([]ConflictView, error) {
	views := []ConflictView{}
	if p.Start.IsZero() || !p.End.After(p.Start) {
		return views, nil
	}
	found, err := o.store.Meetings(ctx, store.Filter{From: p.Start, To: p.End, State: schedule.Published})
	if err != nil {
		return nil, err
	}
	j, err := o.judge(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range found {
		for _, c := range schedule.Conflicts(p, []schedule.Entry{{Versions: []schedule.Version{m.Version}}}) {
			if !j.mine(m.Plan).reads(m.State) {
				c.Title, c.With = m.Plan.Host, ""
			}
			views = append(views, o.conflict(ctx, p, c, m.Plan.Start, m.Plan.End))
		}
	}
	for _, r := range p.Rooms {
		taken, err := store.All[Booking](ctx, o.store, store.Bookings, meeting.ID(r))
		if err != nil {
			return nil, err
		}
		for _, d := range taken {
			if b := d.Body; !b.Off && b.Start.Before(p.End) && b.End.After(p.Start) {
				views = append(views, o.conflict(ctx, p, schedule.Conflict{Title: b.Title, What: "room", Name: string(r)}, b.Start, b.End))
			}
		}
	}
	return views, nil
}

func (o *Office) conflict(ctx context.Context, p plan.Plan, c schedule.Conflict, start, end time.Time) ConflictView {
	name := c.Name
	switch c.What {
	case "point":
		name = p.Name(meeting.PointID(c.Name))
	case "person":
		for _, x := range append([]meeting.Person{p.People.Chair, p.People.Secretary, p.People.Technician}, p.People.CoChairs...) {
			if string(x.ID) == c.Name {
				name = x.Name
			}
		}
	case "room":
		if d, err := store.Get[RoomEntry](ctx, o.store, store.Rooms, "", c.Name); err == nil {
			name = d.Body.Name
		}
	}
	const clock = "15.04 02/01/2006"
	text := name + ": " + c.Title + " (" + start.In(calendar.Zone()).Format(clock) + " – " + end.In(calendar.Zone()).Format(clock) + ")"
	return ConflictView{Conflict: c, Start: start, End: end, Text: text}
}

// free refuses a plan that collides, unless that was seen and accepted.
func (o *Office) free(ctx context.Context, p plan.Plan, despite bool) error {
	if despite {
		return nil
	}
	all, err := o.conflicts(ctx, p)
	if err != nil {
		return err
	}
	var ps meeting.Problems
	for _, c := range all {
		field := map[string]meeting.Field{"point": "points", "person": "people", "room": "rooms"}[c.What]
		ps = append(ps, meeting.Refuse(schedule.CodeConflict, field).With(c.Text))
	}
	return ps.OrNil()
}

func (o *Office) check(ctx context.Context, p plan.Plan) (*answer[CheckResult], error) {
	r := CheckResult{Problems: []FieldProblem{}}
	lang := speaks(ctx)
	var ps meeting.Problems
	if asProblems(p.CheckPublish(), &ps) {
		for _, x := range ps {
			r.Problems = append(r.Problems, FieldProblem{
				Code: x.Code, Field: x.Field, Name: fieldName(lang, x.Field), Value: x.Detail, Message: say(lang, x.Code, x.Field, x.Detail),
			})
		}
	}
	r.Ready = len(r.Problems) == 0
	var err error
	if r.Conflicts, err = o.conflicts(ctx, p); err != nil {
		return nil, err
	}
	r.Warnings, r.Deadlines, err = o.warnings(ctx, p)
	return give(r, err)
}

func (o *Office) checkPlan(ctx context.Context, in *struct {
	Body struct {
		Plan plan.Plan `json:"plan"`
	}
}) (*answer[CheckResult], error) {
	if !who(ctx).Has(meeting.Secretary) {
		// Whose points are taken is told to those who plan meetings only.
		if _, _, err := o.held(ctx, in.Body.Plan.ID, meeting.Secretary, meeting.Chair); err != nil {
			return nil, meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
		}
	}
	return o.check(ctx, in.Body.Plan)
}

func (o *Office) checkMeeting(ctx context.Context, in *OfMeeting) (*answer[CheckResult], error) {
	now, _, err := o.held(ctx, in.Meeting, meeting.Secretary, meeting.Chair)
	if err != nil {
		return nil, err
	}
	return o.check(ctx, now.Plan)
}

// copyPoints writes names, kinds and lines of the points as the map has them on the
// day of the meeting: what is announced is never changed by a later map (SCH-03). A
// point that the map does not have that day is refused.
func (o *Office) copyPoints(ctx context.Context, p plan.Plan) (plan.Plan, error) {
	tree, _, err := o.points(ctx)
	if err != nil || p.Start.IsZero() {
		return p, err
	}
	day := tree.At(calendar.Of(p.Start))
	var ps meeting.Problems
	p.Points = slices.Clone(p.Points)
	for i, x := range p.Points {
		r, ok := day.Point(x.ID)
		if !ok {
			ps = append(ps, meeting.Refuse(meeting.CodeUnknown, "points.id").With(string(x.ID)))
			continue
		}
		now := plan.FromMap(r)
		now.Leader, now.Expected = x.Leader, x.Expected
		if now.Unit == "" {
			now.Unit = x.Unit
		}
		p.Points[i] = now
	}
	return p, ps.OrNil()
}

func (o *Office) change(ctx context.Context, why schedule.Why, text string) schedule.Change {
	return schedule.Change{Why: why, Text: strings.TrimSpace(text), By: who(ctx).Person, At: o.now().UTC().Truncate(time.Millisecond)}
}

// notBegun refuses to change the plan of a meeting that was declared open: its log
// counts. While its points only gather, the chair may still be called away.
func (o *Office) notBegun(ctx context.Context, id meeting.ID) error {
	begun, err := o.store.Begun(ctx, id)
	if err == nil && begun {
		err = meeting.Refuse(codeBegun, "")
	}
	return err
}

// arrange saves what is announced of a meeting or gathered for it beforehand, unless it
// is declared open meanwhile.
func (o *Office) arrange(ctx context.Context, id meeting.ID, save func() error) error {
	return o.arranged(ctx, id, func() error {
		if err := o.notBegun(ctx, id); err != nil {
			return err
		}
		return save()
	})
}

// codeBegun refuses to change what is announced of a meeting that was declared open.
const codeBegun meeting.Code = "meeting.begun"

// announce keeps the next version of a meeting that is at the revision, and with it
// the letters that tell of it (SCH-09).
func (o *Office) announce(ctx context.Context, id meeting.ID, revision int, quietly Quietly, change func(schedule.Entry) (schedule.Entry, error)) (*tagged[MeetingView], error) {
	e, err := o.store.Entry(ctx, id)
	if err != nil && meeting.CodeOf(err) != meeting.CodeUnknown {
		return nil, err
	}
	if e, err = change(e); err != nil {
		return nil, err
	}
	if o.post == nil || quietly.WithoutLetters {
		if err := o.arrange(ctx, id, func() error { return o.store.SaveVersionAt(ctx, e, revision) }); err != nil {
			return nil, err
		}
		return o.viewed(ctx, id)
	}
	letters, silent, err := o.post.Letters(ctx, e.Now())
	if err != nil {
		return nil, err
	}
	if err := o.arrange(ctx, id, func() error { return o.store.SaveVersionAt(ctx, e, revision, letters...) }); err != nil {
		return nil, err
	}
	o.post.Wake()
	view, err := o.viewed(ctx, id)
	if err == nil {
		view.Body.Letters = &LettersOut{Queued: len(letters), Silent: silent}
	}
	return view, err
}

func (o *Office) publishMeeting(ctx context.Context, in *struct {
	OfMeeting
	Body PublishMeeting
}) (*tagged[MeetingView], error) {
	now, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if !m.Edit {
		return nil, meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	}
	p := now.Plan
	if err := p.CheckPublish(); err != nil {
		return nil, err
	}
	if p, err = o.copyPoints(ctx, p); err != nil {
		return nil, err
	}
	table, rules, _, err := o.calendar(ctx)
	if err != nil {
		return nil, err
	}
	late, err := p.Sending(o.today(), table, rules, strings.TrimSpace(in.Body.Reason))
	if err != nil {
		return nil, err
	}
	if err := o.free(ctx, p, in.Body.Despite); err != nil {
		return nil, err
	}
	return o.announce(ctx, in.Meeting, now.Revision, in.Body.Quietly, func(e schedule.Entry) (schedule.Entry, error) {
		e, err := e.Publish(p, who(ctx).Person, o.now().UTC().Truncate(time.Millisecond))
		if err == nil && late {
			e.Versions[0].Change.Text = strings.TrimSpace(in.Body.Reason) // the log of SCH-02
			o.log.Info("an invitation is sent after the deadline", "meeting", p.ID, "by", who(ctx).Person, "reason", in.Body.Reason, "type", p.Type)
		}
		return e, err
	})
}

// putOff postpones or cancels.
func (o *Office) putOff(ctx context.Context, id meeting.ID, body PutOff, how func(schedule.Entry, schedule.Change) (schedule.Entry, error)) (*tagged[MeetingView], error) {
	now, m, err := o.seen(ctx, id)
	if err != nil {
		return nil, err
	}
	if !m.Edit {
		return nil, meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	}
	if err := o.notBegun(ctx, id); err != nil {
		return nil, err
	}
	return o.announce(ctx, id, now.Revision, body.Quietly, func(e schedule.Entry) (schedule.Entry, error) {
		return how(e, o.change(ctx, body.Why, body.Text))
	})
}

func (o *Office) postponeMeeting(ctx context.Context, in *struct {
	OfMeeting
	Body PutOff
}) (*tagged[MeetingView], error) {
	return o.putOff(ctx, in.Meeting, in.Body, schedule.Entry.Postpone)
}

func (o *Office) cancelMeeting(ctx context.Context, in *struct {
	OfMeeting
	Body PutOff
}) (*tagged[MeetingView], error) {
	return o.putOff(ctx, in.Meeting, in.Body, schedule.Entry.Cancel)
}

func (o *Office) listVersions(ctx context.Context, in *OfMeeting) (*answer[listed[schedule.Version]], error) {
	if _, _, err := o.seen(ctx, in.Meeting); err != nil {
		return nil, err
	}
	e, err := o.store.Entry(ctx, in.Meeting)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		err = nil // a draft has none yet
	}
	return list(e.Versions, err)
}
