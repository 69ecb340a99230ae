package lkclient

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/livekit/protocol/livekit"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// Publication is a track to be published.
type Publication struct {
	MIME   string // "audio/opus", "video/VP8", "video/H264"
	Source livekit.TrackSource
	Name   string
	Muted  bool
	// Encryption is what the track is said to be encrypted with, end to end.
	Encryption livekit.Encryption_Type
	// Layers, lowest first, with Rid set for simulcast. One or none for a single
	// encoding.
	Layers []*livekit.VideoLayer
	// OnKeyframe is called from any goroutine when the server asks for a
	// keyframe of a layer.
	OnKeyframe func(layer int)
}

// LocalTrack is a track that the client publishes. WriteRTP may be used by one
// goroutine.
type LocalTrack struct {
	CID  string
	Info *livekit.TrackInfo // as the server answered

	publication Publication
	kind        webrtc.RTPCodecType
	encodings   []*encoding
	sender      *webrtc.RTPSender
	transceiver *webrtc.RTPTransceiver
	mid         atomic.Pointer[string]
	level       atomic.Uint32 // audio level, -dBov
}

var errUnbound = errors.New("the track is not negotiated")

// encoding is one simulcast layer; it implements webrtc.TrackLocal.
type encoding struct {
	track    *LocalTrack
	rid      string
	bound    atomic.Pointer[binding]
	sequence uint16 // of the writer
}

type binding struct {
	out          webrtc.TrackLocalWriter
	ssrc         uint32
	payloadType  uint8
	mid, rid, dB uint8 // header extension ids; 0 if not negotiated
}

func (e *encoding) ID() string                { return e.track.CID }
func (e *encoding) RID() string               { return e.rid }
func (e *encoding) StreamID() string          { return "stream-" + e.track.CID }
func (e *encoding) Kind() webrtc.RTPCodecType { return e.track.kind }

