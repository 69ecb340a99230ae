package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/paper"
	"diemcau/meeting/plan"
	"diemcau/meeting/store"
)

// NamedDay is a day of the calendar with its name or reason.
type NamedDay struct {
	Date calendar.Date `json:"date"`
	Name string        `json:"name" maxLength:"200"`
}

// CalendarView is the editable table of days and the periods of SCH-02.
type CalendarView struct {
	Off    []NamedDay     `json:"off" nullable:"false" doc:"public holidays"`
	Worked []NamedDay     `json:"worked" nullable:"false" doc:"Saturdays and Sundays that are worked"`
	Rules  calendar.Rules `json:"rules"`
}

// Ids of settings, and the years that a new installation knows the holidays of.
const (
	theCalendar         = "calendar"
	theLimits           = "papers"
	firstYear, lastYear = 2024, 2040
)

func (o *Office) registerSettings(api huma.API) {
	keepers := account.Allow(meeting.Administrator).House()
	operation(o, api, http.MethodGet, "/api/templates", "listTemplates", "Types of meetings and what they preset", account.SignedIn(), o.listTemplates)
	operation(o, api, http.MethodPut, "/api/templates/{type}", "saveTemplate", "Change what a type presets", keepers, o.saveTemplate)
	operation(o, api, http.MethodGet, "/api/calendar", "getCalendar", "Holidays, days worked, periods", account.SignedIn(), o.getCalendar)
	operation(o, api, http.MethodPut, "/api/calendar", "saveCalendar", "Change holidays, days worked, periods", keepers, o.saveCalendar)
	operation(o, api, http.MethodGet, "/api/calendar/deadlines", "getDeadlines", "Deadlines of a meeting on the given days", account.SignedIn(), o.getDeadlines)
	operation(o, api, http.MethodGet, "/api/papers/limits", "getPaperLimits", "What is accepted as a paper", account.SignedIn(), o.getLimits)
	operation(o, api, http.MethodPut, "/api/papers/limits", "savePaperLimits", "Change what is accepted as a paper", keepers, o.saveLimits)
}

// templates are the presets by type, the administrator's before the usual ones.
func (o *Office) templates(ctx context.Context) ([]plan.Template, error) {
	all := plan.Templates()
	changed, err := store.All[plan.Template](ctx, o.store, store.Templates, "")
	for _, d := range changed {
		if i := slices.IndexFunc(all, func(t plan.Template) bool { return t.Type == d.Body.Type }); i >= 0 {
			all[i] = d.Body
		}
	}
	return all, err
}

func (o *Office) template(ctx context.Context, t plan.Type) (plan.Template, error) {
	all, err := o.templates(ctx)
	if err != nil {
		return plan.Template{}, err
	}
	if i := slices.IndexFunc(all, func(x plan.Template) bool { return x.Type == t }); i >= 0 {
		return all[i], nil
	}
	return plan.Template{}, meeting.Refuse(meeting.CodeInvalid, "type").With(string(t))
}

func (o *Office) listTemplates(ctx context.Context, _ *struct{}) (*answer[listed[plan.Template]], error) {
	return list(o.templates(ctx))
}

func (o *Office) saveTemplate(ctx context.Context, in *struct {
	Type plan.Type `path:"type"`
	Body plan.Template
}) (*answer[plan.Template], error) {
	if !slices.Contains(plan.Types(), in.Type) || in.Body.Type != in.Type {
		return nil, meeting.Refuse(meeting.CodeInvalid, "type").With(string(in.Type))
	}
	if in.Body.Name == "" {
		return nil, meeting.Refuse(meeting.CodeMissing, "name")
	}
	n, err := next[plan.Template](ctx, o, store.Templates, "", string(in.Type))
	if err != nil {
		return nil, err
	}
	return give(in.Body, store.Put(ctx, o.store, store.Templates, document(ctx, o, "", string(in.Type), n, in.Body)))
}

