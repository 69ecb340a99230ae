package redact_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/conduct"
	"diemcau/meeting/desk"
	"diemcau/meeting/door"
	"diemcau/meeting/minutes"
	"diemcau/meeting/sample"
	"diemcau/meeting/store"
	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/bag"
	"diemcau/recording/evidence"
	"diemcau/recording/redact"
	"diemcau/recording/replay"
	"diemcau/recording/specimen"
	"diemcau/recording/webm"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

var epoch = time.Date(2026, 11, 3, 6, 30, 0, 0, time.UTC)

// people are who asks, each with his right in the meeting.
var people = map[string][]meeting.Right{
	"archivist": {meeting.Archivist}, "secretary": {meeting.Secretary}, "chair": {meeting.Chair}, "delegate": {meeting.Delegate}, "reader": nil,
}

// house is an archive with its desk and its bench behind the guard of the API.
type house struct {
	t       *testing.T
	root    string
	store   *store.Store
	keeper  *replay.Keeper
	desk    *replay.Desk
	bench   *redact.Bench
	handler http.Handler
	proved  time.Time
	noted   chan string
}

func newHouse(t *testing.T, room uint64) *house {
	t.Helper()
	h := &house{t: t, root: t.TempDir(), proved: time.Now(), noted: make(chan string, 16)}
	var err error
	if h.store, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	log := slog.New(slog.DiscardHandler)
	d, err := replay.New(replay.Settings{
		Root: h.root, Book: h.store, Log: log,
		Sight: func(ctx context.Context) (func(context.Context, meeting.ID) ([]meeting.Right, error), error) {
			who, _ := account.Of(ctx)
			return func(context.Context, meeting.ID) ([]meeting.Right, error) { return people[string(who.Person)], nil }, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.desk = d
	bench, err := redact.Open(redact.Settings{
		Root: h.root, Orders: filepath.Join(t.TempDir(), "orders.json"), Archive: archive.Settings{Key: specimen.Key}, Book: h.store, Log: log, Room: func() (uint64, error) { return room, nil },
		Note: func(ctx context.Context, what account.Happening, on, _ string) {
			who, _ := account.Of(ctx)
			h.noted <- fmt.Sprint(what, " ", on, " ", who.Person)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	bench.Start()
	t.Cleanup(bench.Close)
	h.bench = bench
	// The minutes tell in words of their own what was said.
	line := minutes.Version{}
	line.Fields.Remark = "đã nói về kín đáo"
	h.keeper = replay.NewKeeper(replay.KeeperSettings{Root: h.root, Catalogue: h.store, Log: log, House: func(context.Context, meeting.ID) (replay.Record, error) {
		return replay.Record{Unit: "VP", Minutes: &line}, nil
	}})
	mux := http.NewServeMux()
	api := desk.NewAPI(mux)
	api.UseMiddleware(door.Guard(time.Now))
	d.Register(api)
	redact.NewDesk(bench, d).Register(api)
	h.handler = mux
	return h
}

func (h *house) ask(who, method, path, body string) (int, string) {
	r := httptest.NewRequestWithContext(h.as(who), method, "/api/archive/recordings"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func (h *house) as(who string) context.Context {
	return account.WithProof(account.With(h.t.Context(), account.Identity{Person: meeting.PersonID(who), Name: who, Session: "s-" + who, Rights: people[who]}), h.proved)
}

// look brings the catalogue up to date.
func (h *house) look() {
	h.t.Helper()
	if err := h.keeper.Look(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// recorded makes a meeting of 12 s: two points with sound, of which the first says
// something secret in the sixth second, and writes it.
func (h *house) recorded() (id string) {
	h.t.Helper()
	e, err := archive.Create(h.root, archive.About{Meeting: "giao-ban", Title: "Giao ban", Epoch: epoch}, archive.Settings{Key: specimen.Key})
	if err != nil {
		h.t.Fatal(err)
	}
	p := sample.Briefing()
	p.ID = "giao-ban"
	live, err := conduct.New(conduct.Opening{Plan: p})
	if err != nil {
		h.t.Fatal(err)
	}
	e.Event(0, archive.KindOpening, live.Opening())
	do := func(second int, by conduct.Actor, d conduct.Deed) {
		events, err := live.Apply(conduct.Act{By: by, At: epoch.Add(time.Duration(second) * time.Second), Do: d})
		if err != nil {
			h.t.Fatal(err)
		}
		for _, x := range events {
			e.Event(int64(second)*1000, archive.KindAct, x)
		}
	}
	var legs []*archive.Leg
	for i, point := range []string{"LG-00", "LG-X1"} {
		header, err := webm.AppendHeader(nil, recording.Format{Codec: recording.Opus, Channels: 1}, epoch, uint64(i+1))
		if err != nil {
			h.t.Fatal(err)
		}
		l, err := e.NewLeg(0, archive.Opening{Codec: recording.Opus, Source: archive.Source{Track: "TR_" + point, Point: point}}, header)
		if err != nil {
			h.t.Fatal(err)
		}
		legs = append(legs, l)
		do(0, conduct.Actor{System: true}, conduct.Join{Point: meeting.PointID(point)})
	}
	do(0, conduct.Actor{Person: p.People.Chair.ID}, conduct.SetPhase{Phase: conduct.InSession})
	for second := range 12 {
		for i, l := range legs {
			said := fmt.Sprintf("sound of %d", second)
			if i == 0 && second == 6 {
				said = "KIN-DAO-SOUND"
			}
			b, err := webm.AppendCluster(nil, []recording.Frame{{At: int64(second) * 1e6, Duration: 1e6, Key: true, Held: true, Data: []byte(said)}})
			if err != nil {
				h.t.Fatal(err)
			}
			if err := l.Append(archive.Fragment{At: int64(second) * 1e6, Duration: 1e6, Flags: evidence.FlagKey, Data: b}); err != nil {
				h.t.Fatal(err)
			}
		}
		text := "nghe rõ"
		if second == 6 {
			text = "điều kín đáo"
			do(second, conduct.Actor{Person: p.People.Secretary.ID}, conduct.Chapter{Text: "mốc kín đáo"})
		}
		if second%3 == 0 {
			do(second, conduct.Actor{Point: "LG-X1"}, conduct.Say{Text: text})
		}
	}
	if err := e.Seal(12_000); err != nil {
		h.t.Fatal(err)
	}
	h.look()
	id = e.About.ID
	vtt := "WEBVTT\n\n00:02.000 --> 00:04.000\nmở đầu\n\n00:06.000 --> 00:07.500\nlời kín đáo\n\n00:09.000 --> 00:10.000\nkết thúc\n"
	if code, text := h.ask("archivist", http.MethodPut, "/"+id+"/transcripts/vi", vtt); code != http.StatusOK {
		h.t.Fatal(code, text)
	}
	if code, text := h.ask("archivist", http.MethodPut, "/"+id+"/access", `{"level":"meeting","readers":[{"person":"reader"}],"reason":"phổ biến","changes":0}`); code != http.StatusOK {
		h.t.Fatal(code, text)
	}
	h.look()
	return id
}

const order = `{"cuts":[{"from":6000,"to":6900,"legs":[1]}],"reason":"bí mật đời tư"}`

func TestARC04_OnlyAnArchivistWhoProvedHimselfHasAVersionMade(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<30)
	id := h.recorded()
	for who, want := range map[string]int{"secretary": 403, "chair": 403, "delegate": 403, "reader": 403, "stranger": 403} {
		if code, text := h.ask(who, http.MethodPost, "/"+id+"/redactions", order); code != want {
			t.Errorf("%s: %d, want %d: %s", who, code, want, text)
		}
	}
	h.proved = time.Now().Add(-time.Hour)
	if code, text := h.ask("archivist", http.MethodPost, "/"+id+"/redactions", order); code != 401 && code != 403 {
		t.Errorf("without proof: %d %s", code, text)
	}
	h.proved = time.Now()
	for body, want := range map[string]int{
		`{"cuts":[],"reason":"x"}`:                                        422,
		`{"cuts":[{"from":0,"to":1000,"legs":[]}],"reason":"  "}`:         422,
		`{"cuts":[{"from":1000,"to":1000,"legs":[]}],"reason":"x"}`:       422,
		`{"cuts":[{"from":0,"to":1000,"legs":[9]}],"reason":"x"}`:         404,
		`{"cuts":[{"from":90000,"to":91000,"legs":[]}],"reason":"x"}`:     422,
		`{"cuts":[{"from":0,"to":10,"legs":[]}],"reason":"x","level":""}`: 422,
	} {
		if code, text := h.ask("archivist", http.MethodPost, "/"+id+"/redactions", body); code != want {
			t.Errorf("%s: %d, want %d: %s", body, code, want, text)
		}
	}
	if code, _ := h.ask("delegate", http.MethodGet, "/"+id, ""); code != 200 {
		t.Error("an order that was refused has closed the original")
	}
	full := newHouse(t, 10)
	if code, text := full.ask("archivist", http.MethodPost, "/"+full.recorded()+"/redactions", order); code != 507 {
		t.Errorf("on a full disk: %d %s", code, text)
	}
}

// ordered has the archivist order the version.
func (h *house) ordered(t *testing.T, id string) (o redact.Order) {
	t.Helper()
	code, text := h.ask("archivist", http.MethodPost, "/"+id+"/redactions", order)
	if code != 200 || json.Unmarshal([]byte(text), &o) != nil {
		t.Fatal(code, text)
	}
	return o
}

func TestARC04_OthersFindTheVersionAloneAndAreToldWhatIsLeftOutAndWhy(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<30)
	id := h.recorded()
	o := h.ordered(t, id)
	for _, want := range []string{"recording.redaction_ordered " + id + " archivist", "recording.redacted " + id + " archivist"} {
		if got := <-h.noted; got != want {
			t.Errorf("noted %q, want %q", got, want)
		}
	}
	h.look()
	for _, who := range []string{"secretary", "delegate", "reader"} {
		if code, _ := h.ask(who, http.MethodGet, "/"+id, ""); code != 404 {
			t.Errorf("%s is given the original: %d", who, code)
		}
		code, text := h.ask(who, http.MethodGet, "/"+o.ID, "")
		var d replay.Detail
		if err := json.Unmarshal([]byte(text), &d); code != 200 || err != nil {
			t.Fatalf("%s asks for the version: %d %s %v", who, code, text, err)
		}
		if r := d.Redaction; r == nil || r.Of != id || r.Reason != "bí mật đời tư" || r.Name != "archivist" || len(r.Cuts) != 1 || r.Cuts[0].Tracks[0].From != 6000 {
			t.Errorf("%s is told %+v", who, d.Redaction)
		}
		for _, path := range []string{"?q=kin+dao", "/" + o.ID + "/transcripts/vi", "/" + o.ID} {
			if _, text := h.ask(who, http.MethodGet, path, ""); strings.Contains(text, "kín") {
				t.Errorf("%s reads what was cut at %s: %s", who, path, text)
			}
		}
		if _, text := h.ask(who, http.MethodGet, "/"+o.ID+"/transcripts/vi", ""); !strings.Contains(text, "mở đầu") || !strings.Contains(text, "kết thúc") {
			t.Errorf("the other words are gone, too: %s", text)
		}
		if _, text := h.ask(who, http.MethodGet, "?q=nghe+ro", ""); !strings.Contains(text, o.ID) || strings.Contains(text, id+`","title`) {
			t.Errorf("%s finds by words that stay: %s", who, text)
		}
	}
	if _, text := h.ask("archivist", http.MethodGet, "?q=kin+dao", ""); !strings.Contains(text, "kín") || !strings.Contains(text, id) {
		t.Errorf("the archivist finds no longer what is in the original: %s", text)
	}
	if _, text := h.ask("archivist", http.MethodGet, "/"+id, ""); !strings.Contains(text, `"versions":["`+o.ID+`"]`) {
		t.Errorf("the original does not tell of its version: %s", text)
	}
	// A caption file that is brought later adds nothing of what was cut.
	again := "WEBVTT\n\n00:01.000 --> 00:02.000\nbổ sung\n\n00:06.100 --> 00:06.500\nkín đáo lần nữa\n"
	if code, text := h.ask("secretary", http.MethodPut, "/"+o.ID+"/transcripts/en", again); code != 200 || !strings.Contains(text, `"count":1`) {
		t.Errorf("%d %s", code, text)
	}
	if code, text := h.ask("archivist", http.MethodPost, "/"+o.ID+"/redactions", order); code != 409 {
		t.Errorf("a version of the version: %d %s", code, text)
	}
}

func TestARC04_ASecondVersionIsForWhoMightWatchTheOriginalBeforeTheFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<30)
	id := h.recorded()
	h.ordered(t, id)
	second := h.ordered(t, id)
	for made := 0; made < 2; {
		if got := <-h.noted; strings.HasPrefix(got, "recording.redacted ") {
			made++
		}
	}
	h.look()
	for _, who := range []string{"secretary", "delegate", "reader"} {
		if code, _ := h.ask(who, http.MethodGet, "/"+second.ID, ""); code != 200 {
			t.Errorf("%s is not given the second version: %d", who, code)
		}
		if code, _ := h.ask(who, http.MethodGet, "/"+id, ""); code != 404 {
			t.Errorf("%s is given the original: %d", who, code)
		}
	}
	// What a person decides afterwards holds for the versions that follow.
	if code, text := h.ask("chair", http.MethodPut, "/"+id+"/access", `{"level":"closed","readers":[],"reason":"chỉ đạo","changes":2}`); code != 200 {
		t.Fatal(code, text)
	}
	third := h.ordered(t, id)
	for !strings.HasPrefix(<-h.noted, "recording.redacted ") {
		continue
	}
	h.look()
	if code, _ := h.ask("delegate", http.MethodGet, "/"+third.ID, ""); code != 404 {
		t.Errorf("a delegate is given a version of what the chair has closed: %d", code)
	}
}

func TestARC03_TheBagOfAVersionHasNothingOfWhatWasCut(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<30)
	id := h.recorded()
	o := h.ordered(t, id)
	<-h.noted
	<-h.noted
	held := func(id string) (sound, words, others bool) {
		name, _ := archive.Find(h.root, id)
		to := filepath.Join(t.TempDir(), "bag")
		if err := bag.Pack(t.Context(), bag.Export{Dir: filepath.Join(h.root, name), To: to, By: "luu", Now: time.Now()}, nil); err != nil {
			t.Fatal(err)
		}
		err := filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			sound = sound || bytes.Contains(b, []byte("KIN-DAO-SOUND"))
			words = words || bytes.Contains(b, []byte("kín đáo"))
			others = others || bytes.Contains(b, []byte("sound of 7"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return sound, words, others
	}
	if sound, words, others := held(id); !sound || !words || !others {
		t.Errorf("the bag of the original: sound %v, words %v, others %v", sound, words, others)
	}
	if sound, words, others := held(o.ID); sound || words || !others {
		t.Errorf("the bag of the version: sound %v, words %v, others %v", sound, words, others)
	}
}
