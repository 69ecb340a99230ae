package engine_test

import (
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/engine"
	"diemcau/sfu/udp"

	"github.com/pion/ice/v4"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// wire is a client's UDP socket that notes the datagrams as they come from the
// bridge, before anything is decrypted, and may keep them to itself for a while.
type wire struct {
	net.PacketConn
	out chan datagram

	mu      sync.Mutex
	stalled bool
	held    []datagram
	seen    map[uint32]*onWire // by SSRC
	done    chan struct{}
}

type datagram struct {
	bytes []byte
	from  net.Addr
}

// onWire is what was seen of one RTP stream.
type onWire struct {
	numbers []uint16
	sizes   map[int]int
}

func openWire(t *testing.T) *wire {
	t.Helper()
	socket, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{PacketConn: socket, out: make(chan datagram, 4096), seen: map[uint32]*onWire{}, done: make(chan struct{})}
	go w.pump()
	t.Cleanup(func() {
		_ = socket.Close()
		<-w.done
	})
	return w
}

// pump empties the socket at once, so that a stall loses nothing in the kernel.
func (w *wire) pump() {
	defer close(w.done)
	defer close(w.out)
	buffer := make([]byte, 65536)
	for {
		n, from, err := w.PacketConn.ReadFrom(buffer)
		if err != nil {
			return
		}
		w.came(datagram{slices.Clone(buffer[:n]), from})
	}
}

func (w *wire) came(d datagram) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var h rtp.Header
	if b := d.bytes; len(b) > 12 && b[0]>>6 == 2 && (b[1] < 192 || b[1] > 223) {
		if _, err := h.Unmarshal(b); err == nil {
			w.note(&h, len(b))
		}
	}
	if w.stalled {
		w.held = append(w.held, d)
		return
	}
	w.out <- d
}

func (w *wire) note(h *rtp.Header, size int) {
	s := w.seen[h.SSRC]
	if s == nil {
		s = &onWire{sizes: map[int]int{}}
		w.seen[h.SSRC] = s
	}
	s.numbers = append(s.numbers, h.SequenceNumber)
	if !h.Padding { // with which the bridge shows a track that sends nothing yet
		s.sizes[size-h.MarshalSize()]++
	}
}

// stall holds everything back, or lets it go all at once, and tells how much.
func (w *wire) stall(on bool) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stalled = on
	n := len(w.held)
	if !on {
		for _, d := range w.held {
			w.out <- d
		}
		w.held = nil
	}
	return n
}

// stream is what was seen of an SSRC, in the order of numbers: a busy kernel lets
// packets overtake on its loopback.
func (w *wire) stream(ssrc webrtc.SSRC) (numbers []uint16, sizes map[int]int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.seen[uint32(ssrc)]
	if s == nil {
		return nil, nil
	}
	sizes = map[int]int{}
	for k, v := range s.sizes {
		sizes[k] = v
	}
	numbers = slices.Clone(s.numbers)
	slices.SortFunc(numbers, func(a, b uint16) int { return int(int16(a - b)) })
	return numbers, sizes
}

func (w *wire) ReadFrom(p []byte) (int, net.Addr, error) {
	d, ok := <-w.out
	if !ok {
		return 0, nil, net.ErrClosed
	}
	return copy(p, d.bytes), d.from, nil
}

// keepsItsOrder looks at the transport-wide numbers, which are given as a packet
// leaves and are encrypted on the wire: what was numbered later has left later.
func (c *client) keepsItsOrder(r *received, numbers []uint16) {
	c.t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	told, last := 0, uint16(0)
	for _, n := range numbers {
		left, ok := r.left[n]
		if !ok { // Pion's client drops packets until it knows the track
			continue
		}
		if told > 0 && int16(left-last) <= 0 {
			c.t.Fatalf("%s: packet %d left as number %d of the connection, one before it as %d", r.id, n, left, last)
		}
		told, last = told+1, left
	}
	if told < 60 {
		c.t.Errorf("%s: the order is known of %d of %d packets", r.id, told, len(numbers))
	}
}

