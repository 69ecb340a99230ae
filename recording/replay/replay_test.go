package replay_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"diemcau/internal/leaktest"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/desk"
	"diemcau/meeting/door"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/replay"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

var epoch = time.Date(2026, 11, 3, 6, 30, 0, 0, time.UTC)

// house is a desk with a store over one archive. Who asks is named by a header.
type house struct {
	t       *testing.T
	root    string
	store   *store.Store
	handler http.Handler
	keeper  *replay.Keeper
}

// people are who asks, each with his right in the meeting.
var people = map[string][]meeting.Right{
	"archivist": {meeting.Archivist}, "secretary": {meeting.Secretary}, "chair": {meeting.Chair},
	"technician": {meeting.Technician}, "delegate": {meeting.Delegate}, "administrator": {meeting.Administrator}, "stranger": nil,
}

func newHouse(t *testing.T, change func(*replay.Settings)) *house {
	t.Helper()
	h := &house{t: t, root: t.TempDir()}
	var err error
	if h.store, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	s := replay.Settings{
		Root: h.root, Book: h.store, Log: slog.New(slog.DiscardHandler),
		Sight: func(ctx context.Context) (func(context.Context, meeting.ID) ([]meeting.Right, error), error) {
			who, _ := account.Of(ctx)
			return func(_ context.Context, id meeting.ID) ([]meeting.Right, error) {
				if id == "giao-ban" {
					return people[string(who.Person)], nil
				}
				return nil, nil
			}, nil
		},
	}
	if change != nil {
		change(&s)
	}
	d, err := replay.New(s)
	if err != nil {
		t.Fatal(err)
	}
	h.keeper = replay.NewKeeper(replay.KeeperSettings{
		Root: h.root, Catalogue: h.store, Log: s.Log, Every: 10 * time.Millisecond,
		House: func(context.Context, meeting.ID) (replay.Record, error) { return replay.Record{Unit: "VP"}, nil },
	})
	mux := http.NewServeMux()
	api := desk.NewAPI(mux)
	api.UseMiddleware(door.Guard(time.Now))
	d.Register(api)
	h.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if who := r.Header.Get("Who"); who != "" {
			r = r.WithContext(account.With(r.Context(), account.Identity{Person: meeting.PersonID(who), Name: who, Session: "s-" + who}))
		}
		mux.ServeHTTP(w, r)
	})
	return h
}

