package keeper_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"diemcau/internal/leaktest"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/bucket"
	"diemcau/recording/keeper"
	"diemcau/recording/specimen"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// deadline is for machines that are far slower than ours.
const deadline = 60 * time.Second

// clock is one that tests move on.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// house is an archive with its keeper.
type house struct {
	t                    *testing.T
	root, second, bucket string
	clock                clock
	ledger               *keeper.Ledger
	noted                atomic.Int32
	settings             keeper.Settings
	log                  bytes.Buffer
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := &house{t: t, root: t.TempDir(), second: t.TempDir(), bucket: t.TempDir(), ledger: keeper.NewLedger(db)}
	h.clock.now = time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	h.settings = keeper.Settings{
		Root: h.root, Book: h.ledger, Every: 7 * 24 * time.Hour, Now: h.clock.Now,
		Log:  slog.New(slog.NewTextHandler(&h.log, nil)),
		Note: func(context.Context, keeper.Custody) error { h.noted.Add(1); return nil },
	}
	return h
}

func (h *house) openBucket(s bucket.Settings) {
	h.t.Helper()
	b, err := bucket.Open(h.t.Context(), s)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { b.Close() })
	h.settings.Bucket = b
}

func (h *house) start() *keeper.Keeper {
	h.t.Helper()
	k, err := keeper.New(h.settings)
	if err != nil {
		h.t.Fatal(err)
	}
	return k
}

// until runs a keeper until what it has written of the recording is as wanted, and
// stops it.
func (h *house) until(id, what string, want func(keeper.Custody) bool) keeper.Custody {
	h.t.Helper()
	k := h.start()
	defer k.Close()
	return h.await(k, id, what, want)
}

func (h *house) await(k *keeper.Keeper, id, what string, want func(keeper.Custody) bool) keeper.Custody {
	h.t.Helper()
	for end := time.Now().Add(deadline); ; {
		all, err := h.ledger.Custodies(h.t.Context())
		if err != nil {
			h.t.Fatal(err)
		}
		for _, c := range all {
			if c.Recording == id && want(c) {
				return c
			}
		}
		if time.Now().After(end) {
			k.Close()
			h.t.Fatalf("not %s: %+v\n%s", what, all, h.log.String())
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// sealed makes a recording of some seconds and returns its id and folder.
func (h *house) sealed() (id, dir string) {
	h.t.Helper()
	e := specimen.Seal(h.t, h.root, specimen.About(), archive.Settings{}, specimen.Clusters(h.t, 5, 3000))
	return e.About.ID, e.Dir
}

func (h *house) elsewhere(root, dir string) string {
	h.t.Helper()
	name, err := filepath.Rel(h.root, dir)
	if err != nil {
		h.t.Fatal(err)
	}
	return filepath.Join(root, name)
}

// flip changes one bit in the middle of a recording's track.
func flip(t *testing.T, dir string) {
	t.Helper()
	specimen.Flip(t, specimen.Track(t, dir))
}

func sound(t *testing.T, dir string) bool {
	t.Helper()
	r, err := archive.Verify(dir, archive.VerifySettings{})
	return err == nil && r.OK()
}

func figure(t *testing.T, k *keeper.Keeper, name string) float64 {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(k.Collector())
	all, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.GetName() == "diemcau_archive_"+name {
			return f.Metric[0].GetGauge().GetValue() + f.Metric[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("no %s", name)
	return 0
}

func TestARC04_ANewRecordingIsNotedOnceCheckedAndCopied(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings.Second = h.second
	h.openBucket(bucket.Settings{Folder: h.bucket})
	id, dir := h.sealed()
	c := h.until(id, "kept", func(c keeper.Custody) bool { return !c.Kept.IsZero() })
	m, err := archive.SealOf(dir, nil)
	if err != nil || c.Root != m.Root || c.Head != m.Head || !c.Sound || c.Meeting != "giao-ban" || c.Copied.IsZero() {
		t.Errorf("%+v %v", c, err)
	}
	for _, copied := range []string{h.elsewhere(h.second, dir), h.elsewhere(h.bucket, dir)} {
		if !sound(t, copied) {
			t.Errorf("no sound copy in %s", copied)
		}
	}
	if !sound(t, dir) {
		t.Error("the recording itself is gone or changed")
	}
	id2, _ := h.sealed() // the same keeper's next run does not note the first again
	h.until(id2, "kept", func(c keeper.Custody) bool { return !c.Kept.IsZero() })
	if h.noted.Load() != 2 {
		t.Errorf("noted %d times", h.noted.Load())
	}
}

func TestARC04_AChangedByteIsFoundByTheNextCheckAndRestoredFromEitherCopy(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"second copy", "store"} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			if from == "store" {
				h.openBucket(bucket.Settings{Folder: h.bucket})
			} else {
				h.settings.Second = h.second
			}
			id, dir := h.sealed()
			h.until(id, "copied", func(c keeper.Custody) bool { return !c.Kept.IsZero() || !c.Copied.IsZero() })
			flip(t, dir)
			h.until(id, "left alone before its time", func(c keeper.Custody) bool { return c.Restored.IsZero() })
			h.clock.advance(8 * 24 * time.Hour)
			k := h.start()
			defer k.Close()
			c := h.await(k, id, "restored", func(c keeper.Custody) bool { return !c.Restored.IsZero() })
			if !sound(t, dir) || !c.Sound || len(c.Problems) == 0 || !strings.Contains(c.Problems[0], "tracks/") {
				t.Errorf("%+v", c)
			}
			if sound(t, filepath.Join(h.root, c.Aside)) {
				t.Error("the changed one is not kept")
			}
			if figure(t, k, "restored_total") != 1 || figure(t, k, "damage_total") != 1 {
				t.Error("the metrics do not tell")
			}
			past, err := h.ledger.History(t.Context(), id)
			if err != nil || len(past) < 3 {
				t.Errorf("%d states, %v", len(past), err)
			}
		})
	}
}

func TestARC04_ALostFolderComesBackAndWithoutACopyTheDamageIsReported(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id, dir := h.sealed()
	h.until(id, "checked", func(c keeper.Custody) bool { return c.Sound })
	flip(t, dir)
	k := h.start()
	k.Check(id) // before its time
	c := h.await(k, id, "reported", func(c keeper.Custody) bool { return !c.Sound && len(c.Problems) > 0 })
	k.Close()
	if c.Restored != (time.Time{}) {
		t.Errorf("restored from nothing: %+v", c)
	}
	flip(t, dir) // as it was
	h.settings.Second = h.second
	k = h.start()
	k.Check(id)
	h.await(k, id, "sound and copied", func(c keeper.Custody) bool { return c.Sound && !c.Copied.IsZero() })
	k.Close()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	h.clock.advance(8 * 24 * time.Hour)
	h.until(id, "back", func(c keeper.Custody) bool { return !c.Restored.IsZero() })
	if !sound(t, dir) {
		t.Error("it did not come back")
	}
}

func TestARC04_AnotherSealedRecordingInItsPlaceIsNoticed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id, dir := h.sealed()
	h.until(id, "checked", func(c keeper.Custody) bool { return c.Sound })
	_, other := h.sealed()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, dir); err != nil {
		t.Fatal(err)
	}
	h.clock.advance(8 * 24 * time.Hour)
	h.until(id, "noticed", func(c keeper.Custody) bool { return !c.Sound && len(c.Problems) == 1 })
}

