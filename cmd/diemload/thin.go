package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"diemcau/internal/lkclient"

	"github.com/livekit/protocol/livekit"
)

// impairment is the bad line that some points are behind. It is made in this
// process: no rights and no kernel's help are needed.
type impairment struct {
	Loss     float64       `help:"Share of datagrams lost each way on thin lines, 0 to 1."`
	Delay    time.Duration `help:"Delay each way on thin lines."`
	RateDown int64         `name:"rate-down" help:"kbit/s towards points on thin lines, headers included; 0 has no bound."`
	RateUp   int64         `name:"rate-up" help:"kbit/s from points on thin lines."`
	Queue    time.Duration `default:"200ms" help:"How long a datagram waits for a full line before it is dropped."`
	Thin     int           `help:"Subscribers on thin lines: the first ones. 1 without a number, when a line is impaired."`
	ThinUp   int           `name:"thin-publishers" help:"Publishers on thin lines: the first ones."`
	From     time.Duration `name:"thin-from" help:"The lines become thin this long after measuring began, 0 before the join."`
	For      time.Duration `name:"thin-for" help:"They are good again after this long; 0 never."`
	FreeRate int64         `name:"free-rate" help:"kbit/s each way while the lines are good; 0 has no bound."`
	Budget   int64         `help:"kbit/s that the server is told to keep to towards thin points; it must serve simulated faults."`
}

func (i *impairment) impaired() bool {
	return i.Loss > 0 || i.Delay > 0 || i.RateDown > 0 || i.RateUp > 0 || i.Budget > 0
}

func (i *impairment) complete() {
	if i.impaired() && i.Thin == 0 && i.ThinUp == 0 {
		i.Thin = 1
	}
}

// set makes a line thin or good.
func (i *impairment) set(n *lkclient.Impairment, thin bool) {
	up, down := lkclient.Line{Rate: i.FreeRate * 1000, Queue: i.Queue}, lkclient.Line{Rate: i.FreeRate * 1000, Queue: i.Queue}
	if thin {
		up = lkclient.Line{Loss: i.Loss, Delay: i.Delay, Rate: i.RateUp * 1000, Queue: i.Queue}
		down = lkclient.Line{Loss: i.Loss, Delay: i.Delay, Rate: i.RateDown * 1000, Queue: i.Queue}
	}
	n.Set(up, down)
}

// thinPoint is a point on an impaired line. A nil one is on a good line.
type thinPoint struct {
	name string
	net  *lkclient.Impairment
	load *load

	mu      sync.Mutex // a leaf: guards tracks
	tracks  []*trackWatch
	changes []lineChange
}

// lineChange is a moment at which the line changed.
type lineChange struct {
	Second float64 `json:"second"`
	Thin   bool    `json:"thin"`
}

func (l *load) thinPoint(n int) (*thinPoint, error) {
	if n >= l.Thin {
		return nil, nil
	}
	return l.behindLine(fmt.Sprintf("subscriber-%d", n), uint64(n)+1)
}

func (l *load) thinPublisher(n int) (*thinPoint, error) {
	if n >= l.ThinUp {
		return nil, nil
	}
	p, err := l.behindLine(fmt.Sprintf("publisher-%d", n), uint64(n)+1001)
	if err == nil {
		l.mu.Lock()
		l.thinPublishers = append(l.thinPublishers, p)
		l.mu.Unlock()
	}
	return p, err
}

func (l *load) behindLine(name string, seed uint64) (*thinPoint, error) {
	n, err := lkclient.NewImpairment(seed)
	if err != nil {
		return nil, err
	}
	l.impairment.set(n, l.From == 0)
	return &thinPoint{name: name, net: n, load: l}, nil
}

// settings put a client behind the line.
func (p *thinPoint) settings() []func(*lkclient.Settings) {
	if p == nil {
		return nil
	}
	return []func(*lkclient.Settings){func(s *lkclient.Settings) {
		s.Net, s.UDPOnly = p.net, true
		s.NackInterval = 20 * time.Millisecond // as browsers do; the others save time
	}}
}

// watch follows a track in detail; nil on a good line.
func (p *thinPoint) watch(src *stream) *trackWatch {
	if p == nil {
		return nil
	}
	w := newTrackWatch(src, &p.load.streams.measuring)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tracks = append(p.tracks, w)
	return w
}

// beginThin starts the measuring on thin lines.
func (l *load) beginThin() []*thinPoint {
	l.mu.Lock()
	defer l.mu.Unlock()
	thin := append([]*thinPoint(nil), l.thinPublishers...)
	for _, s := range l.subscribers {
		if s.thin == nil {
			continue
		}
		thin = append(thin, s.thin)
		if l.Budget > 0 {
			// Failing means that the client has ended; the report shows it.
			_ = s.client.Send(context.Background(), &livekit.SignalRequest{Message: &livekit.SignalRequest_Simulate{
				Simulate: &livekit.SimulateScenario{Scenario: &livekit.SimulateScenario_SubscriberBandwidth{
					SubscriberBandwidth: l.Budget * 1000,
				}},
			}})
		}
	}
	for _, p := range thin {
		p.net.ResetReports()
	}
	return thin
}

// weather makes the lines thin and good again at their times.
func (l *load) weather(ctx context.Context, points []*thinPoint, start time.Time) {
	change := func(at time.Duration, thin bool) bool {
		if sleep(ctx, time.Until(start.Add(at))) != nil {
			return false
		}
		for _, p := range points {
			l.impairment.set(p.net, thin)
			p.mu.Lock()
			p.changes = append(p.changes, lineChange{time.Since(start).Seconds(), thin})
			p.mu.Unlock()
		}
		return true
	}
	if l.From > 0 && !change(l.From, true) {
		return
	}
	if l.For > 0 {
		change(l.From+l.For, false)
	}
}
