package engine

import (
	"slices"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/clock"
	"diemcau/sfu/history"
	"diemcau/sfu/peerconn"
)

const maxPending = 64 // announced tracks whose SDP has not come

// publisher is the side of a peer that sends to the bridge. It belongs to the
// peer's owner goroutine.
type publisher struct {
	peer    *Peer
	line    *line
	pending []PendingTrack
	up      map[string]*upTrack // by mid
	clock   *clock.Publisher    // of all its tracks, so that they stay together
	pool    *history.Pool
	bound   int64 // the operator's, of what is sent, bit/s; 0 without
	capping *time.Timer
}

// upTrack is an m-section on which the client sends.
type upTrack struct {
	section peerconn.Section
	codecs  []peerconn.Codec // in the order of our answer
	pub     *publication     // nil: not announced yet, or ended by the bridge
	ended   bool             // by the bridge; the section is not matched again
	// detecting: the track goes public with its first packet, which tells the
	// codec.
	detecting bool
	sent      sentQuality
}

func newPublisher(p *Peer) *publisher {
	role := peerconn.Publishing
	if p.settings.Single {
		role = peerconn.Both
	}
	return &publisher{
		peer: p, line: newLine(p, Publisher, role), up: map[string]*upTrack{},
		clock: new(clock.Publisher), pool: new(history.Pool),
	}
}

// publishCodecs are what both the client and the bridge's settings allow.
func (p *Peer) publishCodecs() []string {
	all, own := p.room.engine.config.Codecs, p.settings.PublishCodecs
	if len(all) == 0 {
		return own
	}
	if len(own) == 0 {
		return all
	}
	return slices.DeleteFunc(slices.Clone(own), func(m string) bool {
		return !slices.ContainsFunc(all, func(a string) bool { return strings.EqualFold(a, m) })
	})
}

// offered takes the client's offer and answers it.
func (u *publisher) offered(d SessionDescription) {
	p := u.peer
	sections, err := peerconn.ReadSections(d.SDP)
	if err == nil {
		err = u.line.open()
	}
	var answer string
	if err == nil {
		u.settle(sections)
		answer, err = u.line.conn.Accept(d.SDP, sections, func() { u.shape(sections) })
	}
	if err != nil {
		p.log.Info("a client's offer cannot be used", "error", err)
		p.emit(NegotiationFailed{Reason: "offer: " + err.Error()})
		return
	}
	local := SessionDescription{Type: "answer", ID: d.ID}
	if p.settings.Single {
		local.MidToTrack = p.sub.mids()
	}
	local.SDP = peerconn.Finish(answer, u.audio(), p.sub.stereo())
	p.emit(LocalDescription{Publisher, local})
	u.line.described()
	u.publishAll()
	if p.settings.Single {
		p.sub.single.accepted(sections)
	}
}

// settle brings the table of sections up to date with an offer: tracks whose
// section has ended are closed, and each new sending section is matched.
func (u *publisher) settle(sections []peerconn.Section) {
	for i := range sections {
		s := &sections[i]
		t := u.up[s.Mid]
		sends := s.Sends && !s.Rejected && s.Kind != 0
		switch {
		case t == nil && sends:
			u.up[s.Mid] = &upTrack{section: *s}
		case t != nil && !sends:
			u.drop(s.Mid, t)
		case t != nil && t.replacedBy(s):
			u.drop(s.Mid, t)
			u.up[s.Mid] = &upTrack{section: *s}
		case t != nil:
			u.reroute(t, s)
		}
	}
	u.match()
}

// replacedBy tells whether a section now carries another track: its name and its
// streams have changed. A new name alone may be the same camera.
func (t *upTrack) replacedBy(s *peerconn.Section) bool {
	if t.section.Track == s.Track {
		return false
	}
	return len(s.SSRCs) == 0 && len(t.section.SSRCs) == 0 || !slices.Equal(s.SSRCs, t.section.SSRCs)
}

// match joins sections with the tracks that were announced: by the msid track
// id, and what is left by kind, the oldest first (browsers that make ids of
// their own).
func (u *publisher) match() {
	open := u.unmatched()
	for _, t := range open {
		if i := slices.IndexFunc(u.pending, func(e PendingTrack) bool { return slices.Contains(e.CIDs, t.section.Track) }); i >= 0 {
			u.assign(t, i)
		}
	}
	for _, t := range u.unmatched() {
		if i := slices.IndexFunc(u.pending, func(e PendingTrack) bool { return e.Kind == t.section.Kind }); i >= 0 {
			u.assign(t, i)
		}
	}
}

// unmatched are the sections without an announced track, in the order of mids.
func (u *publisher) unmatched() []*upTrack {
	var list []*upTrack
	for _, t := range u.up {
		if t.pub == nil && !t.ended {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *upTrack) int {
		if d := len(a.section.Mid) - len(b.section.Mid); d != 0 {
			return d
		}
		return strings.Compare(a.section.Mid, b.section.Mid)
	})
	return list
}

