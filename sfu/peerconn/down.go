package peerconn

import (
	"sync/atomic"

	"diemcau/sfu"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// DownTrack is Pion's view of a track that the bridge sends. It never refuses to
// bind: an error there would leave the whole connection half negotiated. Whether
// the client can decode the track is read from its SDP instead.
type DownTrack struct {
	id, stream string
	kind       webrtc.RTPCodecType
	mime, fmtp string
	writer     atomic.Pointer[webrtc.TrackLocalWriter]
	ssrc, rtx  atomic.Uint32
	shortcut   atomic.Pointer[shortcut]

	sender      *webrtc.RTPSender      // owner's
	transceiver *webrtc.RTPTransceiver // owner's
}

// Mid is the m-section that carries the track, "" before the first description.
func (t *DownTrack) Mid() string {
	if t.transceiver == nil {
		return ""
	}
	return t.transceiver.Mid()
}

// SSRC returns the stream's SSRC and that of its retransmissions, 0 if there
// are none. They are known when the client's description has been applied, and
// stay the same for the life of the track.
func (t *DownTrack) SSRC() (primary, rtx uint32) { return t.ssrc.Load(), t.rtx.Load() }

// WriteRTP encrypts a packet and sends it. Before the connection is up the
// packet is lost. It keeps neither header nor payload.
func (t *DownTrack) WriteRTP(header *rtp.Header, payload []byte) (int, error) {
	w := t.writer.Load()
	if w == nil {
		return 0, nil
	}
	if s := t.shortcut.Load(); s != nil && s.writeRTP(header, payload) {
		return len(payload), nil
	}
	return (*w).WriteRTP(header, payload)
}

// Bind implements webrtc.TrackLocal.
func (t *DownTrack) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	t.ssrc.Store(uint32(c.SSRC()))
	t.rtx.Store(uint32(c.SSRCRetransmission()))
	w := c.WriteStream()
	t.writer.Store(&w)
	for _, p := range c.CodecParameters() {
		if p.MimeType == t.mime {
			return p, nil
		}
	}
	return webrtc.RTPCodecParameters{}, nil
}

// Unbind implements webrtc.TrackLocal.
func (t *DownTrack) Unbind(webrtc.TrackLocalContext) error {
	t.writer.Store(nil)
	return nil
}

// ID implements webrtc.TrackLocal: the msid track id.
func (t *DownTrack) ID() string { return t.id }

// RID implements webrtc.TrackLocal.
func (t *DownTrack) RID() string { return "" }

// StreamID implements webrtc.TrackLocal: the msid stream id.
func (t *DownTrack) StreamID() string { return t.stream }

// Kind implements webrtc.TrackLocal.
func (t *DownTrack) Kind() webrtc.RTPCodecType { return t.kind }

func pionKind(k sfu.Kind) webrtc.RTPCodecType {
	if k == sfu.Audio {
		return webrtc.RTPCodecTypeAudio
	}
	return webrtc.RTPCodecTypeVideo
}
