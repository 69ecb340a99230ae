package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"diemcau/internal/metric"
	"diemcau/recording/recorder"
)

// healthPatience is how long one look at everything may take; less than what load
// balancers and service managers wait by default.
const healthPatience = 3 * time.Second

// diskReserve is what the disk of the data must have free: below it acts of meetings
// can no longer be kept. Recording stops earlier (recording.reserve_mb).
const diskReserve = 64 << 20

// finding is what was seen of one thing that the bridge cannot serve without. Its
// problem names no address, path or account.
type finding struct {
	name    string
	problem string // empty: all is well
}

// examine looks at everything that a meeting needs. What it finds goes to the log
// with its cause, to those who ask without.
func (b *Bridge) examine(ctx context.Context) []finding {
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	looks := []struct {
		name, problem string
		look          func(context.Context) error
	}{
		{"database", "does not answer", b.store.Answers},
		{"disk", "is full", func(context.Context) error { return roomOn(b.cfg.Data, diskReserve) }},
		{"media", "no address of the media port is left on this machine", b.media.reachable},
		{"certificate", "is not valid now", func(context.Context) error { return b.shown.valid(time.Now()) }},
	}
	found := make([]finding, len(looks))
	for i, l := range looks {
		found[i].name = l.name
		if err := l.look(ctx); err != nil {
			found[i].problem = l.problem
			b.log.Warn("not fit to serve", "part", l.name, "error", err)
		}
	}
	return found
}

func roomOn(dir string, least uint64) error {
	space, err := recorder.SpaceOf(dir)
	if err == nil && space.Free < least {
		err = fmt.Errorf("%d bytes free, %d needed", space.Free, least)
	}
	return err
}

// reachable answers whether an address that the media port was bound to is still one
// of this machine's: a line that got another address takes the meetings with it.
func (m *media) reachable(context.Context) error {
	bound := m.port.Addrs()
	mine, err := net.InterfaceAddrs()
	if err != nil {
		return err
	}
	for _, a := range mine {
		n, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		for _, have := range bound {
			if have.Addr().IsUnspecified() || n.IP.Equal(have.Addr().AsSlice()) {
				return nil
			}
		}
	}
	return fmt.Errorf("bound to %v", bound)
}

// valid answers whether the certificate that is shown holds at a time.
func (s *shown) valid(at time.Time) error {
	if s == nil {
		return nil
	}
	leaf := s.source.Leaf()
	if at.Before(leaf.NotBefore) || at.After(leaf.NotAfter) {
		return fmt.Errorf("valid from %s to %s", leaf.NotBefore, leaf.NotAfter)
	}
	return nil
}

// ready is what load balancers and upgrade scripts ask: a bridge that starts, ends,
// or misses something that a meeting needs is alive but not ready. ?verbose lists all.
func (b *Bridge) ready(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	state := b.readiness.state()
	var found []finding
	if state == ready {
		found = b.examine(r.Context())
		if slices.ContainsFunc(found, func(f finding) bool { return f.problem != "" }) {
			state = unfit
		}
	}
	var text strings.Builder
	fmt.Fprintln(&text, state)
	for _, f := range found {
		switch {
		case f.problem != "":
			fmt.Fprintf(&text, "%s: %s\n", f.name, f.problem)
		case r.URL.Query().Has("verbose"):
			fmt.Fprintf(&text, "%s: ok\n", f.name)
		}
	}
	if state != ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = w.Write([]byte(text.String())) // the client may have gone
}

// vitals are the same for Prometheus.
type vitals struct {
	ready   bool
	found   []finding
	free    float64
	expires time.Time // zero without HTTPS
}

func (b *Bridge) vitals() (v vitals) {
	if v.ready = b.readiness.state() == ready; v.ready {
		v.found = b.examine(context.Background())
		v.ready = !slices.ContainsFunc(v.found, func(f finding) bool { return f.problem != "" })
	}
	if space, err := recorder.SpaceOf(b.cfg.Data); err == nil {
		v.free = float64(space.Free)
	}
	if b.shown != nil {
		v.expires = b.shown.source.Leaf().NotAfter
	}
	return v
}

// vitalSigns are the metrics of the bridge as a whole.
func (b *Bridge) vitalSigns() prometheus.Collector {
	number := func(yes bool) float64 {
		if yes {
			return 1
		}
		return 0
	}
	return metric.Collector("diemcau_", b.vitals, []metric.Row[vitals]{
		{Name: "ready", Help: "1 while the bridge can serve meetings, as /readyz says.", Gauge: true, Value: func(v *vitals) float64 { return number(v.ready) }},
		{Name: "check_ok", Help: "1 for each thing meetings need that is well; none while the bridge starts or ends.", Gauge: true, Labels: []string{"check"},
			Each: func(v *vitals, give func(float64, ...string)) {
				for _, f := range v.found {
					give(number(f.problem == ""), f.name)
				}
			}},
		{Name: "disk_free_bytes", Help: "What is free on the disk of the data folder.", Gauge: true, Value: func(v *vitals) float64 { return v.free }},
		{Name: "certificate_expiry_timestamp_seconds", Help: "When the certificate that is shown ends; none without HTTPS.", Gauge: true, Labels: nil,
			Each: func(v *vitals, give func(float64, ...string)) {
				if !v.expires.IsZero() {
					give(float64(v.expires.Unix()))
				}
			}},
	})
}

// errNoAdmin is what a look at a bridge without an admin address ends with.
var errNoAdmin = errors.New("the configuration has no admin address")

// Look asks a running bridge over its admin address whether it lives, or whether it is
// ready.
func Look(ctx context.Context, admin string, readiness bool) (string, error) {
	host, port, err := net.SplitHostPort(admin)
	if err != nil {
		return "", errors.Join(errNoAdmin, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	path := "/healthz"
	if readiness {
		path = "/readyz?verbose"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, nil)
	if err != nil {
		return "", err
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }() // it was read
	text := make([]byte, 4096)
	n, _ := answer.Body.Read(text) // what came; the status counts
	if answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("the bridge answers with status %d", answer.StatusCode)
	}
	return string(text[:n]), err
}
