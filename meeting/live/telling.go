package live

import (
	"reflect"
	"time"

	"diemcau/meeting/air"
)

// telling is what was told last, and what waits.
type telling struct {
	orders *air.Orders
	state  State
	at     time.Time
	due    time.Time // when what waits is told at the latest
}

// How long changes that nobody waits for are collected.
const (
	soonAfter  = 250 * time.Millisecond // the queue
	laterAfter = 3 * time.Second        // sums of the roll, numbers of votes cast, what boards alone show
)

// publish gives the bridge its orders and tells everybody the state: at once
// when it matters to screens or microphones, else collected with others.
//
// Of a meeting that is called off its room is told once, and then is nobody's: a test
// run of the next announcement may be held in it.
func (o *owner) publish(now bool) {
	t, off := &o.told, o.live.State().CalledOff
	if off && (t.orders == nil || t.state.CalledOff) {
		t.due = time.Time{}
		return
	}
	at := o.clock.now()
	state := NewState(o.live, at)
	orders := NewOrders(o.live, o.boards, o.guests, at)
	obey := t.orders == nil || !reflect.DeepEqual(orders.Of, t.orders.Of)
	wait := urgency(t.state, state)
	due := t.at.Add(wait)
	if !now && !obey && wait > 0 && at.Before(due) {
		if t.due.IsZero() || due.Before(t.due) {
			t.due = due
		}
		return
	}
	orders.State = state.text()
	t.orders, t.state, t.at, t.due = orders, state, at, time.Time{}
	o.house.settings.Bridge.Obey(o.id, orders)
	if off {
		o.house.settings.Bridge.Obey(o.id, nil)
	}
}

// urgency is how long the change may wait.
func urgency(was, is State) time.Duration {
	was.At, is.At = 0, 0
	was.Seq, is.Seq = 0, 0
	was.Roll, is.Roll = StateRoll{}, StateRoll{}
	if was.Vote != nil && is.Vote != nil && was.Vote.Phase == is.Vote.Phase {
		v := *was.Vote
		v.Cast = is.Vote.Cast
		was.Vote = &v
	}
	if reflect.DeepEqual(was, is) {
		return laterAfter
	}
	was.Queue, is.Queue, was.Waiting, is.Waiting = nil, nil, 0, 0
	was.Chat, is.Chat = nil, nil
	if reflect.DeepEqual(was, is) {
		return soonAfter
	}
	return 0
}
