package outlet_test

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/meeting/audit"
	"diemcau/meeting/audit/outlet"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func rows(t *testing.T, n int) []audit.Row {
	all, before := []audit.Row{}, audit.First
	for i := range n {
		r, err := audit.Seal(int64(i+1), before, audit.Line{
			At: time.Date(2026, 11, 29, 7, 0, 0, 0, time.UTC), What: "signin.failed", Name: "nhập|=\\", Address: "10.1.2.3", Detail: "a\nb",
		})
		if err != nil {
			t.Fatal(err)
		}
		all, before = append(all, r), r.Hash
	}
	return all
}

func open(t *testing.T, s outlet.Settings) *outlet.Outlet {
	s.Host, s.Log = "cầu 1", slog.New(slog.DiscardHandler)
	o, err := outlet.Open(s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	return o
}

var rfc5424 = regexp.MustCompile(`^<108>1 2026-11-29T07:00:00\.000000Z cu1 diemcau - signin\.failed (\[diemcau@32473 seq="\d+" hash="[0-9a-f]{64}"\]|-) \x{feff}(.*)$`)

// frames reads messages with their octet counts.
func frames(t *testing.T, conn io.Reader, n int) []string {
	t.Helper()
	in := bufio.NewReader(conn)
	var all []string
	for range n {
		var size int
		if _, err := fmt.Fscanf(in, "%d ", &size); err != nil {
			t.Fatal(err)
		}
		m := make([]byte, size)
		if _, err := io.ReadFull(in, m); err != nil {
			t.Fatal(err)
		}
		all = append(all, string(m))
	}
	return all
}

func TestSEC06_LinesGoToACollectorByUDPAndTCPAndTLS(t *testing.T) {
	t.Parallel()
	all := rows(t, 2)
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	open(t, outlet.Settings{Network: "udp", Address: udp.LocalAddr().String(), Format: "cef"}).Take(all[:1])
	buffer := make([]byte, 4096)
	n, _, err := udp.ReadFrom(buffer)
	if err != nil {
		t.Fatal(err)
	}
	found := rfc5424.FindStringSubmatch(string(buffer[:n]))
	if found == nil || !strings.HasPrefix(found[2], "CEF:0|diemcau|diemcau|1|signin.failed|signin.failed|6|rt=1795935600000 externalId=1 src=10.1.2.3 suser=nhập|\\=\\\\ reason=ab ") {
		t.Errorf("CEF by UDP: %q", buffer[:n])
	}
	certificate := httptest.NewTLSServer(nil)
	defer certificate.Close()
	authority := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authority, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, network := range []string{"tcp", "tls"} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if network == "tls" {
			listener = tls.NewListener(listener, certificate.TLS)
		}
		defer listener.Close()
		open(t, outlet.Settings{Network: network, Address: listener.Addr().String(), Format: "syslog", Authority: authority}).Take(all)
		conn, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		for i, m := range frames(t, conn, 2) {
			if found := rfc5424.FindStringSubmatch(m); found == nil || found[2] != all[i].Body {
				t.Errorf("%s: %q", network, m)
			}
		}
	}
}

func TestSEC06_ACollectorThatIsAwayHoldsNothingUpAndWhatIsDroppedIsCounted(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	o := open(t, outlet.Settings{Network: "tcp", Address: address, Format: "syslog", Queue: 3})
	o.Take(rows(t, 10))
	if s := o.Stats(); s.Lost < 7 {
		t.Errorf("%+v", s)
	}
	if listener, err = net.Listen("tcp", address); err != nil {
		t.Skip("somebody took the port:", err)
	}
	defer listener.Close()
	conn, err := listener.Accept() // it tries again by itself
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for i, m := range frames(t, conn, 3) {
		if !strings.Contains(m, fmt.Sprintf(`seq="%d"`, i+8)) {
			t.Errorf("message %d: %q", i, m)
		}
	}
}

func TestSEC06_ACollectorWithAnotherCertificateGetsNothing(t *testing.T) {
	t.Parallel()
	certificate := httptest.NewTLSServer(nil)
	defer certificate.Close()
	listener, err := tls.Listen("tcp", "127.0.0.1:0", certificate.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	o := open(t, outlet.Settings{Network: "tls", Address: listener.Addr().String(), Format: "syslog"})
	o.Take(rows(t, 1))
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if n, err := conn.Read(make([]byte, 1)); err == nil || n > 0 {
		t.Error("a stranger was told")
	}
}
