package udp

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// step is one thing that a writing goroutine does.
type step struct {
	to     int // index of the destination, -1 to flush
	length int
}

// TestPacketsToOneDestinationKeepTheirOrder: whatever several goroutines write
// and flush at once, every packet arrives, and those to one destination in the
// order of their WriteTo calls.
func TestPacketsToOneDestinationKeepTheirOrder(t *testing.T) {
	t.Parallel()
	const destinations = 5
	from := loopback(t, Settings{})
	var to [destinations]*Conn
	for i := range to {
		to[i] = loopback(t, Settings{})
	}
	rapid.Check(t, func(t *rapid.T) {
		from.senders.trains.Store(rapid.Bool().Draw(t, "trains"))
		lengths := rapid.SliceOfN(rapid.IntRange(20, maxQueued), 1, 4).Draw(t, "lengths")
		scripts := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			return step{
				to:     rapid.IntRange(-1, destinations-1).Draw(t, "to"),
				length: rapid.SampledFrom(lengths).Draw(t, "length"),
			}
		}), 0, 150), 1, 4).Draw(t, "scripts")

		var numbers [destinations]struct {
			sync.Mutex
			next uint32
		}
		before := from.Stats()
		var writers sync.WaitGroup
		for _, script := range scripts {
			writers.Go(func() {
				for _, s := range script {
					if s.to < 0 {
						from.Flush()
						continue
					}
					n := &numbers[s.to]
					n.Lock() // so that the numbers tell the order of the calls
					if _, err := from.WriteToAddrPort(rtpPacket(n.next, s.length), to[s.to].AddrPort()); err != nil {
						panic(err)
					}
					n.next++
					n.Unlock()
				}
				from.Flush()
			})
		}
		var total uint64
		for i := range to {
			total += expectOrder(t, to[i], func() uint32 {
				numbers[i].Lock()
				defer numbers[i].Unlock()
				return numbers[i].next
			}, &writers)
		}
		// All have arrived, but the sender may still be counting.
		for end := time.Now().Add(patience); from.Stats().SentPackets-before.SentPackets != total; {
			if time.Now().After(end) {
				t.Fatalf("%d packets arrived, counted %+v", total, from.Stats())
			}
		}
	})
}

// expectOrder reads until all that was written has arrived, and checks numbers.
func expectOrder(t *rapid.T, c *Conn, written func() uint32, writers *sync.WaitGroup) uint64 {
	buf := make([]byte, maxQueued)
	writers.Wait()
	want := written()
	for i := range want {
		if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		n, _, err := c.ReadFromAddrPort(buf)
		if err != nil {
			t.Fatalf("packet %d of %d: %v", i, want, err)
		}
		got := binary.BigEndian.Uint32(buf[minRTP:])
		if got != i {
			t.Fatalf("packet %d came as number %d", got, i)
		}
		if w := rtpPacket(got, n); string(buf[:n]) != string(w) {
			t.Fatalf("packet %d changed on its way", got)
		}
	}
	return uint64(want)
}

func TestALongBurstLeavesInFullTrains(t *testing.T) {
	t.Parallel()
	a, b := loopback(t, Settings{}), loopback(t, Settings{})
	if !a.senders.trains.Load() {
		t.Skip("this kernel has no UDP_SEGMENT")
	}
	const packets = 3*trainPackets + 1
	// Nobody may send before all of it is there: on a busy machine the safety flusher
	// would, and cut a train in two.
	turn := &a.shards[shardOf(b.AddrPort())].sending
	turn.Lock()
	for i := range packets {
		if _, err := a.WriteToAddrPort(rtpPacket(uint32(i), 100), b.AddrPort()); err != nil {
			turn.Unlock()
			t.Fatal(err)
		}
	}
	turn.Unlock()
	a.Flush()
	for i := range packets {
		if p, _ := mustRead(t, b); binary.BigEndian.Uint32(p[minRTP:]) != uint32(i) {
			t.Fatalf("packet %d out of order", i)
		}
	}
	s := a.Stats()
	for end := time.Now().Add(patience); s.SentPackets < packets && time.Now().Before(end); s = a.Stats() {
		runtime.Gosched() // all have arrived, but the sender may still be counting
	}
	if s.Trains != 3 || s.SentPackets != packets || s.SendCalls != 1 {
		t.Errorf("%d trains, %d packets in %d calls, want 3 and %d in one", s.Trains, s.SentPackets, s.SendCalls, packets)
	}
}

