package pacer_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/sfu/estimate"
	"diemcau/sfu/pacer"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtp"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

const ms = int64(time.Millisecond)

// wire is the other end: it notes what comes and when.
type wire struct {
	now  int64
	more int // bytes of a header of IPv6

	mu      sync.Mutex
	packets []passed
}

type passed struct {
	at      int64
	ssrc    uint32
	number  uint16 // of the stream
	counter uint16 // transport-wide
	bytes   int    // on the wire
}

func (w *wire) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := passed{at: w.now, ssrc: h.SSRC, number: h.SequenceNumber, bytes: h.MarshalSize() + len(payload) + int(h.PaddingSize) + 44 + w.more}
	if b := h.GetExtension(3); len(b) == 2 {
		p.counter = binary.BigEndian.Uint16(b)
	}
	w.packets = append(w.packets, p)
	return len(payload), nil
}

// message is one on a data channel; each of its packets has its own headers.
func (w *wire) message(size int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.packets = append(w.packets, passed{at: w.now, ssrc: messages, bytes: size + 28 + w.more + size/1200*(28+65)})
}

const messages = 77

// fullest is the largest number of bytes in any second.
func (w *wire) fullest() (best int) {
	sum, from := 0, 0
	for _, p := range w.packets {
		sum += p.bytes
		for p.at-w.packets[from].at >= 1000*ms {
			sum -= w.packets[from].bytes
			from++
		}
		best = max(best, sum)
	}
	return best
}

func header(ssrc uint32, n uint16) *rtp.Header {
	h := &rtp.Header{Version: 2, SSRC: ssrc, SequenceNumber: n, Extension: true, ExtensionProfile: rtp.ExtensionProfileOneByte}
	_ = h.SetExtension(3, []byte{0, 0})
	return h
}

func open() (*wire, *pacer.Pacer) {
	w := &wire{now: 1000 * ms}
	wheel := pacer.NewIdleWheel()
	p := pacer.New(pacer.Settings{Wheel: wheel, Now: func() int64 { return w.now }})
	return w, p
}

func video(w *wire, p *pacer.Pacer, ssrc uint32) *pacer.Stream {
	return p.Open(pacer.StreamSettings{Writer: w, TransportCC: 3, RTXSSRC: ssrc + 1000, RTXPayloadType: 97})
}

func TestMessagesHaveTheirShareOfABudgetAndNoMore(t *testing.T) {
	t.Parallel()
	w, p := open()
	p.SetBudget(1_000_000)
	p.SetNeed(2_000_000)
	s := video(w, p, 1)
	const size = 4000
	sent, askAt := 0, w.now
	for i := range 2000 { // 10 s of more of everything than there is room for
		w.now += 5 * ms
		for range 2 {
			_, _ = s.WriteRTP(header(1, uint16(i)), make([]byte, 1000))
		}
		for w.now >= askAt {
			if wait := p.Data(size, true); wait > 0 {
				askAt = w.now + int64(wait)
			} else {
				w.message(size)
				sent += size + 28
			}
		}
		p.Drain()
	}
	if rate := sent * 8 / 10; rate > 220_000 || rate < 80_000 {
		t.Errorf("messages take %d bit/s of 1 Mbit/s", rate)
	}
	if most := w.fullest() * 8; most > 1_050_000 {
		t.Errorf("%d bits in one second", most)
	}
	p.SetBudget(0)
	for range 100 {
		if wait := p.Data(15000, true); wait != 0 {
			t.Fatal("messages wait on a line without a bound")
		}
	}
}

