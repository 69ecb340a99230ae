package room

import "diemcau/meeting"

// sight is one snapshot of a participant, as somebody was told of it. The zero sight
// is that of one who is not known.
type sight struct {
	sid     string
	version uint32
}

// sights are what most observers were told last of each participant, kept once for
// all of them: each keeps only what differs. So a large room costs by its size and
// not by the square of it. The zero sights are ready for use; they belong to the
// room's goroutine.
type sights struct {
	common map[meeting.PointID]sight
}

// seen is what one observer was last told of each participant. The zero seen knows
// nobody.
type seen struct {
	follows bool // knows what is common, but for what is its own
	own     map[meeting.PointID]sight
}

// of is what an observer was told of a participant.
func (s *sights) of(o *seen, point meeting.PointID) (was sight, known bool) {
	was, differs := o.own[point]
	if !differs && o.follows {
		was = s.common[point]
	}
	return was, was != sight{}
}

// newer tells whether a snapshot has something that the observer lacks.
func (s *sights) newer(o *seen, point meeting.PointID, now sight) bool {
	was, known := s.of(o, point)
	return !known || was.sid != now.sid || was.version < now.version
}

// note records that an observer was told.
func (s *sights) note(o *seen, point meeting.PointID, now sight) {
	usual := sight{}
	if o.follows {
		usual = s.common[point]
	}
	if now == usual {
		o.drop(point)
		return
	}
	o.keep(point, now)
}

func (o *seen) keep(point meeting.PointID, now sight) {
	if o.own == nil {
		o.own = make(map[meeting.PointID]sight)
	}
	o.own[point] = now
}

// forget records that an observer was told of a departure.
func (s *sights) forget(o *seen, point meeting.PointID) { s.note(o, point, sight{}) }

func (o *seen) drop(point meeting.PointID) {
	delete(o.own, point)
	if len(o.own) == 0 {
		o.own = nil // a map never shrinks
	}
}

// follow has an observer, which was told of everybody, keep only what differs.
func (s *sights) follow(o *seen) {
	if o.follows {
		return
	}
	all := o.own
	*o = seen{follows: true}
	for point := range s.common {
		s.note(o, point, all[point])
	}
	for point, now := range all {
		s.note(o, point, now)
	}
}

// each goes over all that an observer was told of.
func (s *sights) each(o *seen, do func(meeting.PointID, sight)) {
	for point, was := range o.own {
		if (was != sight{}) {
			do(point, was)
		}
	}
	if !o.follows {
		return
	}
	for point, was := range s.common {
		if _, differs := o.own[point]; !differs {
			do(point, was)
		}
	}
}

// settle makes a sight of a participant the common one; the zero sight after it has
// gone. What each observer was told stays as it is.
func (r *Room) settle(point meeting.PointID, now sight) {
	s := &r.sights
	before := s.common[point]
	if before == now {
		return
	}
	for _, m := range r.members {
		o := &m.seen
		if !o.follows {
			continue
		}
		if was, differs := o.own[point]; !differs {
			o.keep(point, before)
		} else if was == now {
			o.drop(point)
		}
	}
	if (now == sight{}) {
		delete(s.common, point)
		return
	}
	if s.common == nil {
		s.common = make(map[meeting.PointID]sight)
	}
	s.common[point] = now
}
