package desk

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// tokenLife is how long a token opens the door; the bridge renews it for as
// long as the point stays.
const tokenLife = 10 * time.Minute

// maxPointName is the longest name of a point that is typed rather than listed.
const maxPointName = 120

type roomView struct {
	ID    meeting.ID `json:"id" example:"giao-ban"`
	Title string     `json:"title" example:"Giao ban trực tuyến"`
}

type joinInput struct {
	Body struct {
		Room     string `json:"room" maxLength:"256" doc:"id of the meeting"`
		Point    string `json:"point,omitempty" maxLength:"256" doc:"id of a listed point, or the name of another; a paired machine needs none"`
		User     string `json:"user,omitempty" maxLength:"128" doc:"not needed by who is signed in, nor by a paired machine"`
		Password string `json:"password,omitempty" maxLength:"1024"`
	}
}

type joinOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		URL   string   `json:"url" doc:"address of the bridge; empty means this one"`
		Token string   `json:"token"`
		Room  roomView `json:"room"`
		Point Point    `json:"point"`
	}
}

func (d *Desk) join(ctx context.Context, in *joinInput) (*joinOutput, error) {
	who, err := d.who(ctx, in)
	if err != nil {
		return nil, err
	}
	m, ok := d.meetings[meeting.ID(in.Body.Room)]
	if !ok {
		return nil, problem(http.StatusNotFound, UnknownRoom, "there is no such meeting")
	}
	wanted := in.Body.Point
	if wanted == "" {
		wanted = string(who.Point)
	}
	point, ok := m.point(wanted)
	if !ok {
		return nil, problem(http.StatusUnprocessableEntity, PointRequired, "the name of the point is missing or cannot be shown")
	}
	if err := d.maySit(ctx, who, point.ID); err != nil {
		return nil, err
	}
	token, err := d.settings.Token(m.ID, point, who, tokenLife)
	if err != nil {
		d.settings.Logger.Error("making an access token failed", "meeting", m.ID, "error", err)
		return nil, problem(http.StatusInternalServerError, Internal, "no token could be made")
	}
	out := &joinOutput{CacheControl: "no-store"}
	out.Body.Token = token
	out.Body.Room = roomView{ID: m.ID, Title: m.Title}
	out.Body.Point = point
	return out, nil
}

// who is the owner of the name and password in the body, or else whoever the
// session or the paired machine of the request belongs to.
func (d *Desk) who(ctx context.Context, in *joinInput) (account.Identity, error) {
	if in.Body.User == "" && in.Body.Password == "" {
		who, ok := account.Of(ctx)
		if !ok {
			return who, meeting.Refuse(account.CodeSignedOut, "")
		}
		return who, nil
	}
	who, err := d.settings.SignIn(ctx, in.Body.User, in.Body.Password)
	var p *meeting.Problem
	switch {
	case err == nil:
		return who, nil
	case !errors.As(err, &p):
		d.settings.Logger.Error("an account cannot be checked", "error", err)
		return who, problem(http.StatusInternalServerError, Internal, "the account cannot be checked")
	case p.Code == account.CodeWrong:
		return who, problem(http.StatusUnauthorized, WrongCredentials, "wrong user or password")
	case p.Code == account.CodeLocked || p.Code == account.CodeTooMany:
		held := problem(http.StatusTooManyRequests, TooManyAttempts, "too many wrong passwords")
		held.retryAfter = p.Detail
		return who, held
	}
	return who, problem(http.StatusForbidden, Code(p.Code), p.Detail)
}

// maySit refuses a machine every point but its own, and a person those outside his
// unit.
func (d *Desk) maySit(ctx context.Context, who account.Identity, p meeting.PointID) error {
	if who.Point != "" {
		if p != who.Point {
			return meeting.Refuse(meeting.CodeNoRight, "point").With(string(who.Point))
		}
		return nil
	}
	may, err := d.settings.MaySit(ctx, who, p)
	if err != nil {
		d.settings.Logger.Error("the units cannot be read", "error", err)
		return problem(http.StatusInternalServerError, Internal, "the units cannot be read")
	}
	if !may {
		return meeting.Refuse(meeting.CodeNoRight, "point").With(string(p))
	}
	return nil
}

// point finds a listed point by its id, or takes the text as the name of one
// that is not listed. It reports false when the text cannot be a name.
func (m Meeting) point(text string) (Point, bool) {
	text = strings.TrimSpace(text)
	for _, p := range m.Points {
		if string(p.ID) == text {
			return p, true
		}
	}
	if text == "" || utf8.RuneCountInString(text) > maxPointName || !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return Point{}, false
	}
	return Point{ID: meeting.PointID(text), Name: text, Kind: "khac"}, true
}
