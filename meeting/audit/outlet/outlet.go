// Package outlet sends lines of the audit log to a collector of the house: syslog (RFC
// 5424) over UDP, TCP (RFC 6587, counted octets) or TLS (RFC 5425), with the line
// itself or as an event in ArcSight's CEF. Nothing is sent unless an address is set.
//
// Its one goroutine owns the connection. Lines wait in a queue of bounded length; when
// the collector is away for long the oldest are dropped and counted, for the chain in
// the database is what counts, and whoever collects can fetch what he lacks by number.
// Close ends it after a last try.
package outlet

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"diemcau/internal/metric"
	"diemcau/internal/outward"
	"diemcau/meeting/audit"
)

// Settings of an Outlet.
type Settings struct {
	Network   string // "udp", "tcp" or "tls"
	Address   string
	Format    string // "syslog" or "cef"
	Authority string // file of certificates that lead to the collector's; "" for those of the system
	Host      string // name of this machine; "" asks the system
	Log       *slog.Logger
	// Queue is how many lines wait at most; 0 is 10,000.
	Queue int
}

// Times of a connection.
const (
	dialPatience  = 5 * time.Second
	writePatience = 5 * time.Second
	again         = time.Second
	mostAgain     = time.Minute
)

// Outlet is an audit.Outlet.
type Outlet struct {
	Settings
	tls *tls.Config

	mu     sync.Mutex
	queue  []audit.Row
	wake   chan struct{}
	quit   chan struct{}
	done   chan struct{}
	once   sync.Once
	sent   atomic.Int64
	lost   atomic.Int64
	failed atomic.Int64
	away   atomic.Int64 // unix milliseconds since when the collector takes nothing; 0 while it does
}

// Open begins; the collector may be away.
func Open(s Settings) (*Outlet, error) {
	if s.Queue == 0 {
		s.Queue = 10_000
	}
	if s.Host == "" {
		s.Host, _ = os.Hostname() // RFC 5424 section 6.2.4: "-" where there is none
	}
	o := &Outlet{Settings: s, wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{})}
	if s.Network == "tls" {
		host, _, err := net.SplitHostPort(s.Address)
		if err != nil {
			return nil, fmt.Errorf("audit.syslog.address: %w", err)
		}
		o.tls = &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
		if s.Authority != "" {
			pem, err := os.ReadFile(s.Authority)
			if err != nil {
				return nil, fmt.Errorf("audit.syslog.authority: %w", err)
			}
			if o.tls.RootCAs = x509.NewCertPool(); !o.tls.RootCAs.AppendCertsFromPEM(pem) {
				return nil, errors.New("audit.syslog.authority: no certificate in " + s.Authority)
			}
		}
	}
	go o.run()
	return o, nil
}

// Take queues lines and does not wait.
func (o *Outlet) Take(rows []audit.Row) {
	o.mu.Lock()
	o.queue = append(o.queue, rows...)
	if over := len(o.queue) - o.Queue; over > 0 {
		o.lost.Add(int64(over))
		o.queue = append([]audit.Row{}, o.queue[over:]...)
	}
	o.mu.Unlock()
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *Outlet) next() []audit.Row {
	o.mu.Lock()
	defer o.mu.Unlock()
	rows := o.queue
	o.queue = nil
	return rows
}

// back puts what could not be sent before what came meanwhile.
func (o *Outlet) back(rows []audit.Row) {
	o.mu.Lock()
	later := o.queue
	o.queue = append([]audit.Row{}, rows...)
	o.mu.Unlock()
	o.Take(later)
}

// run is the owner goroutine of the connection.
func (o *Outlet) run() {
	defer close(o.done)
	var conn net.Conn
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	wait := again
	for {
		closing := false
		select {
		case <-o.wake:
		case <-o.quit:
			closing = true
		}
		rows := o.next()
		n, err := 0, error(nil)
		if len(rows) > 0 {
			conn, n, err = o.send(conn, rows)
		}
		o.sent.Add(int64(n))
		if closing {
			o.lost.Add(int64(len(rows) - n))
			return
		}
		if err == nil {
			if len(rows) > 0 {
				o.away.Store(0)
			}
			wait = again
			continue
		}
		o.failed.Add(1)
		o.away.CompareAndSwap(0, time.Now().UnixMilli())
		o.Log.Warn("the collector of the audit log does not take lines", "error", err)
		o.back(rows[n:])
		select {
		case <-time.After(wait):
		case <-o.quit:
		}
		wait = min(2*wait, mostAgain)
	}
}

// send writes rows; a connection that failed is nil afterwards.
func (o *Outlet) send(conn net.Conn, rows []audit.Row) (net.Conn, int, error) {
	if conn == nil {
		var err error
		if conn, err = o.dial(); err != nil {
			return nil, 0, err
		}
	}
	for i, r := range rows {
		_ = conn.SetWriteDeadline(time.Now().Add(writePatience)) // the write says it
		if _, err := conn.Write(o.frame(r)); err != nil {
			conn.Close()
			return nil, i, err
		}
	}
	return conn, len(rows), nil
}

// dialler refuses addresses at which no collector of a house stands.
var dialler = &net.Dialer{Control: outward.Control}

func (o *Outlet) dial() (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialPatience)
	defer cancel()
	if o.Network == "tls" {
		return (&tls.Dialer{NetDialer: dialler, Config: o.tls}).DialContext(ctx, "tcp", o.Address)
	}
	return dialler.DialContext(ctx, o.Network, o.Address)
}

// Close ends it.
func (o *Outlet) Close() {
	o.once.Do(func() { close(o.quit) })
	<-o.done
}

// Stats are the counters.
type Stats struct {
	Sent, Lost, Failed, Waiting int64
	Away                        time.Time // since when the collector takes nothing; zero while it does
}

// Stats reads the counters.
func (o *Outlet) Stats() Stats {
	o.mu.Lock()
	defer o.mu.Unlock()
	s := Stats{Sent: o.sent.Load(), Lost: o.lost.Load(), Failed: o.failed.Load(), Waiting: int64(len(o.queue))}
	if away := o.away.Load(); away > 0 {
		s.Away = time.UnixMilli(away).UTC()
	}
	return s
}

// Collector gives the counters to Prometheus.
func (o *Outlet) Collector() prometheus.Collector {
	return metric.Collector("diemcau_audit_outlet_", o.Stats, []metric.Row[Stats]{
		{Name: "lines_total", Help: "Lines of the audit log sent to the collector.", Value: func(s *Stats) float64 { return float64(s.Sent) }},
		{Name: "dropped_total", Help: "Lines that were not sent because the collector was away too long.", Value: func(s *Stats) float64 { return float64(s.Lost) }},
		{Name: "failures_total", Help: "Times that the collector did not take lines.", Value: func(s *Stats) float64 { return float64(s.Failed) }},
		{Name: "waiting", Help: "Lines that wait for the collector.", Gauge: true, Value: func(s *Stats) float64 { return float64(s.Waiting) }},
	})
}