// This looks at the datagrams themselves: each stream has the SSRC that was told,
// its numbers go up by one without hole or repetition, in the order in which they left, and each packet has the size
// of its payload and the tag, whether it left in a train or alone. After a second in
// which nothing reaches the receiver, and he answers nothing, the bridge may take the
// line for thin and drop pictures that wait: then it has counted them. Sound stays
// whole.
func TestOnTheWireNumbersAndSizesAreRightAndAStallOfASecondLosesNothing(t *testing.T) {
	t.Parallel()
	for name, conn := range map[string]udp.Settings{"batched": {}, "unbatched": {Unbatched: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port, err := udp.Open(udp.PortSettings{Loopback: true, Pion: quiet{}, Conn: conn})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = port.Close() })
			e, err := engine.New(engine.Config{UDP: port.Mux(), Flush: port.Flush, Loopback: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(e.Close)
			room := e.OpenRoom("room", func([]engine.Level) {})
			w := openWire(t)
			mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: w, Logger: silence{}})
			t.Cleanup(func() { _ = mux.Close() })
			a := newClient(t, room, "a", clientOptions{})
			b := newClient(t, room, "b", clientOptions{engine: func(e *webrtc.SettingEngine) { e.SetICEUDPMux(mux) }})
			a.publish("TR_V", sfu.Video, webrtc.MimeTypeVP8)
			a.publish("TR_A", sfu.Audio, webrtc.MimeTypeOpus)
			b.subscribe("TR_V", a)
			b.subscribe("TR_A", a)
			sizes := map[meeting.TrackID]int{"TR_V": 900 + 16, "TR_A": 4 + 16} // payload and the tag of AES-GCM
			for id := range sizes {
				b.hears(id, 30)
			}
			w.stall(true)
			time.Sleep(time.Second) // the stall itself
			if n := w.stall(false); n < 50 {
				t.Fatalf("%d datagrams waited: the test tests nothing", n)
			}
			for id, size := range sizes {
				r := b.hears(id, b.hears(id, 0).count(b)+60)
				numbers, seen := w.stream(r.ssrc)
				if len(numbers) < 90 {
					t.Fatalf("%s: %d packets on the wire with the SSRC that was told", id, len(numbers))
				}
				missing := uint64(0)
				for i := 1; i < len(numbers); i++ {
					if numbers[i] == numbers[i-1] {
						t.Fatalf("%s: number %d came twice", id, numbers[i])
					}
					missing += uint64(numbers[i] - numbers[i-1] - 1)
				}
				if allowed := dropped(t, e, "PA_b") + refusedByPort(port); missing > allowed || missing > 0 && id == "TR_A" {
					t.Errorf("%s: %d numbers are missing, where %d are accounted for", id, missing, allowed)
				}
				delete(seen, 3+16) // the bridge's own silence, before the first sound
				if len(seen) != 1 || seen[size] == 0 {
					t.Errorf("%s: sizes on the wire %v, want %d", id, seen, size)
				}
				b.wait("all of it", func() bool { return len(r.seen) >= len(numbers) })
				b.keepsItsOrder(r, numbers[30:]) // while connections are made a busy loopback changes the order of what the bridge gets, too
			}
		})
	}
}

// refusedByPort is how many packets the kernel did not take for a while.
func refusedByPort(port *udp.Port) uint64 {
	s := port.Stats()
	return s.DroppedBlocked + s.DroppedError
}

// dropped is how many pictures the pacer of a peer has dropped by its policy, and how many
// had not come when that ended their run.
func dropped(t *testing.T, e *engine.Engine, id meeting.SessionID) uint64 {
	t.Helper()
	for _, room := range e.Snapshot(t.Context()).Rooms {
		for _, p := range room.Peers {
			if p.ID == id {
				n := p.Pacer.Refused + p.Pacer.Stale
				for i := range p.Sinks {
					n += p.Sinks[i].Holes
				}
				return n
			}
		}
	}
	t.Fatalf("no peer %s", id)
	return 0
}
