package desk

import (
	"context"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/agenda"
	"diemcau/meeting/paper"
	"diemcau/meeting/plan"
	"diemcau/meeting/store"
)

// PaperEntry is a paper with where its bytes are.
type PaperEntry struct {
	paper.Paper
	SHA256 string           `json:"sha256"`
	Type   string           `json:"type" doc:"media type"`
	By     meeting.PersonID `json:"by,omitempty"`
	At     time.Time        `json:"at"`
	// Late is the reason given for sending after the deadline (SCH-02).
	Late string `json:"late,omitempty"`
}

// PaperView is one line of the log of views: every opening, download and refusal.
type PaperView struct {
	Paper  meeting.PaperID  `json:"paper"`
	Person meeting.PersonID `json:"person,omitempty"`
	Name   string           `json:"name,omitempty"`
	Device meeting.DeviceID `json:"device,omitempty"`
	Point  meeting.PointID  `json:"point,omitempty"`
	What   string           `json:"what" enum:"open,download,refused"`
	Code   meeting.Code     `json:"code,omitempty" doc:"why it was refused"`
	At     time.Time        `json:"at"`
}

// EditPaper is who may read a paper and when.
type EditPaper struct {
	Item  meeting.ItemID     `json:"item,omitempty" maxLength:"128"`
	Scope paper.Scope        `json:"scope" enum:"tat-ca,cung-don-vi,dich-danh"`
	Units []string           `json:"units,omitempty"`
	Named []meeting.PersonID `json:"named,omitempty"`
	From  time.Time          `json:"from,omitzero"`
	Until time.Time          `json:"until,omitzero"`
}

// OfPaper names a paper of a meeting in a path.
type OfPaper struct {
	OfMeeting
	Paper string `path:"paper" maxLength:"64"`
}

// UploadPath answers whether the request carries the bytes of a paper: those pass
// the limit of other bodies and have their own.
func UploadPath(r *http.Request) bool {
	ok, err := path.Match("/api/meetings/*/papers", strings.TrimRight(r.URL.Path, "/"))
	return err == nil && ok && r.Method == http.MethodPost
}

func (o *Office) registerPapers(api huma.API) {
	const base = "/api/meetings/{meeting}/papers"
	operation(o, api, http.MethodGet, base, "listPapers", "Papers that one may read", account.Known(), o.listPapers)
	huma.Register(api, huma.Operation{
		OperationID: "addPaper", Method: http.MethodPost, Path: base, Metadata: account.SignedIn(),
		Summary: "Lay a paper before the meeting; the body is the file", SkipValidateBody: true,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}},
		Errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity, http.StatusConflict, http.StatusInsufficientStorage},
	}, o.addPaper)
	operation(o, api, http.MethodGet, base+"/{paper}", "getPaper", "One paper without its bytes", account.Known(), o.getPaper)
	operation(o, api, http.MethodPut, base+"/{paper}", "savePaper", "Change who may read a paper and when", account.SignedIn(), o.savePaper)
	operation(o, api, http.MethodGet, base+"/{paper}/content", "readPaper", "The file; ranges are supported", account.Known(), o.readPaper)
	operation(o, api, http.MethodGet, base+"/{paper}/views", "listViews", "Who opened or downloaded a paper", account.SignedIn(), o.listViews)
	operation(o, api, http.MethodPost, base+"/recall", "recallPapers", "Take papers back (thu hồi tài liệu)", account.SignedIn(), o.recallPapers)
}

func reader(ctx context.Context, m Mine) paper.Reader {
	me := who(ctx)
	unit := string(me.Unit)
	if unit == "" {
		unit = string(me.Point)
	}
	return paper.Reader{Person: me.Person, Unit: unit, Keeper: m.has(meeting.Chair, meeting.Secretary)}
}

func (o *Office) listPapers(ctx context.Context, in *OfMeeting) (*answer[listed[PaperEntry]], error) {
	_, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	all, err := store.All[PaperEntry](ctx, o.store, store.Papers, in.Meeting)
	var mine []PaperEntry
	for _, d := range all {
		// One that is not open yet, or no more, is listed; one for others is not.
		if err := d.Body.MayRead(reader(ctx, m), o.now()); err == nil || meeting.CodeOf(err) == paper.CodeWindow {
			mine = append(mine, d.Body)
		}
	}
	return list(mine, err)
}