// calendar is the table and the periods, with the number of their version.
func (o *Office) calendar(ctx context.Context) (calendar.Table, calendar.Rules, int, error) {
	d, err := store.Get[CalendarView](ctx, o.store, store.Settings, "", theCalendar)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		return calendar.Solar(firstYear, lastYear), calendar.Usual(), 0, nil
	}
	t := calendar.Table{Off: map[calendar.Date]string{}, Worked: map[calendar.Date]string{}}
	for _, x := range d.Body.Off {
		t.Off[x.Date] = x.Name
	}
	for _, x := range d.Body.Worked {
		t.Worked[x.Date] = x.Name
	}
	return t, d.Body.Rules, d.Number, err
}

func namedDays(m map[calendar.Date]string) []NamedDay {
	days := make([]NamedDay, 0, len(m))
	for d, name := range m {
		days = append(days, NamedDay{d, name})
	}
	slices.SortFunc(days, func(a, b NamedDay) int { return cmp.Or(a.Date.Compare(b.Date), cmp.Compare(a.Name, b.Name)) })
	return days
}

func (o *Office) getCalendar(ctx context.Context, _ *struct{}) (*tagged[CalendarView], error) {
	t, r, n, err := o.calendar(ctx)
	return tag(n, CalendarView{Off: namedDays(t.Off), Worked: namedDays(t.Worked), Rules: r}, err)
}

func (o *Office) saveCalendar(ctx context.Context, in *struct {
	Matching
	Body CalendarView
}) (*tagged[CalendarView], error) {
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	if r := in.Body.Rules; r.Papers < 0 || r.Notice < 0 || r.Papers > 60 || r.Notice > 60 {
		return nil, meeting.Refuse(meeting.CodeInvalid, "rules")
	}
	for _, d := range append(slices.Clone(in.Body.Off), in.Body.Worked...) {
		if d.Date.IsZero() || d.Name == "" {
			return nil, meeting.Refuse(meeting.CodeMissing, "name").With(d.Date.String())
		}
	}
	return tag(revision+1, in.Body, store.Put(ctx, o.store, store.Settings, document(ctx, o, "", theCalendar, revision+1, in.Body)))
}

func (o *Office) getDeadlines(ctx context.Context, in *struct {
	Start string `query:"start" required:"true" doc:"the day on which the meeting starts"`
	End   string `query:"end" doc:"and ends; the same day when left out"`
}) (*answer[calendar.Deadlines], error) {
	start, err := calendar.Parse(in.Start)
	if err != nil {
		return nil, err
	}
	end := start
	if in.End != "" {
		if end, err = calendar.Parse(in.End); err != nil {
			return nil, err
		}
	}
	t, r, _, err := o.calendar(ctx)
	if err != nil {
		return nil, err
	}
	return give(t.Deadlines(r, start, end))
}

func (o *Office) accepted(ctx context.Context) (paper.Limits, error) {
	d, err := store.Get[paper.Limits](ctx, o.store, store.Settings, "", theLimits)
	if meeting.CodeOf(err) == meeting.CodeUnknown {
		return o.limits, nil
	}
	return d.Body.Whole(), err
}

func (o *Office) getLimits(ctx context.Context, _ *struct{}) (*answer[paper.Limits], error) {
	return give(o.accepted(ctx))
}

// hardLimit is the largest paper that an administrator may allow.
const hardLimit = 2 << 30

// hardCount is how many papers of a meeting an administrator may allow at most: they are
// listed at once.
const hardCount = 10_000

func (o *Office) saveLimits(ctx context.Context, in *struct{ Body paper.Limits }) (*answer[paper.Limits], error) {
	for _, t := range in.Body.Types {
		if !knownType(t) {
			return nil, meeting.Refuse(paper.CodeType, "types").With(t)
		}
	}
	if in.Body.Bytes <= 0 || in.Body.Bytes > hardLimit || len(in.Body.Types) == 0 {
		return nil, meeting.Refuse(meeting.CodeInvalid, "bytes")
	}
	if whole := in.Body.Whole(); whole.Papers < 1 || whole.Papers > hardCount || whole.Total < in.Body.Bytes {
		return nil, meeting.Refuse(meeting.CodeInvalid, "total")
	}
	n, err := next[paper.Limits](ctx, o, store.Settings, "", theLimits)
	if err != nil {
		return nil, err
	}
	return give(in.Body, store.Put(ctx, o.store, store.Settings, document(ctx, o, "", theLimits, n, in.Body)))
}
