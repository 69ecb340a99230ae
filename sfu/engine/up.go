package engine

import (
	"slices"
	"sync/atomic"

	"diemcau/sfu"
	"diemcau/sfu/peerconn"
	"diemcau/sfu/uplink"

	"github.com/pion/rtcp"
)

// publish starts the source of a matched section and makes it known.
func (u *publisher) publish(t *upTrack) {
	pub := t.pub
	main, red := mainCodec(t.codecs)
	pub.mime, pub.fmtp, pub.red = main.MIME, main.FMTP, red
	track := &pub.track
	pub.source = uplink.NewSource(uplink.Settings{
		Info: sfu.SourceInfo{
			ID: pub.id, Kind: track.Kind, MIME: main.MIME, FMTP: main.FMTP, ClockRate: main.ClockRate,
			Muted: track.Muted, Encrypted: track.Encrypted, Screen: track.Screen,
			Layers: sourceLayers(&t.section, track),
		},
		Payloads:   payloads(t.codecs),
		Extensions: uplinkExtensions(t.section.Extensions),
		SVC:        track.SVC,
		NACK:       main.NACK && !red,
		WriteRTCP:  u.line.conn.WriteRTCP,
		Clock:      u.clock,
		Pool:       u.pool,
		Logger:     u.peer.log.With("track", string(pub.id)),
		Forwarded:  u.peer.room.engine.forwarding.observe,
	})
	pub.source.SetAudience(track.Audience.peers()) // before any sink can be attached
	u.peer.room.account.addSource(pub.source, track.Kind)
	u.route(t)
	u.peer.room.registry.add(pub)
	if track.Kind == sfu.Video {
		pub.demand.announced = nobody
		u.demanded(pub) // tells of an absent audience after a while
	}
	cid := t.section.Track
	if len(track.CIDs) > 0 && !slices.Contains(track.CIDs, cid) {
		cid = track.CIDs[0]
	}
	u.peer.emit(Published{
		Info: pub.source.Info(), CID: cid, SDPCID: t.section.Track, MID: t.section.Mid, RED: red,
	})
}

// mainCodec is the codec that the client will send, and whether it comes in RED.
func mainCodec(codecs []peerconn.Codec) (main peerconn.Codec, red bool) {
	main = codecs[0]
	if main.MIME == peerconn.MIMERED {
		red = true
		for _, c := range codecs {
			if c.MIME != peerconn.MIMERED {
				return c, true
			}
		}
	}
	return main, red
}

// ridRank is the place of a RID among the usual names, lowest layer first.
func ridRank(rid string) int {
	switch rid {
	case "q", "2":
		return 0
	case "h", "1":
		return 1
	case "f", "0":
		return 2
	default:
		return 3
	}
}

// sortedRIDs are the section's RIDs, lowest layer first. Clients list them either
// way round; unknown names keep their order.
func sortedRIDs(s *peerconn.Section) []string {
	rids := slices.Clone(s.RIDs)
	slices.SortStableFunc(rids, func(a, b string) int { return ridRank(a) - ridRank(b) })
	return rids
}

// sourceLayers are the layers that can come: one for each RID with the size that
// was declared for its place, or what was declared of a single stream.
func sourceLayers(s *peerconn.Section, track *PendingTrack) []sfu.LayerInfo {
	declared := slices.Clone(track.Layers)
	rids := sortedRIDs(s)
	if track.SVC && len(declared) > 0 {
		return declared
	}
	if len(rids) == 0 || track.SVC {
		top := sfu.LayerInfo{}
		if len(declared) > 0 {
			top = declared[len(declared)-1]
		}
		top.RID = ""
		if len(s.SSRCs) > 0 {
			top.SSRC = s.SSRCs[0]
		}
		return []sfu.LayerInfo{top}
	}
	layers := make([]sfu.LayerInfo, len(rids))
	for i, rid := range rids {
		if i < len(declared) {
			layers[i] = declared[i]
		}
		layers[i].RID = rid
	}
	return layers
}

// payloads maps the payload types of the section for the source.
func payloads(codecs []peerconn.Codec) map[uint8]uplink.Payload {
	m := map[uint8]uplink.Payload{}
	for _, c := range codecs {
		m[c.PayloadType] = uplink.Payload{MIME: c.MIME}
		if c.RTX != 0 {
			m[c.RTX] = uplink.Payload{MIME: peerconn.MIMERTX, Apt: c.PayloadType}
		}
	}
	return m
}

func uplinkExtensions(ids map[string]uint8) uplink.Extensions {
	return uplink.Extensions{
		AudioLevel:           ids[peerconn.URIAudioLevel],
		AbsCaptureTime:       ids[peerconn.URIAbsCaptureTime],
		PlayoutDelay:         ids[peerconn.URIPlayoutDelay],
		DependencyDescriptor: ids[peerconn.URIDependencyDescriptor],
	}
}

