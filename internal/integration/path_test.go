package integration

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

// offeredCandidate is a candidate of the bridge as a client got it.
type offeredCandidate struct {
	at    time.Time
	tcp   bool
	final bool
}

// candidates remembers what candidates the bridge tells, by connection.
type candidates struct {
	mu   sync.Mutex
	list map[livekit.SignalTarget][]offeredCandidate
}

func (c *candidates) note(r *livekit.SignalResponse) {
	if t := r.GetTrickle(); t != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.list[t.Target] = append(c.list[t.Target], offeredCandidate{time.Now(), strings.Contains(strings.ToLower(t.CandidateInit), " tcp "), t.Final})
	}
}

func (c *candidates) of(target livekit.SignalTarget) []offeredCandidate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.list[target])
}

func TestPathsOverUDPAreTriedBeforePathsOverTCP(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	if b.control {
		t.Skip("the control tells all at once")
	}
	c := &candidates{list: map[livekit.SignalTarget][]offeredCandidate{}}
	room, began := newRoom(), time.Now()
	one := join(t, b, room, "one", func(s *lkclient.Settings) { s.OnMessage = c.note })
	two := join(t, b, room, "two")
	one.camera(samples.VP8)
	two.sees("one", cam, 1)
	target := livekit.SignalTarget_PUBLISHER
	eventually(t, 20*time.Second, "the last candidate", func() bool {
		return slices.ContainsFunc(c.of(target), func(x offeredCandidate) bool { return x.final })
	})
	list := c.of(target)
	first := slices.IndexFunc(list, func(x offeredCandidate) bool { return x.tcp })
	if first <= 0 || slices.ContainsFunc(list[first:], func(x offeredCandidate) bool { return !x.tcp }) {
		t.Fatalf("candidates over UDP do not come first: %+v", list)
	}
	if !list[len(list)-1].final || slices.ContainsFunc(list[:len(list)-1], func(x offeredCandidate) bool { return x.final }) {
		t.Errorf("the last is not marked, or another is: %+v", list)
	}
	// The head start is 250 ms. A busy client may read both at once, but none before the
	// time, which began after the client did.
	if d := list[first].at.Sub(began); d < 250*time.Millisecond {
		t.Errorf("TCP comes %v after the client began", d)
	}
}
