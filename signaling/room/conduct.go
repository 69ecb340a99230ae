package room

import (
	"maps"
	"slices"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/signaling"
	"diemcau/signaling/publication"

	"github.com/livekit/protocol/livekit"
)

// reminders is how often a client is told that its microphone is closed while
// it says that it is open: one that is just publishing does not listen yet.
const reminders = 6

// farewell is how long what the meeting told last still stands in a room that it gave
// back: whoever is in it reads that the meeting was called off.
const farewell = time.Minute

// Obey replaces the orders of the meeting; without orders, nil, the room is nobody's
// again. It does not wait.
func (r *Room) Obey(o *air.Orders) {
	r.post(func() {
		if o == nil {
			r.free()
			return
		}
		r.obey(o)
	})
}

// free takes back what the meeting ordered: everybody in the room is heard and seen as
// the token says. The next meeting is told anew who is there.
func (r *Room) free() {
	if r.orders == nil {
		return
	}
	r.orders, r.freed = nil, time.Now()
	var news []*member
	for _, m := range r.members {
		m.order = nil
		m.profile.Unlimit()
		m.profile.SetReserved(nil)
		m.profile.Changed()
		r.setLine(m)
		r.board.remove(m)
		news = append(news, m)
	}
	for _, m := range news {
		for _, t := range m.tracks.All() {
			m.peer.SetAudience(t.ID(), signaling.Audience{})
			r.air(m, t)
			for _, o := range r.members {
				r.reconcile(o, t.ID())
			}
		}
	}
	r.tell(news)
}

// tickFarewell takes down what a meeting told that gave the room back.
func (r *Room) tickFarewell(now time.Time) {
	if r.freed.IsZero() || now.Sub(r.freed) < farewell {
		return
	}
	r.freed = time.Time{}
	r.face.room.Metadata = ""
	r.tellRoom(true)
}

// obey brings everybody under the new orders: first who becomes silent, then
// the others, so that no two are on the air by accident.
func (r *Room) obey(o *air.Orders) {
	first := r.orders == nil
	r.orders, r.freed = o, time.Time{}
	var news, later []*member
	for _, m := range r.members {
		next := o.For(m.point)
		if m.order != nil && next.Sound.Everybody && !m.order.Sound.Everybody {
			later = append(later, m)
			continue
		}
		if r.command(m, next) {
			news = append(news, m)
		}
	}
	for _, m := range later {
		if r.command(m, o.For(m.point)) {
			news = append(news, m)
		}
	}
	for _, m := range news {
		m.profile.Changed()
		r.board.remove(m)
	}
	r.face.room.Metadata = o.State
	r.tellRoom(true)
	if len(news) > 0 {
		r.tell(news)
	}
	if first {
		r.introduce()
	}
}

// Expel ends the sessions of a point, its second connections too.
func (r *Room) Expel(point meeting.PointID) {
	r.post(func() {
		for _, m := range r.members {
			if air.BaseOf(m.point) == point {
				r.remove(m, ending{reason: livekit.DisconnectReason_PARTICIPANT_REMOVED, action: livekit.LeaveRequest_DISCONNECT})
			}
		}
	})
}

// ExpelDevice ends all sessions of a machine, whatever it is in the room.
func (r *Room) ExpelDevice(device meeting.DeviceID) {
	r.post(func() {
		for _, m := range r.members {
			if m.guest().Device == device {
				r.remove(m, ending{reason: livekit.DisconnectReason_PARTICIPANT_REMOVED, action: livekit.LeaveRequest_DISCONNECT})
			}
		}
	})
}

// introduce tells a meeting that has just begun who is in its room already.
func (r *Room) introduce() {
	for _, m := range r.members {
		if m.active() {
			r.report(m, air.Arrived{Guest: m.guest()})
		}
	}
}

// command puts one member under an order. It reports whether others see it.
func (r *Room) command(m *member, next *air.Order) bool {
	was := m.order
	changed := false
	if was == nil {
		was = &air.Order{Mic: air.MicFree}
		changed = m.profile.Conduct(next.Name, signaling.HandAttribute)
	}
	m.order = next
	r.setLine(m)
	changed = m.profile.Limit(sources(next)) || changed
	changed = m.profile.SetReserved(next.Attributes) || changed
	for _, t := range m.tracks.All() {
		switch {
		case !m.profile.Grants().GetCanPublishSource(t.Source()):
			r.withdraw(m, t)
			continue
		case isMicrophone(t):
			changed = r.commandMic(m, t, was.Mic, next.Mic) || changed
		}
		changed = r.air(m, t) || changed
		for _, o := range r.members {
			r.reconcile(o, t.ID())
		}
	}
	return changed
}

// commandMic opens or closes a microphone at the client.
func (r *Room) commandMic(m *member, t *publication.Track, was, next air.Mic) bool {
	switch {
	case next == air.MicCalled && was != air.MicCalled:
		m.bid(t, false)
		return t.SetOwnMute(false)
	case next != was && (next == air.MicClosed || was == air.MicCalled):
		m.bid(t, true)
		return t.SetOwnMute(true)
	}
	return false
}

// sources are what a member may publish under an order.
func sources(o *air.Order) []livekit.TrackSource {
	var list []livekit.TrackSource
	if o.Camera {
		list = append(list, livekit.TrackSource_CAMERA)
	}
	if o.Microphone {
		list = append(list, livekit.TrackSource_MICROPHONE)
	}
	if o.Screen {
		list = append(list, livekit.TrackSource_SCREEN_SHARE, livekit.TrackSource_SCREEN_SHARE_AUDIO)
	}
	return list
}

