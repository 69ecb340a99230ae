package publication

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/signaling"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils/guid"
)

// mimes are the spellings that clients compare with.
var mimes = []string{
	"audio/opus", "audio/red", "video/VP8", "video/H264", "video/VP9", "video/AV1", "video/H265", "audio/PCMU", "audio/PCMA",
}

// MIME returns the usual spelling of a codec, given with or without its kind;
// "" for an unknown one.
func MIME(codec string) string {
	for _, m := range mimes {
		if strings.EqualFold(m, codec) || strings.EqualFold(m[strings.IndexByte(m, '/')+1:], codec) {
			return m
		}
	}
	return ""
}

// newTrack fills what an announcement tells of a track.
func newTrack(req *livekit.AddTrackRequest, now time.Time) *Track {
	info := &livekit.TrackInfo{
		Sid:                   guid.New(sidPrefix(req.Type, req.Source)),
		Type:                  req.Type,
		Name:                  req.Name,
		Muted:                 req.Muted,
		Width:                 req.Width,
		Height:                req.Height,
		Source:                req.Source,
		DisableRed:            req.DisableRed,
		Encryption:            req.Encryption,
		Stream:                stream(req),
		BackupCodecPolicy:     req.BackupCodecPolicy,
		PacketTrailerFeatures: req.PacketTrailerFeatures,
		Version:               &livekit.TimedVersion{UnixMicro: now.UnixMicro()},
	}
	setAudioFeatures(info, req)
	t := &Track{info: info, cids: []string{req.Cid}, announced: now, wish: req.Muted}
	codec := &livekit.SimulcastCodecInfo{Cid: req.Cid}
	layers := req.Layers
	if len(req.SimulcastCodecs) > 0 {
		first := req.SimulcastCodecs[0]
		codec.MimeType, codec.VideoLayerMode = MIME(first.Codec), first.VideoLayerMode
		if first.Cid != "" {
			codec.Cid = first.Cid
			t.cids = append(t.cids, first.Cid)
		}
		if len(first.Layers) > 0 {
			layers = first.Layers
		}
	}
	if req.Type == livekit.TrackType_VIDEO {
		info.MimeType = codec.MimeType
		setLayers(info, codec, declared(layers, req.Width, req.Height))
	}
	info.Codecs = []*livekit.SimulcastCodecInfo{codec}
	return t
}

// sidPrefix has letters for the kind and the source, for people who read logs.
func sidPrefix(kind livekit.TrackType, source livekit.TrackSource) string {
	prefix := guid.TrackPrefix + "A"
	if kind == livekit.TrackType_VIDEO {
		prefix = guid.TrackPrefix + "V"
	}
	switch source {
	case livekit.TrackSource_CAMERA:
		return prefix + "C"
	case livekit.TrackSource_MICROPHONE:
		return prefix + "M"
	case livekit.TrackSource_SCREEN_SHARE:
		return prefix + "S"
	case livekit.TrackSource_SCREEN_SHARE_AUDIO:
		return prefix + "s"
	}
	return prefix
}

// stream groups tracks that belong together.
func stream(req *livekit.AddTrackRequest) string {
	switch {
	case req.Stream != "":
		return req.Stream
	case req.Source == livekit.TrackSource_CAMERA || req.Source == livekit.TrackSource_MICROPHONE:
		return "camera"
	case req.Source == livekit.TrackSource_SCREEN_SHARE || req.Source == livekit.TrackSource_SCREEN_SHARE_AUDIO:
		return "screen"
	}
	return "unknown"
}

// setAudioFeatures joins the old booleans and the new list: clients of any age
// read one of them.
func setAudioFeatures(info *livekit.TrackInfo, req *livekit.AddTrackRequest) {
	if info.Type != livekit.TrackType_AUDIO {
		return
	}
	features := slices.Clone(req.AudioFeatures)
	add := func(f livekit.AudioTrackFeature, when bool) {
		if when && !slices.Contains(features, f) {
			features = append(features, f)
		}
	}
	add(livekit.AudioTrackFeature_TF_STEREO, req.Stereo)          // old clients send it
	add(livekit.AudioTrackFeature_TF_NO_DTX, req.GetDisableDtx()) // old clients send it
	info.AudioFeatures = features
	info.Stereo = slices.Contains(features, livekit.AudioTrackFeature_TF_STEREO)     // old clients read it
	info.DisableDtx = slices.Contains(features, livekit.AudioTrackFeature_TF_NO_DTX) // old clients read it
}

