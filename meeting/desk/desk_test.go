package desk_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diemcau/internal/password"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/desk"
	"diemcau/meeting/door"
	"diemcau/meeting/store"
)

const room = "giao-ban"

func serve(t *testing.T, demo *desk.Demo) *httptest.Server {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	doors, err := door.New(door.Settings{Store: db, Key: make([]byte, 32), Audit: account.Logger{Logger: slog.New(slog.DiscardHandler)}})
	if err != nil {
		t.Fatal(err)
	}
	someone := account.Account{Person: "p", User: "diemcau", Name: "Điểm cầu", Rights: []meeting.Right{meeting.Delegate}}
	if _, err := doors.Import(t.Context(), someone, password.Hash("dung-mat-khau")); err != nil {
		t.Fatal(err)
	}
	d, err := desk.New(desk.Settings{
		Meetings: []desk.Meeting{{ID: room, Title: "Giao ban", Points: []desk.Point{{ID: "LG-X1", Name: "Xã Tân Dụ", Kind: "xa"}}}},
		SignIn:   doors.SignInOnce,
		MaySit:   func(context.Context, account.Identity, meeting.PointID) (bool, error) { return true, nil },
		Token: func(m meeting.ID, p desk.Point, _ account.Identity, _ time.Duration) (string, error) {
			return string(m) + "/" + string(p.ID) + "/" + p.Name, nil
		},
		Demo:   demo,
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	d.Register(desk.NewAPI(mux))
	s := httptest.NewServer(doors.Handler(mux))
	t.Cleanup(s.Close)
	return s
}

// post joins and returns the status, the media type and the decoded body.
func post(t *testing.T, s *httptest.Server, body string) (int, string, map[string]any) {
	t.Helper()
	resp, err := http.Post(s.URL+"/api/join", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatalf("status %d: %v", resp.StatusCode, err)
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), answer
}

func TestAPointGetsATokenOfItsMeeting(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for body, want := range map[string]string{
		`{"room":"giao-ban","point":"LG-X1","user":"diemcau","password":"dung-mat-khau"}`:        "giao-ban/LG-X1/Xã Tân Dụ",
		`{"room":"giao-ban","point":"  Sở Nội vụ ","user":"diemcau","password":"dung-mat-khau"}`: "giao-ban/Sở Nội vụ/Sở Nội vụ",
	} {
		status, _, answer := post(t, s, body)
		if status != http.StatusOK || answer["token"] != want {
			t.Errorf("%s: %d %v, want the token %q", body, status, answer, want)
		}
	}
}

func TestEveryRefusalHasItsCode(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for _, c := range []struct {
		body   string
		status int
		code   string
	}{
		{`{"room":"giao-ban","point":"LG-X1","user":"diemcau","password":"sai"}`, 401, "wrong_credentials"},
		{`{"room":"giao-ban","point":"LG-X1","user":"ai-do","password":"sai"}`, 401, "wrong_credentials"},
		{`{"room":"khong-co","point":"LG-X1","user":"diemcau","password":"dung-mat-khau"}`, 404, "unknown_room"},
		{`{"room":"giao-ban","point":" ","user":"diemcau","password":"dung-mat-khau"}`, 422, "point_required"},
		{`{"room":"giao-ban","point":"a\u0007b","user":"diemcau","password":"dung-mat-khau"}`, 422, "point_required"},
		{`{"room":"giao-ban"}`, 401, "account.signed_out"},
		{`{"point":"LG-X1"}`, 422, "invalid_request"},
		{`{not json`, 400, "invalid_request"},
	} {
		status, mediaType, answer := post(t, s, c.body)
		if status != c.status || answer["code"] != c.code || mediaType != "application/problem+json" {
			t.Errorf("%s: %d %s %v, want %d %s", c.body, status, mediaType, answer, c.status, c.code)
		}
	}
}

func TestGuessingIsStopped(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	wrong := `{"room":"giao-ban","point":"LG-X1","user":"diemcau","password":"sai"}`
	for range 5 {
		if status, _, _ := post(t, s, wrong); status != http.StatusUnauthorized {
			t.Fatalf("status %d before the limit", status)
		}
	}
	right := `{"room":"giao-ban","point":"LG-X1","user":"diemcau","password":"dung-mat-khau"}`
	if status, _, answer := post(t, s, right); status != http.StatusTooManyRequests || answer["code"] != "too_many_attempts" {
		t.Errorf("the sixth attempt: %d %v, want 429 too_many_attempts", status, answer)
	}
}

func TestTheSampleAccountIsShownOnlyWithSampleData(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		demo *desk.Demo
		want int
	}{{nil, http.StatusNotFound}, {&desk.Demo{Meeting: room, User: "diemcau", Password: "x"}, http.StatusOK}} {
		resp, err := http.Get(serve(t, c.demo).URL + "/api/demo")
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("GET /api/demo = %d, want %d", resp.StatusCode, c.want)
		}
	}
}

func TestTheDescriptionOfTheAPIIsServed(t *testing.T) {
	t.Parallel()
	resp, err := http.Get(serve(t, nil).URL + "/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var doc struct {
		OpenAPI string         `json:"openapi"`
		Paths   map[string]any `json:"paths"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") || doc.Paths["/api/join"] == nil {
		t.Errorf("openapi.json: %v %q %v", err, doc.OpenAPI, doc.Paths)
	}
}
