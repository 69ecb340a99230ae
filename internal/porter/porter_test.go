package porter_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/internal/porter"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func serve(t *testing.T, b porter.Bounds, h http.Handler) *porter.Listener {
	t.Helper()
	l, err := porter.Listen("127.0.0.1:0", b)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return l
}

func dial(t *testing.T, l net.Listener) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return c
}

func TestOneConnectionTooManyIsClosedAtOnceAndAPlaceIsFreeAgain(t *testing.T) {
	t.Parallel()
	l := serve(t, porter.Bounds{Total: 1}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("in")) }))
	ask := func(c net.Conn) error {
		if _, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return err
		}
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil {
			_ = r.Body.Close()
		}
		return err
	}
	first := dial(t, l)
	if err := ask(first); err != nil {
		t.Fatal(err)
	}
	// It is reset after it was made, which the kernel may tell as early as in the dial.
	if second, err := net.Dial("tcp", l.Addr().String()); err == nil {
		t.Cleanup(func() { _ = second.Close() })
		_ = second.SetDeadline(time.Now().Add(20 * time.Second))
		if ask(second) == nil {
			t.Error("a connection above the bound was served")
		}
	}
	if l.Refused() != 1 {
		t.Errorf("%d refused", l.Refused())
	}
	_ = first.Close()
	for until := time.Now().Add(10 * time.Second); l.Open() > 0 && time.Now().Before(until); {
		time.Sleep(time.Millisecond) // the server sees the end of the first on its own goroutine
	}
	if err := ask(dial(t, l)); err != nil {
		t.Errorf("the free place is not given: %v", err)
	}
}

func TestABodyThatDripsIsCutAndAnHonestSlowOneIsNot(t *testing.T) {
	t.Parallel()
	got := make(chan error, 2)
	l := serve(t, porter.Bounds{}, porter.Pace{Grace: 50 * time.Millisecond, Rate: 1 << 20}.Bodies(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		got <- err
	})))
	slow := dial(t, l)
	_, _ = io.WriteString(slow, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nx")
	if err := <-got; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a body that never comes ends with %v", err)
	}
	honest := dial(t, l)
	_, _ = io.WriteString(honest, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"+strings.Repeat("y", 100000))
	if err := <-got; err != nil {
		t.Errorf("an honest body: %v", err)
	}
}

func TestAClientThatDoesNotTakeItsAnswerIsCut(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 1)
	l := serve(t, porter.Bounds{TakeWithin: 50 * time.Millisecond}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				failed <- err
				return
			}
		}
	}))
	c := dial(t, l)
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case <-failed:
	case <-time.After(20 * time.Second):
		t.Error("the handler still writes to a client that does not read")
	}
}

func TestALineOfIPv6IsItsFirst64Bits(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::", "2001:db8:1:2:ffff::1": "2001:db8:1:2::", "::ffff:10.1.2.3": "10.1.2.3", "::1": "::1", "fe80::1%eth0": "fe80::",
	} {
		if got := porter.Line(netip.MustParseAddr(in)); got.String() != want {
			t.Errorf("%s counts as %s, not %s", in, got, want)
		}
	}
}
