// Package history keeps the last second of a source's packets, once for all
// its subscribers, in memory that is used again. It starts no goroutine. A Pool
// may be shared by any number of goroutines; a Ring belongs to one.
package history

import (
	"sync"

	"diemcau/sfu"
)

// MaxPacket is the largest RTP packet that is taken, in bytes. Nothing larger
// fits a path of 1,500-byte frames.
const MaxPacket = 2048

// sizes are the classes of buffers: Opus, small video, full video, the rest.
var sizes = [...]int{256, 640, 1280, MaxPacket} // a constant table

// A Slot is one packet with the memory it stands in.
type Slot struct {
	Packet sfu.Packet
	Raw    []byte // the bytes as received; Packet's slices point into it

	buffer []byte
	class  int
}

// Pool lends slots. The zero value is ready.
type Pool struct {
	classes [len(sizes)]sync.Pool
}

// Copy returns a slot with a copy of raw, nil when raw is larger than
// MaxPacket.
func (p *Pool) Copy(raw []byte) *Slot {
	for class, size := range sizes {
		if len(raw) > size {
			continue
		}
		slot, _ := p.classes[class].Get().(*Slot)
		if slot == nil {
			slot = &Slot{buffer: make([]byte, size), class: class}
		}
		slot.Raw = slot.buffer[:copy(slot.buffer, raw)]
		return slot
	}
	return nil
}

// Release takes a slot back. Nobody may use it, nor its packet, any more.
func (p *Pool) Release(s *Slot) {
	s.Packet, s.Raw = sfu.Packet{}, nil
	p.classes[s.class].Put(s)
}