// upload is a paper on its way in; its bytes are read by the handler.
type upload struct {
	OfMeeting
	Name   string    `query:"name" required:"true" maxLength:"300"`
	Item   string    `query:"item" maxLength:"128"`
	Scope  string    `query:"scope" enum:"tat-ca,cung-don-vi,dich-danh" default:"tat-ca"`
	Units  []string  `query:"units"`
	Named  []string  `query:"named"`
	From   time.Time `query:"from"`
	Until  time.Time `query:"until"`
	Reason string    `query:"reason" maxLength:"2000" doc:"why it is sent after the deadline"`
	Length int64     `header:"Content-Length"`

	bytes io.Reader
}

// Resolve keeps the body: it is streamed, never held in memory.
func (u *upload) Resolve(ctx huma.Context) []error {
	u.bytes = ctx.BodyReader()
	return nil
}

func (o *Office) addPaper(ctx context.Context, in *upload) (*tagged[PaperEntry], error) {
	now, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if !m.Edit {
		return nil, meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	}
	limits, err := o.accepted(ctx)
	if err != nil {
		return nil, err
	}
	p := paper.Paper{ID: meeting.PaperID(newID()), Item: meeting.ItemID(in.Item), Name: in.Name, Size: max(in.Length, 1), From: in.From, Until: in.Until,
		Scope: paper.Scope(in.Scope), Units: in.Units}
	for _, n := range in.Named {
		p.Named = append(p.Named, meeting.PersonID(n))
	}
	if err := limits.Check(p); err != nil {
		return nil, err
	}
	late, err := o.sendable(ctx, now, p, in.Reason)
	if err != nil {
		return nil, err
	}
	most, done, err := o.promise(ctx, in.Meeting, limits, in.Length)
	if err != nil {
		return nil, err
	}
	defer done()
	e := PaperEntry{Paper: p, By: who(ctx).Person, At: o.now().UTC(), Late: late}
	ending := strings.ToLower(path.Ext(p.Name))
	if e.SHA256, e.Size, err = o.vault.take(in.bytes, ending, most); err != nil {
		if meeting.CodeOf(err) == paper.CodeType {
			err = meeting.Refuse(paper.CodeType, "name").With(strings.Join(limits.Types, " "))
		}
		return nil, err
	}
	e.Type = kinds()[ending].mime
	return tag(1, e, store.Put(ctx, o.store, store.Papers, document(ctx, o, in.Meeting, string(p.ID), 1, e)))
}

// sendable refuses a paper of no item, for nobody, or after the deadline without a
// reason, which it gives back to be kept.
func (o *Office) sendable(ctx context.Context, now store.Standing, p paper.Paper, reason string) (string, error) {
	if _, ok := agenda.Find(now.Plan.Agenda, p.Item); p.Item != "" && !ok {
		return "", meeting.Refuse(meeting.CodeUnknown, "item").With(string(p.Item))
	}
	switch {
	case p.Scope == paper.ForUnits && len(p.Units) == 0:
		return "", meeting.Refuse(meeting.CodeMissing, "units")
	case p.Scope == paper.ForNamed && len(p.Named) == 0:
		return "", meeting.Refuse(meeting.CodeMissing, "named")
	case !p.From.IsZero() && !p.Until.IsZero() && !p.Until.After(p.From):
		return "", meeting.Refuse(meeting.CodeInvalid, "until")
	case now.Number == 0 || now.Plan.Start.IsZero():
		return "", nil // nothing is sent yet
	}
	table, rules, _, err := o.calendar(ctx)
	if err != nil {
		return "", err
	}
	late, err := now.Plan.Sending(o.today(), table, rules, strings.TrimSpace(reason))
	if err != nil || !late {
		return "", err
	}
	if reason == "" {
		return string(plan.Urgent), nil
	}
	return strings.TrimSpace(reason), nil
}