func isMicrophone(t *publication.Track) bool {
	return t.Kind() == livekit.TrackType_AUDIO && t.Source() != livekit.TrackSource_SCREEN_SHARE_AUDIO
}

// reach is who gets a track by the orders. A picture that calls itself a
// microphone is still a picture.
func (m *member) reach(t *publication.Track) air.Reach {
	switch sound := t.Kind() == livekit.TrackType_AUDIO; {
	case m.order == nil:
		return air.Reach{Everybody: true}
	case sound && t.Source() == livekit.TrackSource_SCREEN_SHARE_AUDIO:
		return m.order.ContentSound
	case sound:
		return m.order.Sound
	case t.Source() == livekit.TrackSource_SCREEN_SHARE:
		return m.order.Content
	}
	return m.order.Picture
}

// invited tells whether a reach lets a member subscribe.
func (m *member) invited(to air.Reach) bool {
	return to.Everybody || to.Ready || slices.Contains(to.Only, m.point)
}

// audience are the sessions that get a track's packets now.
func (r *Room) audience(to air.Reach) signaling.Audience {
	if to.Everybody {
		return signaling.Audience{}
	}
	a := signaling.Audience{Limited: true}
	for _, point := range to.Only {
		if o := r.members[point]; o != nil {
			a.Only = append(a.Only, o.id)
		}
	}
	return a
}

// air makes the bridge pass a track on, or drop it at its source, as the orders
// and the publisher's own wish say. It reports whether others see a change.
func (r *Room) air(m *member, t *publication.Track) bool {
	to := m.reach(t)
	changed := false
	if t.Kind() == livekit.TrackType_AUDIO {
		changed = t.SetBarred(to.Nobody())
	}
	changed = t.Settle(time.Now()) || changed
	audience := r.audience(to)
	if t.Muted() {
		m.peer.SetMuted(t.ID(), true)
		r.speakers.Drop(m.id, t.ID())
	}
	if m.order != nil {
		m.peer.SetAudience(t.ID(), audience)
	}
	if !t.Muted() {
		m.peer.SetMuted(t.ID(), false)
	}
	return changed && t.Published()
}

// attend puts a new member under the orders, and gives it the tracks that name
// it.
func (r *Room) attend(m *member) {
	if r.orders == nil {
		r.setLine(m)
		return
	}
	m.order = r.orders.For(m.point)
	r.setLine(m)
	m.profile.Conduct(m.order.Name, signaling.HandAttribute)
	m.profile.Limit(sources(m.order))
	m.profile.SetReserved(m.order.Attributes)
	for _, o := range r.members {
		for _, t := range o.tracks.All() {
			if slices.Contains(o.reach(t).Only, m.point) {
				r.air(o, t)
			}
		}
	}
}

// share is what a member has of its own line, bit/s each way, and of others'.
type share struct {
	down, up   int64
	precedence uint32
}

// setLine gives the media plane the budget of a member's line, the meeting's or
// else the operator's for everybody, and the place of its pictures.
func (r *Room) setLine(m *member) {
	const kilobit = 1000
	down, up := r.settings.Policy.LineDown, r.settings.Policy.LineUp
	precedence := uint32(0)
	if o := m.order; o != nil {
		precedence = o.Precedence
		if o.Line.Down > 0 {
			down = int64(o.Line.Down) * kilobit
		}
		if o.Line.Up > 0 {
			up = int64(o.Line.Up) * kilobit
		}
	}
	next := share{down, up, precedence}
	if m.share == next {
		return
	}
	m.share = next
	m.peer.SetLine(down, up)
	m.peer.SetPrecedence(precedence)
}

// remind tells clients again that their microphone is closed, or open.
func (r *Room) remind(m *member) {
	if m.order == nil {
		return
	}
	for _, t := range m.tracks.Published() {
		switch {
		case !isMicrophone(t):
		case m.order.Mic == air.MicClosed && t.Remind(reminders):
			m.bid(t, true)
		case m.order.Mic == air.MicCalled && t.Calling():
			m.bid(t, false)
		}
	}
}

// guest is a member as the meeting knows it.
func (m *member) guest() air.Guest {
	return guestOf(m.point, m.params.Claims.Attributes, m.profile.Dependent())
}

func guestOf(point meeting.PointID, token map[string]string, machine bool) air.Guest {
	return air.Guest{Point: point, Device: meeting.DeviceID(token[air.AttributeDevice]), Machine: machine}
}

// report tells the meeting. Second connections of a point and machines are not
// its business.
func (r *Room) report(m *member, e air.Report) {
	if r.settings.Report != nil && m.params.PublishSuffix == "" && !m.profile.Dependent() {
		r.settings.Report(r.settings.ID, e)
	}
}

// own leaves what a client may say of itself.
func own(attributes map[string]string) map[string]string {
	kept := maps.Clone(attributes)
	maps.DeleteFunc(kept, func(k, _ string) bool { return air.IsReserved(k) })
	return kept
}

// raised tells the meeting of a hand, if the change has one.
func (r *Room) raised(m *member, attributes map[string]string) {
	topic, said := attributes[signaling.HandAttribute]
	if said {
		r.report(m, air.Hand{Guest: m.guest(), Topic: strings.TrimSpace(topic), Up: topic != ""})
	}
}

// sharing tells the meeting of a shared screen.
func (r *Room) sharing(m *member, t *publication.Track, on bool) {
	if t.Source() == livekit.TrackSource_SCREEN_SHARE {
		r.report(m, air.Sharing{Guest: m.guest(), On: on})
	}
}
