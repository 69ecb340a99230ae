// Package desk is the HTTP API of the people who prepare and keep a meeting.
// Today it holds the standing meetings and the door to them: whoever has an
// account gets a token for one point of one meeting. It starts no goroutine, and
// never touches media, passwords or the wire protocol.
package desk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// Meeting is a standing meeting room with the points that may take part.
type Meeting struct {
	ID     meeting.ID
	Title  string
	Points []Point
}

// Point is a point of a standing meeting.
type Point struct {
	ID   meeting.PointID `json:"id" example:"LG-X1"`
	Name string          `json:"name" example:"Xã Tân Dụ"`
	Kind string          `json:"kind" example:"xa" doc:"tinh, so, xa, phuong, dac-khu or khac"`
}

// Demo is what the join page shows of a bridge with sample data, so that a
// newcomer gets in by clicking.
type Demo struct {
	Meeting  meeting.ID
	User     string
	Password string
}

// Settings are the parts that the desk works with. All but Demo are required.
type Settings struct {
	Meetings []Meeting
	// SignIn checks a user's password and counts wrong ones.
	SignIn func(ctx context.Context, user, password string) (account.Identity, error)
	// MaySit answers whether somebody may sit at a point that is not his machine's.
	MaySit func(ctx context.Context, who account.Identity, p meeting.PointID) (bool, error)
	// Token makes an access token for somebody at a point, valid for the given time.
	Token  func(m meeting.ID, p Point, who account.Identity, validFor time.Duration) (string, error)
	Demo   *Demo
	Logger *slog.Logger
}

// Desk serves the API.
type Desk struct {
	settings Settings
	meetings map[meeting.ID]Meeting
}

// New checks the settings.
func New(s Settings) (*Desk, error) {
	if s.Token == nil || s.Logger == nil || s.SignIn == nil || s.MaySit == nil {
		return nil, errors.New("desk: SignIn, MaySit, Token and Logger are required")
	}
	d := &Desk{
		settings: s,
		meetings: make(map[meeting.ID]Meeting, len(s.Meetings)),
	}
	for _, m := range s.Meetings {
		d.meetings[m.ID] = m
	}
	return d, nil
}

// Register adds the operations of the desk to the API.
func (d *Desk) Register(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "join", Method: http.MethodPost, Path: "/api/join",
		Summary:      "Get a token for one point of a meeting",
		Errors:       []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests},
		MaxBodyBytes: 16 << 10, Metadata: account.Public(),
	}, d.join)
	huma.Register(api, huma.Operation{
		OperationID: "demo", Method: http.MethodGet, Path: "/api/demo",
		Summary:  "What the join page of a bridge with sample data offers",
		Errors:   []int{http.StatusNotFound},
		Metadata: account.Public(),
	}, d.demo)
}
