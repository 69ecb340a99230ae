package desk_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/internal/testdb"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/calendar"
	"diemcau/meeting/desk"
	"diemcau/meeting/door"
	"diemcau/meeting/paper"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
	"diemcau/meeting/store"
)

// house is a whole office over a real database, asked over real HTTP. Who asks is
// told in a header, in place of a session.
type house struct {
	store  *store.Store
	url    string
	door   http.Handler // what stands behind the address
	papers string
	room   atomic.Int64 // what the disk takes
	people map[string]account.Identity

	mu  sync.Mutex
	now time.Time
}

// each runs the test on SQLite, and on PostgreSQL when DIEMCAU_TEST_POSTGRES holds
// the address of a server for tests.
func each(t *testing.T, f func(t *testing.T, h *house)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, newHouse(t, filepath.Join(t.TempDir(), "diemcau.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, newHouse(t, testdb.Own(t)))
	})
}

// day is a working day with time enough before the samples.
var day = calendar.On(2026, time.November, 24).At(9, 0)

func newHouse(t *testing.T, address string) *house {
	t.Helper()
	s, err := store.Open(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	h := &house{store: s, papers: t.TempDir(), now: day, people: map[string]account.Identity{}}
	h.room.Store(1 << 40)
	c := sample.Cast()
	person := func(id string, unit meeting.UnitID, rights ...meeting.Right) {
		p := c[id]
		h.people[id] = account.Identity{Person: p.ID, Name: p.Name, Position: p.Position, Unit: unit, Rights: rights}
	}
	person("mau", "LG-00", meeting.Chair)
	person("nhap", "VP", meeting.Secretary)
	person("thu", "LG-00", meeting.Secretary)
	person("kiemthu", "LG-S1", meeting.Technician)
	person("giadinh", "LG-X1", meeting.Delegate)
	person("hucau", "LG-X2", meeting.Delegate)
	person("vidu", "LG-S1", meeting.Secretary)
	h.people["admin"] = account.Identity{Person: "admin", Name: "Quản trị", Rights: []meeting.Right{meeting.Administrator}}
	h.people["admin-00"] = account.Identity{Person: "admin-00", Name: "Quản trị tỉnh", Unit: "LG-00", Rights: []meeting.Right{meeting.Administrator}}
	h.people["admin-x1"] = account.Identity{Person: "admin-x1", Name: "Quản trị xã", Unit: "LG-X1", Rights: []meeting.Right{meeting.Administrator}}
	h.people["thu-x1"] = account.Identity{Person: "thu-x1", Name: "Thư ký xã", Unit: "LG-X1", Rights: []meeting.Right{meeting.Secretary}}
	h.people["stranger"] = account.Identity{Person: "nguoi-la", Name: "Người Lạ", Unit: "LG-S3", Rights: []meeting.Right{meeting.Delegate}}
	h.people["may-x1"] = account.Identity{Device: "may-x1", Point: "LG-X1"}
	office, err := desk.NewOffice(desk.OfficeSettings{
		Store: s, Papers: h.papers, Logger: slog.New(slog.DiscardHandler), Now: h.clock, Room: func() (uint64, error) { return uint64(h.room.Load()), nil },
		Limits: paper.Limits{Bytes: 1 << 20, Types: paper.Usual().Types}, Standing: []meeting.PointID{"KHO"},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	api := desk.NewAPI(mux)
	api.UseMiddleware(door.Guard(h.clock))
	office.Register(api)
	if bad := door.Undeclared(api); len(bad) > 0 {
		t.Fatalf("nobody says who may call %v", bad)
	}
	h.door = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i, ok := h.people[r.Header.Get("X-Who")]; ok {
			r = r.WithContext(account.WithProof(account.With(r.Context(), i), h.proved(r)))
		}
		mux.ServeHTTP(w, r)
	})
	server := httptest.NewServer(h.door)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// proved is when who asks last proved himself: just now, unless the request says that
// it is long ago.
func (h *house) proved(r *http.Request) time.Time {
	if r.Header.Get("X-Proved") == "long ago" {
		return h.clock().Add(-time.Hour)
	}
	return h.clock()
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) set(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = now
}

// samples loads the sample data; today is before all of it.
func (h *house) samples(t *testing.T) *house {
	t.Helper()
	if err := desk.LoadSamples(t.Context(), h.store, "giao-ban", h.clock()); err != nil {
		t.Fatal(err)
	}
	return h
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    []byte
}

// ask sends a request as somebody. Headers come in pairs.
func (h *house) ask(t *testing.T, as, method, path string, body any, headers ...string) answer {
	t.Helper()
	var in io.Reader
	if raw, ok := body.([]byte); ok {
		in = bytes.NewReader(raw)
	} else if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		in = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, h.url+path, in)
	if err != nil {
		t.Fatal(err)
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("X-Who", as)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, raw}
}

// into reads the answer, which must have the status.
func into[T any](t *testing.T, a answer, status int) T {
	t.Helper()
	var v T
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	if err := json.Unmarshal(a.raw, &v); err != nil {
		t.Fatalf("%v: %s", err, a.raw)
	}
	return v
}

// refused checks status and code of a refusal and returns it.
func refused(t *testing.T, a answer, status int, code meeting.Code) desk.Problem {
	t.Helper()
	if ct := a.header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("media type %q of %s", ct, a.raw)
	}
	p := into[desk.Problem](t, a, status)
	if meeting.Code(p.Code) != code {
		t.Errorf("code %s, want %s: %s", p.Code, code, a.raw)
	}
	return p
}

// items reads a list.
type items[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// draft makes a meeting from a plan as its secretary and returns it.
func (h *house) draft(t *testing.T, as string, p plan.Plan) desk.MeetingView {
	t.Helper()
	return into[desk.MeetingView](t, h.ask(t, as, "POST", "/api/meetings", desk.NewMeeting{Plan: &p}), 200)
}

// etag is what a save of the meeting must carry.
func (h *house) etag(t *testing.T, as string, id meeting.ID) string {
	t.Helper()
	return h.ask(t, as, "GET", "/api/meetings/"+string(id), nil).header.Get("ETag")
}

// published is a meeting that was announced, apart from the samples in time.
func (h *house) published(t *testing.T) desk.MeetingView {
	t.Helper()
	p := sample.Briefing().At(sample.Briefing().Start.AddDate(0, 0, 6))
	v := h.draft(t, "nhap", p)
	return into[desk.MeetingView](t, h.ask(t, "nhap", "POST", "/api/meetings/"+string(v.ID)+"/publish", desk.PublishMeeting{}), 200)
}
