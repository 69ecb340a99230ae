package desk

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/agenda"
	"diemcau/meeting/floor"
	"diemcau/meeting/store"
)

// NewRegistration is a request to speak made before the meeting (SCH-07).
type NewRegistration struct {
	Point   meeting.PointID `json:"point" maxLength:"64"`
	Speaker meeting.Person  `json:"speaker"`
	Topic   string          `json:"topic,omitempty" maxLength:"500"`
	Item    meeting.ItemID  `json:"item,omitempty" maxLength:"128"`
	Minutes int             `json:"minutes,omitempty" minimum:"0" maximum:"240"`
}

// NewPosition is what a point says of an item before the meeting (VOT-04).
type NewPosition struct {
	Point meeting.PointID `json:"point" maxLength:"64"`
	Item  meeting.ItemID  `json:"item" maxLength:"128"`
	Stand agenda.Stand    `json:"stand" enum:"dong-y,co-y-kien,xin-phat-bieu"`
	Text  string          `json:"text,omitempty" maxLength:"2000"`
}

// PositionsView are the positions taken, and the items that nobody objects to.
type PositionsView struct {
	Items []agenda.Position `json:"items" nullable:"false"`
	Fast  []meeting.ItemID  `json:"fast" nullable:"false" doc:"thông qua nhanh"`
}

func (o *Office) registerSpeeches(api huma.API) {
	const base = "/api/meetings/{meeting}"
	operation(o, api, http.MethodGet, base+"/registrations", "listRegistrations", "Requests to speak made beforehand", account.Known(), o.listRegistrations)
	operation(o, api, http.MethodPost, base+"/registrations", "register", "Ask to speak", account.Known(), o.register)
	operation(o, api, http.MethodPost, base+"/registrations/{entry}/withdraw", "withdrawRegistration", "Take a request back", account.Known(), o.withdraw)
	operation(o, api, http.MethodGet, base+"/positions", "listPositions", "Positions on items taken beforehand", account.Known(), o.listPositions)
	operation(o, api, http.MethodPost, base+"/positions", "takePosition", "Take a position on an item", account.Known(), o.takePosition)
}

func (o *Office) registrations(ctx context.Context, id meeting.ID) ([]store.Registration, error) {
	all, err := store.All[store.Registration](ctx, o.store, store.Registrations, id)
	list := contents(all)
	slices.SortStableFunc(list, func(a, b store.Registration) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return list, err
}

func (o *Office) listRegistrations(ctx context.Context, in *OfMeeting) (*answer[listed[store.Registration]], error) {
	if _, _, err := o.seen(ctx, in.Meeting); err != nil {
		return nil, err
	}
	return list(o.registrations(ctx, in.Meeting))
}

func (o *Office) register(ctx context.Context, in *struct {
	OfMeeting
	Body NewRegistration
}) (*answer[store.Registration], error) {
	b := in.Body
	now, _, err := o.speaksFor(ctx, in.Meeting, b.Point)
	if err != nil {
		return nil, err
	}
	if err := o.on(ctx, now); err != nil {
		return nil, err
	}
	if b.Speaker.Name == "" {
		return nil, meeting.Refuse(meeting.CodeMissing, "speaker.name")
	}
	if _, ok := agenda.Find(now.Plan.Agenda, b.Item); b.Item != "" && !ok {
		return nil, meeting.Refuse(meeting.CodeUnknown, "item").With(string(b.Item))
	}
	r := store.Registration{By: who(ctx).Person, Request: floor.Request{
		ID: meeting.EntryID(newID()), Point: b.Point, Speaker: b.Speaker, Topic: b.Topic, Item: b.Item, Minutes: b.Minutes, At: o.now().UTC(), Early: true,
	}}
	waiting, err := o.registrations(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	var q floor.Queue
	for _, w := range waiting {
		if !w.Withdrawn {
			q = q.Add(w.Request)
		}
	}
	if err := q.Ask(r.Request); err != nil {
		return nil, err
	}
	return give(r, o.arrange(ctx, in.Meeting, func() error {
		return store.Put(ctx, o.store, store.Registrations, document(ctx, o, in.Meeting, string(r.ID), 1, r))
	}))
}

func (o *Office) withdraw(ctx context.Context, in *struct {
	OfMeeting
	Entry string `path:"entry" maxLength:"64"`
}) (*answer[store.Registration], error) {
	d, err := store.Get[store.Registration](ctx, o.store, store.Registrations, in.Meeting, in.Entry)
	if err != nil {
		return nil, err
	}
	now, _, err := o.speaksFor(ctx, in.Meeting, d.Body.Point)
	if err != nil {
		return nil, err
	}
	if err := o.on(ctx, now); err != nil {
		return nil, err
	}
	if d.Body.Withdrawn {
		return give(d.Body, nil)
	}
	d.Body.Withdrawn = true
	return give(d.Body, o.arrange(ctx, in.Meeting, func() error {
		return store.Put(ctx, o.store, store.Registrations, document(ctx, o, in.Meeting, in.Entry, d.Number+1, d.Body))
	}))
}

func (o *Office) positions(ctx context.Context, id meeting.ID) ([]agenda.Position, error) {
	all, err := store.All[agenda.Position](ctx, o.store, store.Positions, id)
	taken := contents(all)
	slices.SortStableFunc(taken, func(a, b agenda.Position) int { return a.At.Compare(b.At) })
	return taken, err
}

func (o *Office) listPositions(ctx context.Context, in *OfMeeting) (*answer[PositionsView], error) {
	now, _, err := o.seen(ctx, in.Meeting)
	if err != nil {
		return nil, err
	}
	taken, err := o.positions(ctx, in.Meeting)
	v := PositionsView{Items: taken, Fast: []meeting.ItemID{}}
	for _, it := range now.Plan.Agenda {
		if agenda.Fast(taken, it.ID) {
			v.Fast = append(v.Fast, it.ID)
		}
	}
	return give(v, err)
}

func (o *Office) takePosition(ctx context.Context, in *struct {
	OfMeeting
	Body NewPosition
}) (*answer[agenda.Position], error) {
	now, _, err := o.speaksFor(ctx, in.Meeting, in.Body.Point)
	if err != nil {
		return nil, err
	}
	if err := o.on(ctx, now); err != nil {
		return nil, err
	}
	p := agenda.Position{Item: in.Body.Item, Point: in.Body.Point, Stand: in.Body.Stand, Text: in.Body.Text, At: o.now().UTC()}
	if _, err := agenda.Take(now.Plan.Agenda, nil, p); err != nil {
		return nil, err
	}
	return give(p, o.arrange(ctx, in.Meeting, func() error {
		return store.Put(ctx, o.store, store.Positions, document(ctx, o, in.Meeting, newID(), 1, p))
	}))
}
