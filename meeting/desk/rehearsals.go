package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/store"
)

// Rehearsal is a test run (phiên chạy thử): the room of the meeting at another
// time, with the recording off.
type Rehearsal struct {
	ID    string           `json:"id,omitempty" readOnly:"true"`
	Start time.Time        `json:"start"`
	End   time.Time        `json:"end"`
	By    meeting.PersonID `json:"by,omitempty" readOnly:"true"`
	Off   bool             `json:"off,omitempty"`
}

// NewSheet is a check sheet as it is filled in; who and when come from the request.
type NewSheet struct {
	Point  meeting.PointID  `json:"point" maxLength:"64"`
	Checks rehearsal.Checks `json:"checks"`
	Note   string           `json:"note,omitempty" maxLength:"2000"`
}

// SheetView is a sheet with its verdict.
type SheetView struct {
	rehearsal.Sheet
	Name    string         `json:"name"`
	Verdict rehearsal.Mark `json:"verdict" doc:"dat, khong-dat or empty while not all is checked"`
}

// SheetsView are the sheets of a meeting and what the live board flags.
type SheetsView struct {
	Items    []SheetView       `json:"items" nullable:"false"`
	Untested []meeting.PointID `json:"untested" nullable:"false"`
	Failed   []meeting.PointID `json:"failed" nullable:"false"`
}

func (o *Office) registerRehearsals(api huma.API) {
	const base = "/api/meetings/{meeting}"
	operation(o, api, http.MethodGet, base+"/rehearsals", "listRehearsals", "Test runs of a meeting", account.Known(), o.listRehearsals)
	operation(o, api, http.MethodPost, base+"/rehearsals", "planRehearsal", "Plan a test run", account.SignedIn(), o.planRehearsal)
	operation(o, api, http.MethodGet, base+"/sheets", "listSheets", "Check sheets with the flags of the board", account.Known(), o.listSheets)
	operation(o, api, http.MethodPost, base+"/sheets", "addSheet", "Fill in a check sheet of a point", account.Known(), o.addSheet)
}

func (o *Office) listRehearsals(ctx context.Context, in *OfMeeting) (*answer[listed[Rehearsal]], error) {
	if _, _, err := o.seen(ctx, in.Meeting); err != nil {
		return nil, err
	}
	all, err := store.All[Rehearsal](ctx, o.store, store.Rehearsals, in.Meeting)
	runs := contents(all)
	slices.SortStableFunc(runs, func(a, b Rehearsal) int { return a.Start.Compare(b.Start) })
	return list(runs, err)
}

func (o *Office) planRehearsal(ctx context.Context, in *struct {
	OfMeeting
	Body Rehearsal
}) (*answer[Rehearsal], error) {
	now, _, err := o.held(ctx, in.Meeting, meeting.Technician, meeting.Secretary, meeting.Chair)
	if err != nil {
		return nil, err
	}
	r := in.Body
	switch {
	case !r.End.After(r.Start):
		return nil, meeting.Refuse(meeting.CodeInvalid, "end")
	case r.End.After(now.Plan.Start):
		return nil, meeting.Refuse(meeting.CodeInvalid, "end").With("the test run ends after the meeting begins")
	}
	if err := o.on(ctx, now); err != nil {
		return nil, err
	}
	r.ID, r.By = newID(), who(ctx).Person
	return give(r, store.Put(ctx, o.store, store.Rehearsals, document(ctx, o, in.Meeting, r.ID, 1, r)))
}

func (o *Office) listSheets(ctx context.Context, in *OfMeeting) (*answer[SheetsView], error) {
	now, _, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	all, err := store.All[rehearsal.Sheet](ctx, o.store, store.Sheets, in.Meeting)
	if err != nil {
		return nil, err
	}
	sheets := contents(all)
	slices.SortStableFunc(sheets, func(a, b rehearsal.Sheet) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Point, b.Point)) })
	v := SheetsView{Items: []SheetView{}, Untested: []meeting.PointID{}, Failed: []meeting.PointID{}}
	var points []meeting.PointID
	for _, p := range now.Plan.Points {
		points = append(points, p.ID)
	}
	for _, s := range sheets {
		v.Items = append(v.Items, SheetView{Sheet: s, Name: now.Plan.Name(s.Point), Verdict: s.Verdict()})
	}
	untested, failed := rehearsal.Flags(points, sheets)
	v.Untested, v.Failed = append(v.Untested, untested...), append(v.Failed, failed...)
	return give(v, nil)
}

func (o *Office) addSheet(ctx context.Context, in *struct {
	OfMeeting
	Body NewSheet
}) (*answer[SheetView], error) {
	now, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if _, ok := now.Plan.Point(in.Body.Point); !ok {
		return nil, meeting.Refuse(meeting.CodeUnknown, "point").With(string(in.Body.Point))
	}
	if m.Point != in.Body.Point && !m.has(meeting.Technician, meeting.Secretary) {
		return nil, meeting.Refuse(meeting.CodeNoRight, "point").With(string(in.Body.Point))
	}
	me := who(ctx)
	by := meeting.Person{ID: me.Person, Name: me.Name, Position: me.Position}
	if by.Name == "" {
		by.Name = now.Plan.Name(me.Point) // a machine that nobody is signed in at
	}
	s := rehearsal.Sheet{Point: in.Body.Point, Checks: in.Body.Checks, Note: in.Body.Note, By: by, At: o.now().UTC()}
	if err := s.Check(); err != nil {
		return nil, err
	}
	err = o.arranged(ctx, in.Meeting, func() error {
		return store.Put(ctx, o.store, store.Sheets, document(ctx, o, in.Meeting, newID(), 1, s))
	})
	return give(SheetView{Sheet: s, Name: now.Plan.Name(s.Point), Verdict: s.Verdict()}, err)
}
