package live

import (
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
)

// small is the number of points up to which everybody is subscribed to every
// microphone beforehand; above it only to those that may soon be called.
const small = 16

// next is how many of the queue may soon be called.
const next = 4

// Whose picture comes first on lines that cannot carry all.
const (
	presides uint32 = iota + 1
	speaks
)

// NewOrders is what the bridge has to do for the meeting now. boards and guests are
// those that are in the room. It is a pure function of the meeting's state, so a
// restart gives the same orders.
func NewOrders(l *conduct.Live, boards, guests []meeting.PointID, now time.Time) *air.Orders {
	b := orderBook{live: l, state: l.State(), screen: l.Screen(now), boards: boards}
	b.soon = b.warm()
	o := &air.Orders{Of: make(map[meeting.PointID]air.Order, len(l.Plan().Points)+len(boards))}
	for _, p := range l.Plan().Points {
		order := b.point(p.ID)
		order.Name = p.Name
		order.Line = air.Line{Down: p.Line, Up: p.Line}
		o.Of[p.ID] = order
	}
	for _, id := range boards {
		o.Of[id] = b.board(id)
	}
	for _, id := range guests {
		o.Of[id] = b.guest()
	}
	return o
}

// orderBook is what orders are made from.
type orderBook struct {
	live   *conduct.Live
	state  *conduct.State
	screen conduct.Screen
	boards []meeting.PointID
	soon   map[meeting.PointID]bool // nil: everybody
}

// warm are the points that may soon be on the air.
func (b *orderBook) warm() map[meeting.PointID]bool {
	if len(b.live.Plan().Points) <= small {
		return nil
	}
	s := b.state
	soon := map[meeting.PointID]bool{s.Main: true, s.Floor.Holder(): true, s.Picture.Focus: true}
	for _, r := range s.Floor.Queue[:min(len(s.Floor.Queue), next)] {
		soon[r.Point] = true
	}
	for _, p := range s.Sound.Previews {
		soon[p] = true
	}
	if n := len(s.Floor.Past); n > 0 {
		soon[s.Floor.Past[n-1].Point] = true // its subscribers need not change twice
	}
	return soon
}

// point is the order of one point.
func (b *orderBook) point(p meeting.PointID) air.Order {
	permit := b.live.MayPublish(p)
	offAir := b.listeners(p)
	watching := append(slices.Clone(b.boards), offAir...)
	role := "point"
	if p == b.state.Main {
		role = "main"
		if holder := b.state.Floor.Holder(); holder != "" {
			watching = append(watching, holder) // who speaks sees the hall, not himself
		}
	}
	o := air.Order{
		// The microphone stays published, so that it opens at once.
		Microphone: permit.Camera, Camera: permit.Camera, Screen: permit.Screen,
		Sound:   b.reach(permit.Mic, offAir, b.soon == nil || b.soon[p]),
		Picture: b.reach(permit.Camera && b.shown(p), watching, false),
		Content: b.reach(permit.Screen && b.screen.Content == p, watching, false),
	}
	o.Pointer = b.live.MayPresent(p)
	o.ContentSound = b.reach(permit.Mic && o.Content.Everybody, nil, false)
	switch p {
	case b.state.Floor.Holder():
		o.Precedence = speaks
	case b.state.Main:
		o.Precedence = presides
	}
	mic := "closed"
	switch {
	case permit.Mic && b.called(p):
		o.Mic, mic = air.MicCalled, "open"
	case permit.Mic:
		o.Mic, mic = air.MicFree, "free"
	case len(offAir) > 0 && permit.Camera:
		o.Mic, mic = air.MicCalled, "preview"
	}
	if !permit.Camera { // out of the meeting
		o.Sound, o.Picture, o.Content = air.Reach{}, air.Reach{}, air.Reach{}
	}
	o.Attributes = map[string]string{air.AttributeRole: role, air.AttributeMic: mic}
	return o
}

// board is the order of a board: it listens. Who previews a point may talk to it,
// and to nobody else, for as long as the point is off the air: once it is heard
// by all, its loudspeaker would carry the talk into the meeting (CON-05).
func (b *orderBook) board(id meeting.PointID) air.Order {
	o := air.Order{Pointer: true, Attributes: map[string]string{air.AttributeRole: "board"}}
	for d, p := range b.state.Sound.Previews {
		if permit := b.live.MayPublish(p); air.Board(d) == id && permit.Camera && !permit.Mic {
			o.Microphone, o.Mic = true, air.MicFree
			o.Sound = air.Reach{Only: []meeting.PointID{p}}
		}
	}
	return o
}

// guest is the order of a guest: in free discussion he is heard and seen by all, else the
// boards alone see who listens.
func (b *orderBook) guest() air.Order {
	permit := b.live.VisitorMayPublish()
	o := air.Order{
		Microphone: permit.Camera, Camera: permit.Camera,
		Sound:   b.reach(permit.Mic, nil, b.soon == nil),
		Picture: b.reach(permit.Mic, b.boards, false),
	}
	mic := "closed"
	if permit.Mic {
		o.Mic, mic = air.MicFree, "free"
	}
	o.Attributes = map[string]string{air.AttributeRole: "guest", air.AttributeMic: mic}
	return o
}

// reach is everybody, or those few.
func (b *orderBook) reach(everybody bool, only []meeting.PointID, ready bool) air.Reach {
	if everybody {
		return air.Reach{Everybody: true}
	}
	return air.Reach{Only: only, Ready: ready}
}

// called tells whether the bridge itself opens the microphone: a point that was
// invited, or one where an award is being handed over.
func (b *orderBook) called(p meeting.PointID) bool {
	return p == b.state.Floor.Holder() || p != b.state.Main && b.state.Picture.Ceremony
}

// shown tells whether the point is in the central picture.
func (b *orderBook) shown(p meeting.PointID) bool {
	return slices.ContainsFunc(b.screen.Tiles, func(t conduct.Tile) bool { return t.Point == p })
}

// listeners are the participants at the devices that preview the point: a board,
// or the machine of a point that is operated.
func (b *orderBook) listeners(p meeting.PointID) []meeting.PointID {
	var list []meeting.PointID
	for _, d := range b.live.Listeners(p) {
		if id := air.Board(d); slices.Contains(b.boards, id) {
			list = append(list, id)
		}
		for _, x := range b.live.Plan().Points {
			if b.state.Points[x.ID].Device == d && x.ID != p {
				list = append(list, x.ID)
			}
		}
	}
	return list
}
