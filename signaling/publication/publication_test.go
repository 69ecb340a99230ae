package publication

import (
	"strings"
	"testing"
	"time"

	"diemcau/signaling"

	"github.com/livekit/protocol/livekit"
)

func add(t *testing.T, req *livekit.AddTrackRequest) (*Set, *Track) {
	t.Helper()
	s := NewSet()
	track, refusal := s.Add(req, true, time.Now())
	if refusal != nil {
		t.Fatal(refusal)
	}
	return s, track
}

func TestTheNameOfATrackTellsItsKind(t *testing.T) {
	t.Parallel()
	for prefix, req := range map[string]*livekit.AddTrackRequest{
		"TR_AM": {Source: livekit.TrackSource_MICROPHONE},
		"TR_VC": {Type: livekit.TrackType_VIDEO, Source: livekit.TrackSource_CAMERA},
		"TR_VS": {Type: livekit.TrackType_VIDEO, Source: livekit.TrackSource_SCREEN_SHARE},
		"TR_As": {Source: livekit.TrackSource_SCREEN_SHARE_AUDIO},
	} {
		_, track := add(t, req)
		if !strings.HasPrefix(string(track.ID()), prefix) || len(track.ID()) != len(prefix)+12 {
			t.Errorf("%v is called %s", req, track.ID())
		}
	}
}

func TestLayersAreSortedNamedAndNeverMissing(t *testing.T) {
	t.Parallel()
	layers := []*livekit.VideoLayer{{Quality: livekit.VideoQuality_MEDIUM, Width: 640}, {Quality: livekit.VideoQuality_LOW, Width: 320}}
	_, two := add(t, &livekit.AddTrackRequest{Type: livekit.TrackType_VIDEO, SimulcastCodecs: []*livekit.SimulcastCodec{{Codec: "VP8", Cid: "x", Layers: layers}}})
	p := two.Pending()
	if len(p.Layers) != 2 || p.Layers[0].RID != "q" || p.Layers[0].Width != 320 || p.Layers[1].RID != "h" || p.SVC || p.MIME != "video/VP8" {
		t.Errorf("two layers: %+v", p)
	}
	_, none := add(t, &livekit.AddTrackRequest{Type: livekit.TrackType_VIDEO, Width: 800, Height: 600})
	p = none.Pending()
	if l := none.Info().Codecs[0].Layers; len(l) != 1 || l[0].Quality != livekit.VideoQuality_HIGH || p.Layers[0] != (signaling.Layer{Width: 800, Height: 600}) {
		t.Errorf("no layers: %+v, %v", p, l)
	}
	_, svc := add(t, &livekit.AddTrackRequest{Type: livekit.TrackType_VIDEO, SimulcastCodecs: []*livekit.SimulcastCodec{{Codec: "vp9", Layers: layers}}})
	if p = svc.Pending(); !p.SVC || p.Layers[0].RID != "" || svc.Info().Simulcast { // old clients read it
		t.Errorf("SVC: %+v", p)
	}
}

func TestOldAndNewWaysToDescribeSoundAgree(t *testing.T) {
	t.Parallel()
	_, old := add(t, &livekit.AddTrackRequest{Stereo: true, DisableDtx: true}) // old clients send it
	_, young := add(t, &livekit.AddTrackRequest{AudioFeatures: []livekit.AudioTrackFeature{livekit.AudioTrackFeature_TF_STEREO, livekit.AudioTrackFeature_TF_NO_DTX}})
	for _, track := range []*Track{old, young} {
		if p, i := track.Pending(), track.Info(); !p.Stereo || !p.DisableDTX || len(i.AudioFeatures) != 2 || !i.Stereo || !i.DisableDtx { // old clients read it
			t.Errorf("%+v %v", p, i)
		}
	}
}

func TestTheCodecFoundIsSpeltAsClientsExpect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mime string
		red  bool
		want string
	}{{"audio/OPUS", false, "audio/opus"}, {"audio/opus", true, "audio/red"}, {"video/x-new", false, "video/x-new"}} {
		s, track := add(t, &livekit.AddTrackRequest{Cid: "c"})
		s.Publish(signaling.MediaPublished{ID: track.ID(), MIME: c.mime, RED: c.red, MID: "3", SDPCID: "{d}"}, time.Now())
		if i := track.Info(); i.MimeType != c.want || i.Mid != "3" || i.Codecs[0].SdpCid != "{d}" {
			t.Errorf("%v became %v", c, i)
		}
	}
}

func TestTwoLayersAreBothSwitchedOnForTheTop(t *testing.T) {
	t.Parallel()
	_, track := add(t, &livekit.AddTrackRequest{Type: livekit.TrackType_VIDEO, Layers: []*livekit.VideoLayer{
		{Quality: livekit.VideoQuality_LOW}, {Quality: livekit.VideoQuality_HIGH},
	}})
	for top, want := range []int{1, 3} {
		layers := make([]bool, 2)
		layers[top] = true
		on := 0
		for _, q := range track.Wanted(signaling.MediaQualitiesWanted{MIME: "video/VP8", Layers: layers}).SubscribedCodecs[0].Qualities {
			if q.Enabled {
				on++
			}
		}
		if on != want {
			t.Errorf("layer %d switches %d qualities on", top, on)
		}
	}
	if w := track.Wish(&livekit.UpdateTrackSettings{Quality: livekit.VideoQuality_MEDIUM}, false); w.MaxQuality != 0 {
		t.Errorf("MEDIUM of LOW and HIGH is %+v", w)
	}
}

func TestVersionsOfATrackGrow(t *testing.T) {
	t.Parallel()
	_, track := add(t, &livekit.AddTrackRequest{})
	now := time.Now()
	var last *livekit.TimedVersion
	for i := range 5 {
		track.SetOwnMute(i%2 == 0)
		track.Settle(now) // the clock stands still
		v := track.Info().Version
		if last != nil && (v.UnixMicro < last.UnixMicro || v.UnixMicro == last.UnixMicro && v.Ticks <= last.Ticks) {
			t.Fatalf("%v after %v", v, last)
		}
		last = v
	}
}
