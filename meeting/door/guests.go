package door

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

func (d *Door) registerGuests(api huma.API) {
	hosts := account.SignedIn() // the right is one in the meeting, see mayHost
	op := func(id, method, path, summary string, who account.Declaration, errs ...int) huma.Operation {
		return operation(id, method, path, summary, who, append(errs, 403, 404)...)
	}
	huma.Register(api, op("make-guest-link", http.MethodPost, "/api/meetings/{meeting}/guest-links", "Make a link for guests; without one there are none", hosts), d.makeLink)
	huma.Register(api, op("list-guest-links", http.MethodGet, "/api/meetings/{meeting}/guest-links", "Links for guests", hosts), d.listLinks)
	huma.Register(api, op("revoke-guest-link", http.MethodDelete, "/api/meetings/{meeting}/guest-links/{link}", "End a link; whoever came by it is refused, also one who is in", hosts), d.revokeLink)
	huma.Register(api, op("list-guests", http.MethodGet, "/api/meetings/{meeting}/guests", "Who waits, who was let in", hosts), d.listGuests)
	huma.Register(api, op("admit-guest", http.MethodPost, "/api/meetings/{meeting}/guests/{guest}/admit", "Let a guest in", hosts), d.admit)
	huma.Register(api, op("refuse-guest", http.MethodPost, "/api/meetings/{meeting}/guests/{guest}/refuse", "Refuse a guest; one who is in goes", hosts), d.refuseGuest)
	huma.Register(api, op("ask-as-guest", http.MethodPost, "/api/guest", "Come by a link and wait", account.Public(), 422, 429), d.ask)
	huma.Register(api, op("guest-state", http.MethodGet, "/api/guest", "Whether I am let in; then with a token", account.Public()), d.guestState)
}

// mayHost refuses who may not let guests into the meeting: its chair and its secretary
// may, by its plan or by their right in its unit.
func (d *Door) mayHost(ctx context.Context, m meeting.ID) error {
	if d.MayHost == nil {
		return meeting.Refuse(meeting.CodeNoRight, "")
	}
	return d.MayHost(ctx, m)
}

// Bounds of links: how long one lasts, and how many come by one.
const (
	longestLink = 7 * 24 * time.Hour
	usualLink   = 12 * time.Hour
	mostGuests  = 200
)

// MeetingPath is the meeting that a request is about.
type MeetingPath struct {
	Meeting meeting.ID `path:"meeting" maxLength:"256"`
}

type linkInput struct {
	MeetingPath
	Body struct {
		Ends time.Time `json:"ends,omitzero" doc:"12 hours from now unless said, a week at most"`
	}
}

type linkOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		account.Link
		Key string `json:"key" doc:"what guests come with; the page /khach#key asks for a name; told once"`
	}
}

func (d *Door) makeLink(ctx context.Context, in *linkInput) (*linkOutput, error) {
	if err := d.mayHost(ctx, in.Meeting); err != nil {
		return nil, d.problem(ctx, err)
	}
	now := d.Now()
	who, _ := account.Of(ctx)
	l := account.Link{ID: id(), Meeting: in.Meeting, By: who.Person, Created: now, Ends: in.Body.Ends}
	if l.Ends.IsZero() {
		l.Ends = now.Add(usualLink)
	}
	if !l.Ends.After(now) || l.Ends.Sub(now) > longestLink {
		return nil, d.problem(ctx, meeting.Refuse(meeting.CodeInvalid, "ends"))
	}
	key := secret()
	if err := d.Store.AddLink(ctx, hashOf(key), l); err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.LinkMade, l.ID, string(l.Meeting))
	out := &linkOutput{CacheControl: "no-store"}
	out.Body.Link, out.Body.Key = l, key
	return out, nil
}

type linksOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Items []account.Link `json:"items" nullable:"false"`
	}
}

func (d *Door) listLinks(ctx context.Context, in *MeetingPath) (*linksOutput, error) {
	if err := d.mayHost(ctx, in.Meeting); err != nil {
		return nil, d.problem(ctx, err)
	}
	all, err := d.Store.Links(ctx, in.Meeting)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	out := &linksOutput{CacheControl: "no-store"}
	out.Body.Items = append([]account.Link{}, all...)
	return out, nil
}

type oneLinkInput struct {
	MeetingPath
	Link string `path:"link" maxLength:"64"`
}

func (d *Door) revokeLink(ctx context.Context, in *oneLinkInput) (*doneOutput, error) {
	if err := d.mayHost(ctx, in.Meeting); err != nil {
		return nil, d.problem(ctx, err)
	}
	err := d.Store.ChangeLink(ctx, in.Meeting, in.Link, func(l *account.Link) {
		if l.Revoked.IsZero() {
			l.Revoked = d.Now()
		}
	})
	if err == nil {
		err = d.expelGuests(ctx, in.Meeting, in.Link)
	}
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.LinkRevoked, in.Link, string(in.Meeting))
	return &doneOutput{CacheControl: "no-store"}, nil
}

type guestsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Items []account.Guest `json:"items" nullable:"false"`
	}
}