func (h *house) get(who, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(h.t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Who", who)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

func (h *house) detail(id string) (d replay.Detail) {
	h.t.Helper()
	w := h.get("archivist", "/api/archive/recordings/"+id)
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != http.StatusOK {
		h.t.Fatalf("%d %s %v", w.Code, w.Body, err)
	}
	return d
}

// small is a recording of two points.
func small(seconds int) generated {
	return generated{
		meeting: "giao-ban", epoch: epoch, seconds: seconds, points: []meeting.PointID{"LG-00", "LG-X1"},
		tapes: func(int) []tape { return []tape{still()} },
	}
}

func (h *house) recording(g generated) (id, dir string) {
	h.t.Helper()
	dir = generate(h.t, h.root, g)
	if err := h.keeper.Look(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	return filepath.Base(dir), dir
}

func TestSEC02_EveryRouteOfTheArchiveAnswersOnlyThoseWhoMayAndGuessesFindNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	id, _ := h.recording(small(8))
	base := "/api/archive/recordings/"
	routes := []string{"", "/index/0", "/tracks/1/bytes?from=0&to=100000", "/tracks/1/file", "/viewings", "/clip?from=0&to=4000"}
	for who, rights := range people {
		may := len(rights) > 0 && who != "technician" && who != "delegate" && who != "administrator"
		want := http.StatusNotFound
		if may {
			want = http.StatusOK
		}
		for _, route := range routes {
			if w := h.get(who, base+id+route); w.Code != want {
				t.Errorf("%s asks for %q: %d, want %d: %.200s", who, route, w.Code, want, w.Body)
			}
		}
		w := h.get(who, "/api/archive/recordings")
		if listed := strings.Contains(w.Body.String(), id); w.Code != http.StatusOK || listed != may {
			t.Errorf("%s: in the list is %v, %d", who, listed, w.Code)
		}
	}
	for _, route := range append(routes, "/nothing") {
		if w := h.get("", base+id+route); w.Code != http.StatusUnauthorized && route != "/nothing" {
			t.Errorf("nobody asks for %q: %d", route, w.Code)
		}
	}
	for _, guess := range []string{"..", "%2e%2e", "..%2f..%2fetc", "*", "[0-9]*", strings.Repeat("0", 36), id[:35] + "~", ".hidden-one"} {
		for _, route := range routes {
			if w := h.get("archivist", base+guess+route); w.Code == http.StatusOK {
				t.Errorf("%q%s finds something", guess, route)
			}
		}
	}
	for _, odd := range []string{"/index/1", "/index/-1", "/index/x", "/tracks/3/bytes?from=0&to=10", "/tracks/1/bytes?from=1&to=2", "/tracks/1/bytes?from=90&to=3", "/tracks/70000/file", "/tracks/9/file"} {
		if w := h.get("archivist", base+id+odd); w.Code != http.StatusNotFound && w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", odd, w.Code)
		}
	}
}

func TestSEC06_EveryViewingIsNotedOnceASittingAndRefusalsToo(t *testing.T) {
	t.Parallel()
	now := epoch
	h := newHouse(t, func(s *replay.Settings) { s.Now = func() time.Time { return now } })
	id, _ := h.recording(small(4))
	h.get("chair", "/api/archive/recordings/"+id)
	h.get("chair", "/api/archive/recordings/"+id+"/index/0")
	h.get("delegate", "/api/archive/recordings/"+id)
	h.get("secretary", "/api/archive/recordings/"+id+"/tracks/1/file")
	now = now.Add(time.Hour)
	h.get("chair", "/api/archive/recordings/"+id+"/tracks/1/bytes?from=0&to=100000")
	all, err := h.store.Viewings(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range all {
		got = append(got, fmt.Sprint(v.Person, " ", v.What))
	}
	for _, want := range []string{"chair open", "delegate refused", "secretary track"} {
		n := strings.Count(strings.Join(got, ","), want)
		if (want == "chair open" && n != 2) || (want != "chair open" && n != 1) {
			t.Errorf("%q is noted %d times: %v", want, n, got)
		}
	}
}

// fullBook cannot note anything.
type fullBook struct{ replay.Book }

func (fullBook) NoteViewing(context.Context, store.Viewing) error { return errors.New("disk full") }

func TestSEC06_WhatCannotBeNotedIsNotShown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(s *replay.Settings) { s.Book = fullBook{s.Book} })
	id, _ := h.recording(small(4))
	for range 2 {
		if w := h.get("archivist", "/api/archive/recordings/"+id); w.Code != http.StatusInternalServerError {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

func TestARC04_TheBlocksOfTheIndexMakeTheSignedRoot(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	id, dir := h.recording(small(700)) // three blocks
	d := h.detail(id)
	var whole []byte
	for i, b := range d.Index.Blocks {
		w := h.get("archivist", fmt.Sprintf("/api/archive/recordings/%s/index/%d", id, i))
		var tree evidence.Tree
		for part := w.Body.Bytes(); len(part) > 0; part = part[evidence.RecordSize:] {
			tree.Append(part[:evidence.RecordSize])
		}
		if tree.Root() != b.Hash {
			t.Errorf("block %d has the hash %s", i, b.Hash)
		}
		whole = append(whole, w.Body.Bytes()...)
	}
	var tree evidence.Tree
	for part := whole; len(part) > 0; part = part[evidence.RecordSize:] {
		tree.Append(part[:evidence.RecordSize])
	}
	seal, err := archive.SealOf(dir, nil)
	if err != nil || len(d.Index.Blocks) != 3 || tree.Root() != d.Index.Root || seal.Root != d.Index.Root || tree.Size() != d.Index.Records {
		t.Errorf("%d blocks, root %s of %d, sealed %s: %v", len(d.Index.Blocks), tree.Root(), tree.Size(), seal.Root, err)
	}
	if d.Index.Blocks[1].From >= d.Index.Blocks[1].To || d.Index.Blocks[2].To != 700_000 {
		t.Errorf("%+v", d.Index.Blocks)
	}
}

func TestCON14_TheContentsHaveChaptersSpeakersAndScenes(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	id, _ := h.recording(small(70))
	d := h.detail(id)
	if len(d.Tracks) != 2 || len(d.Chapters) < 5 || len(d.Speeches) < 5 || len(d.Voices) != 2 || len(d.Scenes) < 3 || d.Length != 70_000 || d.Viewer != "archivist" {
		t.Errorf("%d tracks, %d chapters, %d speeches, %d voices, %d scenes", len(d.Tracks), len(d.Chapters), len(d.Speeches), len(d.Voices), len(d.Scenes))
	}
	if d.Chapters[1].From != 10_000 || d.Voices[0].To != 40_000 {
		t.Errorf("%+v %+v", d.Chapters[1], d.Voices)
	}
}

func TestARecordingThatGoesOnIsShownAsFarAsItIsSigned(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := small(25)
	g.running = true
	id, _ := h.recording(g)
	d := h.detail(id)
	if !d.Running || d.Index.Records != 2*20+2 || d.Index.Seal.Checkpoint == "" || len(d.Index.Blocks) != 1 || d.Index.Blocks[0].To != 20_000 {
		t.Errorf("%+v", d.Index)
	}
}

func TestEncryptedFragmentsAreOpenedWithTheKeyAloneAndChangedOnesRefused(t *testing.T) {
	t.Parallel()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	keys := t.TempDir()
	for _, hasKey := range []bool{true, false} {
		h := newHouse(t, func(s *replay.Settings) {
			s.Access.Keys = keys
			if hasKey {
				s.Access.Identities = []age.Identity{identity}
			}
		})
		g := small(6)
		g.lasting = func(s archive.Settings) archive.Settings {
			s.Recipients, s.Keys = []age.Recipient{identity.Recipient()}, keys
			return s
		}
		id, dir := h.recording(g)
		d := h.detail(id)
		records := h.get("archivist", "/api/archive/recordings/"+id+"/index/0").Body.Bytes()
		var third evidence.Record
		for n := 0; len(records) > 0; records = records[evidence.RecordSize:] {
			if r, _, _ := evidence.ReadRecord(records, evidence.Link{}); r.Track == 1 && n < 4 {
				third, n = r, n+1
			}
		}
		path := fmt.Sprintf("/api/archive/recordings/%s/tracks/1/bytes?from=%d&to=%d", id, third.Offset, third.Offset+third.Length)
		w := h.get("archivist", path)
		if !hasKey {
			if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "archive.no_key") {
				t.Errorf("without a key: %d %s", w.Code, w.Body)
			}
			continue
		}
		m, err := archive.OpenTrack(dir, archive.Describe(dir).Tracks[0].File, archive.Access{Keys: keys, Identities: []age.Identity{identity}})
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(io.NewSectionReader(m, 0, m.Size()))
		m.Close()
		if err != nil || !d.Encrypted || w.Code != http.StatusOK || w.Body.Len() == 0 || !strings.Contains(string(plain), w.Body.String()) {
			t.Errorf("%d bytes of %d, %d, %v", w.Body.Len(), len(plain), w.Code, err)
		}
		file := filepath.Join(dir, archive.Describe(dir).Tracks[0].File)
		b, _ := os.ReadFile(file)
		b[third.Offset+40] ^= 1
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if w := h.get("archivist", path); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "archive.changed") {
			t.Errorf("changed: %d %s", w.Code, w.Body)
		}
	}
}

func TestARC08_TheCatalogueFollowsTheFolders(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	find := func(q string) string { return h.get("archivist", "/api/archive/recordings?q="+q).Body.String() }
	h.keeper.Start()
	t.Cleanup(h.keeper.Close)
	dir := generate(t, h.root, small(8))
	eventually(t, "the item is found by its name without marks", func() bool { return strings.Contains(find("giai+ngan"), filepath.Base(dir)) })
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	eventually(t, "what is disposed is no longer found", func() bool { return !strings.Contains(find("giai+ngan"), filepath.Base(dir)) })
	if w := h.get("archivist", "/api/archive/recordings/"+filepath.Base(dir)); w.Code != http.StatusNotFound {
		t.Errorf("a link to what is disposed: %d", w.Code)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}
