package door

import (
	"context"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// Presence takes out of meetings whose right to be there has ended. Its methods do not
// wait, and whoever is nowhere is no error.
type Presence interface {
	// ExpelDevice ends what a machine is in all meetings: the paired one, or the one that
	// a session stands for (account.BoardOf).
	ExpelDevice(d meeting.DeviceID)
	// ExpelGuest ends the session of a guest.
	ExpelGuest(m meeting.ID, guest string)
}

// nobodyPresent is the Presence of who serves no meetings: the command line.
type nobodyPresent struct{}

func (nobodyPresent) ExpelDevice(meeting.DeviceID)  {}
func (nobodyPresent) ExpelGuest(meeting.ID, string) {}

// endSessions ends a person's sessions but one ("" for all), and their boards with them:
// a lost laptop hears no meeting on.
func (d *Door) endSessions(ctx context.Context, p meeting.PersonID, but string) error {
	all, err := d.Store.Sessions(ctx, p)
	if err != nil {
		return err
	}
	if _, err := d.Store.EndSessions(ctx, p, but); err != nil {
		return err
	}
	for _, s := range all {
		if s.ID != but {
			d.Present.ExpelDevice(account.BoardOf(s.ID))
		}
	}
	return nil
}

// endOneSession ends one session of a person and its board; false for none.
func (d *Door) endOneSession(ctx context.Context, p meeting.PersonID, id string) (bool, error) {
	ended, err := d.Store.EndSession(ctx, p, id)
	if ended {
		d.Present.ExpelDevice(account.BoardOf(id))
	}
	return ended, err
}

// expelGuests ends the sessions of a meeting's guests who came by a link.
func (d *Door) expelGuests(ctx context.Context, m meeting.ID, link string) error {
	all, err := d.Store.Guests(ctx, m)
	for _, g := range all {
		if g.Link == link {
			d.Present.ExpelGuest(m, g.ID)
		}
	}
	return err
}

// MayBePresent answers whether a guest or a machine may be in a meeting: at the door of a
// room, where a token alone proves that it once might.
func (d *Door) MayBePresent(ctx context.Context, guest string, device meeting.DeviceID) error {
	if guest != "" {
		return d.mayVisit(ctx, guest)
	}
	if device == "" {
		return nil
	}
	if id, board := account.SessionOf(device); board {
		if _, err := d.Store.SessionByID(ctx, id); meeting.CodeOf(err) != meeting.CodeUnknown {
			return err
		}
		return meeting.Refuse(account.CodeEnded, "")
	}
	m, err := d.Store.MachineByID(ctx, device)
	switch {
	case meeting.CodeOf(err) == meeting.CodeUnknown:
		return nil // not one of ours: a token that a server made
	case err == nil && !m.Revoked.IsZero():
		return meeting.Refuse(account.CodeEnded, "")
	}
	return err
}

// mayVisit answers whether a guest is let in still.
func (d *Door) mayVisit(ctx context.Context, id string) error {
	g, err := d.Store.GuestByID(ctx, id)
	if err == nil && g.State == account.Admitted {
		var l account.Link
		if l, err = d.Store.LinkByID(ctx, g.Link); err == nil && l.Revoked.IsZero() {
			return nil
		}
	}
	if err == nil || meeting.CodeOf(err) == meeting.CodeUnknown {
		return meeting.Refuse(account.CodeGuest, "")
	}
	return err
}
