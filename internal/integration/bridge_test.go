// Package integration tests the whole bridge from outside, over loopback, with
// clients of the public protocol. It has no code but tests. The bridge is started
// in the process; DIEMCAU_TEST_URL names another server to test instead.
package integration

import (
	"context"
	"os"
	"testing"
	"time"

	"diemcau/internal/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(tests{m}) }

// tests are those of this package; what they built goes with them.
type tests struct{ *testing.M }

func (t tests) Run() int {
	defer os.RemoveAll(programs)
	return t.M.Run()
}

// server is a server under test.
type server struct {
	url, key, secret string
	admin            string       // address of the metrics; empty for another server
	stop             func() error // nil for another server
	control          bool         // another server of the protocol, to prove the tests themselves
}

// startBridge returns a server to test. DIEMCAU_TEST_URL names one that runs
// already, with DIEMCAU_TEST_KEY and DIEMCAU_TEST_SECRET (devkey, secret);
// DIEMCAU_TEST_CONTROL=1 says that it is not diemcau.
func startBridge(t *testing.T) *server {
	t.Helper()
	if url := os.Getenv("DIEMCAU_TEST_URL"); url != "" {
		return &server{
			url: url, key: env("DIEMCAU_TEST_KEY", "devkey"), secret: env("DIEMCAU_TEST_SECRET", "secret"),
			control: os.Getenv("DIEMCAU_TEST_CONTROL") == "1",
		}
	}
	return startOwn(t)
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// soon is a deadline that is long for a busy machine and short for a person.
func soon(t *testing.T) context.Context {
	t.Helper()
	return within(t, soonLimit)
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), d)
	t.Cleanup(cancel)
	return ctx
}

// eventually asks until it is so. For what no message announces: counters.
func eventually(t *testing.T, d time.Duration, what string, so func() bool) {
	t.Helper()
	ctx := within(t, d)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within %v: %s", d, what)
		}
	}
}
