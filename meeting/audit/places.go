package audit

import (
	"sync"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/conduct"
)

// mostPlaces bounds what is remembered of where people are.
const mostPlaces = 10_000

// places remembers where each person at a machine last asked from: the acts of a
// meeting come by its own socket and name nobody's address.
type places struct {
	mu  sync.Mutex
	all map[whoWhere]place
}

type whoWhere struct {
	person meeting.PersonID
	device meeting.DeviceID
}

type place struct{ name, session, address string }

// See remembers where somebody asks from.
func (l *Log) See(who account.Identity, address string) {
	p := &l.places
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil || len(p.all) >= mostPlaces {
		p.all = map[whoWhere]place{}
	}
	p.all[whoWhere{who.Person, who.Device}] = place{who.User, who.Session, address}
}

func (p *places) of(by conduct.Actor) (name, session, address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	x := p.all[whoWhere{by.Person, by.Device}]
	return x.name, x.session, x.address
}
