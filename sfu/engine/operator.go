package engine

import (
	"time"

	"diemcau/sfu"
	"diemcau/sfu/allocate"

	"github.com/pion/rtcp"
)

const (
	// capEvery is how often the publisher is told what he may send.
	capEvery = time.Second
	// voice is what one microphone costs on the wire, bit/s, and cover what is set
	// aside of an uplink for headers and repairs.
	voice = 64_000
	cover = 0.88
	// smallest is what the lowest layer can be squeezed to by the bound of the client's
	// own estimate: where there is that much, a picture is not switched off.
	smallest = 60_000
)

// SetLine is the operator's budget of the line to the client, in bit/s each way, 0
// for none. Downwards it is never exceeded in any second, headers, repairs and
// padding included. Upwards the client is told: by the layers wanted of it, and
// by an upper bound of its own estimate.
func (p *Peer) SetLine(down, up int64) {
	p.post(func() {
		p.sub.budget.operator = orUnlimited(down)
		p.sub.bounded()
		p.pub.limit(up)
	})
}

// SetPrecedence puts what the peer publishes before what others do on lines that
// cannot carry all pictures: higher goes first, 0 is everybody's. A subscriber's
// own priorities are added.
func (p *Peer) SetPrecedence(n uint32) { p.precedence.Store(n) }

// limit bounds what the client sends, bit/s; 0 lifts it.
func (u *publisher) limit(up int64) {
	u.bound = up
	u.reconsider(true)
	u.capUplink()
}

// reconsider compares what is sent with what the uplink carries. now tells less at
// once, too, rather than after a while.
func (u *publisher) reconsider(now bool) {
	for _, t := range u.up {
		if t.pub == nil || t.pub.source == nil || t.pub.track.Kind != sfu.Video {
			continue
		}
		if top := u.affordable(t.pub); now && t.pub.demand.told && top < t.pub.demand.announced {
			u.calmed(&t.pub.demand)
			u.announce(t.pub, top)
		}
		u.demanded(t.pub)
	}
}

// capUplink tells the client's estimator its upper bound, again and again while
// there is one: any of the messages may be lost.
func (u *publisher) capUplink() {
	if u.capping != nil || u.bound <= 0 {
		return
	}
	u.sendCap()
	u.capping = u.peer.after(aligned(capEvery), func() {
		u.capping = nil
		u.reconsider(false)
		u.capUplink()
	})
}

func (u *publisher) sendCap() {
	var ssrcs []uint32
	for _, t := range u.up {
		if t.pub == nil || t.pub.source == nil {
			continue
		}
		for _, l := range t.pub.source.Info().Layers {
			if l.SSRC != 0 {
				ssrcs = append(ssrcs, l.SSRC)
			}
		}
	}
	if len(ssrcs) == 0 || u.line.conn == nil {
		return
	}
	u.line.conn.WriteRTCP([]rtcp.Packet{&rtcp.ReceiverEstimatedMaximumBitrate{
		SenderSSRC: 1, Bitrate: float32(cover * float64(u.bound)), SSRCs: ssrcs,
	}})
}

// affordable is the highest layer of a track that the client's uplink carries,
// when each of its pictures gets the same and sound comes first.
func (u *publisher) affordable(pub *publication) int {
	if u.bound <= 0 {
		return allocate.MaxSpatial
	}
	left, pictures := int64(cover*float64(u.bound)), int64(0)
	for _, t := range u.up {
		switch {
		case t.pub == nil || t.pub.source == nil:
		case t.pub.track.Kind == sfu.Video:
			pictures++
		default:
			left -= voice
		}
	}
	share, top, sum, now := left/max(pictures, 1), nobody, int64(0), time.Now()
	for i, l := range pub.source.Info().Layers {
		rate := pub.demand.rate(i, &l, now)
		if pub.track.SVC {
			sum = 0 // the layers below are in it
		}
		if sum += rate; min(sum, smallest) > share || i > 0 && sum > share {
			break
		}
		top = i
	}
	return top
}

// rate is what a layer is known to take, bit/s.
func (d *demand) rate(i int, l *sfu.LayerInfo, now time.Time) int64 {
	if i >= len(d.layers) {
		return usual(l.Height)
	}
	return d.layers[i].look(int64(l.Bitrate), usual(l.Height), l.Live, !d.told || d.announced >= i, now)
}

// usual is what a picture of a height takes, bit/s, when it is not known yet.
func usual(height uint32) int64 {
	switch {
	case height == 0 || height > 720:
		return 3_000_000
	case height > 360:
		return 1_700_000
	case height > 180:
		return 500_000
	}
	return 150_000
}