// declared sorts the layers by quality, lowest first, or makes the one layer
// of a track without any.
func declared(layers []*livekit.VideoLayer, width, height uint32) []*livekit.VideoLayer {
	out := make([]*livekit.VideoLayer, 0, 3)
	for _, l := range layers {
		if l == nil || l.Quality == livekit.VideoQuality_OFF || len(out) == 3 {
			continue
		}
		out = append(out, &livekit.VideoLayer{Quality: l.Quality, Width: l.Width, Height: l.Height, Bitrate: l.Bitrate, Rid: l.Rid})
	}
	slices.SortStableFunc(out, func(a, b *livekit.VideoLayer) int { return cmp.Compare(a.Quality, b.Quality) })
	if len(out) == 0 {
		out = append(out, &livekit.VideoLayer{Quality: livekit.VideoQuality_HIGH, Width: width, Height: height})
	}
	for i, l := range out {
		l.SpatialLayer = int32(i)
	}
	return out
}

func setLayers(info *livekit.TrackInfo, codec *livekit.SimulcastCodecInfo, layers []*livekit.VideoLayer) {
	if codec.VideoLayerMode == livekit.VideoLayer_MODE_UNUSED {
		codec.VideoLayerMode = livekit.VideoLayer_ONE_SPATIAL_LAYER_PER_STREAM
		if codec.MimeType == "video/VP9" || codec.MimeType == "video/AV1" {
			codec.VideoLayerMode = livekit.VideoLayer_MULTIPLE_SPATIAL_LAYERS_PER_STREAM
		}
	}
	codec.Layers = layers
	info.Layers = layers                                           // old clients read it
	info.Simulcast = len(layers) > 1 && !svc(codec.VideoLayerMode) // old clients read it
}

func svc(m livekit.VideoLayer_Mode) bool {
	return m == livekit.VideoLayer_MULTIPLE_SPATIAL_LAYERS_PER_STREAM
}

// rids are the names of simulcast layers, lowest first.
var rids = [...]string{"q", "h", "f"}

// Pending describes the track to the media plane.
func (t *Track) Pending() signaling.PendingTrack {
	codec := t.info.Codecs[0]
	p := signaling.PendingTrack{
		ID:         t.ID(),
		CIDs:       slices.Clone(t.cids),
		Kind:       signaling.AudioTrack,
		MIME:       codec.MimeType,
		SVC:        svc(codec.VideoLayerMode),
		Screen:     t.info.Source == livekit.TrackSource_SCREEN_SHARE,
		Muted:      t.info.Muted,
		Encrypted:  t.info.Encryption != livekit.Encryption_NONE,
		Stereo:     slices.Contains(t.info.AudioFeatures, livekit.AudioTrackFeature_TF_STEREO),
		DisableDTX: slices.Contains(t.info.AudioFeatures, livekit.AudioTrackFeature_TF_NO_DTX),
		DisableRED: t.info.DisableRed,
	}
	if t.info.Type == livekit.TrackType_VIDEO {
		p.Kind = signaling.VideoTrack
		for i, l := range codec.Layers {
			layer := signaling.Layer{Width: l.Width, Height: l.Height}
			if len(codec.Layers) > 1 && !p.SVC {
				layer.RID = cmp.Or(l.Rid, rids[i])
			}
			p.Layers = append(p.Layers, layer)
		}
	}
	return p
}

// Publish notes what the media plane found in the SDP. It returns nil for an
// unknown track.
func (s *Set) Publish(e signaling.MediaPublished, now time.Time) *Track {
	t := s.tracks[e.ID]
	if t == nil {
		return nil
	}
	codec := t.info.Codecs[0]
	mime := MIME(e.MIME)
	if e.RED {
		mime = "audio/red"
	}
	if mime == "" {
		mime = e.MIME
	}
	t.info.MimeType, codec.MimeType = mime, mime
	t.info.Mid, codec.Mid = e.MID, e.MID
	if e.SDPCID != "" && e.SDPCID != codec.Cid {
		codec.SdpCid = e.SDPCID
	}
	for i, l := range e.Layers {
		if i < len(codec.Layers) {
			codec.Layers[i].Ssrc, codec.Layers[i].Rid = l.SSRC, l.RID
		}
	}
	t.published = true
	t.touch(now)
	return t
}