// Bind implements webrtc.TrackLocal.
func (e *encoding) Bind(t webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	for _, codec := range t.CodecParameters() {
		if !strings.EqualFold(codec.MimeType, e.track.publication.MIME) {
			continue
		}
		b := &binding{out: t.WriteStream(), ssrc: uint32(t.SSRC()), payloadType: uint8(codec.PayloadType)}
		for _, x := range t.HeaderExtensions() {
			switch x.URI {
			case uriMid:
				b.mid = uint8(x.ID)
			case uriRID:
				b.rid = uint8(x.ID)
			case uriAudioLevel:
				b.dB = uint8(x.ID)
			}
		}
		e.bound.Store(b)
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, fmt.Errorf("the server does not take %s", e.track.publication.MIME)
}

// Unbind implements webrtc.TrackLocal.
func (e *encoding) Unbind(webrtc.TrackLocalContext) error {
	e.bound.Store(nil)
	return nil
}

// WriteRTP sends one packet of a layer. It fails while the track is not yet, or
// no longer, negotiated.
func (t *LocalTrack) WriteRTP(layer int, timestamp uint32, marker bool, payload []byte) error {
	e := t.encodings[min(layer, len(t.encodings)-1)]
	b := e.bound.Load()
	if b == nil {
		return errUnbound
	}
	header := rtp.Header{
		Version: 2, PayloadType: b.payloadType, SequenceNumber: e.sequence,
		Timestamp: timestamp, Marker: marker, SSRC: b.ssrc,
	}
	e.sequence++
	if mid := t.mid.Load(); mid != nil && b.mid != 0 {
		_ = header.SetExtension(b.mid, []byte(*mid)) // ids and sizes are legal by negotiation
	}
	if e.rid != "" && b.rid != 0 {
		_ = header.SetExtension(b.rid, []byte(e.rid))
	}
	if t.kind == webrtc.RTPCodecTypeAudio && b.dB != 0 {
		_ = header.SetExtension(b.dB, []byte{0x80 | byte(t.level.Load())}) // RFC 6464
	}
	_, err := b.out.WriteRTP(&header, payload)
	return err
}

// MIME is the codec that it is published in.
func (t *LocalTrack) MIME() string { return t.publication.MIME }

// SetLevel is how loud the sound claims to be, in -dBov: 0 is loudest, 127 silence.
func (t *LocalTrack) SetLevel(level uint8) { t.level.Store(uint32(min(level, 127))) }

// SSRCs are those of the encodings once negotiated; 0 before.
func (t *LocalTrack) SSRCs() []uint32 {
	all := make([]uint32, len(t.encodings))
	for i, e := range t.encodings {
		if b := e.bound.Load(); b != nil {
			all[i] = b.ssrc
		}
	}
	return all
}

// Publish announces a track, waits for the server's consent, and negotiates it.
func (c *Client) Publish(ctx context.Context, p Publication) (*LocalTrack, error) {
	t := newLocalTrack(p)
	request := &livekit.AddTrackRequest{
		Cid: t.CID, Name: p.Name, Source: p.Source, Muted: p.Muted, Layers: p.Layers, DisableRed: true, Encryption: p.Encryption,
		Type: livekit.TrackType_AUDIO,
	}
	if t.kind == webrtc.RTPCodecTypeVideo {
		request.Type = livekit.TrackType_VIDEO
		request.SimulcastCodecs = []*livekit.SimulcastCodec{{
			Codec: strings.ToLower(strings.TrimPrefix(p.MIME, "video/")), Cid: t.CID, Layers: p.Layers,
		}}
		if n := len(p.Layers); n > 0 {
			request.Width, request.Height = p.Layers[n-1].GetWidth(), p.Layers[n-1].GetHeight()
		}
	}
	err := c.Send(ctx, &livekit.SignalRequest{Message: &livekit.SignalRequest_AddTrack{AddTrack: request}})
	if err != nil {
		return nil, err
	}
	err = c.Wait(ctx, "consent to publish", func(r *Room) bool {
		t.Info = r.Published[t.CID]
		return t.Info != nil
	})
	if err != nil {
		return nil, err
	}
	return t, c.ask(ctx, func() error { return c.addTrack(t) })
}

func newLocalTrack(p Publication) *LocalTrack {
	t := &LocalTrack{CID: uuid.NewString(), publication: p, kind: webrtc.RTPCodecTypeAudio}
	t.level.Store(20)
	if strings.HasPrefix(p.MIME, "video/") {
		t.kind = webrtc.RTPCodecTypeVideo
	}
	if len(p.Layers) <= 1 {
		t.encodings = []*encoding{{track: t}}
	} else {
		for _, layer := range p.Layers {
			t.encodings = append(t.encodings, &encoding{track: t, rid: layer.GetRid()})
		}
	}
	for _, e := range t.encodings {
		e.sequence = uint16(rand.N(1 << 15)) // RFC 3711: the first is below 2^15, so that a lost start is not a lost rollover
	}
	return t
}

func (c *Client) addTrack(t *LocalTrack) error {
	if err := c.needPublisher(); err != nil {
		return err
	}
	var err error
	t.transceiver, err = c.pub.pc.AddTransceiverFromTrack(t.encodings[0], webrtc.RTPTransceiverInit{
		Direction: webrtc.RTPTransceiverDirectionSendonly,
	})
	if err != nil {
		return err
	}
	t.sender = t.transceiver.Sender()
	for _, e := range t.encodings[1:] {
		if err := t.sender.AddEncoding(e); err != nil {
			return err
		}
	}
	if err := prefer(t.transceiver, t.publication.MIME); err != nil {
		return err
	}
	c.locals[t.CID] = t
	for i, e := range t.encodings {
		c.tasks.Add(1)
		go func() {
			defer c.tasks.Done()
			t.feedback(i, e.rid)
		}()
	}
	if err := c.negotiate(c.pub); err != nil {
		return err
	}
	return nil
}

// prefer leaves one codec and its retransmission in a section.
func prefer(t *webrtc.RTPTransceiver, mime string) error {
	var kept []webrtc.RTPCodecParameters
	apt := ""
	for _, codec := range t.Sender().GetParameters().Codecs {
		switch {
		case apt == "" && strings.EqualFold(codec.MimeType, mime):
			apt = fmt.Sprintf("apt=%d", codec.PayloadType)
			kept = append(kept, codec)
		case apt != "" && codec.SDPFmtpLine == apt:
			kept = append(kept, codec)
		}
	}
	return t.SetCodecPreferences(kept)
}

// feedback reads the RTCP of one encoding until its end: keyframe requests for
// the caller, NACK for the interceptors.
func (t *LocalTrack) feedback(layer int, rid string) {
	read := func(b []byte) (int, interceptor.Attributes, error) {
		if layer > 0 {
			return t.sender.ReadSimulcast(b, rid)
		}
		return t.sender.Read(b)
	}
	var buffer [1500]byte
	for {
		n, _, err := read(buffer[:])
		if err != nil {
			return
		}
		packets, err := rtcp.Unmarshal(buffer[:n])
		if err != nil {
			continue
		}
		for _, p := range packets {
			switch p.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				t.keyframe(layer, p.DestinationSSRC())
			}
		}
	}
}

// keyframe passes a request on. Compound packets reach every encoding that one
// of their parts names, so the SSRC decides.
func (t *LocalTrack) keyframe(layer int, ssrcs []uint32) {
	b := t.encodings[layer].bound.Load()
	if b == nil || t.publication.OnKeyframe == nil {
		return
	}
	for _, ssrc := range ssrcs {
		if ssrc == b.ssrc {
			t.publication.OnKeyframe(layer)
			return
		}
	}
}

// Unpublish takes a track away.
func (c *Client) Unpublish(ctx context.Context, t *LocalTrack) error {
	return c.ask(ctx, func() error {
		delete(c.locals, t.CID)
		if err := c.pub.pc.RemoveTrack(t.sender); err != nil {
			return err
		}
		return c.negotiate(c.pub)
	})
}

// SetMuted tells the server that a track is silent, or no longer.
func (c *Client) SetMuted(ctx context.Context, sid string, muted bool) error {
	return c.Send(ctx, &livekit.SignalRequest{Message: &livekit.SignalRequest_Mute{
		Mute: &livekit.MuteTrackRequest{Sid: sid, Muted: muted},
	}})
}
