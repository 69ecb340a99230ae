package bridge

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/desk"
	"diemcau/meeting/door"
	"diemcau/meeting/plan"
	"diemcau/meeting/sample"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/specimen"
)

// archiveBodies are what operations on a recording are sent, so that it is the right
// that refuses and not the form.
var archiveBodies = map[string]string{
	"PUT /api/keeping/{recording}/period":                 `{"class":"so-ket","why":"thử"}`,
	"POST /api/keeping/{recording}/holds":                 `{"reason":"thử"}`,
	"POST /api/keeping/{recording}/holds/{hold}/lift":     `{"reason":"thử"}`,
	"POST /api/keeping/{recording}/hand-over":             `{"to":"Lưu trữ lịch sử"}`,
	"POST /api/archive/recordings/{recording}/exports":    `{"layout":"grid"}`,
	"POST /api/archive/recordings/{recording}/redactions": `{"cuts":[{"from":0,"to":1000,"legs":[]}],"reason":"thử"}`,
	"POST /api/disposals/{disposal}/refuse":               `{"reason":"thử"}`,
	"POST /api/disposals/{disposal}/approve":              ``,
	"POST /api/disposals/{disposal}/carry-out":            ``,
	"POST /api/keeping/{recording}/check":                 ``,
	"GET /api/archive/recordings/{recording}/index/{id}":  ``,

	"PUT /api/archive/recordings/{recording}/access":                    `{"level":"meeting","readers":[],"reason":"thử","changes":0}`,
	"PUT /api/archive/recordings/{recording}/transcripts/{language}":    "1\n00:00:00,000 --> 00:00:01,000\nlời\n",
	"DELETE /api/archive/recordings/{recording}/transcripts/{language}": ``,
}

// archiveHouse is the bridge with one recording of a meeting of the office VP, and a
// list that proposes to erase it.
type archiveHouse struct {
	mux                 http.Handler
	api                 huma.API
	store               *store.Store
	dir                 string // of the recording
	recording, disposal string
}

const titleOfRecording = "Giao ban nội bộ của văn phòng"

