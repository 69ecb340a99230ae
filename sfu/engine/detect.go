package engine

import (
	"slices"
	"strings"
	"sync"
	"time"

	"diemcau/sfu"
	"diemcau/sfu/peerconn"
)

// detectTimeout is how long the first packet of a track of unknown codec is
// awaited. A track that never sends is announced with the first codec then.
const detectTimeout = 3 * time.Second

// undecided tells that a client may send any of several codecs: it has not said
// which it wishes, and it need not follow the order of the answer (Pion's own
// clients do not).
func (t *upTrack) undecided() bool {
	if t.detecting || t.pub.track.MIME != "" || t.section.Kind != sfu.Video {
		return false
	}
	return slices.ContainsFunc(t.codecs, func(c peerconn.Codec) bool {
		return !strings.EqualFold(c.MIME, t.codecs[0].MIME)
	})
}

// detect waits for the first packet of a section and publishes its track with
// the codec that the packet has.
func (u *publisher) detect(t *upTrack) {
	t.detecting = true
	var once sync.Once
	found := func(payloadType uint8) {
		once.Do(func() { u.peer.post(func() { u.detected(t, payloadType) }) })
	}
	first := func(raw []byte, _ int64) { found(raw[1] & 0x7f) }
	d := u.line.conn.Demux
	for _, ssrc := range t.section.SSRCs {
		d.Route(ssrc, first)
	}
	d.RouteSection(t.section.Mid, func(_ uint32, payloadType uint8, _ string, _ bool) peerconn.Route {
		found(payloadType)
		return nil // bound when the source is there
	})
	u.peer.after(detectTimeout, func() { u.detected(t, t.codecs[0].PayloadType) })
}

// detected publishes the track of a section with one of its payload types.
func (u *publisher) detected(t *upTrack, payloadType uint8) {
	if u.up[t.section.Mid] != t || t.pub == nil || t.pub.source != nil {
		return
	}
	i := slices.IndexFunc(t.codecs, func(c peerconn.Codec) bool {
		return c.PayloadType == payloadType || c.RTX == payloadType
	})
	if i > 0 {
		codec := t.codecs[i]
		t.codecs = slices.Insert(slices.Delete(slices.Clone(t.codecs), i, i+1), 0, codec)
	}
	u.publish(t)
}
