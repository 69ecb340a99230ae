package integration

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/google/uuid"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
)

// point is a participant in a test: a client, what it sends, what it sees.
type point struct {
	*lkclient.Client
	t      *testing.T
	server *server
	room   string
	data   chan *livekit.DataPacket

	mu      sync.Mutex
	viewers map[string]*viewer // by track sid

	ctx     context.Context // ends what it sends
	playing sync.WaitGroup
	sent    map[string]*samples.Player // by track sid
}

func single(s *lkclient.Settings) { s.Single = true }

func newRoom() string { return "room-" + uuid.NewString()[:8] }

// join joins and waits for the connection.
func join(t *testing.T, b *server, room, identity string, settings ...func(*lkclient.Settings)) *point {
	t.Helper()
	p, err := tryJoin(t, b, room, identity, nil, settings...)
	if err != nil {
		t.Fatalf("%s: %v", identity, err)
	}
	if err := p.WaitConnected(soon(t)); err != nil {
		t.Fatal(err)
	}
	return p
}

func tryJoin(t *testing.T, b *server, room, identity string, grant *auth.VideoGrant, settings ...func(*lkclient.Settings)) (*point, error) {
	t.Helper()
	token, err := lkclient.Token(b.key, b.secret, room, identity, grant)
	if err != nil {
		t.Fatal(err)
	}
	p := &point{
		t: t, server: b, room: room, data: make(chan *livekit.DataPacket, 4096),
		viewers: map[string]*viewer{}, sent: map[string]*samples.Player{},
	}
	set := lkclient.Settings{
		URL: b.url, Token: token, AutoSubscribe: true, OnTrack: p.watch,
		OnData: func(d *livekit.DataPacket) {
			select {
			case p.data <- d:
			default: // the test does not look
			}
		},
	}
	if os.Getenv("DIEMCAU_TEST_VERBOSE") != "" {
		set.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	for _, s := range settings {
		s(&set)
	}
	p.Client, err = lkclient.Join(soon(t), set)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	p.ctx = ctx
	t.Cleanup(func() {
		stop()
		p.Close()
		p.playing.Wait()
	})
	return p, nil
}

func (p *point) watch(_ *lkclient.Client, track *lkclient.Track) lkclient.PacketFunc {
	v := newViewer(track)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.viewers[track.SID] = v
	return v.packet
}

// viewer waits for the track of another point and returns what watches it.
func (p *point) viewer(identity string, source livekit.TrackSource) *viewer {
	p.t.Helper()
	var sid string
	err := p.Wait(soon(p.t), fmt.Sprintf("%v of %s", source, identity), func(r *lkclient.Room) bool {
		if t := r.Track(identity, source); t != nil {
			sid = t.SID
		}
		return sid != ""
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.viewers[sid]
}

// sees waits until n more good frames of another point's track have come.
func (p *point) sees(identity string, source livekit.TrackSource, n int) *viewer {
	p.t.Helper()
	v := p.viewer(identity, source)
	v.more(p.t, n)
	return v
}

// hasFrom fails unless picture and sound of the other arrive.
func (p *point) hasFrom(identity string) {
	p.t.Helper()
	p.sees(identity, livekit.TrackSource_CAMERA, 15)
	p.sees(identity, livekit.TrackSource_MICROPHONE, 25)
}

// plainCamera publishes one layer, without simulcast.
func (p *point) plainCamera(mime string) *lkclient.LocalTrack {
	p.t.Helper()
	return p.publish(mime, livekit.TrackSource_CAMERA, 2)
}

// camera publishes simulcast video, microphone sound.
func (p *point) camera(mime string) *lkclient.LocalTrack {
	p.t.Helper()
	return p.publish(mime, livekit.TrackSource_CAMERA)
}

func (p *point) microphone() *lkclient.LocalTrack {
	p.t.Helper()
	return p.publish(samples.Opus, livekit.TrackSource_MICROPHONE)
}

// publish publishes some layers of a sample; all without any named.
func (p *point) publish(mime string, source livekit.TrackSource, layers ...int) *lkclient.LocalTrack {
	p.t.Helper()
	return p.sendTo(mime, source, nil, layers...)
}

// sendTo is publish with a writer between the sample and the track.
func (p *point) sendTo(mime string, source livekit.TrackSource, between *obedient, layers ...int) *lkclient.LocalTrack {
	p.t.Helper()
	set, err := samples.Load(mime)
	if err != nil {
		p.t.Fatal(err)
	}
	var player *samples.Player
	ready := make(chan struct{})
	what := lkclient.Publication{MIME: mime, Source: source, OnKeyframe: func(layer int) {
		<-ready
		if len(layers) > 0 {
			layer = layers[layer]
		}
		player.RequestKeyframe(layer)
	}}
	for i, clip := range set.Layers {
		if clip.RID != "" && (len(layers) == 0 || slices.Contains(layers, i)) {
			what.Layers = append(what.Layers, &livekit.VideoLayer{
				Quality: livekit.VideoQuality(i), Width: clip.Width, Height: clip.Height,
				Bitrate: clip.Bitrate, Rid: clip.RID, SpatialLayer: int32(i),
			})
		}
	}
	track, err := p.Publish(soon(p.t), what)
	if err != nil {
		p.t.Fatalf("publish %s: %v", mime, err)
	}
	var out samples.Writer = track
	if between != nil {
		between.track.Store(track)
		out = between
	}
	player = samples.NewPlayer(set, out, layers...)
	close(ready)
	ctx, stop := context.WithCancel(p.ctx)
	p.t.Cleanup(stop)
	p.playing.Go(func() { player.Play(ctx) })
	p.sent[track.Info.GetSid()] = player
	return track
}
