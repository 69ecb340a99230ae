package bridge

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/livekit/protocol/auth"

	"diemcau/cmd/diemcau/config"
)

// browser is somebody's browser: its cookies, and answers that may be refusals.
type browser struct {
	t       *testing.T
	handler http.Handler
	cookies []*http.Cookie
}

func (v *browser) post(path, body string, out any) int {
	v.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	v.handler.ServeHTTP(w, r)
	v.cookies = append(v.cookies, w.Result().Cookies()...)
	if w.Code == http.StatusOK && out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			v.t.Fatal(err)
		}
	}
	return w.Code
}

// grant is what the token of an answer grants; nil when there was a refusal.
func (v *browser) grant(path, body string) *auth.VideoGrant {
	v.t.Helper()
	var out struct{ Token string }
	if code := v.post(path, body, &out); code != http.StatusOK {
		if code != http.StatusForbidden && code != http.StatusNotFound {
			v.t.Errorf("%s: %d", path, code)
		}
		return nil
	}
	parsed, err := auth.ParseAPIToken(out.Token)
	if err != nil {
		v.t.Fatal(err)
	}
	_, claims, err := parsed.Verify("secret")
	if err != nil {
		v.t.Fatal(err)
	}
	return claims.Video
}

// TestCON01_EveryRoleGetsTheGrantsItNeedsAndNoOthers compares whole grants: a right that is
// added by mistake, such as to administer the room, is seen.
func TestCON01_EveryRoleGetsTheGrantsItNeedsAndNoOthers(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.Dev, cfg.Demo = true, true
	cfg.ForDevelopment()
	cfg.AddDemo()
	cfg.Data, cfg.HTTP, cfg.Admin = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0"
	cfg.RTC.UDPPort, cfg.RTC.TCPPort = 0, 0
	b, err := New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	handler, err := b.routes()
	if err != nil {
		t.Fatal(err)
	}
	yes, no := true, false
	everything := []string{"camera", "microphone", "screen_share", "screen_share_audio"}
	point := &auth.VideoGrant{RoomJoin: true, Room: config.DemoMeeting, CanPublish: &yes, CanSubscribe: &yes, CanPublishData: &yes, CanPublishSources: everything, CanUpdateOwnMetadata: &no}
	handed := *point
	handed.CanUpdateOwnMetadata = &yes
	board, listener := *point, *point
	board.CanPublishSources = []string{"microphone"}
	listener.CanPublish, listener.CanPublishData, listener.CanPublishSources = &no, &no, nil
	const (
		join  = `{"room":"giao-ban","point":"LG-X1"}`
		enter = "/api/meetings/giao-ban/enter"
	)
	machine := &browser{t: t, handler: handler}
	for user, want := range map[string]struct{ standing, board *auth.VideoGrant }{
		"chutri":  {point, &board},
		"thuky":   {point, &board},
		"kythuat": {point, &board},
		"daibieu": {point, nil},
		"luutru":  {&listener, nil},
		"quantri": {nil, nil},
	} {
		v := &browser{t: t, handler: handler}
		if code := v.post("/api/session", `{"user":"`+user+`","password":"`+config.DemoPassword+`"}`, nil); code != http.StatusOK {
			t.Fatalf("%s signs in: %d", user, code)
		}
		if diff := cmp.Diff(want.standing, v.grant("/api/join", join)); diff != "" {
			t.Errorf("%s in a standing meeting: %s", user, diff)
		}
		if diff := cmp.Diff(want.board, v.grant(enter, `{"board":true}`)); diff != "" {
			t.Errorf("%s at a board: %s", user, diff)
		}
		if got := v.grant(enter, `{}`); want.board == nil && got != nil {
			t.Errorf("%s enters a meeting as a point: %+v", user, got)
		}
		if user == "kythuat" {
			var code struct{ Code string }
			v.post("/api/pairings", `{"point":"LG-X1","name":"Máy"}`, &code)
			machine.post("/api/machine", `{"code":"`+code.Code+`"}`, nil)
		}
	}
	for path, want := range map[string]*auth.VideoGrant{"/api/join": point, enter: &handed} {
		body := map[string]string{"/api/join": `{"room":"giao-ban"}`, enter: `{}`}[path]
		if diff := cmp.Diff(want, machine.grant(path, body)); diff != "" {
			t.Errorf("the machine of a point at %s: %s", path, diff)
		}
	}
	if got := machine.grant(enter, `{"board":true}`); got != nil {
		t.Errorf("a machine without a person sits at a board: %+v", got)
	}
}
