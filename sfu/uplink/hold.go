package uplink

import (
	"time"

	"diemcau/sfu"
)

const (
	// holdFor is how long the packets of a frame wait for its end at most. The
	// packets of one frame that go out together to one subscriber make one
	// message for the kernel, which costs little more than a single packet.
	holdFor = int64(time.Millisecond)
	// holdSinks is how many subscribers make it worth the wait.
	holdSinks = 4
	// farApart is the gap between two packets of a frame that tells a sender
	// which spreads its frames: the rest would come too late to be waited for.
	farApart = int64(500 * time.Microsecond)
	// holdPackets is how many packets a frame must have of late to be worth it:
	// a pair saves less than the wait costs.
	holdPackets = 4
	// spread is how many gaps of 256 may be long before nothing is held any more.
	spread = 64
)

// frame follows the packets of one layer to the ends of its frames. A lost end
// costs one wait.
type frame struct {
	open  bool   // the last packet was not the last of its frame
	count int    // packets of the frame so far
	size  int    // packets a frame has, smoothed, in eighths
	gaps  uint16 // share of long gaps within frames, of 256, smoothed
	at    int64  // arrival of the last packet
}

// packet notes one packet in the order of arrival.
func (f *frame) packet(p *sfu.Packet) {
	if p.Recovered || len(p.Payload) == 0 {
		return
	}
	if f.open {
		var long uint16
		if p.Arrival-f.at > farApart {
			long = 256
		}
		f.gaps = (f.gaps*7 + long) / 8
	}
	f.count++
	if p.Marker {
		f.size += f.count - f.size/8
		f.count = 0
	}
	f.open, f.at = !p.Marker, p.Arrival
}

// hold decides when what was written goes out.
type hold struct {
	since int64 // arrival of the first packet not yet sent on, 0 if there is none
}

// wait tells whether the rest of a frame is worth waiting for.
func (c *core) wait(now int64) bool {
	if c.info.Kind != sfu.Video || len(c.sinks) < holdSinks || now-c.hold.since >= holdFor {
		return false
	}
	for _, st := range c.streams {
		if f := &st.frame; f.open && f.size >= holdPackets*8 && f.gaps < spread && now-f.at < farApart {
			return true
		}
	}
	return false
}

// due is when waiting ends.
func (h *hold) due() int64 {
	if h.since == 0 {
		return never
	}
	return h.since + holdFor
}