func TestARC04_AForgedSecondCopyIsNotTakenForTheRecordingWhoseHeadWasNoted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.settings.Second = h.second
	id, dir := h.sealed()
	h.until(id, "copied", func(c keeper.Custody) bool { return !c.Copied.IsZero() })
	_, forged := h.sealed() // sound in itself
	copied := h.elsewhere(h.second, dir)
	if err := errors.Join(os.RemoveAll(copied), os.CopyFS(copied, os.DirFS(forged))); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(forged); err != nil {
		t.Fatal(err)
	}
	flip(t, dir)
	h.clock.advance(8 * 24 * time.Hour)
	c := h.until(id, "reported", func(c keeper.Custody) bool { return len(c.Problems) > 0 })
	if c.Sound || !c.Restored.IsZero() || sound(t, dir) || !sound(t, copied) {
		t.Errorf("%+v", c)
	}
	flip(t, dir) // as it was: now the copy is the wrong one
	h.clock.advance(8 * 24 * time.Hour)
	h.until(id, "copied anew", func(c keeper.Custody) bool { return c.Sound && c.Copied.After(h.clock.Now().Add(-time.Hour)) })
	seal, err := archive.SealOf(copied, nil)
	if err != nil || seal.Head != c.Head {
		t.Errorf("the copy has head %s: %v", seal.Head, err)
	}
}

func TestAStoreThatRefusesForAnHourIsSurvivedAndCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	began := h.clock.Now()
	var asked, passed atomic.Int32
	proxy, _ := specimen.S3Behind(t, func(w http.ResponseWriter, _ *http.Request) bool {
		asked.Add(1)
		if h.clock.Now().Sub(began) > time.Hour {
			passed.Add(1)
			return true
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		return false
	})
	proxy.Patience = bucket.Patience{Tries: 2, Pause: time.Millisecond}
	h.openBucket(proxy)
	// Waiting is what moves this clock, so the hour passes in a moment.
	atHour, hold := make(chan struct{}), make(chan struct{})
	seen := sync.OnceFunc(func() { close(atHour); <-hold })
	h.settings.Wait = func(ctx context.Context, d time.Duration, wake <-chan struct{}) {
		h.clock.advance(d)
		if h.clock.Now().Sub(began) > 59*time.Minute {
			seen()
		}
		if passed.Load() > 0 {
			select { // nothing to hurry for any more
			case <-ctx.Done():
			case <-wake:
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	id, dir := h.sealed()
	k := h.start()
	defer k.Close()
	select {
	case <-atHour:
	case <-time.After(deadline):
		t.Fatal("the hour does not pass")
	}
	if s := figure(t, k, "store_failing_seconds"); s < 50*60 {
		t.Errorf("the alarm says it has failed for %v s", s)
	}
	if n := figure(t, k, "store_failures_total"); n < 12 || n > 40 {
		t.Errorf("%v tries in an hour", n)
	}
	if figure(t, k, "store_waiting") != 1 || !sound(t, dir) {
		t.Error("what waits is not told, or the local copy suffered")
	}
	close(hold)
	h.await(k, id, "kept at last", func(c keeper.Custody) bool { return !c.Kept.IsZero() })
	if strings.Contains(h.log.String(), specimen.Secret) || strings.Contains(h.log.String(), "Signature=") {
		t.Error("the log has the key or a signature")
	}
}
