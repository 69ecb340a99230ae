package engine

import (
	"time"

	"diemcau/sfu"
	"diemcau/sfu/downlink"
	"diemcau/sfu/estimate"
	"diemcau/sfu/pacer"
	"diemcau/sfu/peerconn"

	"github.com/pion/rtcp"
)

// downSink is a running sink and the SSRC under which its feedback comes.
type downSink struct {
	*downlink.Sink
	ssrc     uint32
	stream   *pacer.Stream
	takesRED bool   // from the bridge, for the publisher sends none
	reports  func() // ends those on the stream of retransmissions
}

// lateReports is how long a client may still report on a track that has ended.
const lateReports = 10 * time.Second

// start begins to send a track whose section the client has accepted.
func (s *subscriber) start(sub *subscription, section *peerconn.Section, codec peerconn.Codec) {
	pub, conn := sub.pub, s.line.conn
	ssrc, rtx := sub.down.SSRC()
	settings := downlink.Settings{
		SSRC: ssrc, PayloadType: codec.PayloadType,
		MIME: pub.mime, ClockRate: codec.ClockRate, SVC: pub.track.SVC, Fresh: sub.fresh,
		Extensions: downlinkExtensions(section.Extensions),
		CNAME:      sub.streamID, Addressee: s.peer.settings.ID,
		RTCP: conn.WriteRTCP, Flush: s.peer.room.engine.config.Flush,
	}
	if pub.track.Kind == sfu.Video {
		settings.PlayoutDelay = s.peer.settings.PlayoutDelay.extension()
	}
	if codec.RTX != 0 {
		settings.RTXSSRC, settings.RTXPayloadType = rtx, codec.RTX
	}
	if red, ok := section.Codec(peerconn.MIMERED, ""); ok && !pub.track.Encrypted {
		settings.REDPayloadType = red.PayloadType
	}
	if pub.track.Kind == sfu.Video && settings.RTXSSRC == 0 {
		// What is sent again must be the same to the bit, so it cannot be numbered
		// anew; and a number that comes twice spoils the estimate.
		settings.Extensions.TransportCC = 0
	}
	stream := s.budget.pacer.Open(settings.Stream(sub.down))
	settings.Writer = stream
	conn.Demux.OnControl(func(ssrc uint32, raw []byte, _ int64) { s.budget.pacer.Feedback(ssrc, raw) })
	if s.peer.settings.Single {
		settings.MID = section.Mid
	}
	sink := downlink.NewSink(pub.source, settings)
	sub.sink = &downSink{
		Sink: sink, ssrc: ssrc, stream: stream, takesRED: settings.REDPayloadType != 0 && !pub.red,
		reports: conn.OpenControl(settings.RTXSSRC),
	}
	s.peer.room.account.addSink(sink, pub.track.Kind)
	s.retarget(sub)
	conn.Demux.RouteControl(ssrc, s.feedback(sink))
	pub.source.Attach(sink)
	s.watch()
}

// feedback hands the client's RTCP about a track to its sink.
func (s *subscriber) feedback(sink *downlink.Sink) peerconn.Route {
	return func(raw []byte, _ int64) {
		if estimate.IsFeedbackOnly(raw) {
			return // the pacer has seen it
		}
		if packets, err := rtcp.Unmarshal(raw); err == nil {
			s.budget.estimated(packets)
			sink.HandleRTCP(packets)
		}
	}
}

// stop ends sending a track.
func (s *subscriber) stop(sub *subscription) {
	if sub.sink == nil {
		return
	}

	sub.pub.source.Detach(sub.sink.Sink)
	s.peer.room.account.removeSink(sub.sink.Sink)
	s.line.conn.Demux.Forget(sub.sink.ssrc)
	s.peer.after(lateReports, sub.sink.reports)
	sub.sink.stream.Close()
	sub.told, sub.repeats, sub.calm, sub.swing = false, 0, 0, swing{}
	sub.sink = nil
}

// retarget tells the sink what the client wants.
func (s *subscriber) retarget(sub *subscription) {
	if sub.sink == nil {
		return
	}
	sub.sink.SetDisabled(sub.wish.Disabled)
	if sub.pub.track.Kind != sfu.Video {
		return
	}
	top := sub.wanted().Spatial
	if sub.wish.Disabled {
		top = nobody
	}
	s.want(sub.pub, top)
	if s.budget.constrained() {
		s.allocate()
	} else {
		s.apply(sub, sub.wanted(), false)
	}
}

func downlinkExtensions(ids map[string]uint8) downlink.Extensions {
	return downlink.Extensions{
		AbsSendTime:          ids[peerconn.URIAbsSendTime],
		TransportCC:          ids[peerconn.URITransportCC],
		AbsCaptureTime:       ids[peerconn.URIAbsCaptureTime],
		PlayoutDelay:         ids[peerconn.URIPlayoutDelay],
		DependencyDescriptor: ids[peerconn.URIDependencyDescriptor],
		MID:                  ids[peerconn.URIMid],
	}
}
