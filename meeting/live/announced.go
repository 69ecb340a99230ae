package live

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/calendar"
	"diemcau/meeting/conduct"
)

// Arrange lets save change what is announced of a meeting or gathered for it (SCH-05,
// SCH-09). No act of the meeting comes between, and until it is declared open, it
// follows: to another time, with other points, or it is called off.
func (h *House) Arrange(ctx context.Context, id meeting.ID, save func() error) error {
	giveBack, err := h.finding.take(ctx, id)
	if err != nil {
		return err
	}
	defer giveBack()
	if _, err := h.load(ctx, id); meeting.CodeOf(err) == meeting.CodeUnknown {
		return save()
	}
	return again(func() (*owner, error) { return h.load(ctx, id) }, func(o *owner) error {
		// What save writes to must not go on after this call: the owner is waited for.
		return o.call(context.WithoutCancel(ctx), func() error {
			if err := save(); err != nil {
				return err
			}
			o.follow()
			return nil
		})
	})
}

// due refuses with errFree a meeting that does not begin soon and is not going on.
func (h *House) due(o conduct.Opening) error {
	now := time.Now()
	if h.settings.Now != nil {
		now = h.settings.Now()
	}
	if o.Plan.Start.Sub(now) > h.settings.Lead || now.After(o.Plan.End.Add(h.settings.Lead)) {
		return errFree
	}
	return nil
}

// follow brings the meeting under what is announced now; what fails is tried again.
func (o *owner) follow() {
	err := o.renew(o.house.due)
	o.behind = err != nil && !errors.Is(err, errFree)
	if o.behind {
		o.house.settings.Log.Error("a meeting cannot follow its announcement yet", "meeting", o.id, "error", err)
	}
}

// renew brings a meeting that was not declared open under what is announced and
// gathered now. One that is called off is convened again by a newer announcement only,
// and when it may; errFree tells that its time has not come.
func (o *owner) renew(may func(conduct.Opening) error) error {
	if o.broken {
		if err := o.reload(); err != nil {
			return err
		}
	}
	if o.live.Begun() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), keepPatience)
	defer cancel()
	opening, err := o.house.settings.Store.Prepare(ctx, o.id)
	if meeting.CodeOf(err) == meeting.CodeState {
		return o.callOff()
	}
	if err != nil {
		return err
	}
	was := o.live.Opening()
	if o.live.State().Phase == conduct.Closed {
		if opening.Version <= was.Version {
			return nil
		}
		if err := may(opening); err != nil {
			return err
		}
		return o.convene(ctx, opening)
	}
	moved := opening.Plan.Start.Sub(was.Plan.Start).Abs()
	switch {
	case calendar.Of(opening.Plan.Start) != calendar.Of(was.Plan.Start) && o.house.due(opening) != nil:
		return o.callOff() // who is there now is not there for that day
	case reflect.DeepEqual(opening, was):
		return nil
	case moved > o.house.settings.Lead, !o.live.Follows(opening):
		return o.convene(ctx, opening)
	}
	return o.exchange(ctx, opening, nil)
}

// callOff closes the meeting.
func (o *owner) callOff() error {
	_, err := o.act(conduct.Act{By: conduct.Actor{System: true}, Do: conduct.CallOff{}})
	return err
}

// convene begins the meeting anew, with the points that are in its room.
func (o *owner) convene(ctx context.Context, opening conduct.Opening) error {
	next, convened, err := o.live.Convene(opening, o.clock.now())
	if err != nil {
		return err
	}
	events := []conduct.Event{convened}
	for _, point := range slices.Sorted(maps.Keys(o.inside)) {
		g := o.inside[point]
		if next.MayJoin(point) != nil {
			continue
		}
		joined, err := next.Apply(conduct.Act{By: conduct.Actor{System: true}, At: o.clock.now(), Do: conduct.Join{Point: g.Point, Device: g.Device}})
		events = append(events, joined...)
		if err != nil {
			return err
		}
	}
	return o.exchange(ctx, opening, events)
}

// exchange keeps the opening with its events and goes on under what is kept then: also
// when the answer fails, for that may have been lost behind the commit.
func (o *owner) exchange(ctx context.Context, opening conduct.Opening, events []conduct.Event) error {
	o.broken = true
	if err := o.house.settings.Store.RenewOpening(ctx, opening, events); err != nil {
		return err
	}
	return o.reload()
}

// renewed tells watchers, screens and the door of another opening than before.
func (o *owner) renewed(log []conduct.Event) {
	for _, w := range o.house.settings.Watchers {
		w.Opened(o.id, o.live.Opening(), log)
	}
	o.publish(true)
	for _, point := range slices.Sorted(maps.Keys(o.inside)) {
		if err := o.live.MayJoin(point); err != nil && meeting.CodeOf(err) != conduct.CodeClosed {
			o.house.settings.Bridge.Expel(o.id, point)
		}
	}
}

// admit is attend for a meeting that may have been called off and announced anew.
func (o *owner) admit(g air.Guest) error {
	if o.live.State().CalledOff {
		if err := o.renew(o.house.due); err != nil {
			return err
		}
	}
	return o.attend(g)
}
