package desk

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// PersonEntry is somebody in the directory.
type PersonEntry struct {
	ID       meeting.PersonID `json:"id" maxLength:"64" pattern:"^[A-Za-z0-9._-]+$"`
	Name     string           `json:"name" minLength:"1" maxLength:"200"`
	Position string           `json:"position,omitempty" maxLength:"200"`
	Unit     meeting.UnitID   `json:"unit,omitempty" maxLength:"64"`
	// UnitName is the unit as documents write it.
	UnitName string `json:"unitName,omitempty" maxLength:"300"`
	Phone    string `json:"phone,omitempty" maxLength:"64"`
	Mail     string `json:"mail,omitempty" maxLength:"254"`
	Closed   bool   `json:"closed,omitempty"`
}

// RoomEntry is a physical room that meetings book.
type RoomEntry struct {
	ID     meeting.RoomID  `json:"id" maxLength:"64" pattern:"^[A-Za-z0-9._-]+$"`
	Name   string          `json:"name" minLength:"1" maxLength:"200"`
	Point  meeting.PointID `json:"point,omitempty" maxLength:"64"`
	Seats  int             `json:"seats,omitempty" minimum:"0"`
	Closed bool            `json:"closed,omitempty"`
}

// Booking is a time during which a room is taken, by a meeting or otherwise.
type Booking struct {
	ID      string           `json:"id,omitempty" readOnly:"true"`
	Room    meeting.RoomID   `json:"room,omitempty" readOnly:"true"`
	Title   string           `json:"title" minLength:"1" maxLength:"300"`
	Start   time.Time        `json:"start"`
	End     time.Time        `json:"end"`
	Meeting meeting.ID       `json:"meeting,omitempty" readOnly:"true"`
	By      meeting.PersonID `json:"by,omitempty" readOnly:"true"`
	Off     bool             `json:"off,omitempty" doc:"given back"`
}

func (o *Office) registerDirectory(api huma.API) {
	shelve[Unit](o, api, "units", "Unit", "unit", store.Units, account.Allow(meeting.Administrator), func(u Unit) string { return string(u.ID) }, o.mayKeepUnit)
	shelve[PersonEntry](o, api, "people", "Person", "person", store.People, account.Allow(meeting.Administrator, meeting.Secretary), func(p PersonEntry) string { return string(p.ID) }, o.mayKeepPerson, withoutContact)
	shelve[RoomEntry](o, api, "rooms", "Room", "room", store.Rooms, account.Allow(meeting.Administrator, meeting.Secretary), func(r RoomEntry) string { return string(r.ID) }, nil)
	operation(o, api, http.MethodGet, "/api/rooms/{room}/bookings", "listBookings", "Who has a room when", account.SignedIn(), o.listBookings)
	operation(o, api, http.MethodPost, "/api/rooms/{room}/bookings", "bookRoom", "Take a room apart from meetings", account.Allow(meeting.Secretary, meeting.Administrator), o.bookRoom)
}

// OfEntry names an entry of the directory in a path.
type OfEntry struct {
	ID string `path:"id" maxLength:"64"`
}

// withoutContact is a person as everybody of the house may see him: who he is, not where
// he is called and written to.
func withoutContact(p PersonEntry) PersonEntry {
	p.Phone, p.Mail = "", ""
	return p
}

// shelve registers list, entry and save of one sort of the directory's entries.
// Entries are never deleted: closed ones stay for the meetings that name them. may refuses
// a change of one entry to a keeper (before is nil for a new one); without it every keeper
// changes all. less is what those see of an entry who do not keep the directory.
func shelve[T any](o *Office, api huma.API, path, name, one string, shelf store.Shelf, keepers account.Declaration, id func(T) string,
	may func(ctx context.Context, before *T, after T) error, less ...func(T) T) {
	show := func(ctx context.Context, x T) T {
		if rule, _ := account.RuleOf(keepers); rule.Check(ctx, o.now()) == nil {
			return x
		}
		for _, f := range less {
			x = f(x)
		}
		return x
	}
	operation(o, api, http.MethodGet, "/api/"+path, "list"+name+"s", "All of the directory's "+path, account.SignedIn(),
		func(ctx context.Context, _ *struct{}) (*answer[listed[T]], error) {
			all, err := store.All[T](ctx, o.store, shelf, "")
			shown := contents(all)
			for i := range shown {
				shown[i] = show(ctx, shown[i])
			}
			return list(shown, err)
		})
	operation(o, api, http.MethodGet, "/api/"+path+"/{id}", "get"+name, "One "+one, account.SignedIn(),
		func(ctx context.Context, in *OfEntry) (*tagged[T], error) {
			d, err := store.Get[T](ctx, o.store, shelf, "", in.ID)
			return tag(d.Number, show(ctx, d.Body), err)
		})
	shelveChanges(o, api, path, name, one, shelf, keepers, id, may)
}

