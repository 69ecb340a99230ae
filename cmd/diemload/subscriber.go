package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

// delaySampling: the delay of one packet in so many is looked up, so that the
// load costs little of the machine it shares with the server.
const delaySampling = 8

// stream is a track that some publisher of this process sends.
type stream struct {
	set    *samples.Set
	player *samples.Player
	index  int // of the publisher: 0 is the speaker
}

// streams is what this process sends, by track sid.
type streams struct {
	measuring atomic.Bool
	delay     histogram

	mu    sync.RWMutex // a leaf: guards bySID
	bySID map[string]*stream
}

func newStreams() *streams { return &streams{bySID: map[string]*stream{}} }

func (s *streams) add(sid string, t *stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bySID[sid] = t
}

func (s *streams) get(sid string) *stream {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.bySID[sid]
}

// subscriber is a point that receives.
type subscriber struct {
	load   *load
	client *lkclient.Client
	began  time.Time
	joined time.Duration // until the primary connection was up
	thin   *thinPoint    // nil on a good line

	first  atomic.Int64 // ns after began: the first packet
	mu     sync.Mutex   // a leaf: guards tracks
	tracks []*lkclient.Track
}

func newSubscriber(ctx context.Context, l *load, n int) (*subscriber, error) {
	s := &subscriber{load: l, began: time.Now()}
	thin, err := l.thinPoint(n)
	if err != nil {
		return nil, err
	}
	s.thin = thin
	choose := l.Scenario == "conference" && !l.HearAll
	client, err := l.join(ctx, fmt.Sprintf("subscriber-%d", n), !choose, s.arrived, thin.settings()...)
	if err != nil {
		return nil, err
	}
	s.client, s.joined = client, time.Since(s.began)
	if choose {
		err = l.subscribe(client)
	}
	if l.MutedUplinks && err == nil {
		_, err = client.Publish(ctx, lkclient.Publication{
			MIME: samples.Opus, Source: livekit.TrackSource_MICROPHONE, Muted: true,
		})
	}
	if err != nil {
		client.Close()
		return nil, err
	}
	return s, nil
}

// arrived asks for the size that the layout gives the track, and measures delay.
func (s *subscriber) arrived(c *lkclient.Client, t *lkclient.Track) lkclient.PacketFunc {
	src := s.load.streams.get(t.SID)
	if src == nil {
		return nil // a muted uplink, or another load tool in the same room
	}
	s.mu.Lock()
	s.tracks = append(s.tracks, t)
	s.mu.Unlock()
	s.first.CompareAndSwap(0, int64(time.Since(s.began))) // Pion announces a track with its first packet
	if src.set.MIME != samples.Opus {
		_ = c.TrackSettings(s.load.settings(t.SID, src.index)) // only fails when the client has ended
	}
	all := s.load.streams
	watch := s.thin.watch(src)
	return func(p *lkclient.Packet) {
		watch.packet(p)
		if p.Sequence%delaySampling != 0 || !all.measuring.Load() {
			return
		}
		if ref, ok := src.set.Find(p.Payload); ok {
			if sent := src.player.SentAt(ref.Ordinal); sent != 0 {
				all.delay.add(time.Duration(p.Arrival.UnixNano() - sent))
			}
		}
	}
}

// settings are what a participant's screen would ask for.
func (s *scenario) settings(sid string, index int) *livekit.UpdateTrackSettings {
	u := &livekit.UpdateTrackSettings{TrackSids: []string{sid}}
	switch {
	case s.Layout == "conference" && index != content:
		u.Width, u.Height = 640, 360
		if index == talker {
			u.Priority = 1
		}
	case s.Layout == "conference", s.Layout == "speaker" && index == 0, s.Publishers == 1:
		u.Width, u.Height = 1280, 720
	case s.Layout == "speaker":
		u.Width, u.Height = 320, 180
	case s.Publishers <= 4: // 2 by 2 on a screen of 1280 by 720
		u.Width, u.Height = 640, 360
	case index < 9: // 3 by 3
		u.Width, u.Height = 426, 240
	default:
		u.Disabled = true // on a page that is not shown
	}
	return u
}

// flowing is how many tracks have delivered something.
func (s *subscriber) flowing() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, t := range s.tracks {
		if c := t.Counters(); c.Packets > c.Padding {
			n++
		}
	}
	return n
}

// tally is what subscribers have received.
type tally struct {
	packets, padding, bytes, lost, repeated, frames uint64
}

func (t *tally) add(o tally) {
	t.packets += o.packets
	t.padding += o.padding
	t.bytes += o.bytes
	t.lost += o.lost
	t.repeated += o.repeated
	t.frames += o.frames
}

func (s *subscriber) tally() tally {
	s.mu.Lock()
	defer s.mu.Unlock()
	var sum tally
	for _, t := range s.tracks {
		c := t.Counters()
		sum.add(tally{c.Packets - c.Padding, c.Padding, c.Bytes, c.Lost, c.Repeated, c.Frames})
	}
	return sum
}
