package uplink

import (
	"time"

	"github.com/pion/rtcp"

	"diemcau/sfu"
	"diemcau/sfu/history"
)

const (
	senderSSRC   = 1 // of the bridge as a receiver; publishers do not look at it
	reportEvery  = int64(time.Second)
	measureEvery = int64(500 * time.Millisecond)
)

// tick does what is due and returns when it wants to be called next.
func (c *core) tick(now int64) int64 {
	c.now = now
	c.emitSilence(now)
	if now >= c.hold.due() {
		c.send()
	}
	if now >= c.sinkTick {
		c.sinkTick = never
		for _, t := range c.tickers {
			c.sinkTick = min(c.sinkTick, t.Tick(now))
		}
	}
	for _, st := range c.streams {
		c.feedBack(st, now)
	}
	if now >= c.meter.at {
		c.meter.window(now)
	}
	if now >= c.reportAt {
		c.report(now)
	}
	if now >= c.measuredAt {
		c.measure(now)
	}
	return c.next()
}

// next returns the earliest deadline.
func (c *core) next() int64 {
	at := min(c.sinkTick, c.reportAt, c.measuredAt, c.meter.at, c.silence.due(), c.hold.due())
	for _, st := range c.streams {
		if c.settings.NACK {
			at = min(at, st.nacks.next())
		}
		if st.keyframeWish && st.ssrc != 0 && !c.info.Muted {
			at = min(at, st.keyframeSent+st.keyframeWait)
		}
	}
	return at
}

// report sends a receiver report on all layers that are being received.
func (c *core) report(now int64) {
	var blocks []rtcp.ReceptionReport
	for _, st := range c.streams {
		if st.reception.received > 0 && now-st.lastPacket < 5*reportEvery {
			blocks = append(blocks, st.reception.report(st.ssrc, now))
		}
	}
	if len(blocks) == 0 {
		c.reportAt = never
		return
	}
	c.reportAt = now + reportEvery
	c.settings.WriteRTCP([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: senderSSRC, Reports: blocks}})
}

// cameAlive notes that a layer flows again.
func (c *core) cameAlive(st *stream, p *sfu.Packet) {
	if len(p.Payload) == 0 {
		return
	}
	st.live = true
	c.info.Layers[p.Layer].Live = true
	c.shareLife()
	c.publish()
	if c.measuredAt == never {
		c.measuredAt = p.Arrival + measureEvery
	}
	if c.reportAt == never {
		c.reportAt = p.Arrival + reportEvery
	}
}

// measure updates bitrates and finds layers that have stopped.
func (c *core) measure(now int64) {
	anyLive := false
	for i, st := range c.streams {
		st.live = st.live && now-st.lastPacket < c.settings.liveFor()
		st.rate.settle(st.live || c.settings.SVC && c.streams[0].live)
		st.ring.Expire(now - history.Keep)
		c.info.Layers[i].Live = st.live
		anyLive = anyLive || st.live
	}
	anyLive = c.publishRates() || anyLive
	c.shareLife()
	c.publish()
	c.publishStats()
	c.measuredAt = never
	if anyLive {
		c.measuredAt = now + measureEvery
	}
}

// shareLife gives all layers of one stream the same life.
func (c *core) shareLife() {
	if !c.settings.SVC {
		return
	}
	for i := range c.info.Layers {
		c.info.Layers[i].SSRC = c.info.Layers[0].SSRC
		c.info.Layers[i].Live = c.info.Layers[0].Live
	}
}

// control takes RTCP that the publisher sent for a layer.
func (c *core) control(layer int, packets []rtcp.Packet, arrival int64) {
	for _, packet := range packets {
		switch p := packet.(type) {
		case *rtcp.SenderReport:
			c.senderReport(layer, p, arrival)
		case *rtcp.ExtendedReport:
			c.answerReferenceTime(p)
		}
	}
}

func (c *core) senderReport(layer int, p *rtcp.SenderReport, arrival int64) {
	st := c.streams[layer]
	if p.SSRC != st.ssrc {
		return
	}
	st.reception.lastReport = uint32(p.NTPTime >> 16) // the middle bits, RFC 3550 section 6.4.1
	st.reception.lastReportTime = arrival
	if !c.clocks.Report(layer, p.NTPTime, p.RTPTime, arrival) {
		c.drops.Reports++
	}
}

// answerReferenceTime lets a publisher that only receives no reports of its own
// measure the round trip (RFC 3611, sections 4.4 and 4.5).
func (c *core) answerReferenceTime(p *rtcp.ExtendedReport) {
	for _, block := range p.Reports {
		if r, ok := block.(*rtcp.ReceiverReferenceTimeReportBlock); ok {
			c.settings.WriteRTCP([]rtcp.Packet{&rtcp.ExtendedReport{
				SenderSSRC: senderSSRC,
				Reports: []rtcp.ReportBlock{&rtcp.DLRRReportBlock{Reports: []rtcp.DLRRReport{{
					SSRC: p.SenderSSRC, LastRR: uint32(r.NTPTimestamp >> 16), // middle bits
				}}}},
			}})
		}
	}
}
