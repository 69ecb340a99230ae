package outbox

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/document"
	"diemcau/meeting/letter"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// CodeOff refuses to send while no mail server is configured.
const CodeOff meeting.Code = "mail.off"

// DeskSettings are the parts of the desk of letters; Outbox is nil while no mail
// server is configured, Now may be nil.
type DeskSettings struct {
	Store    *store.Store
	See      func(ctx context.Context, id meeting.ID) (document.Sight, error)
	Composer *Composer
	Outbox   *Outbox
	Now      func() time.Time
}

// Desk serves letters, calendar files and links over HTTP.
type Desk struct{ s DeskSettings }

// NewDesk checks the settings.
func NewDesk(s DeskSettings) (*Desk, error) {
	if s.Store == nil || s.See == nil || s.Composer == nil {
		return nil, errors.New("outbox: Store, See and Composer are required")
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	return &Desk{s}, nil
}

// Register adds the operations to the API.
func (d *Desk) Register(api huma.API) {
	const base = "/api/meetings/{meeting}"
	op := func(method, path, id, summary string, who account.Declaration) huma.Operation {
		return huma.Operation{
			OperationID: id, Method: method, Path: path, Summary: summary, Metadata: who,
			Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity},
		}
	}
	huma.Register(api, op(http.MethodGet, base+"/invitation.ics", "getCalendarFile", "The meeting as an iCalendar file", account.Known()), d.calendar)
	huma.Register(api, op(http.MethodPost, base+"/invitations/send", "sendInvitations", "Send the newest announcement by mail; whoever has it already gets no second one", account.SignedIn()), d.send)
	huma.Register(api, op(http.MethodGet, base+"/letters", "listLetters", "Letters of the meeting and what became of them", account.SignedIn()), d.list)
	huma.Register(api, op(http.MethodGet, base+"/points/{point}/link", "getPointLink", "A point's own link and its QR code", account.Known()), d.link)
	huma.Register(api, op(http.MethodPost, "/api/seen", "seenByLink", "Say with the word of a link that the point has seen the invitation", account.Public()), d.seen)
}

// MeetingPath names a meeting in a path.
type MeetingPath struct {
	Meeting meeting.ID `path:"meeting" maxLength:"128"`
}

// CalendarFile is an iCalendar file.
type CalendarFile struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Cache       string `header:"Cache-Control"`
	Body        []byte
}