// readable is a paper that the one who asks may read now. A refusal is logged.
func (o *Office) readable(ctx context.Context, in *OfPaper) (store.Document[PaperEntry], Mine, error) {
	var d store.Document[PaperEntry]
	_, m, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return d, m, err
	}
	if d, err = store.Get[PaperEntry](ctx, o.store, store.Papers, in.Meeting, in.Paper); err != nil {
		return d, m, err
	}
	if refused := d.Body.MayRead(reader(ctx, m), o.now()); refused != nil {
		if err := o.noteView(ctx, in, "refused", meeting.CodeOf(refused)); err != nil {
			return d, m, err
		}
		return d, m, refused
	}
	return d, m, nil
}

func (o *Office) noteView(ctx context.Context, in *OfPaper, what string, code meeting.Code) error {
	me := who(ctx)
	v := PaperView{Paper: meeting.PaperID(in.Paper), Person: me.Person, Name: me.Name, Device: me.Device, Point: me.Point, What: what, Code: code, At: o.now().UTC()}
	return store.Put(ctx, o.store, store.Views, document(ctx, o, in.Meeting, newID(), 1, v))
}

func (o *Office) getPaper(ctx context.Context, in *OfPaper) (*tagged[PaperEntry], error) {
	d, _, err := o.readable(ctx, in)
	return tag(d.Number, d.Body, err)
}

func (o *Office) savePaper(ctx context.Context, in *struct {
	OfPaper
	Matching
	Body EditPaper
}) (*tagged[PaperEntry], error) {
	revision, err := in.revision()
	if err != nil {
		return nil, err
	}
	now, _, err := o.held(ctx, in.Meeting, meeting.Secretary, meeting.Chair)
	if err != nil {
		return nil, err
	}
	d, err := store.Get[PaperEntry](ctx, o.store, store.Papers, in.Meeting, in.Paper)
	if err != nil {
		return nil, err
	}
	e, b := d.Body, in.Body
	e.Item, e.Scope, e.Units, e.Named, e.From, e.Until = b.Item, b.Scope, b.Units, b.Named, b.From, b.Until
	if _, err := o.sendable(ctx, now, e.Paper, "-"); err != nil {
		return nil, err
	}
	return tag(revision+1, e, store.Put(ctx, o.store, store.Papers, document(ctx, o, in.Meeting, in.Paper, revision+1, e)))
}

func (o *Office) listViews(ctx context.Context, in *OfPaper) (*answer[listed[PaperView]], error) {
	if _, _, err := o.held(ctx, in.Meeting, meeting.Secretary, meeting.Chair, meeting.Archivist); err != nil {
		return nil, err
	}
	all, err := store.All[PaperView](ctx, o.store, store.Views, in.Meeting)
	var views []PaperView
	for _, d := range all {
		if string(d.Body.Paper) == in.Paper {
			views = append(views, d.Body)
		}
	}
	slices.SortStableFunc(views, func(a, b PaperView) int { return a.At.Compare(b.At) })
	return list(views, err)
}

// RecallPapers names the papers to take back.
type RecallPapers struct {
	Papers []meeting.PaperID `json:"papers,omitempty" doc:"all of the meeting when left out"`
}

func (o *Office) recallPapers(ctx context.Context, in *struct {
	OfMeeting
	Body RecallPapers
}) (*answer[listed[PaperEntry]], error) {
	if _, _, err := o.held(ctx, in.Meeting, meeting.Chair, meeting.Secretary); err != nil {
		return nil, err
	}
	all, err := store.All[PaperEntry](ctx, o.store, store.Papers, in.Meeting)
	if err != nil {
		return nil, err
	}
	for _, id := range in.Body.Papers {
		if !slices.ContainsFunc(all, func(d store.Document[PaperEntry]) bool { return d.ID == string(id) }) {
			return nil, meeting.Refuse(meeting.CodeUnknown, "papers").With(string(id))
		}
	}
	var recalled []PaperEntry
	for _, d := range all {
		if len(in.Body.Papers) > 0 && !slices.Contains(in.Body.Papers, d.Body.ID) {
			continue
		}
		if d.Body.Recalled.IsZero() {
			d.Body.Paper = d.Body.Recall(who(ctx).Person, o.now().UTC())
			if err := store.Put(ctx, o.store, store.Papers, document(ctx, o, in.Meeting, d.ID, d.Number+1, d.Body)); err != nil {
				return nil, err
			}
		}
		recalled = append(recalled, d.Body)
	}
	return list(recalled, nil)
}
