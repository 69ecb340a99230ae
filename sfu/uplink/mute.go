package uplink

import (
	"time"

	"diemcau/sfu"
)

// After sound is muted, subscribers get a second of Opus silence, so that their
// decoders fade out instead of repeating the last syllable.
const (
	silencePackets = 50
	silenceEvery   = int64(20 * time.Millisecond)
)

// opusSilence is one 20 ms frame of silence (RFC 6716: TOC byte, then a frame
// without content).
const opusSilence = "\xf8\xff\xfe"

// silence is what is left to send of it.
type silence struct {
	left  int
	at    int64
	ticks uint32 // RTP timestamp of the next one
	next  uint64 // its sequence number
}

func (s *silence) due() int64 {
	if s.left == 0 {
		return never
	}
	return s.at
}

// setMuted drops everything from now on, or lets it through again.
func (c *core) setMuted(muted bool, now int64) {
	if c.info.Muted == muted {
		return
	}
	c.info.Muted = muted
	c.publish()
	c.silence.left = 0
	for _, st := range c.streams {
		if muted {
			st.nacks.clear()
			st.beginning = beginning{}
		} else {
			// What was not looked at is not lost: sinks must not see a hole.
			st.restart()
		}
	}
	st := c.streams[0]
	if muted && c.info.Kind == sfu.Audio && !c.info.Encrypted && st.unwrapper.Highest() != 0 {
		elapsed := max(now-st.lastPacket, silenceEvery)
		c.silence = silence{
			left: silencePackets, at: now, next: st.unwrapper.Highest() + 1,
			ticks: st.lastTimestamp + uint32(elapsed/1000*int64(c.info.ClockRate)/1_000_000), // wraps
		}
	}
}

// emitSilence hands the frames of silence that are due to the sinks.
func (c *core) emitSilence(now int64) {
	emitted := false
	for c.silence.left > 0 && now >= c.silence.at {
		c.emitOneSilence(now)
		emitted = true
	}
	if emitted {
		for _, s := range c.sinks {
			s.EndBurst()
		}
	}
}

func (c *core) emitOneSilence(now int64) {
	s := &c.silence
	raw, pt := []byte(opusSilence), c.mainType
	if pt == 0 && c.redType == 0 || c.mainMIMEIsNotOpus() {
		s.left = 0
		return
	}
	slot := c.settings.Pool.Copy(raw)
	p := &slot.Packet
	p.Sequence, p.Timestamp, p.Arrival = s.next, s.ticks, now
	p.PayloadType, p.Payload = pt, slot.Raw
	s.left--
	s.at += silenceEvery
	s.next++
	s.ticks += c.info.ClockRate / 50
	if !c.streams[0].ring.Put(slot) {
		c.settings.Pool.Release(slot)
		return
	}
	for _, sink := range c.heard {
		sink.WritePacket(p)
	}
}

func (c *core) mainMIMEIsNotOpus() bool { return c.info.MIME != "audio/opus" }
