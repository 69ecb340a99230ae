package audit

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// Reading is what a Desk reads; meeting/store is one.
type Reading interface {
	Audit(ctx context.Context, f Filter) ([]Row, error)
	CheckAudit(ctx context.Context, key string, more []Head, before ...func(*Checker) error) (*Report, error)
}

// Desk is the HTTP API of the log, for administrators of the whole house. Whoever
// reads is noted before anything is shown.
type Desk struct {
	log   *Log
	read  Reading
	heads func() ([]Head, error)
	busy  chan struct{} // of whoever has it checked
}

// NewDesk makes the API. heads reads the copies of heads outside the database.
func NewDesk(l *Log, r Reading, heads func() ([]Head, error)) *Desk {
	return &Desk{l, r, heads, make(chan struct{}, 1)}
}

// Register adds the operations.
func (d *Desk) Register(api huma.API) {
	op := func(path, id, summary string, who account.Declaration) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: http.MethodGet, Path: "/api/audit" + path, Summary: summary, Tags: []string{"audit"}, Metadata: who,
			Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusConflict, http.StatusUnprocessableEntity},
		}
	}
	admin := account.Allow(meeting.Administrator).House() // the log is of the whole house
	huma.Register(api, op("", "auditLines", "Lines of the audit log, the latest first; reading is noted", admin), d.lines)
	huma.Register(api, op("/export", "exportAudit", "All lines that fit, as CSV or JSON lines; noted too", admin), d.export)
	huma.Register(api, op("/check", "checkAudit", "Check the whole chain, its signed heads, and the logs of meetings against it", admin), d.check)
}

// Wanted is what a request asks for.
type Wanted struct {
	From    time.Time        `query:"from" doc:"not before"`
	To      time.Time        `query:"to" doc:"before"`
	Group   Group            `query:"group" enum:"sign-ins,failures,rights,meetings,recordings,settings,log"`
	Who     meeting.PersonID `query:"who" maxLength:"128"`
	Meeting meeting.ID       `query:"meeting" maxLength:"128"`
	Text    string           `query:"q" maxLength:"100"`
}

func (w Wanted) filter() Filter {
	return Filter{From: w.From, To: w.To, Kinds: w.Group.Kinds(), Who: w.Who, Meeting: w.Meeting, Text: w.Text}
}

// words say in the log what was looked for.
func (w Wanted) words() string {
	var all []string
	add := func(name, value string) {
		if value != "" {
			all = append(all, name+"="+value)
		}
	}
	if !w.From.IsZero() {
		add("from", w.From.UTC().Format(time.RFC3339))
	}
	if !w.To.IsZero() {
		add("to", w.To.UTC().Format(time.RFC3339))
	}
	add("group", string(w.Group))
	add("who", string(w.Who))
	add("meeting", string(w.Meeting))
	add("q", w.Text)
	return strings.Join(all, " ")
}

// Shown is a line as people see it.
type Shown struct {
	Seq int64 `json:"seq"`
	Line
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	Hash   string          `json:"hash"`
}

type linesInput struct {
	Wanted
	Cursor int64 `query:"cursor" minimum:"0" doc:"next of the page before"`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type linesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Items []Shown `json:"items" nullable:"false"`
		Next  int64   `json:"next,omitempty"`
	}
}

// note keeps that somebody reads, and refuses what cannot be noted.
func (d *Desk) note(ctx context.Context, what, detail string) error {
	ctx, cancel := context.WithTimeout(ctx, writePatience)
	defer cancel()
	return d.log.Keep(ctx, Of(ctx, what, "", detail))
}

// Of is a line about whoever makes a request.
func Of(ctx context.Context, what, on, detail string) Line {
	who, _ := account.Of(ctx)
	return Line{
		At: time.Now(), What: what, Who: who.Person, Name: who.User, Device: who.Device, Point: who.Point, Session: who.Session,
		Address: account.AddressOf(ctx), On: on, Detail: detail,
	}
}

func (d *Desk) lines(ctx context.Context, in *linesInput) (*linesOutput, error) {
	if err := d.note(ctx, "audit.read", in.words()); err != nil {
		return nil, err
	}
	f := in.filter()
	f.Before, f.Limit = in.Cursor, in.Limit+1
	rows, err := d.read.Audit(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &linesOutput{CacheControl: "no-store"}
	out.Body.Items = []Shown{}
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		out.Body.Next = rows[in.Limit-1].Seq
	}
	for _, r := range rows {
		out.Body.Items = append(out.Body.Items, shown(r))
	}
	return out, nil
}

// shown reads a row; one that cannot be read is shown by its columns, for the check
// tells what is wrong with it.
func shown(r Row) Shown {
	l, err := r.Line()
	if err != nil {
		l = Line{What: r.What, Who: meeting.PersonID(r.Who), Detail: "unreadable"}
	}
	return Shown{Seq: r.Seq, Line: l, Before: l.Before, After: l.After, Hash: r.Hash}
}

type exportInput struct {
	Wanted
	Format string `query:"format" enum:"csv,json" default:"csv"`
}

func (d *Desk) export(ctx context.Context, in *exportInput) (*huma.StreamResponse, error) {
	if err := d.note(ctx, "audit.export", strings.TrimSpace(in.Format+" "+in.words())); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		w := NewWriter(in.Format, out.BodyWriter())
		out.SetHeader("Content-Type", w.Type())
		out.SetHeader("Content-Disposition", `attachment; filename="diemcau-audit-`+time.Now().UTC().Format("20060102-150405")+`.`+w.Extension()+`"`)
		out.SetHeader("Cache-Control", "no-store")
		out.SetStatus(http.StatusOK)
		f := in.filter()
		for f.Limit = exportPage; ; {
			rows, err := d.read.Audit(ctx, f)
			if err != nil {
				d.log.Settings.Log.Error("an export of the audit log ended early", "error", err)
				panic(http.ErrAbortHandler) // the client must not take a part for the whole
			}
			for _, r := range rows {
				if w.Row(r) != nil {
					return // the client has gone
				}
			}
			if len(rows) < f.Limit {
				_ = w.Flush() // likewise
				return
			}
			f.Before = rows[len(rows)-1].Seq
		}
	}}, nil
}

// exportPage is how many lines of an export are in memory.
const exportPage = 1000

type checkOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         Report
}

// CodeBusy refuses a second check at a time.
const CodeBusy meeting.Code = "audit.busy"

func (d *Desk) check(ctx context.Context, _ *struct{}) (*checkOutput, error) {
	if err := d.note(ctx, "audit.check", ""); err != nil {
		return nil, err
	}
	select {
	case d.busy <- struct{}{}:
		defer func() { <-d.busy }()
	default:
		return nil, meeting.Refuse(CodeBusy, "")
	}
	heads, err := d.heads()
	if err != nil {
		return nil, err
	}
	r, err := d.read.CheckAudit(ctx, PublicKey(d.log.Key), heads)
	if err != nil {
		return nil, err
	}
	if r.Bad == nil {
		r.Bad = []Problem{}
	}
	return &checkOutput{"no-store", *r}, nil
}
