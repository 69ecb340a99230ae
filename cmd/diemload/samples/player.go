package samples

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// A Writer takes the packets that a Player sends. layer is an index into
// Set.Layers. It must not keep the payload.
type Writer interface {
	WriteRTP(layer int, timestamp uint32, marker bool, payload []byte) error
}

// Player sends a Set in real time, over and over, until its context ends.
type Player struct {
	set     *Set
	out     Writer
	layers  []int // indices of the layers sent
	restart []atomic.Bool
	sent    []atomic.Int64 // by ordinal: when it was last sent, Unix ns
	frames  atomic.Int64

	pictureID uint16
	scratch   []byte
}

// NewPlayer returns a player of some of the set's layers; all without any named.
func NewPlayer(set *Set, out Writer, layers ...int) *Player {
	if len(layers) == 0 {
		for i := range set.Layers {
			layers = append(layers, i)
		}
	}
	return &Player{
		set: set, out: out, layers: layers,
		restart:   make([]atomic.Bool, len(set.Layers)),
		sent:      make([]atomic.Int64, set.Packets),
		pictureID: uint16(rand.N(1 << 15)),
	}
}

// RequestKeyframe lets a layer begin anew with its next frame.
func (p *Player) RequestKeyframe(layer int) { p.restart[layer].Store(true) }

// SentAt is when the payload was last sent, as Unix ns; 0 if never.
func (p *Player) SentAt(ordinal int) int64 { return p.sent[ordinal].Load() }

// Frames is how many frames of each layer have been sent.
func (p *Player) Frames() int64 { return p.frames.Load() }

// Play sends in the caller's goroutine until ctx is done. The start is put off
// by up to one frame, so that many players do not send in step.
func (p *Player) Play(ctx context.Context) {
	interval := time.Duration(p.set.FrameTicks) * time.Second / time.Duration(p.set.ClockRate)
	timer := time.NewTimer(rand.N(interval))
	defer timer.Stop()
	timestamp := rand.Uint32()
	next := make([]int, len(p.set.Layers))
	var due time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-timer.C:
			if due.IsZero() || now.Sub(due) > time.Second {
				due = now // the machine slept: do not send the backlog at once
			}
		}
		for _, layer := range p.layers {
			p.frame(layer, &next[layer], timestamp)
		}
		p.pictureID = (p.pictureID + 1) & 0x7fff
		p.frames.Add(1)
		timestamp += p.set.FrameTicks
		due = due.Add(interval)
		timer.Reset(time.Until(due))
	}
}

func (p *Player) frame(layer int, next *int, timestamp uint32) {
	clip := &p.set.Layers[layer]
	if p.restart[layer].CompareAndSwap(true, false) {
		*next = 0
	}
	frame := &clip.Frames[*next]
	*next = (*next + 1) % len(clip.Frames)
	now := time.Now().UnixNano()
	for i, payload := range frame.Payloads {
		p.sent[frame.first+i].Store(now)
		if p.set.MIME == VP8 {
			payload = p.number(payload)
		}
		_ = p.out.WriteRTP(layer, timestamp, i == len(frame.Payloads)-1, payload) // a closed track stops by its context
	}
}

// number copies a VP8 payload and sets its 15-bit picture id, RFC 7741 section 4.2.
func (p *Player) number(payload []byte) []byte {
	p.scratch = append(p.scratch[:0], payload...)
	binary.BigEndian.PutUint16(p.scratch[2:], 0x8000|p.pictureID)
	return p.scratch
}
