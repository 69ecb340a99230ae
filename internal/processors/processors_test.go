package processors

import (
	"log/slog"
	"runtime"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func TestOneProcessorIsTakenAfterAQuietWhileOnly(t *testing.T) {
	t.Parallel()
	var p policy
	for range 2 {
		if p.step(100*time.Millisecond, time.Second) {
			t.Fatal("lowered before the time")
		}
	}
	p.step(350*time.Millisecond, time.Second) // neither low nor high: waiting begins anew
	for range 2 {
		if p.step(100*time.Millisecond, time.Second) {
			t.Fatal("lowered although the load was not low all the time")
		}
	}
	if !p.step(100*time.Millisecond, time.Second) {
		t.Error("not lowered after three quiet seconds")
	}
	if !p.step(100*time.Millisecond, 250*time.Millisecond) {
		t.Error("raised at 40 % of a processor")
	}
	if p.step(120*time.Millisecond, 250*time.Millisecond) {
		t.Error("not raised at 48 % of a processor")
	}
}

func TestALoadAboveTheLimitAlwaysHasAllProcessors(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var p policy
		for range rapid.IntRange(1, 60).Draw(t, "looks") {
			passed := time.Duration(rapid.IntRange(0, 2000).Draw(t, "ms")) * time.Millisecond
			used := time.Duration(rapid.Float64Range(0, 2).Draw(t, "load") * float64(passed))
			few := p.step(used, passed)
			if few && passed > 0 && float64(used) > raiseAbove*float64(passed) {
				t.Fatalf("one processor for %v of %v", used, passed)
			}
		}
	})
}

func TestClosingGivesAllProcessorsBack(t *testing.T) { // GOMAXPROCS belongs to the whole process
	before := runtime.GOMAXPROCS(0)
	f := Follow(slog.New(slog.DiscardHandler))
	f.Close()
	f.Close()
	if n := runtime.GOMAXPROCS(0); n != before {
		t.Errorf("%d processors, before %d", n, before)
	}
}

func TestTheTimeUsedGrowsWithWork(t *testing.T) {
	t.Parallel()
	before, ok := used()
	if !ok {
		t.Skip("this system does not tell")
	}
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); {
		if now, _ := used(); now > before {
			return
		}
	}
	t.Error("five busy seconds used no time")
}
