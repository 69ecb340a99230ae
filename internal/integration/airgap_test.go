//go:build linux

package integration

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
)

// inside is set in the namespace.
const inside = "DIEMCAU_TEST_AIRGAP"

// outward is the one way out of the namespace: all that is not for this machine goes
// there, and nobody answers.
const outward = "outward"

// namespace makes it. Without IPv6 the kernel itself has nothing to say there.
const namespace = `set -e
ip link set lo up
ip link add ` + outward + ` type veth peer name nobody
sysctl -qw net.ipv6.conf.nobody.disable_ipv6=1
ip link set nobody up
sysctl -qw net.ipv6.conf.` + outward + `.disable_ipv6=1
ip addr add 10.99.0.2/24 dev ` + outward + `
ip link set ` + outward + ` up
ip route add default via 10.99.0.1
exec "$0" -test.run '^TestSEC08_' -test.v -test.timeout 120s`

// TestSEC08_AStartAndAMeetingSendNothingOutside runs itself in a network namespace with
// a way out, listens on that way, and holds a recorded meeting. It needs root.
func TestSEC08_AStartAndAMeetingSendNothingOutside(t *testing.T) {
	t.Parallel()
	if os.Getenv(inside) != "" {
		nothingOutside(t)
		return
	}
	if os.Getuid() != 0 {
		t.Skip("it makes a network namespace, which only root may")
	}
	for _, tool := range []string{"unshare", "ip", "sysctl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	binary := build(t) // where there is a network: it may fetch modules
	cmd := exec.CommandContext(t.Context(), "unshare", "--net", "sh", "-c", namespace, self)
	cmd.Env = append(os.Environ(), inside+"="+binary)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestSEC08_AStart") {
		t.Errorf("%v\n%s", err, out)
	}
}

// nothingOutside is the test in the namespace.
func nothingOutside(t *testing.T) {
	out := listenOutward(t)
	data := t.TempDir()
	p := openDiscussion(t, data)
	bridge := run(t, os.Getenv(inside), data)
	points := []*publisher{}
	for _, x := range p.Points[:2] {
		c, err := publish(t, bridge.url, p, x.ID, samples.VP8)
		if c != nil {
			defer c.abandon()
		}
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, c)
	}
	if err := points[0].Wait(soon(t), "the banner", func(r *lkclient.Room) bool { return r.Info.GetActiveRecording() }); err != nil {
		t.Fatal(err)
	}
	eventually(t, 2*soonLimit, "both on disk", func() bool { return recordedPoints(filepath.Join(data, "archive")) == 2 })
	if err := bridge.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = bridge.cmd.Wait() // how it ends is another test's
	if seen := out.seen(t); len(seen) > 0 {
		t.Errorf("%d packets went outside: %v", len(seen), seen)
	}
	// The tap is not deaf: a question for a name is heard.
	conn, err := net.Dial("udp", "192.0.2.53:53")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("question")); err != nil {
		t.Fatal(err)
	}
	eventually(t, soonLimit, "a packet outside", func() bool { return len(out.seen(t)) > 0 })
}

// tap hears every packet on one interface.
type tap int

func listenOutward(t *testing.T) tap {
	t.Helper()
	all := binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, unix.ETH_P_ALL)) // network order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, int(all))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(fd) })
	way, err := net.InterfaceByName(outward)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: way.Index}); err != nil {
		t.Fatal(err)
	}
	e := tap(fd)
	e.seen(t) // what came between opening and binding
	return e
}

// seen are the packets since the last time, by their beginnings.
func (e tap) seen(t *testing.T) (all []string) {
	t.Helper()
	b := make([]byte, 2048)
	for {
		n, _, err := unix.Recvfrom(int(e), b, 0)
		if errors.Is(err, unix.EAGAIN) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, hex.EncodeToString(b[:min(n, 64)]))
	}
}