// route leads the section's packets to its source: declared streams by their
// SSRC, the others by what their packets say.
func (u *publisher) route(t *upTrack) {
	d, source := u.line.conn.Demux, t.pub.source
	if t.pub.track.SVC && len(t.section.RIDs) > 0 {
		u.routeSole(t)
		return
	}
	rids, repairs := sortedRIDs(&t.section), map[uint8]bool{}
	for ssrc, layer := range declaredLayers(&t.section, rids) {
		d.Route(ssrc, primaryRoute(source, layer))
		d.RouteControl(ssrc, controlRoute(source, layer))
		if rtx := t.section.RTX[ssrc]; rtx != 0 {
			d.Route(rtx, repairRoute(source, layer))
		}
	}
	for _, c := range t.codecs {
		repairs[c.RTX] = c.RTX != 0
	}
	d.RouteSection(t.section.Mid, func(ssrc uint32, payloadType uint8, rid string, repair bool) peerconn.Route {
		layer := 0
		if len(rids) > 0 {
			if layer = slices.Index(rids, rid); layer < 0 {
				return nil
			}
		}
		if repair || repairs[payloadType] {
			return repairRoute(source, layer)
		}
		d.RouteControl(ssrc, controlRoute(source, layer))
		return primaryRoute(source, layer)
	})
}

// routeSole leads the one stream of a section with many spatial layers in it to
// its source. Clients of libwebrtc list those layers like simulcast, a RID for
// each, and then send all of them under the RID that they listed first. Whichever
// is heard first is the stream; what a client sends beside it has no place.
func (u *publisher) routeSole(t *upTrack) {
	d, source, repairs := u.line.conn.Demux, t.pub.source, map[uint8]bool{}
	for _, c := range t.codecs {
		repairs[c.RTX] = c.RTX != 0
	}
	var sole atomic.Pointer[string]
	d.RouteSection(t.section.Mid, func(ssrc uint32, payloadType uint8, rid string, repair bool) peerconn.Route {
		repair = repair || repairs[payloadType]
		if !repair {
			sole.CompareAndSwap(nil, &rid)
		}
		if heard := sole.Load(); heard == nil || *heard != rid {
			return nil
		}
		if repair {
			return repairRoute(source, 0)
		}
		d.RouteControl(ssrc, controlRoute(source, 0))
		return primaryRoute(source, 0)
	})
}

// declaredLayers maps the SSRCs of the section to layers. Where RIDs are there
// as well, as Pion's clients write them, both lists are in one order.
func declaredLayers(s *peerconn.Section, sorted []string) map[uint32]int {
	layers := map[uint32]int{}
	switch {
	case len(sorted) == 0 && len(s.SSRCs) > 0:
		layers[s.SSRCs[0]] = 0
	case len(sorted) == len(s.SSRCs):
		for i, ssrc := range s.SSRCs {
			layers[ssrc] = slices.Index(sorted, s.RIDs[i])
		}
	}
	return layers
}

// reroute follows a section whose streams have changed under the same track.
func (u *publisher) reroute(t *upTrack, s *peerconn.Section) {
	changed := !slices.Equal(t.section.SSRCs, s.SSRCs)
	if changed {
		u.unroute(t)
		t.detecting = false
	}
	t.section = *s
	if changed && t.pub != nil && t.pub.source != nil {
		u.route(t)
	}
}

func (u *publisher) unroute(t *upTrack) {
	if u.line.conn == nil {
		return
	}
	d := u.line.conn.Demux
	d.RouteSection(t.section.Mid, nil)
	for _, ssrc := range t.section.SSRCs {
		d.Forget(ssrc)
		if rtx := t.section.RTX[ssrc]; rtx != 0 {
			d.Forget(rtx)
		}
	}
	if t.pub == nil || t.pub.source == nil {
		return
	}
	for _, l := range t.pub.source.Info().Layers {
		if l.SSRC != 0 {
			d.Forget(l.SSRC)
		}
	}
}

func primaryRoute(s *uplink.Source, layer int) peerconn.Route {
	return func(raw []byte, arrival int64) { s.Write(layer, raw, arrival) }
}

func repairRoute(s *uplink.Source, layer int) peerconn.Route {
	return func(raw []byte, arrival int64) { s.WriteRTX(layer, raw, arrival) }
}

func controlRoute(s *uplink.Source, layer int) peerconn.Route {
	return func(raw []byte, arrival int64) {
		if packets, err := rtcp.Unmarshal(raw); err == nil {
			s.WriteRTCP(layer, packets, arrival)
		}
	}
}
