package wire

import (
	"maps"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// counters are written by the connections and read by Snapshot.
type counters struct {
	open        atomic.Int64
	accepted    atomic.Uint64
	messagesIn  atomic.Uint64
	messagesOut atomic.Uint64
	bytesIn     atomic.Uint64
	bytesOut    atomic.Uint64
	slow        atomic.Uint64
	silent      atomic.Uint64
	tooLarge    atomic.Uint64
	garbage     atomic.Uint64
	unknown     atomic.Uint64
	paced       atomic.Uint64
	early       atomic.Uint64
	unencodable atomic.Uint64

	mu       sync.Mutex
	byStatus map[int]uint64
}

func (c *counters) refused(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byStatus == nil {
		c.byStatus = map[int]uint64{}
	}
	c.byStatus[status]++
}

// Snapshot is what a Handler has done since it was made. All but Open only grow.
type Snapshot struct {
	Open        int64          // connections now
	Accepted    uint64         // sockets opened
	Refused     map[int]uint64 // requests refused, by HTTP status
	MessagesIn  uint64
	MessagesOut uint64
	BytesIn     uint64 // inflated
	BytesOut    uint64 // before compression
	// Dropped are connections that the bridge closed, by reason.
	Dropped map[string]uint64
	Unknown uint64 // messages of a kind that we do not know, ignored
	Paced   uint64 // messages after which a client was made to wait
	Faults  uint64 // our own: messages before the first, or not encodable
}

// The reasons in Snapshot.Dropped.
const (
	DroppedSlow     = "slow_reader"
	DroppedSilent   = "silent"
	DroppedTooLarge = "frame_too_large"
	DroppedGarbage  = "garbage"
)

// Snapshot tells what happened so far. Its figures were not all read in the
// same instant.
func (h *Handler) Snapshot() Snapshot {
	c := &h.counters
	c.mu.Lock()
	refused := maps.Clone(c.byStatus)
	c.mu.Unlock()
	return Snapshot{
		Open:        c.open.Load(),
		Accepted:    c.accepted.Load(),
		Refused:     refused,
		MessagesIn:  c.messagesIn.Load(),
		MessagesOut: c.messagesOut.Load(),
		BytesIn:     c.bytesIn.Load(),
		BytesOut:    c.bytesOut.Load(),
		Dropped: map[string]uint64{
			DroppedSlow:     c.slow.Load(),
			DroppedSilent:   c.silent.Load(),
			DroppedTooLarge: c.tooLarge.Load(),
			DroppedGarbage:  c.garbage.Load(),
		},
		Unknown: c.unknown.Load(),
		Paced:   c.paced.Load(),
		Faults:  c.early.Load() + c.unencodable.Load(),
	}
}

// Collector gives the Snapshot to Prometheus.
func (h *Handler) Collector() prometheus.Collector {
	name := func(n, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("diemcau_signal_"+n, help, labels, nil)
	}
	return &collector{
		snapshot: h.Snapshot,
		open:     name("connections", "Client connections now."),
		accepted: name("accepted_total", "Client connections opened."),
		refused:  name("refused_total", "Clients refused before they had a connection, by HTTP status.", "status"),
		dropped:  name("dropped_total", "Client connections that the bridge closed, by reason.", "reason"),
		messages: name("messages_total", "Signalling messages, by direction.", "direction"),
		bytes:    name("bytes_total", "Bytes of signalling messages without compression, by direction.", "direction"),
		unknown:  name("unknown_messages_total", "Messages of a kind unknown to the bridge."),
		paced:    name("paced_total", "Messages after which a client was made to wait."),
		faults:   name("faults_total", "Messages of the bridge itself that could not be sent."),
	}
}

type collector struct {
	snapshot                                                                  func() Snapshot
	open, accepted, refused, dropped, messages, bytes, unknown, paced, faults *prometheus.Desc
}

// Describe names the metrics.
// All are named, also those whose labels have no value before something happens.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.open, c.accepted, c.refused, c.dropped, c.messages, c.bytes, c.unknown, c.paced, c.faults} {
		ch <- d
	}
}

// Collect reads them.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	s := c.snapshot()
	count := func(d *prometheus.Desc, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	ch <- prometheus.MustNewConstMetric(c.open, prometheus.GaugeValue, float64(s.Open))
	count(c.accepted, s.Accepted)
	for status, n := range s.Refused {
		count(c.refused, n, strconv.Itoa(status))
	}
	for reason, n := range s.Dropped {
		count(c.dropped, n, reason)
	}
	count(c.messages, s.MessagesIn, "in")
	count(c.messages, s.MessagesOut, "out")
	count(c.bytes, s.BytesIn, "in")
	count(c.bytes, s.BytesOut, "out")
	count(c.unknown, s.Unknown)
	count(c.paced, s.Paced)
	count(c.faults, s.Faults)
}
