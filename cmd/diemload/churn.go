package main

import (
	"context"
	"time"
)

// churn replaces the oldest subscriber again and again.
func (l *load) churn(ctx context.Context) {
	tick := time.NewTicker(l.Churn)
	defer tick.Stop()
	for n := l.Subscribers; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		l.mu.Lock()
		var leaver *subscriber
		if len(l.subscribers) > 0 {
			leaver, l.subscribers = l.subscribers[0], l.subscribers[1:]
			l.gone.add(leaver.tally())
			l.churned++
		}
		l.mu.Unlock()
		if leaver != nil {
			leaver.client.Close()
		}
		l.tasks.Go(func() { l.joinSubscriber(context.WithoutCancel(ctx), n) })
	}
}
