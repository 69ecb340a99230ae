// Package depacket makes frames of RTP packets again: it puts them in order,
// waits a bounded time for what is missing, joins the payloads of a frame and
// says where each frame belongs in time. It is pure, owned by one goroutine,
// and never decodes. Frames of which a part is missing are left out and
// counted; those that may depend on them are marked.
package depacket

import (
	"slices"
	"time"

	"diemcau/recording"
	"diemcau/sfu"
	"diemcau/sfu/red"
)

// Patience is how long a missing packet is waited for: retransmissions come
// within a few round trips or not at all.
const Patience = int64(500 * time.Millisecond)

// The bounds of what waits.
const (
	maxWaiting = 4096    // packets
	maxFrame   = 8 << 20 // bytes
	newRun     = 1 << 15 // a distance between numbers that is no loss but a new sender
)

// Frame is one encoded picture or one packet of sound.
type Frame struct {
	Timestamp uint32 // RTP
	Arrival   int64  // ns, of the packet that completed it
	Layer     int
	Key       bool
	Damaged   bool // a frame that it may depend on is missing
	Lost      int  // packets missing right before it
	Restarted bool // the sender or the layer is another than that of the frame before
	Data      []byte
}

// Counts tells what an Assembler met so far.
type Counts struct {
	Packets   uint64
	Duplicate uint64 // or too late
	Lost      uint64 // packets that never came
	Broken    uint64 // frames left out because a part was missing or unreadable
	Repaired  uint64 // packets of sound found in the redundancy of others
}

// Assembler joins the packets of one track. Make one with New; one goroutine.
type Assembler struct {
	codec   recording.Codec
	audio   bool
	redType uint8

	waiting   []sfu.Packet // by number
	next      uint64       // the number to come; 0 before the first
	layer     int
	begun     bool
	restarted bool
	lost      int

	frame  frame
	whole  bool // nothing is missing since the last whole frame
	keyed  bool // a keyframe came
	doubt  bool // something is missing since the last keyframe
	join   joiner
	ready  []Frame
	counts Counts
}

// frame is the one being put together.
type frame struct {
	open, bad, key bool
	timestamp      uint32
	arrival        int64
	data           []byte
}

// New returns an Assembler for a codec. redType is the payload type of RED, 0
// if there is none.
func New(c recording.Codec, kind sfu.Kind, redType uint8) *Assembler {
	return &Assembler{codec: c, audio: kind == sfu.Audio, redType: redType, join: joinerOf(c)}
}

// Counts returns what was met so far.
func (a *Assembler) Counts() Counts { return a.counts }

// Push takes a packet of which the Assembler may keep the payload. A packet of
// another layer than the one before ends what waits of that one.
func (a *Assembler) Push(p sfu.Packet) {
	a.counts.Packets++
	if a.next == 0 || p.Layer != a.layer || p.Sequence >= a.next+newRun {
		a.Flush()
		a.next, a.layer = p.Sequence, p.Layer
		a.restarted, a.whole = a.begun, false
		a.begun = true
	}
	if a.redType != 0 && p.PayloadType == a.redType {
		a.unpack(p)
		return
	}
	a.insert(p)
}

// unpack takes sound out of RED: its own, and what was missing before it.
func (a *Assembler) unpack(p sfu.Packet) {
	pt, primary, err := red.Primary(p.Payload)
	if err != nil {
		a.counts.Broken++
		return
	}
	for b := range red.Redundant(p.Payload) {
		seq := p.Sequence - uint64(b.Back) // Back is at most a few, Sequence above 2^16
		if seq >= a.next && a.find(seq) < 0 {
			earlier := p
			earlier.Sequence, earlier.Timestamp = seq, p.Timestamp-b.Offset
			earlier.Payload, earlier.PayloadType, earlier.Marker = b.Payload, b.PayloadType, false
			a.counts.Repaired++
			a.insert(earlier)
		}
	}
	p.Payload, p.PayloadType = primary, pt
	a.insert(p)
}

// find returns the place of a waiting packet, or -1.
func (a *Assembler) find(seq uint64) int {
	i, ok := slices.BinarySearchFunc(a.waiting, seq, bySequence)
	if !ok {
		return -1
	}
	return i
}

func bySequence(p sfu.Packet, seq uint64) int {
	switch {
	case p.Sequence < seq:
		return -1
	case p.Sequence > seq:
		return 1
	}
	return 0
}

