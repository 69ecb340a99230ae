package engine

import (
	"strings"
	"sync"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/downlink"
	"diemcau/sfu/uplink"
)

const (
	// maxAccounts is how many rooms are counted apart; the others share one
	// account, so that metrics stay few whatever rooms are called.
	maxAccounts  = 200
	otherAccount = meeting.ID("other")
	kinds        = int(sfu.Video) + 1
)

// ledger knows all running sources and sinks, and keeps what those that have
// ended have counted: sums never shrink. It is a leaf. Its lock is held only
// over those of their snapshots, which are leaves too, and never on the way of a
// packet.
type ledger struct {
	mu       sync.Mutex
	accounts map[meeting.ID]*account
	gone     books // of the accounts that are closed
}

// account is what a room has counted.
type account struct {
	ledger *ledger
	id     meeting.ID
	rooms  int // that share it
	peers  int

	sources map[*uplink.Source]sfu.Kind
	sinks   map[*downlink.Sink]sfu.Kind
	gone    books // of the sources and sinks that have ended
}

// books are sums by kind.
type books [kinds]sums

type sums struct {
	up   uplink.Stats
	down downlink.Counters
}

func newLedger() *ledger { return &ledger{accounts: map[meeting.ID]*account{}} }

// open returns the account of a room.
func (l *ledger) open(id meeting.ID) *account {
	l.mu.Lock()
	defer l.mu.Unlock()
	id = meeting.ID(strings.ToValidUTF8(string(id), "?")) // it becomes a label
	a := l.accounts[id]
	if a == nil && len(l.accounts) >= maxAccounts {
		id = otherAccount
		a = l.accounts[id]
	}
	if a == nil {
		a = &account{ledger: l, id: id, sources: map[*uplink.Source]sfu.Kind{}, sinks: map[*downlink.Sink]sfu.Kind{}}
		l.accounts[id] = a
	}
	a.rooms++
	return a
}

// close gives the account back when its room is closed.
func (a *account) close() {
	a.ledger.mu.Lock()
	defer a.ledger.mu.Unlock()
	if a.rooms--; a.rooms == 0 {
		delete(a.ledger.accounts, a.id)
		a.ledger.gone.add(&a.gone)
	}
}

func (a *account) joined(n int) {
	a.ledger.mu.Lock()
	defer a.ledger.mu.Unlock()
	a.peers += n
}

func (a *account) addSource(s *uplink.Source, k sfu.Kind) {
	a.ledger.mu.Lock()
	defer a.ledger.mu.Unlock()
	a.sources[s] = k
}

// removeSource keeps the counters of a source that has ended.
func (a *account) removeSource(s *uplink.Source) {
	a.ledger.mu.Lock()
	defer a.ledger.mu.Unlock()
	if k, ok := a.sources[s]; ok {
		delete(a.sources, s)
		a.gone[k].addSource(s.Stats())
	}
}

func (a *account) addSink(s *downlink.Sink, k sfu.Kind) {
	a.ledger.mu.Lock()
	defer a.ledger.mu.Unlock()
	a.sinks[s] = k
}

// removeSink keeps the counters of a sink, but for those of its last 100 ms.
func (a *account) removeSink(s *downlink.Sink) {
	a.ledger.mu.Lock()
	defer a.ledger.mu.Unlock()
	if k, ok := a.sinks[s]; ok {
		delete(a.sinks, s)
		a.gone[k].addSink(s.Stats())
	}
}

func (b *books) add(o *books) {
	for k := range b {
		b[k].add(&o[k])
	}
}

func (s *sums) add(o *sums) {
	s.addCounted(&o.up)
	s.addCounters(&o.down)
}

func (s *sums) addSource(st uplink.Stats) { s.addCounted(&st) }

func (s *sums) addSink(st downlink.Stats) { s.addCounters(&st.Counters) }

// addCounted adds the fields of a source that only grow.
func (s *sums) addCounted(o *uplink.Stats) {
	u := &s.up
	u.Packets += o.Packets
	u.Bytes += o.Bytes
	u.Recovered += o.Recovered
	u.NACKs += o.NACKs
	u.PLIs += o.PLIs
	u.Malformed += o.Malformed
	u.Codec += o.Codec
	u.Numbering += o.Numbering
	u.Duplicate += o.Duplicate
	u.Drops.Muted += o.Drops.Muted
	u.Probe += o.Probe
	u.Overflow += o.Overflow
	u.Reports += o.Reports
}

func (s *sums) addCounters(o *downlink.Counters) {
	d := &s.down
	d.Packets += o.Packets
	d.Bytes += o.Bytes
	d.Retransmitted += o.Retransmitted
	d.Filling += o.Filling
	d.Recovered += o.Recovered
	d.Withheld += o.Withheld
	d.OtherLayer += o.OtherLayer
	d.Filtered += o.Filtered
	d.Late += o.Late
	d.Postponed += o.Postponed
	d.Congested += o.Congested
	d.Throttled += o.Throttled
	d.Failed += o.Failed
	d.NACKs += o.NACKs
	d.Unanswered += o.Unanswered
	d.PLIs += o.PLIs
}
