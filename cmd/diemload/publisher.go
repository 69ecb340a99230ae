package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

// joinPatience is how long a point may take to join and connect.
const joinPatience = 30 * time.Second

// publisher is a point that sends.
type publisher struct {
	client  *lkclient.Client
	players []*samples.Player
	sids    []string // of its tracks
	stop    context.CancelFunc
	playing sync.WaitGroup
}

func newPublisher(ctx context.Context, l *load, index int) (*publisher, error) {
	thin, err := l.thinPublisher(index)
	if err != nil {
		return nil, err
	}
	client, err := l.join(ctx, fmt.Sprintf("publisher-%d", index), false, nil, thin.settings()...)
	if err != nil {
		return nil, err
	}
	play, stop := context.WithCancel(context.WithoutCancel(ctx))
	p := &publisher{client: client, stop: stop}
	if l.Layout == "conference" && index == content {
		return p, p.screen(ctx, play, l)
	}
	if l.Video != "none" {
		if err := p.video(ctx, play, l, index); err != nil {
			return p, err
		}
	}
	if l.Audio {
		return p, p.publish(ctx, play, l, index, samples.Opus, livekit.TrackSource_MICROPHONE, nil)
	}
	return p, nil
}

func (p *publisher) video(ctx, play context.Context, l *load, index int) error {
	top := map[string]int{"180p": 0, "360p": 1, "720p": 2}[l.Video]
	mime := samples.VP8
	if l.Codec == "h264" {
		mime = samples.H264
	}
	layers := []int{top}
	if l.Simulcast {
		layers = layers[:0]
		for i := range top + 1 {
			layers = append(layers, i)
		}
	}
	return p.publish(ctx, play, l, index, mime, livekit.TrackSource_CAMERA, layers)
}

func (p *publisher) publish(
	ctx, play context.Context, l *load, index int, mime string, source livekit.TrackSource, layers []int,
) error {
	set, err := samples.Load(mime)
	if err != nil {
		return err
	}
	what := lkclient.Publication{MIME: mime, Source: source}
	for i, layer := range layers {
		clip := set.Layers[layer]
		what.Layers = append(what.Layers, &livekit.VideoLayer{
			Quality: livekit.VideoQuality(i), Rid: set.Layers[i].RID, SpatialLayer: int32(i),
			Width: clip.Width, Height: clip.Height, Bitrate: clip.Bitrate,
		})
	}
	if len(layers) == 1 {
		what.Layers[0].Quality = livekit.VideoQuality_HIGH
	}
	var player *samples.Player
	ready := make(chan struct{})
	what.OnKeyframe = func(encoding int) {
		<-ready
		if encoding < len(layers) { // sound has none
			player.RequestKeyframe(layers[encoding])
		}
	}
	track, err := p.client.Publish(ctx, what)
	if err != nil {
		return err
	}
	player = samples.NewPlayer(set, encoder{track, layers}, layers...)
	close(ready)
	p.players = append(p.players, player)
	p.sids = append(p.sids, track.Info.GetSid())
	l.streams.add(track.Info.GetSid(), &stream{set: set, player: player, index: index})
	p.playing.Go(func() { player.Play(play) })
	return nil
}

// encoder sends a player's layers as the encodings of a track.
type encoder struct {
	track  *lkclient.LocalTrack
	layers []int
}

func (e encoder) WriteRTP(layer int, timestamp uint32, marker bool, payload []byte) error {
	for i, l := range e.layers {
		if l == layer {
			return e.track.WriteRTP(i, timestamp, marker, payload)
		}
	}
	return e.track.WriteRTP(0, timestamp, marker, payload)
}

func (p *publisher) close() {
	p.stop()
	p.client.Close()
	p.playing.Wait()
}

// join connects a point.
func (l *load) join(
	ctx context.Context, identity string, subscribe bool, onTrack func(*lkclient.Client, *lkclient.Track) lkclient.PacketFunc,
	settings ...func(*lkclient.Settings),
) (*lkclient.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, joinPatience)
	defer cancel()
	token, err := lkclient.Token(l.Key, l.Secret, l.Room, identity, nil)
	if err != nil {
		return nil, err
	}
	set := lkclient.Settings{URL: l.URL, Token: token, Single: l.Single, AutoSubscribe: subscribe, OnTrack: onTrack}
	for _, f := range settings {
		f(&set)
	}
	client, err := lkclient.Join(ctx, set)
	if err != nil {
		return nil, err
	}
	if err := client.WaitConnected(ctx); err != nil {
		client.Close()
		return nil, err
	}
	return client, nil
}
