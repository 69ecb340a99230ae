package main

import (
	"context"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

// The publishers of a conference, by index: 0 is the main point.
const (
	talker  = 1
	content = 2
)

// presets are the meetings that a scenario's name stands for; Subscribers are
// those without --points.
var presets = map[string]scenario{
	"grid":    {Publishers: 6, Subscribers: 20, Audio: true, Simulcast: true, Layout: "grid"},
	"speaker": {Publishers: 6, Subscribers: 20, Audio: true, Simulcast: true, Layout: "speaker"},
	// The main point, the one who speaks, and content; everybody else listens with
	// a muted microphone.
	"conference": {Publishers: 3, Subscribers: 40, Audio: true, Simulcast: true, Layout: "conference", MutedUplinks: true},
	"churn":      {Publishers: 4, Subscribers: 20, Audio: true, Simulcast: true, Layout: "grid", Churn: time.Second},
	"viewers":    {Publishers: 1, Subscribers: 100, Audio: true, Simulcast: true, Layout: "speaker"},
}

// complete lays a named scenario over the flags that it decides.
func (s *scenario) complete() {
	p, ok := presets[s.Scenario]
	if !ok {
		return
	}
	s.Publishers, s.Subscribers = p.Publishers, p.Subscribers
	if s.Points > 0 {
		s.Subscribers = s.Points
	}
	s.Audio, s.Simulcast, s.Layout = p.Audio, p.Simulcast, p.Layout
	s.MutedUplinks = s.MutedUplinks || p.MutedUplinks
	if s.Churn == 0 {
		s.Churn = p.Churn
	}
}

// screen publishes content: three layers, as stock clients share a screen, and no
// sound.
func (p *publisher) screen(ctx, play context.Context, l *load) error {
	mime := samples.VP8
	if l.Codec == "h264" {
		mime = samples.H264
	}
	return p.publish(ctx, play, l, content, mime, livekit.TrackSource_SCREEN_SHARE, []int{0, 1, 2})
}

// subscribe asks for what the publishers send and nothing else, as an
// application does in which a chair gives the floor.
func (l *load) subscribe(c *lkclient.Client) error {
	for _, p := range l.publishers {
		if err := c.Subscribe(p.client.SID(), true, p.sids...); err != nil {
			return err
		}
	}
	return nil
}