func (u *publisher) assign(t *upTrack, i int) {
	t.pub = &publication{id: u.pending[i].ID, publisher: u.peer, track: u.pending[i]}
	u.pending = slices.Delete(u.pending, i, i+1)
}

// shape orders the codecs of the answer, while it can still be done.
func (u *publisher) shape(sections []peerconn.Section) {
	for i := range sections {
		s := &sections[i]
		if t := u.up[s.Mid]; t != nil {
			t.codecs = u.line.conn.Prefer(s, u.preference(t))
		}
	}
	if u.peer.settings.Single {
		u.peer.sub.single.attach(sections)
	}
}

func (u *publisher) preference(t *upTrack) peerconn.Preference {
	p := peerconn.Preference{Allowed: u.peer.publishCodecs()}
	if t.pub == nil {
		return p
	}
	p.MIME = t.pub.track.MIME
	p.RED = t.section.Kind == sfu.Audio && !t.pub.track.DisableRED && !t.pub.track.Encrypted
	p.Only = u.peer.settings.Browser == Firefox && t.section.Kind == sfu.Video && p.MIME != ""
	return p
}

// audio are the Opus parameters of the answer by mid.
func (u *publisher) audio() map[string]peerconn.Audio {
	list := map[string]peerconn.Audio{}
	for mid, t := range u.up {
		if t.section.Kind == sfu.Audio {
			list[mid] = peerconn.Audio{DTX: true}
			if t.pub != nil {
				list[mid] = peerconn.Audio{DTX: !t.pub.track.DisableDTX, Stereo: t.pub.track.Stereo}
			}
		}
	}
	return list
}

// expect takes the announcement of a track. Its section may be there already.
func (u *publisher) expect(e PendingTrack) {
	if len(u.pending) >= maxPending {
		return
	}
	u.pending = append(u.pending, e)
	u.match()
	u.publishAll()
}

// giveUp forgets an announcement that nothing has come of.
func (u *publisher) giveUp(id meeting.TrackID) {
	before := len(u.pending)
	u.pending = slices.DeleteFunc(u.pending, func(e PendingTrack) bool { return e.ID == id })
	if len(u.pending) < before {
		u.peer.emit(Unpublished{id})
	} else if t := u.find(id); t != nil && t.pub.source == nil {
		u.peer.emit(Found{id})
	}
}

// publishAll makes matched sections public.
func (u *publisher) publishAll() {
	for _, t := range u.up {
		switch {
		case t.pub == nil || t.pub.source != nil || len(t.codecs) == 0:
		case t.undecided():
			u.detect(t)
		case !t.detecting:
			u.publish(t)
		}
	}
}

// drop ends a section and the track on it.
func (u *publisher) drop(mid string, t *upTrack) {
	delete(u.up, mid)
	u.unroute(t)
	if t.pub != nil {
		u.retire(t.pub)
		u.peer.emit(Unpublished{t.pub.id})
	}
}

// retire takes a publication out of the room and closes its source.
func (u *publisher) retire(pub *publication) {
	for _, peer := range u.peer.room.registry.remove(pub) {
		peer.post(func() { peer.sub.gone(pub) })
	}
	if pub.source != nil {
		pub.source.Close()
		u.peer.room.account.removeSource(pub.source)
	}
}

func (u *publisher) find(id meeting.TrackID) *upTrack {
	for _, t := range u.up {
		if t.pub != nil && t.pub.id == id {
			return t
		}
	}
	return nil
}

func (u *publisher) mute(id meeting.TrackID, muted bool) {
	for i := range u.pending {
		if u.pending[i].ID == id {
			u.pending[i].Muted = muted
		}
	}
	if t := u.find(id); t != nil {
		t.pub.track.Muted = muted
		if t.pub.source != nil {
			t.pub.source.SetMuted(muted)
		}
	}
}

func (u *publisher) address(id meeting.TrackID, a Audience) {
	for i := range u.pending {
		if u.pending[i].ID == id {
			u.pending[i].Audience = a
		}
	}
	if t := u.find(id); t != nil {
		t.pub.track.Audience = a
		if t.pub.source != nil {
			t.pub.source.SetAudience(a.peers())
		}
	}
}

// unpublish ends a track from the bridge's side. The client takes its section
// away later.
func (u *publisher) unpublish(id meeting.TrackID) {
	u.pending = slices.DeleteFunc(u.pending, func(e PendingTrack) bool { return e.ID == id })
	if t := u.find(id); t != nil {
		u.unroute(t)
		u.retire(t.pub)
		t.pub, t.ended = nil, true
	}
}

func (u *publisher) close() {
	u.line.close()
	for _, t := range u.up {
		if t.pub != nil {
			u.retire(t.pub)
		}
	}
}
