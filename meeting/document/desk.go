package document

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/document/layout"
	"diemcau/meeting/minutes"
	"diemcau/meeting/plan"
	"diemcau/meeting/quality"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// Sight is a meeting as somebody may see it.
type Sight struct {
	store.Standing
	// Rights are what he holds in it, Point the one that he answers for.
	Rights []meeting.Right
	Point  meeting.PointID
}

// Has answers whether he holds one of the rights.
func (s Sight) Has(rights ...meeting.Right) bool {
	return slices.ContainsFunc(rights, func(r meeting.Right) bool { return slices.Contains(s.Rights, r) })
}

// Settings are what the papers are made from.
type Settings struct {
	Store *store.Store
	// See is the meeting for the one who asks; one that he may not see is not found.
	See func(ctx context.Context, id meeting.ID) (Sight, error)
	// Notice draws the notice of conclusions of a meeting.
	Notice func(ctx context.Context, id meeting.ID) (minutes.Notice, error)
	// Link is a point's own address of a version; nil when there are none.
	Link func(p plan.Plan, version int, at meeting.PointID) (link string, qr []byte, err error)
	// Place is the place name of the issuing body on papers (địa danh).
	Place string
}

// Desk serves the papers over HTTP.
type Desk struct{ s Settings }

// NewDesk checks the settings.
func NewDesk(s Settings) (*Desk, error) {
	if s.Store == nil || s.See == nil || s.Notice == nil {
		return nil, errors.New("document: Store, See and Notice are required")
	}
	return &Desk{s}, nil
}

// Request asks for one paper.
type Request struct {
	Meeting meeting.ID      `path:"meeting" maxLength:"128"`
	File    string          `path:"file" enum:"invitation.docx,invitation.pdf,attendance.docx,attendance.pdf,attendance.csv,operation.docx,operation.pdf,operation.csv,checks.docx,checks.pdf,minutes.docx,minutes.pdf,votes.docx,votes.pdf,notice.docx,notice.pdf"`
	Version int             `query:"version" minimum:"0" doc:"of the minutes or of the invitation; the newest when left out"`
	Point   meeting.PointID `query:"point" maxLength:"64" doc:"the point that an invitation is for, or whose check sheet is asked for"`
	Number  string          `query:"number" maxLength:"40" pattern:"^[0-9]*(/[\\p{L}0-9&.-]+)?$" doc:"number of the paper as the document system gave it: 12/GM-VP"`
}

// File is a paper in its format.
type File struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Cache       string `header:"Cache-Control"`
	ETag        string `header:"ETag"`
	Body        []byte
}

// Register adds the operation to the API.
func (d *Desk) Register(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "getDocument", Method: http.MethodGet, Path: "/api/meetings/{meeting}/documents/{file}",
		Summary: "A paper of the meeting as DOCX or PDF", Metadata: account.Known(),
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity},
	}, d.get)
	d.registerMonth(api)
}

// names of the files that people save.
var names = map[Kind]string{
	KindInvitation: "giay-moi", KindAttendance: "diem-danh", KindChecks: "phieu-kiem-tra",
	KindMinutes: "bien-ban", KindVotes: "bieu-quyet", KindNotice: "thong-bao-ket-luan", KindOperation: "nhat-ky-van-hanh",
}

func (d *Desk) get(ctx context.Context, in *Request) (*File, error) {
	kind, format, _ := strings.Cut(in.File, ".")
	see, err := d.s.See(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if Format(format) == CSV {
		err = d.table(ctx, Kind(kind), see, &b)
	} else {
		var doc layout.Document
		if doc, err = d.make(ctx, Kind(kind), see, in); err == nil {
			err = Write(&b, Format(format), doc)
		}
	}
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b.Bytes())
	return &File{
		Type: Format(format).Type(), Disposition: `attachment; filename="` + names[Kind(kind)] + "." + format + `"`, Cache: "no-store",
		ETag: `"` + hex.EncodeToString(sum[:]) + `"`, Body: b.Bytes(),
	}, nil
}

// table is the attendance or the operating log as a table.
func (d *Desk) table(ctx context.Context, k Kind, see Sight, w io.Writer) error {
	if !see.Has(recorded...) {
		return meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	}
	live, log, err := d.s.Store.Load(ctx, see.Plan.ID)
	if err != nil {
		return err
	}
	m, err := minutes.Draft(live.Opening(), log)
	if err != nil {
		return err
	}
	if k == KindOperation {
		held, err := d.held(ctx, live.Plan(), m)
		if err != nil {
			return err
		}
		return WriteCSV(w, OperationTable(held))
	}
	return WriteCSV(w, AttendanceTable(m.Attendance))
}

// recorded are the rights that open what is made from the log.
var recorded = []meeting.Right{meeting.Chair, meeting.Secretary, meeting.Technician, meeting.Archivist}

