package uplink

import (
	"time"

	"diemcau/sfu"
)

// rate measures one layer, by temporal layers. Keyframes make the bitrate of half
// a second uneven, and who divides a line by it would go up and down with them:
// so what is new counts a quarter, and a half where much more comes than before.
type rate struct {
	bytes   [sfu.MaxTemporal]uint64 // since the last measurement
	bitrate [sfu.MaxTemporal]uint32 // bit/s of each temporal layer alone
	begun   bool
}

func (r *rate) add(p *sfu.Packet) {
	tid := 0
	if p.Descriptor.HasTID {
		tid = min(int(p.Descriptor.TID), sfu.MaxTemporal-1)
	}
	r.bytes[tid] += uint64(len(p.Payload))
}

// settle ends an interval of measureEvery.
func (r *rate) settle(live bool) {
	flowing := false
	for i := range r.bytes {
		now := uint32(r.bytes[i] * 8 * uint64(time.Second) / uint64(measureEvery)) // bit/s of one stream
		before := r.bitrate[i]
		switch {
		case !r.begun || !live:
			r.bitrate[i] = now
		case now > before+before/2:
			r.bitrate[i] = before + (now-before)/2
		default:
			r.bitrate[i] = uint32((3*uint64(before) + uint64(now)) / 4) // between the two
		}
		flowing = flowing || now > 0
		r.bytes[i] = 0
	}
	r.begun = live && (r.begun || flowing)
}

// total is the layer's bitrate, bit/s.
func (r *rate) total() (sum uint32) {
	for _, b := range r.bitrate {
		sum += b
	}
	return sum
}

// rateOf is what a packet counts to: its simulcast layer, or the spatial layer
// within the stream.
func (c *core) rateOf(p *sfu.Packet) *rate {
	if !c.settings.SVC {
		return &c.streams[p.Layer].rate
	}
	return &c.streams[min(int(p.Descriptor.SID), len(c.streams)-1)].rate
}

// publishRates writes what was measured into the track's description.
func (c *core) publishRates() (flowing bool) {
	var below [sfu.MaxTemporal]uint32 // spatial layers of one stream, added up
	for i, st := range c.streams {
		own := &c.info.Layers[i]
		if !c.settings.SVC {
			below = [sfu.MaxTemporal]uint32{}
		}
		layers, sum := 0, uint32(0)
		own.Temporal = [sfu.MaxTemporal]uint32{}
		for t, b := range st.rate.bitrate {
			below[t] += b
			if below[t] > 0 {
				layers++
				sum += below[t]
				own.Temporal[t] = sum
			}
		}
		own.Bitrate = sum
		if layers < 2 {
			own.Temporal = [sfu.MaxTemporal]uint32{}
		}
		flowing = flowing || sum > 0
	}
	return flowing
}