func TestWithoutABoundEverythingPassesAtOnceAndInOrder(t *testing.T) {
	t.Parallel()
	w, p := open()
	s := video(w, p, 1)
	for i := range 500 {
		if _, err := s.WriteRTP(header(1, uint16(i)), make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.packets) != 500 {
		t.Fatalf("%d of 500 packets", len(w.packets))
	}
	for i, x := range w.packets {
		if x.number != uint16(i) || x.counter != uint16(i+1) {
			t.Fatalf("packet %d is %d, %d on the connection", i, x.number, x.counter)
		}
	}
}

// P7: whatever the meeting sends, no second holds more than the budget.
func TestP7NoSecondHoldsMoreThanTheBudget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		w := &wire{now: 1000 * ms}
		wheel := pacer.NewIdleWheel()
		p := pacer.New(pacer.Settings{Wheel: wheel, Now: func() int64 { return w.now }})
		budget := int64(rapid.IntRange(150, 4000).Draw(r, "budget")) * 1000
		p.SetBudget(budget)
		if rapid.Bool().Draw(r, "IPv6") {
			w.more = 20
			p.SetIPv6(true)
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		sound := p.Open(pacer.StreamSettings{Writer: w, Sound: true, TransportCC: 3})
		a, b := video(w, p, 1), video(w, p, 2)
		spoken, asking, askAt := 0, 0, w.now
		for i := range 2000 {
			w.now += 5 * ms
			if asking == 0 && random.IntN(20) == 0 {
				asking = 100 + random.IntN(8000) // a message, of several packets mostly
			}
			if asking > 0 && w.now >= askAt {
				if wait := p.Data(asking, true); wait > 0 {
					askAt = w.now + int64(wait)
				} else {
					w.message(asking)
					asking = 0
				}
			}
			if i%4 == 0 {
				if _, err := sound.WriteRTP(header(9, uint16(i)), make([]byte, 80)); err != nil {
					r.Fatal(err)
				}
				spoken++
			}
			for _, s := range []*pacer.Stream{a, b} {
				for range random.IntN(6) {
					_, _ = s.WriteRTP(header(1, uint16(i)), make([]byte, 200+random.IntN(1000)))
				}
				if random.IntN(10) == 0 {
					s.Again(header(1001, 0), make([]byte, 1000))
				}
			}
			p.Drain()
		}
		heard, sum := 0, 0
		for _, x := range w.packets {
			if x.ssrc == 9 {
				heard++
			}
			sum += x.bytes
			if x.ssrc == messages {
				sum += x.bytes // large ones are paid for twice
			}
		}
		if most := int64(w.fullest()) * 8; most > budget*105/100 {
			r.Fatalf("%d bits in one second of a budget of %d", most, budget)
		}
		if heard != spoken {
			r.Errorf("%d of %d sounds", heard, spoken)
		}
		if used := int64(sum) * 8 / 10; used < budget*9/10 {
			r.Errorf("%d of %d used", used, budget)
		}
	})
}

func TestTheUrgentTrackGoesFirst(t *testing.T) {
	t.Parallel()
	w, p := open()
	p.SetBudget(1_000_000)
	rest, speaker := video(w, p, 1), video(w, p, 2)
	rest.SetUrgency(5)
	speaker.SetUrgency(1)
	for i := range 10 {
		_, _ = rest.WriteRTP(header(1, uint16(i)), make([]byte, 1000))
		_, _ = speaker.WriteRTP(header(2, uint16(i)), make([]byte, 1000))
	}
	for range 100 {
		w.now += 5 * ms
		p.Drain()
	}
	late := 0
	for i, x := range w.packets[2:] {
		if x.ssrc == 2 {
			late = max(late, i)
		}
	}
	if len(w.packets) != 20 || late > 11 {
		t.Errorf("%d packets, the speaker's last at %d", len(w.packets), late)
	}
}

func TestAFullStreamIsRefusedAndDropsWhatWaits(t *testing.T) {
	t.Parallel()
	w, p := open()
	p.SetBudget(500_000)
	s := video(w, p, 1)
	refused := 0
	for i := range 200 {
		if _, err := s.WriteRTP(header(1, uint16(i)), make([]byte, 1000)); errors.Is(err, pacer.ErrFull) {
			refused++
		}
	}
	if refused == 0 {
		t.Fatal("200 kB wait for a line of 500 kbit/s")
	}
	s.Purge()
	if n := p.Stats().Waiting; n != 0 {
		t.Errorf("%d packets wait after the purge", n)
	}
}

func TestRepairsKeepToTheirShare(t *testing.T) {
	t.Parallel()
	w, p := open()
	p.SetBudget(1_000_000)
	s := video(w, p, 1)
	for range 200 {
		w.now += 50 * ms
		for range 20 {
			s.Again(header(1001, 0), make([]byte, 1000))
		}
		p.Drain()
	}
	sum := 0
	for i, x := range w.packets {
		sum += x.bytes
		if x.number != uint16(i+1) {
			t.Fatalf("repair %d has the number %d", i, x.number)
		}
	}
	if rate := sum * 8 / 10; rate > 260_000 || rate < 100_000 {
		t.Errorf("repairs take %d bit/s of a line of 1000000", rate)
	}
	if p.Stats().Throttled == 0 {
		t.Error("none was held back")
	}
}

