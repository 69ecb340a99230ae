package bridge

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"diemcau/meeting"
)

// How long a machine of an open meeting waits for the database at the door, and how
// often the bridge asks after those that it let in without an answer.
const (
	machinePatience = 3 * time.Second
	askAgainEvery   = 10 * time.Second
)

// entrance asks at the door of rooms whether the right to be there has ended. An open
// meeting goes on while the database is away, so its machines come back into it
// unasked, and are asked after when the database answers.
type entrance struct {
	// mayBe answers with a *meeting.Problem who may not; another error is no answer.
	mayBe func(ctx context.Context, guest string, device meeting.DeviceID) error
	expel func(meeting.DeviceID)
	log   *slog.Logger

	mu      sync.Mutex
	unasked map[meeting.DeviceID]time.Time // when each was let in
}

func newEntrance(mayBe func(context.Context, string, meeting.DeviceID) error, expel func(meeting.DeviceID), log *slog.Logger) *entrance {
	return &entrance{mayBe: mayBe, expel: expel, log: log, unasked: make(map[meeting.DeviceID]time.Time)}
}

// let answers whether a guest or a machine may come in; open tells that its meeting is
// in memory. A guest's right ends at any moment by the chair's word, so that he waits
// for the answer.
func (e *entrance) let(ctx context.Context, open bool, guest string, device meeting.DeviceID) error {
	if guest != "" || device == "" || !open {
		return e.mayBe(ctx, guest, device)
	}
	short, cancel := context.WithTimeout(ctx, machinePatience)
	defer cancel()
	err := e.mayBe(short, "", device)
	if err == nil || meeting.CodeOf(err) != "" {
		return err
	}
	e.log.Error("a machine comes back into its meeting unasked: the database does not answer", "device", device, "error", err)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.unasked[device] = time.Now()
	return nil
}

// run asks after machines until ctx ends.
func (e *entrance) run(ctx context.Context) {
	tick := time.NewTicker(askAgainEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			e.askAgain(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// askAgain asks after the machines that have arrived, and puts those out that may not be
// there.
func (e *entrance) askAgain(ctx context.Context) {
	for device, since := range e.arrived() {
		short, cancel := context.WithTimeout(ctx, machinePatience)
		err := e.mayBe(short, "", device)
		cancel()
		switch {
		case err != nil && meeting.CodeOf(err) == "":
			return // the next time
		case err != nil:
			e.log.Warn("a machine that came in unasked is put out", "device", device, "code", meeting.CodeOf(err))
			e.expel(device)
		}
		e.mu.Lock()
		if e.unasked[device].Equal(since) {
			delete(e.unasked, device)
		}
		e.mu.Unlock()
	}
}

// arrived lists the unasked machines that are in their rooms by now: one that is still on
// its way could not be put out.
func (e *entrance) arrived() map[meeting.DeviceID]time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	there := make(map[meeting.DeviceID]time.Time, len(e.unasked))
	for device, since := range e.unasked {
		if time.Since(since) >= askAgainEvery {
			there[device] = since
		}
	}
	return there
}