func newArchiveHouse(t *testing.T) *archiveHouse {
	t.Helper()
	b := newBridge(t)
	p := sample.Briefing()
	p.ID, p.Title, p.Unit, p.Kept = "giao-ban-vp", titleOfRecording, "VP", plan.Retention{Years: 1}
	first, err := schedule.Entry{}.Publish(p, "nhap", p.Start)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.store.SaveVersion(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	for _, u := range []desk.Unit{{ID: "VP", Name: "Văn phòng"}, {ID: "KHAC", Name: "Cơ quan khác"}} {
		if err := store.Put(t.Context(), b.store, store.Units, store.Document[desk.Unit]{ID: string(u.ID), Number: 1, By: "quantri", At: p.Start, Body: u}); err != nil {
			t.Fatal(err)
		}
	}
	about := specimen.About()
	about.Meeting, about.Title, about.Epoch = string(p.ID), titleOfRecording, time.Date(2019, 3, 1, 1, 0, 0, 0, time.UTC)
	e := specimen.Seal(t, b.cfg.ArchiveDir(), about, archive.Settings{}, specimen.Clusters(t, 2, 100))
	mux := http.NewServeMux()
	h := &archiveHouse{mux: mux, api: desk.NewAPI(mux), store: b.store, recording: e.About.ID, dir: e.Dir}
	h.api.UseMiddleware(door.Guard(time.Now))
	if err := b.register(h.api); err != nil {
		t.Fatal(err)
	}
	_, text := h.ask(archiveRoles()["archivist"], http.MethodPost, "/api/disposals", fmt.Sprintf(`{"recordings":[%q],"reason":"hết thời hạn"}`, h.recording))
	_, rest, ok := strings.Cut(text, `"id":"`)
	if !ok {
		t.Fatalf("no list: %s", text)
	}
	h.disposal, _, _ = strings.Cut(rest, `"`)
	return h
}

func (h *archiveHouse) ask(who account.Identity, method, path, body string) (int, string) {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	ctx := account.WithProof(r.Context(), time.Now())
	if who.Person != "" || who.Device != "" {
		ctx = account.With(ctx, who)
	}
	w := httptest.NewRecorder()
	h.mux.ServeHTTP(w, r.WithContext(ctx))
	return w.Code, w.Body.String()
}

// archiveRoles are who asks. Only the first three may see what is in the recording.
func archiveRoles() map[string]account.Identity {
	in := func(person meeting.PersonID, unit meeting.UnitID, rights ...meeting.Right) account.Identity {
		return account.Identity{Person: person, Name: string(person), Unit: unit, Rights: rights, Session: "s-" + string(person)}
	}
	return map[string]account.Identity{
		"archivist":           in("luu", "VP", meeting.Archivist),
		"secretary":           in("thu-ky", "VP", meeting.Secretary),
		"chair":               in("mau", "VP", meeting.Chair),
		"nobody":              {},
		"room device":         {Device: "d", Point: "LG-X1"},
		"delegate":            in("dai-bieu", "VP", meeting.Delegate),
		"technician":          in("ky-thuat", "VP", meeting.Technician),
		"administrator":       in("quan-tri", "VP", meeting.Administrator),
		"elsewhere archivist": in("luu-khac", "KHAC", meeting.Archivist),
		"elsewhere secretary": in("thu-ky-khac", "KHAC", meeting.Secretary),
		"elsewhere chair":     in("chu-tri-khac", "KHAC", meeting.Chair),
		"signed in":           in("ai-do", "KHAC"),
	}
}

func TestSEC04_TheListOfRecordingsHasThoseOfOnesOwnMeetings(t *testing.T) {
	t.Parallel()
	h := newArchiveHouse(t)
	for name, told := range map[string]bool{
		"archivist": true, "secretary": true, "chair": true, "technician": true, "administrator": false,
		"elsewhere archivist": false, "elsewhere secretary": false, "elsewhere chair": false,
	} {
		who := archiveRoles()[name]
		status, text := h.ask(who, http.MethodGet, "/api/recordings", "")
		if status != http.StatusOK || strings.Contains(text, titleOfRecording) != told {
			t.Errorf("%s is told %d %.200s", name, status, text)
		}
		want := http.StatusNotFound
		if told {
			want = http.StatusOK
		}
		if status, text := h.ask(who, http.MethodGet, "/api/recordings/rooms/giao-ban-vp", ""); status != want {
			t.Errorf("of the room %s is told %d %.200s", name, status, text)
		}
	}
}

func TestSEC04_NoArchiveRouteGivesAnythingToWhoMayNotSeeTheRecording(t *testing.T) {
	t.Parallel()
	h := newArchiveHouse(t)
	outside := []string{"nobody", "room device", "delegate", "administrator", "elsewhere archivist", "elsewhere secretary", "elsewhere chair", "signed in"}
	tried := 0
	for path, item := range h.api.OpenAPI().Paths {
		of := "archive"
		switch {
		case strings.HasPrefix(path, "/api/archive/recordings/{recording}"):
		case strings.HasPrefix(path, "/api/keeping/{recording}"), strings.HasPrefix(path, "/api/disposals/{disposal}"):
			of = "keeping"
		default:
			continue
		}
		at := strings.NewReplacer("{recording}", h.recording, "{disposal}", h.disposal, "{hold}", "1", "{leg}", "0", "{block}", "0", "{language}", "vi").Replace(path)
		at = strings.NewReplacer("{export}", "x", "{", "", "}", "").Replace(at)
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			names := outside
			if of == "archive" {
				names = append([]string{"technician"}, names...)
			}
			for _, name := range names {
				body, formed := archiveBodies[op.Method+" "+path]
				status, text := h.ask(archiveRoles()[name], op.Method, at, body)
				refused := status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound
				if !refused && (formed || op.Method == http.MethodGet || status < 400) && status != http.StatusUnprocessableEntity || formed && !refused {
					t.Errorf("%s %s for %s: %d %s", op.Method, at, name, status, text)
				}
				if strings.Contains(text, titleOfRecording) || strings.Contains(text, "LG-00") {
					t.Errorf("%s %s tells %s of the recording: %s", op.Method, at, name, text)
				}
				tried++
			}
		}
	}
	if tried < 150 {
		t.Errorf("only %d pairs of route and role were tried", tried)
	}
	for _, name := range outside {
		if _, text := h.ask(archiveRoles()[name], http.MethodGet, "/api/archive/facets", ""); strings.Contains(text, `"count":1`) {
			t.Errorf("the recording is counted for %s: %s", name, text)
		}
	}
	for _, path := range []string{"/api/archive/recordings", "/api/archive/recordings?q=giao", "/api/keeping", "/api/disposals"} {
		for _, name := range outside {
			if status, text := h.ask(archiveRoles()[name], http.MethodGet, path, ""); strings.Contains(text, h.recording) || strings.Contains(text, titleOfRecording) {
				t.Errorf("%s lists the recording for %s: %d %s", path, name, status, text)
			}
		}
	}
}

func TestSEC04_WhoMayFindsTheRecordingAndDecidesOnlyByHisRight(t *testing.T) {
	t.Parallel()
	h := newArchiveHouse(t)
	one, kept, list := "/api/archive/recordings/"+h.recording, "/api/keeping/"+h.recording, "/api/disposals/"+h.disposal
	hold, period := `{"reason":"thanh tra"}`, `{"class":"so-ket","why":"thử"}`
	for _, c := range []struct {
		who, method, path, body string
		want                    int
	}{
		{"archivist", "GET", one, "", 200},
		{"secretary", "GET", one, "", 200},
		{"chair", "GET", one, "", 200},
		{"archivist", "GET", one + "/viewings", "", 200},
		{"secretary", "GET", one + "/bag", "", 200},
		{"technician", "GET", kept, "", 200},
		{"secretary", "PUT", kept + "/period", period, 403},
		{"chair", "PUT", kept + "/period", period, 403},
		{"technician", "POST", kept + "/holds", hold, 403},
		{"secretary", "POST", kept + "/holds", hold, 403},
		{"chair", "POST", kept + "/holds", hold, 200},
		{"secretary", "GET", list, "", 200},
		{"secretary", "POST", list + "/approve", "", 403},
		{"archivist", "POST", list + "/approve", "", 403},                                  // the same person
		{"archivist", "PUT", "/api/retention/so-ket", `{"name":"Sơ kết", "years":1}`, 403}, // the table is the whole house's
		{"elsewhere archivist", "POST", "/api/disposals", fmt.Sprintf(`{"recordings":[%q],"reason":"thử"}`, h.recording), 404},
	} {
		if status, text := h.ask(archiveRoles()[c.who], c.method, c.path, c.body); status != c.want {
			t.Errorf("%s %s by %s: %d, want %d: %s", c.method, c.path, c.who, status, c.want, text)
		}
	}
}