func (d *Desk) make(ctx context.Context, k Kind, see Sight, in *Request) (layout.Document, error) {
	issue := Issue{Number: in.Number, Place: d.s.Place, Signer: see.Plan.People.Chair, Recipients: []string{"Như thành phần dự họp"}}
	switch k {
	case KindInvitation:
		return d.invitation(ctx, see, in, issue)
	case KindMinutes:
		v, err := d.version(ctx, see, in.Version)
		return Minutes(v), err
	case KindNotice:
		return d.notice(ctx, see, issue)
	}
	if !see.Has(recorded...) {
		return layout.Document{}, meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	}
	if k == KindChecks {
		return d.checks(ctx, see, in, issue)
	}
	live, log, err := d.s.Store.Load(ctx, in.Meeting)
	if err != nil {
		return layout.Document{}, err
	}
	m, err := minutes.Draft(live.Opening(), log)
	if err != nil {
		return layout.Document{}, err
	}
	issue.Date = calendar.Of(m.Head.End)
	if k == KindVotes {
		return Votes(m.Head, live.Plan(), live.State().Votes, issue), nil
	}
	if k == KindOperation {
		held, err := d.held(ctx, live.Plan(), m)
		return Operation(held, issue), err
	}
	return Attendance(m.Head, m.Attendance, issue), nil
}

// held adds what was measured of the lines.
func (d *Desk) held(ctx context.Context, p plan.Plan, m minutes.Minutes) (Held, error) {
	kept, err := store.All[quality.Period](ctx, d.s.Store, store.Qualities, p.ID)
	held := Held{Minutes: m, Lines: map[meeting.PointID]int{}}
	for _, x := range kept {
		held.Periods = append(held.Periods, x.Body)
	}
	slices.SortFunc(held.Periods, func(a, b quality.Period) int { return a.From.Compare(b.From) })
	for _, x := range p.Points {
		held.Lines[x.ID] = x.Line
	}
	return held, err
}

// invitation is the giấy mời: of a point with its own way in, for the point itself
// and for those who send it; otherwise for all.
func (d *Desk) invitation(ctx context.Context, see Sight, in *Request, issue Issue) (layout.Document, error) {
	v := see.Version
	if v.State == schedule.Draft {
		return layout.Document{}, meeting.Refuse(meeting.CodeState, "state").With(string(v.State))
	}
	if in.Version > 0 && in.Version != v.Number {
		e, err := d.s.Store.Entry(ctx, in.Meeting)
		if err != nil {
			return layout.Document{}, err
		}
		if in.Version > len(e.Versions) {
			return layout.Document{}, meeting.Refuse(meeting.CodeUnknown, "version")
		}
		v = e.Versions[in.Version-1]
	}
	issue.Date = calendar.Of(v.Change.At)
	if in.Point == "" {
		return Invitation(v, issue, nil), nil
	}
	x, ok := v.Plan.Point(in.Point)
	if !ok {
		return layout.Document{}, meeting.Refuse(meeting.CodeUnknown, "point").With(string(in.Point))
	}
	to := Addressee{Point: x}
	if d.s.Link != nil && (see.Point == in.Point || see.Has(meeting.Chair, meeting.Secretary)) {
		var err error
		if to.Link, to.QR, err = d.s.Link(v.Plan, v.Number, x.ID); err != nil {
			return layout.Document{}, err
		}
	}
	return Invitation(v, issue, &to), nil
}

// version is a version of the minutes that he may read: what is signed is for all
// of the meeting, drafts are for those who write them.
func (d *Desk) version(ctx context.Context, see Sight, number int) (minutes.Version, error) {
	all, err := store.All[minutes.Version](ctx, d.s.Store, store.Minutes, see.Plan.ID)
	if err != nil {
		return minutes.Version{}, err
	}
	slices.SortFunc(all, func(a, b store.Document[minutes.Version]) int { return b.Body.Number - a.Body.Number })
	for _, x := range all {
		v := x.Body
		readable := v.Stage == minutes.Signed || see.Has(meeting.Chair, meeting.Secretary, meeting.Archivist)
		if readable && (number == 0 || v.Number == number) {
			return v, nil
		}
	}
	return minutes.Version{}, meeting.Refuse(meeting.CodeUnknown, "minutes").With(string(see.Plan.ID))
}

func (d *Desk) notice(ctx context.Context, see Sight, issue Issue) (layout.Document, error) {
	if _, err := d.version(ctx, see, 0); err != nil {
		return layout.Document{}, err
	}
	n, err := d.s.Notice(ctx, see.Plan.ID)
	issue.Date = n.Sent
	return Notice(n, issue), err
}

func (d *Desk) checks(ctx context.Context, see Sight, in *Request, issue Issue) (layout.Document, error) {
	kept, err := store.All[rehearsal.Sheet](ctx, d.s.Store, store.Sheets, in.Meeting)
	var sheets []rehearsal.Sheet
	p := see.Plan
	for _, x := range kept {
		sheets = append(sheets, x.Body)
		issue.Date = calendar.Of(x.At)
	}
	if in.Point != "" {
		sheets = slices.DeleteFunc(sheets, func(s rehearsal.Sheet) bool { return s.Point != in.Point })
		p.Points = slices.DeleteFunc(slices.Clone(p.Points), func(x plan.Point) bool { return x.ID != in.Point })
	}
	return Checks(p, sheets, issue), err
}
