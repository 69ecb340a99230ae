package publication

import (
	"strings"

	"diemcau/signaling"

	"github.com/livekit/protocol/livekit"
)

// Wish turns a client's settings for a track into the media plane's terms. The
// client names a quality; the media plane counts layers. Without settings the
// highest layer is wanted, or the lowest of a client that uses adaptive stream:
// it will say what it needs when it has drawn the picture.
func (t *Track) Wish(s *livekit.UpdateTrackSettings, adaptive bool) signaling.Wish {
	if t.info.Type != livekit.TrackType_VIDEO {
		return signaling.Wish{Disabled: s.GetDisabled(), Priority: s.GetPriority()}
	}
	if s == nil {
		return signaling.Wish{UseQuality: adaptive}
	}
	w := signaling.Wish{Disabled: s.Disabled, FPS: s.Fps, Priority: s.Priority}
	if s.Width > 0 {
		w.Width, w.Height = s.Width, s.Height
		return w
	}
	w.UseQuality = true
	w.MaxQuality = t.layerOf(s.Quality)
	return w
}

// layerOf is the index of the highest declared layer at or below a quality, or
// of the lowest layer.
func (t *Track) layerOf(q livekit.VideoQuality) int {
	index := 0
	for i, l := range t.info.Codecs[0].Layers {
		if l.Quality <= q {
			index = i
		}
	}
	return index
}

// Wanted tells the publisher which qualities have a subscriber. All qualities
// up to the highest wanted one are asked for: the lower ones are what a
// subscriber falls back to when its line gets thin.
func (t *Track) Wanted(e signaling.MediaQualitiesWanted) *livekit.SubscribedQualityUpdate {
	top := -1
	for i, wanted := range e.Layers {
		if wanted {
			top = i
		}
	}
	highest := livekit.VideoQuality_OFF
	switch layers := t.info.Codecs[0].Layers; {
	case top < 0:
	case top >= len(layers)-1:
		highest = livekit.VideoQuality_HIGH
	default:
		highest = layers[top].Quality
	}
	qualities := make([]*livekit.SubscribedQuality, 0, 3)
	for q := livekit.VideoQuality_LOW; q <= livekit.VideoQuality_HIGH; q++ {
		qualities = append(qualities, &livekit.SubscribedQuality{Quality: q, Enabled: highest != livekit.VideoQuality_OFF && q <= highest})
	}
	mime := MIME(e.MIME)
	if mime == "" {
		mime = t.info.Codecs[0].MimeType
	}
	_, name, _ := strings.Cut(strings.ToLower(mime), "/")
	t.wanted = &livekit.SubscribedQualityUpdate{
		TrackSid:            t.info.Sid,
		SubscribedQualities: qualities,
		SubscribedCodecs:    []*livekit.SubscribedCodec{{Codec: name, Qualities: qualities}},
	}
	return t.wanted
}

// LastWanted is what Wanted returned last; nil before. It must not be changed.
func (t *Track) LastWanted() *livekit.SubscribedQualityUpdate { return t.wanted }
