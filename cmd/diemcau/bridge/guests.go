package bridge

import (
	"context"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/air"
	"diemcau/meeting/desk"
	"diemcau/signaling/token"
)

// presence is what the door of accounts ends in the rooms.
type presence struct{ b *Bridge }

// ExpelDevice implements door.Presence.
func (p presence) ExpelDevice(d meeting.DeviceID) { p.b.sessions.ExpelDevice(d) }

// ExpelGuest implements door.Presence.
func (p presence) ExpelGuest(m meeting.ID, guest string) {
	p.b.sessions.Expel(m, air.GuestIdentity(guest))
}

// mayHost refuses who may not let guests into a room: into a planned meeting its chair
// and secretary let them, into a standing room who is one of all its points, into any
// other who is one of the whole house.
func (b *Bridge) mayHost(o *desk.Office) func(context.Context, meeting.ID) error {
	return func(ctx context.Context, id meeting.ID) error {
		hosts := []meeting.Right{meeting.Secretary, meeting.Chair}
		switch _, err := b.store.Standing(ctx, id); {
		case err == nil:
			_, mine, err := o.Sight(ctx, id)
			if err == nil && !slices.ContainsFunc(hosts, func(r meeting.Right) bool { return slices.Contains(mine.Rights, r) }) {
				err = meeting.Refuse(meeting.CodeNoRight, "").With(string(meeting.Secretary))
			}
			return err
		case meeting.CodeOf(err) != meeting.CodeUnknown:
			return err
		}
		who, _ := account.Of(ctx)
		tree, err := units(ctx, b.store)
		if err != nil {
			return err
		}
		rooms := []meeting.UnitID{""}
		for _, m := range b.cfg.Meetings {
			if meeting.ID(m.ID) != id || len(m.Points) == 0 {
				continue
			}
			rooms = rooms[:0]
			for _, p := range m.Points {
				rooms = append(rooms, meeting.UnitID(p.ID))
			}
		}
		for _, unit := range rooms {
			if !slices.ContainsFunc(hosts, func(r meeting.Right) bool { return tree.Holds(who, r, unit) }) {
				return meeting.Refuse(meeting.CodeUnknown, "meeting").With(string(id)) // as one that he may not see
			}
		}
		return nil
	}
}

// guestLife is how long a guest's token opens the door; a connected guest gets
// renewed ones.
const guestLife = 10 * time.Minute

// guestToken lets a guest in who was admitted. Everybody sees that he is one
// (SEC-09), and he cannot say otherwise.
func (b *Bridge) guestToken(g account.Guest) (string, error) {
	return b.keys.IssueJoin(token.Join{
		Room: string(g.Meeting), Identity: string(air.GuestIdentity(g.ID)), Name: g.Name, Lifetime: guestLife,
		Attributes: map[string]string{"kind": "khach", "unit": g.Unit},
		Grant:      guestGrant(),
	})
}