// The whole way: a line collapses, its feedback bounds it, padding opens it again.
func TestP6ALineIsFoundThinAndOpensAgain(t *testing.T) {
	t.Parallel()
	w, p := open()
	s := video(w, p, 1)
	p.SetNeed(2_000_000)
	recorder := twcc.NewRecorder(7)
	free, rate, read, due := int64(0), int64(512_000), 0, int64(0)
	play := func(d time.Duration) {
		for end := w.now + int64(d); w.now < end; {
			w.now += 5 * ms
			limit := min(2_000_000, p.Estimate())
			for due += limit * 5 / 8 / 1000; due >= 650; due -= 650 {
				_, _ = s.WriteRTP(header(1, 0), make([]byte, 600))
			}
			p.Drain()
			for ; read < len(w.packets); read++ {
				x := &w.packets[read]
				free = max(free, x.at)
				if free-x.at < 200*ms {
					free += int64(x.bytes) * 8 * 1000 * ms / rate
					recorder.Record(1, x.counter, free/1000)
				}
			}
			if w.now/ms%100 == 0 {
				for _, f := range recorder.BuildFeedbackPacket() {
					if raw, err := f.Marshal(); err == nil {
						p.Feedback(1, raw)
					}
				}
			}
		}
	}
	play(3 * time.Second)
	if e := p.Estimate(); e > 600_000 || e < 250_000 {
		t.Fatalf("a line of 512000 is believed to carry %d", e)
	}
	rate = 4_000_000
	play(10 * time.Second)
	if e := p.Estimate(); e < 1_800_000 {
		t.Errorf("10 s after the line has opened %d; %+v", e, p.Stats())
	}
	if p.Stats().Probes == 0 {
		t.Error("it was never tried")
	}
}

func TestPassingAllocatesNothing(t *testing.T) {
	w := wire{now: ms}
	wheel := pacer.NewIdleWheel()
	p := pacer.New(pacer.Settings{Wheel: wheel, Now: func() int64 { return w.now }})
	for _, bound := range []int64{0, 50_000_000} {
		p.SetBudget(bound)
		s := p.Open(pacer.StreamSettings{Writer: nowhere{}, TransportCC: 3})
		h, payload := header(1, 1), make([]byte, 1000)
		each := func() {
			w.now += ms / 4
			_, _ = s.WriteRTP(h, payload)
			if w.now%(4*ms) == 0 {
				p.Drain()
			}
		}
		for range 20000 {
			each()
		}
		if n := testing.AllocsPerRun(2000, each); n > 0 {
			t.Errorf("%v allocations per packet with a budget of %d", n, bound)
		}
		s.Close()
	}
	if p.Stats().Estimate != estimate.Unlimited {
		t.Error("a bound out of nothing")
	}
}

type nowhere struct{}

func (nowhere) WriteRTP(*rtp.Header, []byte) (int, error) { return 0, nil }

func TestTheWheelSendsWhatWaitsAndSleepsAfterwards(t *testing.T) {
	t.Parallel()
	flushed := make(chan struct{}, 100)
	wheel := pacer.NewWheel(func() { flushed <- struct{}{} })
	defer wheel.Close()
	w := &wire{}
	p := pacer.New(pacer.Settings{Wheel: wheel})
	p.SetBudget(2_000_000)
	s := video(w, p, 1)
	for i := range 20 {
		_, _ = s.WriteRTP(header(1, uint16(i)), make([]byte, 1000))
	}
	deadline := time.After(time.Minute)
	for p.Stats().Waiting > 0 {
		select {
		case <-flushed:
		case <-deadline:
			t.Fatalf("%d packets still wait", p.Stats().Waiting)
		}
	}
	p.Close()
	if _, err := s.WriteRTP(header(1, 99), nil); err == nil {
		t.Error("a closed pacer took a packet")
	}
}

// A dead path pauses everything; nothing is sent, so nothing is reported. The line
// must be found alive all the same.