func (d *Desk) calendar(ctx context.Context, in *MeetingPath) (*CalendarFile, error) {
	see, err := d.announced(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	return &CalendarFile{
		Type: "text/calendar; charset=utf-8", Disposition: `attachment; filename="cuoc-hop.ics"`, Cache: "no-store",
		Body: letter.Calendar(see.Version, letter.Envelope{From: d.s.Composer.From}),
	}, nil
}

// announced is a meeting that he may see and that is no draft.
func (d *Desk) announced(ctx context.Context, id meeting.ID) (document.Sight, error) {
	see, err := d.s.See(ctx, id)
	if err == nil && see.State == schedule.Draft {
		err = meeting.Refuse(meeting.CodeState, "state").With(string(see.State))
	}
	return see, err
}

// Recipient is somebody who gets a letter.
type Recipient struct {
	Point   meeting.PointID `json:"point,omitempty" maxLength:"64" doc:"whose own link the letter carries"`
	Name    string          `json:"name,omitempty" maxLength:"200"`
	Address string          `json:"address" maxLength:"254" format:"email"`
}

// Sending says to whom the newest announcement goes.
type Sending struct {
	Recipients []Recipient `json:"recipients,omitempty" maxItems:"1000" doc:"besides those of the plan whose address the directory knows"`
	Again      bool        `json:"again,omitempty" doc:"try those again that were refused or given up"`
}

// Queued is what a request to send has begun.
type Queued struct {
	Queued int               `json:"queued" doc:"new letters"`
	Again  int               `json:"again" doc:"letters that are tried again"`
	Silent []meeting.PointID `json:"silent" nullable:"false" doc:"points for which no address is known"`
}

type queuedAnswer struct{ Body Queued }

func (d *Desk) send(ctx context.Context, in *struct {
	MeetingPath
	Body Sending
}) (*queuedAnswer, error) {
	see, err := d.announced(ctx, in.Meeting)
	switch {
	case err != nil:
		return nil, err
	case !see.Has(meeting.Secretary, meeting.Chair):
		return nil, meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	case d.s.Outbox == nil:
		return nil, meeting.Refuse(CodeOff, "")
	}
	sender := Sender{Store: d.s.Store, Outbox: d.s.Outbox, Now: d.s.Now}
	to, err := sender.recipients(ctx, see.Version)
	if err != nil {
		return nil, err
	}
	for _, r := range in.Body.Recipients {
		if _, ok := see.Plan.Point(r.Point); !ok && r.Point != "" {
			return nil, meeting.Refuse(meeting.CodeUnknown, "recipients.point").With(string(r.Point))
		}
		if a, err := mail.ParseAddress(r.Address); err != nil || a.Name != "" || strings.ContainsAny(r.Address, " <>\r\n") {
			return nil, meeting.Refuse(meeting.CodeInvalid, "recipients.address").With(r.Address)
		}
		to = append(to, r)
	}
	now, q := d.s.Now(), Queued{Silent: silent(see.Plan, to)}
	letters := sender.write(see.Version, to)
	if q.Queued, err = d.s.Store.QueueLetters(ctx, letters); err != nil {
		return nil, err
	}
	if in.Body.Again {
		if q.Again, err = d.s.Store.RequeueLetters(ctx, in.Meeting, see.Number, now); err != nil {
			return nil, err
		}
	}
	d.s.Outbox.Wake()
	return &queuedAnswer{q}, nil
}

// LetterList are the letters of a meeting.
type LetterList struct {
	Body struct {
		Items []letter.Letter `json:"items" nullable:"false"`
	}
}

func (d *Desk) list(ctx context.Context, in *MeetingPath) (*LetterList, error) {
	see, err := d.s.See(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if !see.Has(meeting.Chair, meeting.Secretary, meeting.Technician, meeting.Archivist) {
		return nil, meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
	}
	out := &LetterList{}
	if out.Body.Items, err = d.s.Store.Letters(ctx, in.Meeting); out.Body.Items == nil {
		out.Body.Items = []letter.Letter{}
	}
	return out, err
}

// PointLink is the way of a point to its invitation.
type PointLink struct {
	Cache string `header:"Cache-Control"`
	Body  struct {
		Link string `json:"link" doc:"what makes it the point's own stands behind the #"`
		QR   string `json:"qr" doc:"the link as a QR code: a PNG as a data URL"`
	}
}

func (d *Desk) link(ctx context.Context, in *struct {
	MeetingPath
	Point meeting.PointID `path:"point" maxLength:"64"`
}) (*PointLink, error) {
	see, err := d.announced(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	if see.Point != in.Point && !see.Has(meeting.Chair, meeting.Secretary) {
		return nil, meeting.Refuse(meeting.CodeNoRight, "point").With(string(in.Point))
	}
	if _, ok := see.Plan.Point(in.Point); !ok {
		return nil, meeting.Refuse(meeting.CodeUnknown, "point").With(string(in.Point))
	}
	link, png, err := d.s.Composer.Picture(see.Plan, see.Number, in.Point)
	if err != nil {
		return nil, err
	}
	out := &PointLink{Cache: "no-store"}
	out.Body.Link, out.Body.QR = link, "data:image/png;base64,"+base64.StdEncoding.EncodeToString(png)
	return out, nil
}

// Seen is what the holder of a link is told: to which point and meeting it belongs.
type Seen struct {
	Meeting   meeting.ID      `json:"meeting"`
	Point     meeting.PointID `json:"point"`
	PointName string          `json:"pointName"`
	Title     string          `json:"title"`
	Host      string          `json:"host"`
	Start     time.Time       `json:"start"`
	End       time.Time       `json:"end"`
	State     schedule.State  `json:"state" enum:"da-phat-hanh,hoan,huy"`
	Version   int             `json:"version"`
	Newest    bool            `json:"newest" doc:"false when the meeting has changed since this invitation"`
}

type seenAnswer struct {
	Cache string `header:"Cache-Control"`
	Body  Seen
}

// seen notes on the shelf of the desk which version the point has before it.
func (d *Desk) seen(ctx context.Context, in *struct {
	Body struct {
		Token string `json:"token" minLength:"1" maxLength:"1024" doc:"what stands behind the # of the link"`
	}
}) (*seenAnswer, error) {
	t, err := d.s.Composer.Seal.Open(in.Body.Token, d.s.Now())
	if err != nil {
		return nil, err
	}
	now, err := d.s.Store.Standing(ctx, t.Meeting)
	if err != nil {
		return nil, err
	}
	x, ok := now.Plan.Point(t.Point)
	if !ok || t.Version > now.Number {
		return nil, meeting.Refuse(letter.CodeSeal, "token") // the point takes part no more
	}
	if err := d.note(ctx, t); err != nil {
		return nil, err
	}
	p := now.Plan
	return &seenAnswer{Cache: "no-store", Body: Seen{
		Meeting: p.ID, Point: x.ID, PointName: x.Name, Title: p.Title, Host: p.Host, Start: p.Start, End: p.End,
		State: now.State, Version: now.Number, Newest: t.Version == now.Number,
	}}, nil
}

func (d *Desk) note(ctx context.Context, t letter.Ticket) error {
	old, err := store.Get[int](ctx, d.s.Store, store.Seen, t.Meeting, string(t.Point))
	if err != nil && meeting.CodeOf(err) != meeting.CodeUnknown {
		return err
	}
	if old.Body >= t.Version {
		return nil
	}
	err = store.Put(ctx, d.s.Store, store.Seen, store.Document[int]{
		Owner: t.Meeting, ID: string(t.Point), Number: old.Number + 1, At: d.s.Now(), Body: t.Version,
	})
	if meeting.CodeOf(err) == store.CodeStale {
		return nil // another screen of the point opened it at the same moment
	}
	return err
}
