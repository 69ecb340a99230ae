package webhook

import (
	"context"
	"log/slog"
	"sync"

	"github.com/livekit/protocol/livekit"
)

// endpoint is one URL with the events that wait for it.
type endpoint struct {
	ctx      context.Context // ends when the notifier stops trying
	notifier *Notifier
	url      string
	apiKey   string
	log      *slog.Logger
	counters counters

	mu      sync.Mutex
	rooms   map[string]*queue // those with events; each has a goroutine
	missing int32             // dropped and not yet told
}

// queue holds the events of a room, oldest first.
type queue struct {
	events []*livekit.WebhookEvent
}

// add queues an event. The caller holds the notifier's mutex, so that no worker
// starts after Close.
func (e *endpoint) add(event *livekit.WebhookEvent) {
	room := event.GetRoom().GetName()
	e.mu.Lock()
	defer e.mu.Unlock()
	q := e.rooms[room]
	if q == nil {
		q = &queue{}
		e.rooms[room] = q
		e.notifier.workers.Go(func() { e.work(room, q) })
	}
	if len(q.events) >= e.notifier.settings.RoomQueue {
		q.events[0] = nil
		q.events = q.events[1:]
		e.missing++
		e.counters.dropped.Add(1)
	}
	q.events = append(q.events, event)
}

// work delivers the events of a room until there are none.
func (e *endpoint) work(room string, q *queue) {
	for {
		event, missing := e.next(room, q)
		if event == nil {
			return
		}
		if !e.deliver(event, missing) {
			e.mu.Lock()
			e.missing += missing + 1
			e.mu.Unlock()
			e.counters.dropped.Add(1)
			continue
		}
		e.counters.delivered.Add(1)
	}
}

// next takes the oldest event and how many were lost before it. Without events
// the queue is removed and its goroutine must end.
func (e *endpoint) next(room string, q *queue) (event *livekit.WebhookEvent, missing int32) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(q.events) == 0 {
		delete(e.rooms, room)
		return nil, 0
	}
	event, q.events = q.events[0], q.events[1:]
	missing, e.missing = e.missing, 0
	return event, missing
}

func (e *endpoint) waiting() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := 0
	for _, q := range e.rooms {
		n += len(q.events)
	}
	return n
}
