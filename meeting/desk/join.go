package desk

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/internal/password"
	"diemcau/meeting"
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
	address string
	Body    struct {
		Room     string `json:"room" maxLength:"256" doc:"id of the meeting"`
		Point    string `json:"point" maxLength:"256" doc:"id of a listed point, or the name of another"`
		User     string `json:"user" maxLength:"128"`
		Password string `json:"password" maxLength:"1024"`
	}
}

// Resolve keeps the client's address for the count of attempts.
func (in *joinInput) Resolve(ctx huma.Context) []error {
	in.address, _ = ctx.Context().Value(addressKey{}).(string)
	return nil
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

type addressKey struct{}

// Handler adds what the API needs to know of a request's origin.
func (d *Desk) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), addressKey{}, d.settings.Address(r))))
	})
}

func (d *Desk) join(_ context.Context, in *joinInput) (*joinOutput, error) {
	if err := d.signIn(in.address, in.Body.User, in.Body.Password); err != nil {
		return nil, err
	}
	m, ok := d.meetings[meeting.ID(in.Body.Room)]
	if !ok {
		return nil, problem(http.StatusNotFound, UnknownRoom, "there is no such meeting")
	}
	point, ok := m.point(in.Body.Point)
	if !ok {
		return nil, problem(http.StatusUnprocessableEntity, PointRequired, "the name of the point is missing or cannot be shown")
	}
	token, err := d.settings.Token(m.ID, point, tokenLife)
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

// signIn checks a user's password. Unknown users cost as much time as known
// ones, so that names cannot be found out by the clock.
func (d *Desk) signIn(address, user, pass string) error {
	key := address + "\x00" + user
	if wait := d.attempts.wait(key); wait > 0 {
		p := problem(http.StatusTooManyRequests, TooManyAttempts, "too many wrong passwords")
		p.retryAfter = strconv.Itoa(int(math.Ceil(wait.Seconds())))
		return p
	}
	account, known := d.accounts[user]
	if !known {
		account.Password = unknownUser
	}
	ok, err := password.Verify(account.Password, pass)
	if err != nil {
		d.settings.Logger.Error("an account's password is not a hash", "user", user, "error", err)
	}
	if !ok || !known {
		d.attempts.failed(key)
		return problem(http.StatusUnauthorized, WrongCredentials, "wrong user or password")
	}
	d.attempts.succeeded(key)
	return nil
}

// unknownUser is a hash that no password fits in practice: a random one's.
const unknownUser = "$argon2id$v=19$m=65536,t=3,p=4$VQEYyDOEcFUPuH1sUKCJ1g$5dN8kUZ9z0i2cO0qvL0o3m1x3k1rT0o0b6bq9cK7b0Y"

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
