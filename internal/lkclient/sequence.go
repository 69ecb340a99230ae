package lkclient

// window is how far behind the newest a late packet is still counted.
const window = 4096

// sequence counts what arrived and what is missing of one RTP stream. It is
// pure; packets may be late or come twice.
type sequence struct {
	started bool
	first   uint64
	highest uint64 // unwrapped
	unique  uint64
	twice   uint64
	seen    [window / 64]uint64 // a bit per sequence number modulo window
}

// add takes a sequence number as on the wire and returns it unwrapped. fresh is
// false for a packet that came before.
func (s *sequence) add(n uint16) (full uint64, fresh bool) {
	if !s.started {
		s.started = true
		s.first = uint64(n) + 1<<16 // room for packets older than the first
		s.highest = s.first
		s.unique = 1
		s.mark(s.first)
		return s.first, true
	}
	full = s.highest + uint64(int64(int16(n-uint16(s.highest)))) // RFC 3550 A.1: nearest to the highest
	switch {
	case full > s.highest:
		s.forget(full)
		s.highest = full
	case s.highest-full >= window || s.seen[full%window/64]&(1<<(full%64)) != 0:
		s.twice++
		return full, false
	case full < s.first:
		s.first = full
	}
	s.unique++
	s.mark(full)
	return full, true
}

func (s *sequence) mark(full uint64) { s.seen[full%window/64] |= 1 << (full % 64) }

// forget clears the bits between the highest and its successor.
func (s *sequence) forget(next uint64) {
	if next-s.highest >= window {
		s.seen = [window / 64]uint64{}
		return
	}
	for n := s.highest + 1; n <= next; n++ {
		s.seen[n%window/64] &^= 1 << (n % 64)
	}
}

// expected is the span from the first to the highest number.
func (s *sequence) expected() uint64 {
	if !s.started {
		return 0
	}
	return s.highest - s.first + 1
}

// lost is how many of the expected never came. The newest few may yet arrive.
func (s *sequence) lost() uint64 { return s.expected() - s.unique }
