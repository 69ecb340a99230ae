// Package handover lets a service manager hold the sockets of a program over its
// restarts: who connects while one process ends and the next begins waits in the
// socket instead of being refused. It speaks systemd's two small protocols, socket
// activation (sd_listen_fds) and notification (sd_notify). It starts no goroutine.
package handover

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
)

// firstFD is the first descriptor that is handed over (SD_LISTEN_FDS_START).
const firstFD = 3

// Sockets are the listeners that were handed over, by the address they listen on. Each
// is given out once.
type Sockets struct {
	mu  sync.Mutex
	all []net.Listener
}

// Inherited takes the sockets that were handed to this very process, and takes the
// word of it out of the environment, so that no child believes it is meant.
func Inherited() (*Sockets, error) {
	s := &Sockets{}
	pid, count := os.Getenv("LISTEN_PID"), os.Getenv("LISTEN_FDS")
	for _, name := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		_ = os.Unsetenv(name) // fails for bad names only
	}
	n, err := strconv.Atoi(count)
	if err != nil || pid != strconv.Itoa(os.Getpid()) {
		return s, nil // nothing, or not for us
	}
	var errs []error
	for fd := firstFD; fd < firstFD+n; fd++ {
		f := os.NewFile(uintptr(fd), "handed-over-"+strconv.Itoa(fd))
		l, err := net.FileListener(f)
		if err = errors.Join(err, f.Close()); err != nil {
			errs = append(errs, err)
			continue
		}
		s.all = append(s.all, l)
	}
	return s, errors.Join(errs...)
}

// Listen gives the socket that was handed over for the address, or opens one.
func (s *Sockets) Listen(address string) (net.Listener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, l := range s.all {
		if fits(l.Addr(), address) {
			s.all = append(s.all[:i:i], s.all[i+1:]...)
			return l, nil
		}
	}
	var plain net.ListenConfig
	plain.SetMultipathTCP(false) // what systemd hands over has none either, and the door's filter needs it so
	return plain.Listen(context.Background(), "tcp", address)
}

// fits answers whether a socket is the one for an address: the same port, and a host
// that is the same or is left open on both sides.
func fits(have net.Addr, want string) bool {
	host, port, err := net.SplitHostPort(want)
	tcp, ok := have.(*net.TCPAddr)
	if err != nil || !ok || port != strconv.Itoa(tcp.Port) {
		return false
	}
	ip := net.ParseIP(host)
	return tcp.IP.Equal(ip) || tcp.IP.IsUnspecified() && (host == "" || ip.IsUnspecified())
}

// Close closes what nobody asked for.
func (s *Sockets) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range s.all {
		l.Close()
	}
	s.all = nil
}

// Ready tells the service manager that the program serves.
func Ready() error { return notify("READY=1") }

// Stopping tells it that the program ends by itself.
func Stopping() error { return notify("STOPPING=1") }

// notify sends a word to the service manager, if there is one.
func notify(word string) error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return err
	}
	_, err = conn.Write([]byte(word))
	return errors.Join(err, conn.Close())
}
