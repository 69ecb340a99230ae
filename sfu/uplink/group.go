package uplink

import (
	"diemcau/sfu"
	"diemcau/sfu/history"
)

// groupPackets is how many packets are handed to the sinks together at most.
const groupPackets = 64

// group is what came in together and has not been handed to the sinks: each sink
// gets all of it in one go, so that what a subscriber's way out needs of memory
// (numbers, keys, pacer) is fetched once for a frame and not once for each of its
// packets, with those of all other subscribers in between.
type group struct {
	packets []*sfu.Packet
	turn    int // how many of them the sink at hand has got or gets now
}

// hides tells whether a packet is yet to be handed to the sink at hand: for it
// the packet has not come.
func (g *group) hides(p *sfu.Packet) bool {
	for _, waiting := range g.packets[min(g.turn, len(g.packets)):] {
		if waiting == p {
			return true
		}
	}
	return false
}

// pushesOut tells whether the history would let go of a packet of the group to
// take p.
func (g *group) pushesOut(p *sfu.Packet, ring *history.Ring) bool {
	for _, waiting := range g.packets {
		if waiting.Layer == p.Layer && waiting.Sequence+ring.Depth() <= p.Sequence {
			return true
		}
	}
	return false
}

// deliver hands the group to the sinks.
func (c *core) deliver() {
	g := &c.group
	if len(g.packets) == 0 {
		return
	}
	for _, s := range c.heard {
		for i, p := range g.packets {
			g.turn = i + 1
			s.WritePacket(p)
		}
	}
	clear(g.packets)
	g.packets, g.turn = g.packets[:0], 0
}
