package room

import (
	"slices"
	"time"

	"diemcau/meeting"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

// flushAfter is how long changes that nobody waits for are collected, so that
// a hundred points joining at once are told in few messages.
const flushAfter = 100 * time.Millisecond

// keepDepartures is how long a resuming client can still learn of a departure
// that it may have missed.
const (
	keepDepartures = 10 * time.Minute
	maxDepartures  = 2048
)

// board collects what has to be told of participants.
type board struct {
	waiting    []*member
	timer      *time.Timer
	departures []departure
}

type departure struct {
	info *livekit.ParticipantInfo
	at   time.Time
}

// due receives when it is time to flush; nil when nothing waits.
func (b *board) due() <-chan time.Time {
	if b.timer == nil {
		return nil
	}
	return b.timer.C
}

func (b *board) stop() {
	if b.timer != nil {
		b.timer.Stop()
	}
}

// remove forgets that a member has news: it has left.
func (b *board) remove(m *member) {
	b.waiting = slices.DeleteFunc(b.waiting, func(w *member) bool { return w == m })
}

// announce tells everybody how a member looks now: at once when urgent, else
// together with others a moment later.
func (r *Room) announce(m *member, urgent bool) {
	if urgent {
		r.board.remove(m)
		r.tell([]*member{m})
		return
	}
	if !slices.Contains(r.board.waiting, m) {
		r.board.waiting = append(r.board.waiting, m)
	}
	if r.board.timer == nil {
		r.board.timer = time.NewTimer(flushAfter)
	}
}

// flushBoard tells what was collected.
func (r *Room) flushBoard() {
	waiting := r.board.waiting
	r.board.waiting = nil
	r.board.stop()
	r.board.timer = nil
	if len(waiting) > 0 {
		r.tell(waiting)
	}
}

// tell brings every observer up to date on some members.
func (r *Room) tell(about []*member) {
	for _, o := range r.members {
		r.tellOne(o, about)
	}
	for _, m := range about {
		if now := look(m.profile.Info()); m.announced && !m.gone && !m.profile.Grants().Hidden {
			r.settle(m.point, now)
		} else if was := r.sights.common[m.point]; was.sid == now.sid {
			r.settle(m.point, sight{})
		}
	}
}

// look is what remains of a snapshot that was told.
func look(info *livekit.ParticipantInfo) sight { return sight{info.Sid, info.Version} }

// tellOne brings one observer up to date. It always happens before media of the
// members is offered to the observer.
func (r *Room) tellOne(o *member, about []*member) {
	if !o.link.joined {
		return // the Join will say it
	}
	var news []*livekit.ParticipantInfo
	var noted []*member
	for _, m := range about {
		info := m.profile.Info()
		switch {
		case m.gone || o != m && !m.announced:
			continue
		case o != m && m.profile.Grants().Hidden:
			if was, known := r.sights.of(&o.seen, m.point); known {
				news = append(news, r.vanished(m.point, was))
			}
		case r.sights.newer(&o.seen, m.point, look(info)):
			news = append(news, r.before(o, m, info)...)
			noted = append(noted, m)
		}
	}
	if len(news) == 0 || !o.link.send(update(news)) {
		return
	}
	for _, m := range about {
		if o != m && m.profile.Grants().Hidden {
			r.sights.forget(&o.seen, m.point)
		}
	}
	for _, m := range noted {
		r.sights.note(&o.seen, m.point, look(m.profile.Info()))
	}
}

// before is a snapshot, for an old client with the farewell to the session that
// it replaces.
func (r *Room) before(o, m *member, info *livekit.ParticipantInfo) []*livekit.ParticipantInfo {
	was, known := r.sights.of(&o.seen, m.point)
	if known && was.sid != info.Sid && !o.client.IdentityReconnect() && o.client.DisconnectedUpdate() {
		return []*livekit.ParticipantInfo{r.vanished(m.point, was), info}
	}
	return []*livekit.ParticipantInfo{info}
}

// vanished is the farewell to a session of which only the last sight is known.
func (r *Room) vanished(point meeting.PointID, was sight) *livekit.ParticipantInfo {
	info := &livekit.ParticipantInfo{
		Sid:      was.sid,
		Identity: string(point),
		State:    livekit.ParticipantInfo_DISCONNECTED,
		Version:  was.version + 1,
	}
	for _, d := range r.board.departures {
		if d.info.Sid == was.sid {
			info.DisconnectReason = d.info.DisconnectReason
			info.Version = max(info.Version, d.info.Version)
		}
	}
	return info
}

func update(infos []*livekit.ParticipantInfo) *livekit.SignalResponse {
	return &livekit.SignalResponse{Message: &livekit.SignalResponse_Update{
		Update: &livekit.ParticipantUpdate{Participants: infos},
	}}
}

// tellDeparture tells that a member has gone to all who knew of it. One who is
// replaced by a new session of its own has not gone: the next snapshot says
// all. Should that session never appear, its own departure says it.
func (r *Room) tellDeparture(m *member, farewell *livekit.ParticipantInfo, replaced bool) {
	if m.announced && !m.profile.Grants().Hidden {
		r.board.depart(farewell)
	}
	if replaced {
		return
	}
	message := update([]*livekit.ParticipantInfo{farewell})
	for _, o := range r.members {
		was, known := r.sights.of(&o.seen, m.point)
		if !known || !o.link.joined {
			continue
		}
		out := message
		if was.sid != farewell.Sid {
			out = update([]*livekit.ParticipantInfo{r.vanished(m.point, was)})
		}
		if !o.client.DisconnectedUpdate() || o.link.send(out) {
			r.sights.forget(&o.seen, m.point)
		}
		r.tellSpeakers(o)
	}
	r.settle(m.point, sight{})
}

// depart remembers a departure for clients that resume later.
func (b *board) depart(info *livekit.ParticipantInfo) {
	now := time.Now()
	b.departures = slices.DeleteFunc(b.departures, func(d departure) bool { return now.Sub(d.at) > keepDepartures })
	if len(b.departures) >= maxDepartures {
		b.departures = slices.Delete(b.departures, 0, 1)
	}
	b.departures = append(b.departures, departure{info, now})
}

// deafness is how long before its last message a client may already have heard
// nothing: a little more than what it waits for a pong before it gives up.
const deafness = 2 * pingTimeout * time.Second

// tellAll tells a resumed client everything: who is there, and who has left
// about the time it was last heard of. Clients do not compare lists themselves,
// and do not mind to be told twice.
func (r *Room) tellAll(o *member, since time.Time) {
	var infos []*livekit.ParticipantInfo
	here := make(map[meeting.PointID]bool, len(r.members))
	var shown []*member
	r.visible(o, func(m *member) {
		infos = append(infos, m.profile.Info())
		here[m.point] = true
		shown = append(shown, m)
	})
	since = since.Add(-deafness)
	told := make(map[string]bool)
	r.sights.each(&o.seen, func(point meeting.PointID, was sight) {
		if !here[point] {
			infos = append(infos, r.vanished(point, was))
			told[was.sid] = true
		}
	})
	for _, d := range r.board.departures {
		if d.at.After(since) && !d.at.Before(o.times.admitted) && !here[meeting.PointID(d.info.Identity)] && !told[d.info.Sid] {
			infos = append(infos, proto.CloneOf(d.info))
			told[d.info.Sid] = true
		}
	}
	if !o.link.send(update(infos)) {
		return
	}
	o.seen = seen{}
	for _, m := range shown {
		r.sights.note(&o.seen, m.point, look(m.profile.Info()))
	}
	r.sights.follow(&o.seen)
}
