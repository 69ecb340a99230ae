package outward_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/internal/outward"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// A name that leads to an address of a hoster's keys, or a server that passes the
// bridge on to one, is not followed there.
func TestNoAddressIsDialledWhereNoServerOfAHouseStands(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"169.254.169.254": true, "169.254.1.1": true, "::ffff:169.254.169.254": true, "fe80::1": true, "fd00:ec2::254": true, "100.100.100.200": true,
		"0.0.0.0": true, "::": true, "224.0.0.1": true, "ff02::1": true, "255.255.255.255": true,
		"127.0.0.1": false, "10.1.2.3": false, "192.168.1.1": false, "fd12::1": false, "203.0.113.7": false, "::1": false,
	} {
		if got := outward.Forbidden(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: forbidden = %v, want %v", address, got, want)
		}
	}
	// As dialled: the fence lets the host through, the dialler does not.
	for _, address := range []string{"http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://[::ffff:169.254.169.254]/", "http://0.0.0.0/"} {
		c := outward.Client(outward.Settings{Hosts: []string{outward.Host(address)}, Plain: true, Timeout: 5 * time.Second})
		if _, err := c.Get(address); !errors.Is(err, outward.ErrAddress) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestOnlyNamedHostsAreAskedAndNoRedirectIsFollowed(t *testing.T) {
	t.Parallel()
	asked := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer other.Close()
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/long" {
			_, _ = io.WriteString(w, strings.Repeat("x", 1<<20))
			return
		}
		http.Redirect(w, r, other.URL, http.StatusFound)
	}))
	defer first.Close()
	c := outward.Client(outward.Settings{Hosts: []string{outward.Host(first.URL)}, Timeout: 5 * time.Second, Largest: 1000})
	defer c.CloseIdleConnections()
	answer, err := c.Get(first.URL)
	if err != nil || answer.StatusCode != http.StatusFound || asked != 0 {
		t.Errorf("a redirect: %v, %v; the other was asked %d times", answer, err, asked)
	}
	answer.Body.Close()
	if _, err := c.Get(other.URL); !errors.Is(err, outward.ErrHost) {
		t.Errorf("a host that is not named: %v", err)
	}
	answer, err = c.Get(first.URL + "/long")
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := io.Copy(io.Discard, answer.Body); n != 1000 {
		t.Errorf("%d bytes of a long answer were read", n)
	}
	answer.Body.Close()
	plain := outward.Client(outward.Settings{Hosts: []string{"dich-vu.example"}, Timeout: time.Second})
	if _, err := plain.Get("http://dich-vu.example/"); !errors.Is(err, outward.ErrPlain) {
		t.Errorf("plain HTTP to another machine: %v", err)
	}
}