func (d *Door) listGuests(ctx context.Context, in *MeetingPath) (*guestsOutput, error) {
	if err := d.mayHost(ctx, in.Meeting); err != nil {
		return nil, d.problem(ctx, err)
	}
	all, err := d.Store.Guests(ctx, in.Meeting)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	out := &guestsOutput{CacheControl: "no-store"}
	out.Body.Items = append([]account.Guest{}, all...)
	return out, nil
}

type guestInput struct {
	MeetingPath
	Guest string `path:"guest" maxLength:"64"`
}

func (d *Door) admit(ctx context.Context, in *guestInput) (*doneOutput, error) {
	return d.decide(ctx, in, account.Admitted, account.GuestAdmitted)
}

func (d *Door) refuseGuest(ctx context.Context, in *guestInput) (*doneOutput, error) {
	return d.decide(ctx, in, account.Refused, account.GuestRefused)
}

func (d *Door) decide(ctx context.Context, in *guestInput, to account.GuestState, what account.Happening) (*doneOutput, error) {
	if err := d.mayHost(ctx, in.Meeting); err != nil {
		return nil, d.problem(ctx, err)
	}
	who, _ := account.Of(ctx)
	_, err := d.Store.ChangeGuest(ctx, in.Meeting, in.Guest, func(g *account.Guest) {
		g.State, g.By, g.Decided = to, who.Person, d.Now()
	})
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	if to != account.Admitted {
		d.Present.ExpelGuest(in.Meeting, in.Guest)
	}
	d.note(ctx, what, in.Guest, string(in.Meeting))
	return &doneOutput{CacheControl: "no-store"}, nil
}

type askInput struct {
	Body struct {
		Key  string `json:"key" maxLength:"64"`
		Name string `json:"name" maxLength:"120"`
		Unit string `json:"unit,omitempty" maxLength:"120"`
	}
}

type guestOutput struct {
	CacheControl string        `header:"Cache-Control"`
	SetCookie    []http.Cookie `header:"Set-Cookie"`
	Body         struct {
		Meeting meeting.ID         `json:"meeting"`
		Name    string             `json:"name"`
		Unit    string             `json:"unit,omitempty"`
		State   account.GuestState `json:"state" enum:"cho,cho-vao,tu-choi"`
		Token   string             `json:"token,omitempty" doc:"to join with, once let in"`
	}
}

func guestView(g account.Guest) *guestOutput {
	out := &guestOutput{CacheControl: "no-store"}
	b := &out.Body
	b.Meeting, b.Name, b.Unit, b.State = g.Meeting, g.Name, g.Unit, g.State
	return out
}

// ask puts a guest into the waiting room. Wrong keys are counted by address.
func (d *Door) ask(ctx context.Context, in *askInput) (*guestOutput, error) {
	b, p, address, now := in.Body, d.Policy, visitorOf(ctx).address, d.Now()
	name, unit := strings.TrimSpace(b.Name), strings.TrimSpace(b.Unit)
	if err := d.held(ctx, pairingKey(address), account.CodeTooMany, p.AddressAfter, p.AddressWindow); err != nil {
		return nil, d.problem(ctx, err)
	}
	l, err := d.Store.Link(ctx, hashOf(b.Key))
	if err == nil && !l.Open(now) {
		err = meeting.Refuse(meeting.CodeUnknown, "link") // as if it had never been
	}
	if err != nil {
		if meeting.CodeOf(err) == meeting.CodeUnknown {
			if _, err := d.Store.CountTry(ctx, pairingKey(address), p.AddressWindow, now); err != nil {
				return nil, d.problem(ctx, err)
			}
		}
		return nil, d.problem(ctx, err)
	}
	if name == "" || !account.Printable(name) || !account.Printable(unit) {
		return nil, d.problem(ctx, meeting.Refuse(meeting.CodeInvalid, "name"))
	}
	g := account.Guest{ID: id(), Link: l.ID, Meeting: l.Meeting, Name: name, Unit: unit, State: account.Waiting, Asked: now}
	key := secret()
	if err := d.Store.AddGuest(ctx, hashOf(key), g, mostGuests); err != nil {
		return nil, d.problem(ctx, err)
	}
	d.note(ctx, account.GuestAsked, g.ID, string(g.Meeting))
	out := guestView(g)
	out.SetCookie = []http.Cookie{d.put(guestCookie, key, l.Ends.Sub(now))}
	return out, nil
}

type guestKey struct {
	secret string
}

// Resolve reads the guest's cookie, whose name depends on how the door is served.
func (k *guestKey) Resolve(ctx huma.Context) []error {
	for _, name := range []string{"__Host-" + guestCookie, guestCookie} {
		if c, err := huma.ReadCookie(ctx, name); err == nil && len(c.Value) <= longestSecret {
			k.secret = c.Value
			break
		}
	}
	return nil
}

func (d *Door) guestState(ctx context.Context, in *guestKey) (*guestOutput, error) {
	g, err := d.Store.Guest(ctx, hashOf(in.secret))
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	l, err := d.Store.LinkByID(ctx, g.Link)
	if err != nil {
		return nil, d.problem(ctx, err)
	}
	if !l.Open(d.Now()) {
		g.State = account.Refused
	}
	out := guestView(g)
	if g.State == account.Admitted && d.GuestToken != nil {
		if out.Body.Token, err = d.GuestToken(g); err != nil {
			return nil, d.problem(ctx, err)
		}
	}
	return out, nil
}
