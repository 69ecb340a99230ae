package live

import (
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
)

// CodeTooFast refuses who does too much at once. It leaves no event: the log is
// not to be filled from outside.
const CodeTooFast meeting.Code = "act.too_fast"

// Somebody without a seat may do this much a second, and so much at once; a
// refused act counts as several.
const (
	actsPerSecond = 10
	actsBurst     = 100
	refusedCosts  = 5
)

// pace is a token bucket.
type pace struct {
	spent float64
	last  time.Time
}

func (p *pace) settle(now time.Time) {
	p.spent = max(0, p.spent-now.Sub(p.last).Seconds()*actsPerSecond)
	p.last = now
}

// paceOf finds the bucket of an actor; nil for the bridge and for seats, who are
// few and known.
func (o *owner) paceOf(by conduct.Actor) *pace {
	if by.System {
		return nil
	}
	for _, seat := range o.live.State().Seats {
		if by.Person != "" && seat.Person.ID == by.Person {
			return nil
		}
	}
	key := string(by.Point) + "/" + string(by.Person)
	if o.paces[key] == nil {
		o.paces[key] = &pace{last: o.clock.now()}
	}
	return o.paces[key]
}