// TestAFullQueueIsSentByWhoFindsItFull bounds the memory of a burst that is
// larger than the queue, and loses nothing of it.
func TestAFullQueueIsSentByWhoFindsItFull(t *testing.T) {
	t.Parallel()
	a, b := loopback(t, Settings{QueueBytes: 10000 * shardCount}), loopback(t, Settings{})
	s := &a.shards[shardOf(b.AddrPort())]
	s.sending.Lock() // somebody is sending
	written := make(chan error, 1)
	go func() {
		for i := range 25 {
			if _, err := a.WriteToAddrPort(rtpPacket(uint32(i), 1000), b.AddrPort()); err != nil {
				written <- err
			}
		}
		a.Flush()
		written <- nil
	}()
	for end := time.Now().Add(patience); a.Stats().FullQueues == 0; {
		if time.Now().After(end) {
			t.Fatal("the queue has no bound")
		}
	}
	if st := a.Stats(); st.QueuedPackets != 10 {
		t.Errorf("queued %d, want 10", st.QueuedPackets)
	}
	s.sending.Unlock()
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	for i := range 25 {
		if p, _ := mustRead(t, b); binary.BigEndian.Uint32(p[minRTP:]) != uint32(i) {
			t.Errorf("packet %d out of order", i)
		}
	}
}

// TestAHalfFullQueueDoesNotWaitForItsFlush bounds the delay and the memory of a
// burst that is larger than the queue.
func TestAHalfFullQueueDoesNotWaitForItsFlush(t *testing.T) {
	t.Parallel()
	a, b := loopback(t, Settings{QueueBytes: 64000 * shardCount}), loopback(t, Settings{})
	for i := range 1000 {
		if _, err := a.WriteToAddrPort(rtpPacket(uint32(i), 1000), b.AddrPort()); err != nil {
			t.Fatal(err)
		}
	}
	a.Flush()
	for i := range 1000 {
		if p, _ := mustRead(t, b); binary.BigEndian.Uint32(p[minRTP:]) != uint32(i) {
			t.Fatalf("packet %d out of order", i)
		}
	}
}

func TestIdleDestinationsAndMemoryAreForgotten(t *testing.T) {
	t.Parallel()
	a, b := loopback(t, Settings{}), loopback(t, Settings{})
	for i := range 100 {
		if _, err := a.WriteToAddrPort(rtpPacket(uint32(i), 2000), b.AddrPort()); err != nil {
			t.Fatal(err)
		}
	}
	a.Flush()
	for range 100 {
		mustRead(t, b)
	}
	s := &a.shards[shardOf(b.AddrPort())]
	s.sending.Lock()
	s.sending.Unlock() //nolint:staticcheck // SA2001: waits until the memory is back in the pool
	now := s.since
	for i, want := range []string{"1 destination, true", "1 destination, false", "0 destination, false"} {
		a.sweep(now)
		s.mu.Lock()
		got := fmt.Sprintf("%d destination, %v", len(s.destinations), len(a.chunks.free) > 0)
		s.mu.Unlock()
		if got != want {
			t.Errorf("after sweep %d: %s, want %s", i, got, want)
		}
		now += int64(idleAfter)/2 + 1
	}
}

// TestABurstInProgressIsNotCut: the safety flusher leaves a queue alone while a
// burst may still be being written, but not for ever.
func TestABurstInProgressIsNotCut(t *testing.T) {
	t.Parallel()
	c := &Conn{chunks: chunkPool{}}
	s := &c.shards[0]
	s.fill, s.out, s.limit = new(batch), new(batch), 1<<20
	s.destinations = map[netip.AddrPort]*destination{}
	push := func() {
		t.Helper()
		if _, err := s.push(rtpPacket(1, 100), netip.MustParseAddrPort("127.0.0.1:1"), c, 1, new(*destination)); err != nil {
			t.Fatal(err)
		}
	}
	if late, next := c.late(0); late != 0 || next != 0 {
		t.Fatalf("an empty queue: %b, %d", late, next)
	}
	push()
	at := s.since
	looks := func(after time.Duration, wantLate bool) {
		t.Helper()
		late, next := c.late(at + int64(after))
		if (late != 0) != wantLate || (next == 0) != wantLate {
			t.Errorf("after %v: late %b, next look in %d ns", after, late, next)
		}
	}
	looks(100*time.Microsecond, false)
	looks(lateAfter-time.Microsecond, false)
	looks(lateAfter, true)
}
