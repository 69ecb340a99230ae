package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
)

// load is one run against one server.
type load struct {
	target
	scenario
	impairment
	streams *streams

	publishers     []*publisher
	mu             sync.Mutex // guards what follows
	subscribers    []*subscriber
	thinPublishers []*thinPoint
	gone           tally // of subscribers that have left
	failures       []error
	churned        int
	tasks          sync.WaitGroup
}

// measure runs a scenario and returns its figures.
func measure(ctx context.Context, t target, s scenario, thin impairment) (*result, error) {
	s.complete()
	thin.complete()
	if s.Room == "" {
		s.Room = "load-" + uuid.NewString()[:8]
	}
	l := &load{target: t, scenario: s, impairment: thin, streams: newStreams()}
	defer l.close()
	idle := l.server()
	if err := l.joinPublishers(ctx); err != nil {
		return nil, err
	}
	published := l.server()
	if l.ServerPID != 0 {
		resetPeak(l.ServerPID) // what a server took to start may be more than what the subscribers take
	}
	ended, err := l.record(ctx)
	if err != nil {
		return nil, err
	}
	defer ended()
	l.joinSubscribers(ctx)
	l.settle(ctx)
	if err := sleep(ctx, l.Warmup); err != nil {
		return nil, err
	}
	res := l.interval(ctx)
	res.memory(idle, published, l.server(), l.Subscribers)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.failures) > 0 && len(l.failures) >= l.Subscribers {
		return nil, fmt.Errorf("no subscriber could join: %w", l.failures[0])
	}
	return res, ctx.Err()
}

func (l *load) joinPublishers(ctx context.Context) error {
	for i := range l.Publishers {
		p, err := newPublisher(ctx, l, i)
		if p != nil {
			l.publishers = append(l.publishers, p)
		}
		if err != nil {
			return fmt.Errorf("publisher %d: %w", i, err)
		}
	}
	return nil
}

// joinSubscribers lets them in at the join rate, each in its own goroutine: a
// slow join does not hold up the next.
func (l *load) joinSubscribers(ctx context.Context) {
	tick := time.NewTicker(time.Duration(float64(time.Second) / l.JoinRate))
	defer tick.Stop()
	var joins sync.WaitGroup
	for i := range l.Subscribers {
		joins.Go(func() { l.joinSubscriber(ctx, i) })
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
	joins.Wait()
}

func (l *load) joinSubscriber(ctx context.Context, n int) {
	s, err := newSubscriber(ctx, l, n)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.failures = append(l.failures, fmt.Errorf("subscriber %d: %w", n, err))
		return
	}
	l.subscribers = append(l.subscribers, s)
}

// settle waits until every subscriber receives every track, but not for ever.
func (l *load) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	for l.received() < l.expected() {
		if sleep(ctx, 50*time.Millisecond) != nil {
			return
		}
	}
}

// expected is how many tracks all subscribers together should receive.
func (l *load) expected() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, p := range l.publishers {
		n += len(p.players)
	}
	return n * len(l.subscribers)
}

func (l *load) received() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, s := range l.subscribers {
		n += s.flowing()
	}
	return n
}

// interval measures for the duration.
func (l *load) interval(ctx context.Context) *result {
	thin := l.beginThin()
	l.streams.measuring.Store(true)
	taken := l.recordStats(ctx)
	stayed := l.inside(ctx)
	before, server, self, start := l.total(), l.server(), ownCPU(), time.Now()
	measured, cancel := context.WithTimeout(ctx, l.Duration)
	defer cancel()
	l.tasks.Go(func() { l.weather(measured, thin, start) })
	if l.Churn > 0 {
		l.churn(measured)
	}
	<-measured.Done()
	l.streams.measuring.Store(false)
	elapsed := time.Since(start)
	res := &result{
		URL: l.URL, Room: l.Room, Scenario: l.Scenario, Publishers: l.Publishers, Subscribers: l.Subscribers, Seconds: elapsed.Seconds(),
		TracksExpected: l.expected(), TracksReceived: l.received(),
	}
	res.traffic(before, l.total(), elapsed)
	res.cpu(server, l.server(), ownCPU()-self)
	res.recorded(taken, l.recordStats(ctx))
	if now := l.inside(ctx); now.histogram != nil && stayed.histogram != nil {
		s := now.since(stayed)
		res.InsideMS = &s
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	res.Thin = thinReports(thin)
	res.JoinFailures, res.Churned = len(l.failures), l.churned
	res.times(l.subscribers, &l.streams.delay)
	return res
}

// total adds up the counters of all subscribers, those that left included.
func (l *load) total() tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	sum := l.gone
	for _, s := range l.subscribers {
		sum.add(s.tally())
	}
	return sum
}

func (l *load) close() {
	l.tasks.Wait()
	var leaving sync.WaitGroup
	for _, s := range l.subscribers {
		leaving.Go(s.client.Close)
	}
	for _, p := range l.publishers {
		leaving.Go(p.close)
	}
	leaving.Wait()
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
