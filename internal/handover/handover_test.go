package handover

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestASocketFitsItsAddressOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		have, want string
		fits       bool
	}{
		{"0.0.0.0:443", ":443", true}, {"[::]:443", ":443", true}, {"127.0.0.1:443", "127.0.0.1:443", true}, {"[::]:443", "0.0.0.0:443", true},
		{"0.0.0.0:443", ":444", false}, {"127.0.0.1:443", ":443", false}, {"0.0.0.0:443", "127.0.0.1:443", false}, {"0.0.0.0:443", "", false},
	} {
		have, err := net.ResolveTCPAddr("tcp", c.have)
		if err != nil {
			t.Fatal(err)
		}
		if fits(have, c.want) != c.fits {
			t.Errorf("%s for %s: %v", c.have, c.want, !c.fits)
		}
	}
}

func TestWhatIsMeantForAnotherProcessIsLeftAlone(t *testing.T) {
	t.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()+1))
	t.Setenv("LISTEN_FDS", "1")
	s, err := Inherited()
	if err != nil || len(s.all) != 0 || os.Getenv("LISTEN_FDS") != "" {
		t.Errorf("%d sockets, %v", len(s.all), err)
	}
}

func TestTheServiceManagerIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	if err := Ready(); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 32)
	if n, err := conn.Read(b); err != nil || string(b[:n]) != "READY=1" {
		t.Errorf("%q %v", b[:n], err)
	}
	t.Setenv("NOTIFY_SOCKET", "")
	if err := Stopping(); err != nil {
		t.Error("without a manager nothing is to be said:", err)
	}
}
