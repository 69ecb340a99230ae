package door_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"diemcau/internal/leaktest"
	"diemcau/internal/password"
	"diemcau/internal/testdb"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/desk"
	"diemcau/meeting/door"
	"diemcau/meeting/store"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// each runs the test on SQLite, and on PostgreSQL when there is one.
func each(t *testing.T, f func(*testing.T, *house)) { on(t, testdb.Shared, f) }

// eachAlone is each with a database of one's own, for what looks through all accounts
// with a clock of its own.
func eachAlone(t *testing.T, f func(*testing.T, *house)) { on(t, testdb.Own, f) }

func on(t *testing.T, postgres func(testing.TB) string, f func(*testing.T, *house)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, newHouse(t, filepath.Join(t.TempDir(), "d.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, newHouse(t, postgres(t)))
	})
}

// house is a door that is served, with a clock of its own. All tests share one
// PostgreSQL, so names and addresses are made anew for each.
type house struct {
	*testing.T
	door    *door.Door
	store   *store.Store
	handler http.Handler
	mark    string

	mu     sync.Mutex
	now    time.Time
	events []account.Event
	gone   []string // machines and guests that were put out of meetings
}

// ExpelDevice notes a machine that leaves its meetings.
func (h *house) ExpelDevice(d meeting.DeviceID) { h.leave(string(d)) }

// ExpelGuest notes a guest who leaves.
func (h *house) ExpelGuest(m meeting.ID, guest string) { h.leave(string(m) + "/" + guest) }

func (h *house) leave(who string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.gone = append(h.gone, who)
}

// left takes who was put out since it was asked last.
func (h *house) left() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	defer func() { h.gone = nil }()
	return strings.Join(h.gone, " ")
}

// mayHost lets secretaries and chairs host in meetings of this house.
func (h *house) mayHost(ctx context.Context, m meeting.ID) error {
	if who, _ := account.Of(ctx); !who.Has(meeting.Secretary) && !who.Has(meeting.Chair) {
		return meeting.Refuse(meeting.CodeNoRight, "")
	}
	if !strings.HasSuffix(string(m), h.mark) {
		return meeting.Refuse(meeting.CodeUnknown, "meeting")
	}
	return nil
}

func (h *house) Note(_ context.Context, e account.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, e)
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

func (h *house) count(what account.Happening) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, e := range h.events {
		if e.What == what {
			n++
		}
	}
	return n
}

// last is the newest event of the kind.
func (h *house) last(what account.Happening) (last account.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.events {
		if e.What == what {
			last = e
		}
	}
	return last
}

func newHouse(t *testing.T, address string) *house {
	t.Helper()
	return newHouseWith(t, address, func(*door.Settings) {})
}

func newHouseWith(t *testing.T, address string, edit func(*door.Settings)) *house {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	h := &house{T: t, store: s, now: time.Now(), mark: strings.ToLower(uuid.NewString()[:8])}
	settings := door.Settings{
		Store: s, Key: bytes.Repeat([]byte{7}, 32), Audit: h, Secure: true, Now: h.clock, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Address:    func(r *http.Request) string { return h.mark + r.Header.Get("X-Test-Address") },
		Units:      func(context.Context) (account.Units, error) { return account.Units{"X1": "LG", "X2": "LG"}, nil },
		GuestToken: func(g account.Guest) (string, error) { return "token of " + g.Name, nil },
		MayHost:    h.mayHost, Present: h,
	}
	edit(&settings)
	h.door, err = door.New(settings)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	api := desk.NewAPI(mux)
	api.UseMiddleware(door.Guard(h.clock))
	h.door.Register(api)
	if bad := door.Undeclared(api); len(bad) > 0 {
		t.Errorf("operations that do not say who may call them: %v", bad)
	}
	h.handler = h.door.Handler(mux)
	return h
}

const good = "Duong-Truyen9"

var goodHash = sync.OnceValue(func() string { return password.Hash(good) })

// person makes an account and returns its name to sign in with.
func (h *house) person(name string, unit meeting.UnitID, must bool, rights ...meeting.Right) string {
	h.Helper()
	user := name + h.mark
	if !must {
		if _, err := h.door.Import(h.Context(), account.Account{User: user, Name: name, Unit: unit, Rights: rights}, goodHash()); err != nil {
			h.Fatal(err)
		}
		return user
	}
	if _, _, err := h.door.Make(h.Context(), account.Account{User: user, Name: name, Unit: unit, Rights: rights}, good, must); err != nil {
		h.Fatal(err)
	}
	return user
}

// browser keeps cookies.
type browser struct {
	*house
	jar     map[string]string
	address string
}

func (h *house) browser() *browser { return &browser{house: h, jar: map[string]string{}} }

type answer struct {
	status int
	body   map[string]any
}

func (a answer) text(key string) string { s, _ := a.body[key].(string); return s }

func (b *browser) ask(method, path string, body any) answer {
	b.Helper()
	raw, _ := json.Marshal(body)
	if text, ok := body.(string); ok {
		raw = []byte(text)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(raw))
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("X-Test-Address", b.address)
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteLaxMode || !strings.HasPrefix(c.Name, "__Host-") {
			b.Errorf("a cookie that scripts or other sites reach: %v", c)
		}
		if b.jar[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.jar, c.Name)
		}
	}
	a := answer{status: w.Code}
	_ = json.Unmarshal(w.Body.Bytes(), &a.body) // some answers have none
	return a
}

func (b *browser) want(method, path string, body any, status int, code string) answer {
	b.Helper()
	a := b.ask(method, path, body)
	if a.status != status || code != "" && a.text("code") != code {
		b.Fatalf("%s %s: %d %v, want %d %s", method, path, a.status, a.body, status, code)
	}
	return a
}

type obj = map[string]any

func (b *browser) signIn(user, password string) answer {
	b.Helper()
	return b.want("POST", "/api/session", obj{"user": user, "password": password}, 200, "")
}

// admin is a browser with an administrator in it who has passed every stage.
func (h *house) admin(unit meeting.UnitID) *browser {
	h.Helper()
	user := h.person("admin"+strings.ToLower(string(unit)), unit, false, meeting.Administrator)
	b := h.browser()
	if stage := b.signIn(user, good).text("stage"); stage != "enrol" {
		h.Fatalf("an administrator without a second factor stands at %q", stage)
	}
	b.enrol()
	return b
}

func (b *browser) enrol() (key string, recovery []any) {
	b.Helper()
	key = b.want("POST", "/api/session/totp", nil, 200, "").text("secret")
	codes := b.want("POST", "/api/session/totp/confirm", obj{"code": b.code(key)}, 200, "").body["codes"].([]any)
	return key, codes
}

func (b *browser) code(key string) string {
	b.Helper()
	code, err := totp.GenerateCode(key, b.clock())
	if err != nil {
		b.Fatal(err)
	}
	return code
}