func (a *Assembler) insert(p sfu.Packet) {
	if p.Sequence < a.next {
		a.counts.Duplicate++
		return
	}
	i, found := slices.BinarySearchFunc(a.waiting, p.Sequence, bySequence)
	if found {
		a.counts.Duplicate++
		return
	}
	a.waiting = slices.Insert(a.waiting, i, p)
	a.advance(p.Arrival - Patience)
}

// Advance gives up packets that have been waited for too long at now (ns).
func (a *Assembler) Advance(now int64) { a.advance(now - Patience) }

// advance takes what is in order, and passes holes behind which something
// arrived at deadline or before.
func (a *Assembler) advance(deadline int64) {
	taken := 0
	for taken < len(a.waiting) {
		p := &a.waiting[taken]
		if p.Sequence > a.next {
			if p.Arrival > deadline && len(a.waiting)-taken < maxWaiting {
				break
			}
			a.miss(int(p.Sequence - a.next)) // below newRun
		}
		a.next = p.Sequence + 1
		a.take(p)
		p.Payload = nil
		taken++
	}
	a.waiting = slices.Delete(a.waiting, 0, taken)
}

// Flush takes all that waits and ends the frame at hand: what comes of it later is
// a piece, and no frame.
func (a *Assembler) Flush() {
	a.advance(1<<63 - 1)
	if a.frame.open {
		a.drop()
		a.whole = false
	}
}

// Skip forgets what waits and the frame at hand. The next packet begins anew, as
// the first did; what was left out on purpose does not count as lost.
func (a *Assembler) Skip() {
	clear(a.waiting)
	a.waiting = a.waiting[:0]
	a.frame.open, a.frame.data = false, nil
	a.next, a.lost = 0, 0
	a.keyed, a.doubt = false, false
}

func (a *Assembler) miss(n int) {
	a.counts.Lost += uint64(n) // > 0
	a.lost += n
	a.whole = false
	if a.frame.open {
		a.frame.bad = true
	}
}

// take is given the packets in order, with holes only where miss told.
func (a *Assembler) take(p *sfu.Packet) {
	if len(p.Payload) == 0 {
		return // padding: its number counts, nothing else
	}
	f := &a.frame
	if f.open && f.timestamp != p.Timestamp {
		a.finish(!f.bad && a.whole) // its end was not marked; without a hole it is whole
	}
	if !f.open {
		starts := a.whole || a.audio || p.FrameStart && p.Descriptor.SID == 0
		a.join.reset()
		*f = frame{open: true, bad: !starts, timestamp: p.Timestamp, arrival: p.Arrival, data: make([]byte, 0, 4*len(p.Payload))}
		a.whole = true
	}
	f.key = f.key || p.Keyframe || a.audio
	f.arrival = max(f.arrival, p.Arrival)
	var ok bool
	if f.data, ok = a.join.add(f.data, p); !ok || len(f.data) > maxFrame {
		f.bad = true
	}
	if p.Marker || a.audio {
		a.finish(!f.bad)
	}
}

// finish ends the frame at hand.
func (a *Assembler) finish(good bool) {
	f := &a.frame
	data, ok := a.join.finish(f.data)
	if !good || !ok || len(data) == 0 {
		a.drop()
		return
	}
	if f.key {
		a.keyed, a.doubt = true, false
	}
	f.open = false
	if !a.keyed {
		return // nothing can be shown before the first keyframe
	}
	a.ready = append(a.ready, Frame{
		Timestamp: f.timestamp, Arrival: f.arrival, Layer: a.layer, Key: f.key,
		Damaged: (a.doubt || a.lost > 0) && !f.key, Lost: a.lost, Restarted: a.restarted, Data: data,
	})
	a.doubt = a.doubt || a.lost > 0 && !f.key
	a.lost, a.restarted = 0, false
	f.data = nil
}

func (a *Assembler) drop() {
	a.frame.open, a.frame.data = false, nil
	a.counts.Broken++
	a.doubt = true
}

// Take returns the frames that are ready. They are the caller's.
func (a *Assembler) Take() []Frame {
	ready := a.ready
	a.ready = nil
	return ready
}

// Wanting reports whether a keyframe would help: none came yet, or frames are
// missing since the last.
func (a *Assembler) Wanting() bool { return !a.audio && (!a.keyed || a.doubt) }
