package bridge

import (
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/cmd/diemcau/watch"
	"diemcau/meeting/audit"
)

func TestSEC06_ABridgeThatIsSetToMovesOldLinesBesideTheDatabase(t *testing.T) {
	t.Parallel()
	b := newBridge(t, func(c *config.Config) { c.Audit.KeepMonths = audit.LeastMonths })
	b.clockKept = func() bool { return true }
	later := time.Now().AddDate(1, 2, 0)
	if err := b.audit.Keep(t.Context(), audit.Line{At: later, What: "signin.ok"}); err != nil {
		t.Fatal(err)
	}
	cut, err := retire(t.Context(), b.cfg, b, later)
	if err != nil || cut.From != 1 || cut.Seq < 2 {
		t.Fatalf("%+v %v", cut, err)
	}
	if kept, err := AuditCuts(b.cfg.Data); err != nil || len(kept) != 1 || kept[0] != cut {
		t.Errorf("beside the files: %+v %v", kept, err)
	}
	heads, err := AuditHeads(b.cfg.Data)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := b.store.CheckAudit(t.Context(), AuditKey(b.cfg.Data), heads); err != nil || !r.OK() || r.Lines != 2 {
		t.Errorf("what is left: %+v %v", r, err)
	}
}

// A run that fails raises an alarm where somebody looks, and the next good one ends it.
func TestSEC06_OldLinesThatCannotBeTakenAwayRaiseAnAlarmUntilTheyAre(t *testing.T) {
	t.Parallel()
	b := newBridge(t, func(c *config.Config) { c.Audit.KeepMonths = audit.LeastMonths })
	b.clockKept = func() bool { return true }
	later := time.Now().AddDate(1, 2, 0)
	if err := b.audit.Keep(t.Context(), audit.Line{At: later, What: "signin.ok"}); err != nil {
		t.Fatal(err)
	}
	alarm := func() bool {
		s, _ := statusOf(t, b)
		return slices.ContainsFunc(s.Alarms, func(f watch.Fault) bool { return f.Code == "audit-retire" })
	}
	// Where the files go there is a file.
	if err := os.WriteFile(AuditArchive(b.cfg.Data), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if next := b.retireNow(t.Context(), later); next != retireAgain {
			t.Errorf("it is tried again after %v", next)
		}
	}
	if !alarm() {
		t.Error("no alarm while old lines cannot be taken away")
	}
	if err := os.Remove(AuditArchive(b.cfg.Data)); err != nil {
		t.Fatal(err)
	}
	if next := b.retireNow(t.Context(), later); next != retireEvery || alarm() {
		t.Errorf("a good run is followed by one after %v, alarm %v", next, alarm())
	}
	b.audit.Close() // all that was posted is kept
	if found, err := b.store.Audit(t.Context(), audit.Filter{Kinds: []string{retireFailed}, Limit: 5}); err != nil || len(found) != 1 {
		t.Errorf("lines that tell of two failed runs: %+v %v", found, err)
	}
}

// By a clock that runs two years ahead all lines are old: who cannot know lets them stay.
func TestSEC06_ByAClockThatNobodyKeepsRightNoLineIsTakenAway(t *testing.T) {
	t.Parallel()
	b := newBridge(t, func(c *config.Config) { c.Audit.KeepMonths = audit.LeastMonths })
	b.clockKept = func() bool { return false }
	if next := b.retireNow(t.Context(), time.Now()); next != retireEvery {
		t.Errorf("with nothing to do the next run is after %v", next)
	}
	wrong := time.Now().AddDate(2, 0, 0)
	if err := b.audit.Keep(t.Context(), audit.Line{At: wrong, What: "signin.ok"}); err != nil {
		t.Fatal(err)
	}
	if _, err := retire(t.Context(), b.cfg, b, wrong); !errors.Is(err, audit.ErrClock) {
		t.Errorf("lines go: %v", err)
	}
	if next := b.retireNow(t.Context(), wrong); next != retireAgain {
		t.Errorf("it is tried again after %v", next)
	}
	if cuts, err := AuditCuts(b.cfg.Data); err != nil || len(cuts) > 0 {
		t.Errorf("%+v %v", cuts, err)
	}
}
