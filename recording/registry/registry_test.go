package registry_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
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
	"diemcau/recording/bucket"
	"diemcau/recording/keeper"
	"diemcau/recording/lifetime"
	"diemcau/recording/registry"
	"diemcau/recording/specimen"
	"diemcau/recording/vault"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

const deadline = 60 * time.Second

// house is an archive with its registry behind the guard of the API.
type house struct {
	t                          testing.TB
	root, second, bucket, keys string
	identity                   *age.X25519Identity
	ledger                     *keeper.Ledger
	handler                    http.Handler

	mu         sync.Mutex
	now        time.Time
	noted      []string
	unfinished int
}

func (h *house) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func newHouse(t testing.TB) *house { return newHouseWith(t, nil) }

// newHouseWith is one with another store than a folder.
func newHouseWith(t testing.TB, place *bucket.Settings) *house {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := &house{
		t: t, root: t.TempDir(), second: t.TempDir(), bucket: t.TempDir(), keys: t.TempDir(), identity: identity,
		ledger: keeper.NewLedger(db), now: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC),
	}
	if place == nil {
		place = &bucket.Settings{Folder: h.bucket}
	}
	b, err := bucket.Open(t.Context(), *place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	log := slog.New(slog.DiscardHandler)
	k, err := keeper.New(keeper.Settings{
		Root: h.root, Second: h.second, Bucket: b, Book: h.ledger, Every: 200 * 365 * 24 * time.Hour, Log: log, Now: h.Now,
		Wait: func(ctx context.Context, _ time.Duration, wake <-chan struct{}) {
			select {
			case <-wake:
			case <-time.After(10 * time.Millisecond):
			case <-ctx.Done():
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	r, err := registry.New(registry.Settings{
		Sight: func(ctx context.Context) (func(context.Context, meeting.ID) ([]meeting.Right, error), error) {
			who, _ := account.Of(ctx)
			return func(context.Context, meeting.ID) ([]meeting.Right, error) {
				if strings.HasPrefix(string(who.Person), "elsewhere") {
					return nil, nil
				}
				return who.Rights, nil
			}, nil
		},
		Store: db, Ledger: h.ledger, Keeper: k, Root: h.root, Second: h.second, Keys: h.keys, Bucket: b, Log: log, Now: h.Now,
		Note: func(_ context.Context, what account.Happening, on, _ string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.noted = append(h.noted, string(what)+" "+on)
		},
		Unfinished: func(n int) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.unfinished = n
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	api := desk.NewAPI(mux)
	api.UseMiddleware(door.Guard(h.Now))
	r.Register(api)
	h.handler = mux
	return h
}

// sealed makes an encrypted recording of a meeting of a year and waits until its
// copies are made.
func (h *house) sealed(year int) string {
	h.t.Helper()
	about := specimen.About()
	about.Title, about.Epoch = "Giao ban", time.Date(year, 3, 1, 1, 0, 0, 0, time.UTC)
	e := specimen.Seal(h.t, h.root, about, archive.Settings{Recipients: []age.Recipient{h.identity.Recipient()}, Keys: h.keys},
		[][]byte{[]byte("bí mật của cuộc họp")})
	for end := time.Now().Add(deadline); ; time.Sleep(5 * time.Millisecond) {
		all, err := h.ledger.Custodies(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		for _, c := range all {
			if c.Recording == e.About.ID && !c.Kept.IsZero() && !c.Copied.IsZero() {
				return e.About.ID
			}
		}
		if time.Now().After(end) {
			h.t.Fatalf("no copies: %+v", all)
		}
	}
}

// who is somebody who asks.
type who struct {
	person meeting.PersonID
	right  meeting.Right
	stale  bool
}

var (
	archivist = who{person: "luu", right: meeting.Archivist}
	another   = who{person: "luu-2", right: meeting.Archivist}
	chair     = who{person: "chu-tri", right: meeting.Chair}
	delegate  = who{person: "dai-bieu", right: meeting.Delegate}
)

// ask calls an operation and reads its answer into out. It returns the status and
// the code of a refusal.
func (h *house) ask(w who, method, path string, in, out any) (int, string) {
	h.t.Helper()
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			h.t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, path, &body)
	r.Header.Set("Content-Type", "application/json")
	proof := h.Now().Add(-time.Minute)
	if w.stale {
		proof = proof.Add(-time.Hour)
	}
	ctx := account.WithProof(account.With(r.Context(), account.Identity{Person: w.person, Name: "Tên của " + string(w.person), Rights: []meeting.Right{w.right}}), proof)
	rec := httptest.NewRecorder()
	h.handler.ServeHTTP(rec, r.WithContext(ctx))
	var refusal struct {
		Code string `json:"code"`
	}
	if rec.Code >= 300 {
		json.Unmarshal(rec.Body.Bytes(), &refusal)
	} else if out != nil {
		if err := json.Unmarshal(rec.Body.Bytes(), out); err != nil {
			h.t.Fatalf("%s %s: %v %s", method, path, err, rec.Body)
		}
	}
	return rec.Code, refusal.Code
}

func (h *house) must(w who, method, path string, in, out any) {
	h.t.Helper()
	if status, code := h.ask(w, method, path, in, out); status >= 300 {
		h.t.Fatalf("%s %s: %d %s", method, path, status, code)
	}
}

func (h *house) refused(w who, method, path string, in any, want string) {
	h.t.Helper()
	if status, code := h.ask(w, method, path, in, nil); status < 400 || code != want {
		h.t.Errorf("%s %s by %s: %d %s, want %s", method, path, w.person, status, code, want)
	}
}

// paper is the text of a DOCX that an archivist fetches.
func (h *house) paper(path string) string {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	rec := httptest.NewRecorder()
	h.handler.ServeHTTP(rec, r.WithContext(account.With(r.Context(), account.Identity{Person: "luu", Rights: []meeting.Right{meeting.Archivist}})))
	z, err := zip.NewReader(bytes.NewReader(rec.Body.Bytes()), int64(rec.Body.Len()))
	if err != nil {
		h.t.Fatalf("%d: %v", rec.Code, err)
	}
	text, _ := fs.ReadFile(z, "word/document.xml")
	return string(text)
}

// places are everything below the folders that has the recording's name.
func (h *house) places(id string) (found []string) {
	h.t.Helper()
	for _, root := range []string{h.root, h.second, h.bucket} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if strings.Contains(filepath.Base(path), id) {
				found = append(found, path)
			}
			return err
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return found
}

type m map[string]any

func TestARC06_ADisposalTakesTwoPeopleFreshProofsAndLeavesARecordOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.sealed(2018)
	row := "/api/keeping/" + id
	list := m{"recordings": []string{id}, "reason": "hết thời hạn lưu trữ"}
	// A room without a plan is kept for ever until somebody decides.
	h.refused(archivist, "POST", "/api/disposals", list, "retention.forever")
	h.refused(delegate, "PUT", row+"/period", m{"class": "so-ket", "why": "sơ kết"}, "right.missing")
	h.must(archivist, "PUT", row+"/period", m{"class": "so-ket", "why": "họp sơ kết quý I"}, nil)
	var kept registry.Kept
	h.must(archivist, "GET", row, nil, &kept)
	if !kept.Disposable || kept.Term.Until.String() != "31/12/2023" || !kept.Custody.Sound || kept.Custody.Root == "" {
		t.Fatalf("%+v", kept)
	}
	h.must(archivist, "POST", row+"/holds", m{"reason": "thanh tra"}, nil)
	h.refused(archivist, "POST", "/api/disposals", list, "retention.held")
	h.must(chair, "POST", row+"/holds/1/lift", m{"reason": "đã thanh tra xong"}, nil)

	var d lifetime.Disposal
	h.must(archivist, "POST", "/api/disposals", list, &d)
	h.refused(archivist, "POST", "/api/disposals", list, "disposal.listed")
	path := "/api/disposals/" + d.ID
	h.refused(archivist, "POST", path+"/carry-out", nil, "state.wrong")
	h.refused(archivist, "POST", path+"/approve", nil, "disposal.same")
	h.refused(who{person: "chu-tri", right: meeting.Chair, stale: true}, "POST", path+"/approve", nil, "account.prove_again")
	h.must(chair, "POST", path+"/approve", nil, nil)
	h.refused(who{person: "luu", right: meeting.Archivist, stale: true}, "POST", path+"/carry-out", nil, "account.prove_again")
	h.must(another, "POST", row+"/holds", m{"reason": "khiếu nại"}, nil) // after the approval
	h.refused(archivist, "POST", path+"/carry-out", nil, "retention.held")
	if len(h.places(id)) < 3 {
		t.Fatal("something was erased")
	}
	h.must(another, "POST", row+"/holds/2/lift", m{"reason": "đã giải quyết"}, nil)
	h.must(archivist, "POST", path+"/carry-out", nil, &d)
	item := d.Items[0]
	if d.Stage != lifetime.Done || strings.Join(item.Erased, ", ") != "keys, archive, second copy, store" || item.Root != kept.Custody.Root || item.Title != "Giao ban" {
		t.Errorf("%+v", d)
	}
	if left := h.places(id); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	keys, err := vault.Load(filepath.Join(h.keys, id+".json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Open(1, []age.Identity{h.identity}); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("the keys still open it: %v", err)
	}
	h.must(archivist, "GET", path, nil, &d)
	if d.Proposed.By != "luu" || d.Decided.By != "chu-tri" || d.Carried.By != "luu" || d.Carried.Proved.IsZero() {
		t.Errorf("the record: %+v", d)
	}
	h.refused(archivist, "POST", path+"/carry-out", nil, "state.wrong")
	h.refused(archivist, "GET", row, nil, "not_found")
	h.refused(delegate, "GET", path+"/record.docx", nil, "right.missing")
	paper := h.paper(path + "/record.docx")
	for _, part := range []string{"BIÊN BẢN", "Giao ban", "hết thời hạn lưu trữ", "khóa mã hóa, kho chính, bản sao thứ hai", item.Root, "NGƯỜI DUYỆT", "Tên của chu-tri"} {
		if !strings.Contains(paper, part) {
			t.Errorf("the paper does not say %q", part)
		}
	}
	if text := strings.Join(h.noted, "\n"); strings.Count(text, "disposal.barred "+id) != 3 || !strings.Contains(text, "recording.erased "+id) {
		t.Errorf("the audit trail: %s", text)
	}
}

func TestARC06_TheKeeperRestoresNothingThatPeopleHadErased(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.sealed(2018)
	h.must(archivist, "PUT", "/api/keeping/"+id+"/period", m{"class": "so-ket", "why": "sơ kết"}, nil)
	var d lifetime.Disposal
	h.must(archivist, "POST", "/api/disposals", m{"recordings": []string{id}, "reason": "hết hạn"}, &d)
	h.must(chair, "POST", "/api/disposals/"+d.ID+"/approve", nil, nil)
	h.must(another, "POST", "/api/disposals/"+d.ID+"/carry-out", nil, nil)
	next := h.sealed(2025) // the keeper has made its rounds since
	if left := h.places(id); len(left) > 0 {
		t.Errorf("came back: %v", left)
	}
	var all []registry.Kept
	h.must(archivist, "GET", "/api/keeping", nil, &all)
	if len(all) != 1 || all[0].Recording != next {
		t.Errorf("%+v", all)
	}
}

func TestARC06_NothingIsErasedByTimeAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.sealed(2018)
	h.must(archivist, "PUT", "/api/keeping/"+id+"/period", m{"class": "so-ket", "why": "sơ kết"}, nil)
	h.mu.Lock()
	h.now = h.now.AddDate(100, 0, 0)
	h.mu.Unlock()
	h.sealed(2019) // the keeper makes its rounds
	if len(h.places(id)) < 3 {
		t.Error("a copy is gone")
	}
	var kept registry.Kept
	h.must(archivist, "GET", "/api/keeping/"+id, nil, &kept)
	if !kept.Disposable || !kept.Term.Remind || !kept.Term.Late {
		t.Errorf("%+v", kept.Term)
	}
}

func TestARC06_AnInterruptedDisposalGoesOnByAPersonAndARefusedOneEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.sealed(2018)
	h.must(archivist, "PUT", "/api/keeping/"+id+"/period", m{"class": "so-ket", "why": "sơ kết"}, nil)
	list := m{"recordings": []string{id}, "reason": "hết hạn"}
	var d lifetime.Disposal
	h.must(archivist, "POST", "/api/disposals", list, &d)
	h.must(chair, "POST", "/api/disposals/"+d.ID+"/refuse", m{"reason": "còn cần"}, nil)
	h.refused(chair, "POST", "/api/disposals/"+d.ID+"/approve", nil, "state.wrong")
	h.must(archivist, "POST", "/api/disposals", list, &d)
	path := "/api/disposals/" + d.ID
	h.must(chair, "POST", path+"/approve", nil, nil)
	// The second copy cannot be erased: its folder is a file now.
	month := filepath.Join(h.second, "2018")
	if err := os.Rename(month, month+".aside"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(month, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	h.must(archivist, "POST", path+"/carry-out", nil, &d)
	if d.Stage != lifetime.Begun || d.Items[0].Error == "" || h.unfinished != 1 || !strings.Contains(strings.Join(h.noted, "\n"), "disposal.failed "+id) {
		t.Fatalf("%+v, %d unfinished, %v", d, h.unfinished, h.noted)
	}
	h.refused(archivist, "POST", "/api/keeping/"+id+"/holds", m{"reason": "muộn"}, "not_found")
	if err := errors.Join(os.Remove(month), os.Rename(month+".aside", month)); err != nil {
		t.Fatal(err)
	}
	d = lifetime.Disposal{}
	h.must(archivist, "POST", path+"/carry-out", nil, &d)
	if d.Stage != lifetime.Done || d.Items[0].Error != "" || len(h.places(id)) > 0 || h.unfinished != 0 {
		t.Errorf("%+v, %v, %d unfinished", d, h.places(id), h.unfinished)
	}
}

func TestARC05_TheTableOfPeriodsIsEditedByTheArchivist(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.refused(chair, "PUT", "/api/retention/moi", m{"name": "Mới", "years": 3}, "right.missing")
	h.refused(archivist, "PUT", "/api/retention/moi", m{"name": "Mới"}, "field.invalid")
	var table []lifetime.Class
	h.must(archivist, "PUT", "/api/retention/moi", m{"name": "Mới", "years": 3}, &table)
	h.must(archivist, "PUT", "/api/retention/moi", m{"name": "Mới hơn", "years": 4}, &table)
	if c := table[len(table)-1]; c.ID != "moi" || c.Years != 4 || len(table) != len(lifetime.Defaults())+1 {
		t.Errorf("%+v", table)
	}
	id := h.sealed(2026)
	h.must(archivist, "PUT", "/api/keeping/"+id+"/period", m{"class": "moi", "why": "thử"}, nil)
	h.refused(archivist, "POST", "/api/disposals", m{"recordings": []string{id}, "reason": "sớm"}, "retention.running")
	h.must(archivist, "POST", "/api/keeping/"+id+"/hand-over", m{"to": "Lưu trữ lịch sử tỉnh"}, nil)
	h.refused(archivist, "POST", "/api/disposals", m{"recordings": []string{"khong-co"}, "reason": "x"}, "not_found")
	h.must(archivist, "POST", "/api/keeping/"+id+"/check", nil, nil)
}
