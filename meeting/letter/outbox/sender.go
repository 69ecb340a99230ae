package outbox

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"diemcau/meeting"
	"diemcau/meeting/letter"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// Sender writes the letters of an announcement: to whom they go is read from the
// plan, the directory and what was sent before.
type Sender struct {
	Store  *store.Store
	Outbox *Outbox
	Now    func() time.Time
}

// Letters are those that tell of a version, and the points that none of them
// reaches because no address is known.
func (s Sender) Letters(ctx context.Context, v schedule.Version) ([]letter.Letter, []meeting.PointID, error) {
	to, err := s.recipients(ctx, v)
	return s.write(v, to), silent(v.Plan, to), err
}

// Wake lets the outbox look after letters were kept.
func (s Sender) Wake() { s.Outbox.Wake() }

func (s Sender) write(v schedule.Version, to []Recipient) []letter.Letter {
	now := s.Now()
	letters := make([]letter.Letter, len(to))
	for i, r := range to {
		letters[i] = letter.Letter{
			ID: uuid.Must(uuid.NewV7()).String(), Meeting: v.Plan.ID, Version: v.Number, Point: r.Point, Name: r.Name, Address: r.Address, Next: now, Created: now,
		}
	}
	return letters
}

// silent are the points that none of the recipients stands for.
func silent(p plan.Plan, to []Recipient) []meeting.PointID {
	list := []meeting.PointID{}
	for _, x := range p.Points {
		if !slices.ContainsFunc(to, func(r Recipient) bool { return r.Point == x.ID }) {
			list = append(list, x.ID)
		}
	}
	return list
}

// contact is what the directory knows of a person's address.
type contact struct {
	Mail   string `json:"mail"`
	Closed bool   `json:"closed"`
}

// recipients are the people of the plan whose address stands in the directory - the
// leaders of points with their points' own links, the others without - and whoever
// was written to about an earlier version: what he has in his calendar has changed.
func (s Sender) recipients(ctx context.Context, v schedule.Version) ([]Recipient, error) {
	all, err := store.All[contact](ctx, s.Store, store.People, "")
	if err != nil {
		return nil, err
	}
	mails := map[meeting.PersonID]string{}
	for _, x := range all {
		if x.Body.Mail != "" && !x.Body.Closed {
			mails[meeting.PersonID(x.ID)] = x.Body.Mail
		}
	}
	var to []Recipient
	written := map[meeting.PersonID]bool{}
	add := func(at meeting.PointID, who meeting.Person) {
		if a := mails[who.ID]; a != "" && !written[who.ID] {
			written[who.ID] = true
			to = append(to, Recipient{Point: at, Name: who.Name, Address: a})
		}
	}
	p := v.Plan
	for _, x := range p.Points {
		add(x.ID, x.Leader)
	}
	people := append([]meeting.Person{p.People.Chair, p.People.Secretary, p.People.Technician}, p.People.CoChairs...)
	for _, x := range append(append(people, p.People.Hall...), p.People.Guests...) {
		add("", x)
	}
	earlier, err := s.Store.Letters(ctx, p.ID)
	for _, l := range earlier {
		if l.Version < v.Number && !slices.ContainsFunc(to, func(r Recipient) bool { return r.Address == l.Address }) {
			to = append(to, Recipient{Point: l.Point, Name: l.Name, Address: l.Address})
		}
	}
	return to, err
}
