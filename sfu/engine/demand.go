package engine

import (
	"math"
	"time"

	"diemcau/meeting"
	"diemcau/sfu"
	"diemcau/sfu/allocate"
)

// lowerAfter is how long a layer may be without a receiver before its publisher
// is told: a view that is scrolled away often comes back.
const lowerAfter = 5 * time.Second

// demand tells a publisher which of a track's layers have a receiver, so that it
// need not encode the others. It belongs to the publishing peer's owner.
type demand struct {
	announced int // highest wanted layer as told last; nobody is -1
	told      bool
	lowering  *time.Timer
	layers    [allocate.MaxSpatial]layerRate // what each takes; of bounded uplinks
}

// nobody is the wanted layer of a receiver that wants nothing now, highest that
// of one that takes the best there is.
const (
	nobody  = -1
	highest = math.MaxInt
)

// want notes the highest layer that a peer wants of a track, and has the
// publisher think again.
func (s *subscriber) want(pub *publication, top int) {
	if pub.track.Kind != sfu.Video {
		return
	}
	s.peer.room.registry.want(pub, s.peer, top)
	publisher := pub.publisher
	publisher.post(func() { publisher.pub.demanded(pub) })
}

// Record says whether a track is recorded: a recorder counts as a receiver of the
// best layer, so that the publisher goes on encoding it. Unknown tracks are
// ignored.
func (r *Room) Record(id meeting.TrackID, on bool) {
	pub := r.registry.record(id, on)
	if pub == nil || pub.track.Kind != sfu.Video {
		return
	}
	pub.publisher.post(func() { pub.publisher.pub.demanded(pub) })
}

// demanded compares what is wanted with what the publisher knows: more is told
// at once, less after a while.
func (u *publisher) demanded(pub *publication) {
	d := &pub.demand
	if u.find(pub.id) == nil {
		return
	}
	top := min(u.peer.room.registry.wanted(pub), u.affordable(pub))
	switch {
	case top == d.announced && d.told:
		u.calmed(d)
	case top > d.announced || !d.told && top != nobody:
		u.calmed(d)
		u.announce(pub, top)
	case d.lowering == nil:
		d.lowering = u.peer.after(lowerAfter, func() {
			d.lowering = nil
			if u.find(pub.id) == nil {
				return
			}
			if now := min(u.peer.room.registry.wanted(pub), u.affordable(pub)); now < d.announced || !d.told {
				u.announce(pub, now)
			}
		})
	}
}

func (u *publisher) calmed(d *demand) {
	if d.lowering != nil {
		d.lowering.Stop()
		d.lowering = nil
	}
}

func (u *publisher) announce(pub *publication, top int) {
	pub.demand.announced, pub.demand.told = top, true
	layers := make([]bool, len(pub.source.Info().Layers))
	for i := range layers {
		layers[i] = i <= top
	}
	u.peer.emit(QualitiesWanted{ID: pub.id, MIME: pub.mime, Layers: layers})
}