// touch renews the track's version.
func (t *Track) touch(now time.Time) {
	v := t.info.Version
	if micro := now.UnixMicro(); micro > v.UnixMicro {
		v.UnixMicro, v.Ticks = micro, 0
		return
	}
	v.Ticks++
}

// OwnMute tells whether the publisher itself wants it muted.
func (t *Track) OwnMute() bool { return t.wish }

// SetOwnMute notes the publisher's own wish, or what it was made to wish. It
// reports a change; Settle makes it visible.
func (t *Track) SetOwnMute(muted bool) bool {
	changed := t.wish != muted
	t.wish, t.reminded = muted, 0
	return changed
}

// Bid notes that the publisher is told to mute the track, or to unmute it.
func (t *Track) Bid(muted bool, now time.Time) { t.bid = bid{muted: muted, at: now} }

// Heeded notes that the publisher has said itself what it wants: the bid is over.
func (t *Track) Heeded() { t.bid = bid{} }

// Bidden is what the publisher was told last; open, when that was at the moment or later
// and it has said nothing since. One that was muted already does not answer.
func (t *Track) Bidden(since time.Time) (muted, open bool) {
	return t.bid.muted, !t.bid.at.IsZero() && !t.bid.at.Before(since)
}

// SetBarred notes that the meeting lets nobody have the track, or somebody.
func (t *Track) SetBarred(barred bool) bool {
	changed := t.barred != barred
	t.barred = barred
	return changed
}

// Remind tells whether the publisher, who wants to be heard, is to be told once
// more that it is not; no more than that many times.
func (t *Track) Remind(times int) bool {
	if t.wish || !t.barred || t.reminded >= times {
		return false
	}
	t.reminded++
	return true
}

// Call opens the track of a publisher that announced it muted, at a time when it
// is to be heard. It reports a change.
func (t *Track) Call() bool {
	if !t.wish {
		return false
	}
	t.wish, t.calling = false, callings
	return true
}

// Calling tells whether the publisher is to be told once more that it is open.
func (t *Track) Calling() bool {
	if t.wish || t.calling == 0 {
		return false
	}
	t.calling--
	return true
}

// Settle makes wish and bar visible. It reports a change.
func (t *Track) Settle(now time.Time) bool {
	if muted := t.wish || t.barred; t.info.Muted != muted {
		t.info.Muted = muted
		t.touch(now)
		return true
	}
	return false
}

// SetFeatures replaces what is said of an audio track.
func (t *Track) SetFeatures(features []livekit.AudioTrackFeature, now time.Time) {
	t.info.AudioFeatures = slices.Clone(features)
	t.touch(now)
}

// SetSize replaces the size of a video track, in pixels.
func (t *Track) SetSize(width, height uint32, now time.Time) {
	t.info.Width, t.info.Height = width, height
	t.touch(now)
}

// StreamID is the msid stream id that a subscriber's SDP carries: clients take
// publisher and track from it.
func StreamID(publisher meeting.SessionID, track meeting.TrackID) string {
	return string(publisher) + "|" + string(track)
}

// SyncStreamID is one that the tracks of a group have together, as microphone and camera:
// browsers keep what is in one stream in step. Clients then take the track from its own
// id, which not all of them have.
func SyncStreamID(publisher meeting.SessionID, t *Track) string {
	group := t.info.Stream
	if group == "" || len(group) > maxGroup || strings.HasPrefix(group, guid.TrackPrefix) || strings.ContainsFunc(group, unfitForSDP) {
		return StreamID(publisher, t.ID())
	}
	return string(publisher) + "|" + group
}

// maxGroup is the longest name of a group that goes into descriptions, in bytes.
const maxGroup = 64

// unfitForSDP tells that a rune must not come into the descriptions of others: what they
// are made of would be the sender's to say.
func unfitForSDP(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}