// shelveChanges is the part of shelve that changes entries.
func shelveChanges[T any](o *Office, api huma.API, path, name, one string, shelf store.Shelf, keepers account.Declaration, id func(T) string,
	may func(ctx context.Context, before *T, after T) error) {
	if may == nil {
		may = func(context.Context, *T, T) error { return nil }
	}
	operation(o, api, http.MethodPost, "/api/"+path, "add"+name, "A new "+one, keepers,
		func(ctx context.Context, in *struct{ Body T }) (*tagged[T], error) {
			err := may(ctx, nil, in.Body)
			if err == nil {
				err = store.Put(ctx, o.store, shelf, document(ctx, o, "", id(in.Body), 1, in.Body))
			}
			if meeting.CodeOf(err) == store.CodeStale {
				err = meeting.Refuse(meeting.CodeDuplicate, "id").With(id(in.Body))
			}
			return tag(1, in.Body, err)
		})
	operation(o, api, http.MethodPut, "/api/"+path+"/{id}", "save"+name, "Change a "+one, keepers,
		func(ctx context.Context, in *struct {
			OfEntry
			Matching
			Body T
		}) (*tagged[T], error) {
			revision, err := in.revision()
			if err != nil {
				return nil, err
			}
			if id(in.Body) != in.ID {
				return nil, meeting.Refuse(meeting.CodeInvalid, "id")
			}
			before, err := store.Get[T](ctx, o.store, shelf, "", in.ID)
			if err != nil {
				return nil, err
			}
			if err := may(ctx, &before.Body, in.Body); err != nil {
				return nil, err
			}
			if before.Number != revision { // what was judged is what is changed
				return nil, meeting.Refuse(store.CodeStale, "")
			}
			return tag(revision+1, in.Body, store.Put(ctx, o.store, shelf, document(ctx, o, "", in.ID, revision+1, in.Body)))
		})
}

// OfRoom names a room in a path.
type OfRoom struct {
	Room meeting.RoomID `path:"room" maxLength:"64"`
}

// bookings are the times of a room between two instants, in order.
func (o *Office) bookings(ctx context.Context, room meeting.RoomID, from, to time.Time) ([]Booking, error) {
	var all []Booking
	taken, err := store.All[Booking](ctx, o.store, store.Bookings, meeting.ID(room))
	if err != nil {
		return nil, err
	}
	for _, d := range taken {
		if b := d.Body; !b.Off && b.Start.Before(to) && b.End.After(from) {
			b.By = d.By
			all = append(all, b)
		}
	}
	on, err := o.store.Meetings(ctx, store.Filter{From: from, To: to, State: schedule.Published})
	if err != nil {
		return nil, err
	}
	j, err := o.judge(ctx)
	for _, m := range on {
		if !slices.Contains(m.Plan.Rooms, room) {
			continue
		}
		b := Booking{ID: string(m.Plan.ID), Room: room, Start: m.Plan.Start, End: m.Plan.End, Title: m.Plan.Host}
		if j.mine(m.Plan).reads(m.State) {
			b.Meeting, b.Title = m.Plan.ID, m.Plan.Title
		}
		all = append(all, b)
	}
	slices.SortStableFunc(all, func(a, b Booking) int { return a.Start.Compare(b.Start) })
	return all, err
}

func (o *Office) listBookings(ctx context.Context, in *struct {
	OfRoom
	From time.Time `query:"from" doc:"now when left out"`
	To   time.Time `query:"to" doc:"30 days later when left out"`
}) (*answer[listed[Booking]], error) {
	if in.From.IsZero() {
		in.From = o.now()
	}
	if in.To.IsZero() {
		in.To = in.From.AddDate(0, 0, 30)
	}
	return list(o.bookings(ctx, in.Room, in.From, in.To))
}

func (o *Office) bookRoom(ctx context.Context, in *struct {
	OfRoom
	Body Booking
}) (*answer[Booking], error) {
	room, err := store.Get[RoomEntry](ctx, o.store, store.Rooms, "", string(in.Room))
	if err != nil {
		return nil, err
	}
	b := in.Body
	if !b.End.After(b.Start) {
		return nil, meeting.Refuse(meeting.CodeInvalid, "end")
	}
	taken, err := o.bookings(ctx, in.Room, b.Start, b.End)
	if err != nil {
		return nil, err
	}
	if len(taken) > 0 {
		return nil, meeting.Refuse(schedule.CodeConflict, "room").With(room.Body.Name + " – " + taken[0].Title)
	}
	b.ID, b.Room, b.Meeting, b.By, b.Off = newID(), in.Room, "", who(ctx).Person, false
	return give(b, store.Put(ctx, o.store, store.Bookings, document(ctx, o, meeting.ID(in.Room), b.ID, 1, b)))
}
