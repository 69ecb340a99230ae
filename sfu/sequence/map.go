package sequence

// spanLimit bounds how many stretches between drops a Map remembers. Dropping
// every second picture of a 30 Hz stream makes 15 stretches a second.
const spanLimit = 64

// span is a stretch of source numbers that share one offset. Numbers from stop
// to the start of the next span were dropped.
type span struct {
	start, stop uint64 // source numbers, stop exclusive
	offset      uint64 // output = source - offset, modulo 2^64
}

// Map turns the sequence numbers of a source layer into those of one
// subscriber. What is lost before the source stays a hole, so that the
// subscriber asks for it; what is dropped on purpose leaves none.
//
// The zero value gives 1 as its first number; Reset chooses another.
type Map struct {
	spans   []span // ring once it has grown to spanLimit; newest at head
	head    int
	highest uint64 // source
	last    uint64 // output: highest that was given
	started bool
}

// Reset makes first the next output number, if nothing was given yet.
func (m *Map) Reset(first uint64) {
	if m.last == 0 && first > 0 {
		m.last = first - 1
	}
}

// Started tells whether a run has begun.
func (m *Map) Started() bool { return m.started }

// Last returns the highest output number given so far.
func (m *Map) Last() uint64 { return m.last }

// Highest returns the highest source number of the run.
func (m *Map) Highest() uint64 { return m.highest }

// Begin starts a new run at source number seq, which the caller forwards: it
// follows what was sent last without a gap. Numbers before seq are unknown
// from now on. It returns seq's output number.
func (m *Map) Begin(seq uint64) uint64 {
	m.spans, m.head, m.started = m.spans[:0], 0, true
	m.last++
	m.push(span{start: seq, stop: ^uint64(0), offset: seq - m.last})
	m.highest = seq
	return m.last
}

// End forgets the run; the next one begins with Begin.
func (m *Map) End() { m.started = false }

// Forward returns the output number of seq. It reports false when seq lies
// before the run or what is remembered of it, or was dropped.
func (m *Map) Forward(seq uint64) (uint64, bool) {
	if !m.started {
		return 0, false
	}
	if seq > m.highest {
		m.highest = seq
		m.last = seq - m.newest().offset
		return m.last, true
	}
	for i := range m.spans {
		s := &m.spans[(m.head-i+len(m.spans))%len(m.spans)]
		if seq >= s.start {
			return seq - s.offset, seq < s.stop
		}
	}
	return 0, false
}

// Drop takes seq out of the numbering. It reports false when seq came so late
// that its place has been passed: the subscriber will see a hole there.
func (m *Map) Drop(seq uint64) bool {
	if !m.started || seq <= m.highest {
		return false
	}
	m.highest = seq
	s := m.newest()
	m.last = seq - 1 - s.offset // what is missing before seq keeps its places
	if s.start == seq {         // a drop right behind a drop: the span is still empty
		s.start++
		s.offset++
		return true
	}
	s.stop = seq
	m.push(span{start: seq + 1, stop: ^uint64(0), offset: s.offset + 1})
	return true
}

// Insert gives an output number to a packet of the bridge's own, after
// everything that was sent.
func (m *Map) Insert() uint64 {
	m.last++
	if !m.started {
		return m.last
	}
	s := m.newest()
	if s.start == m.highest+1 {
		s.offset--
		return m.last
	}
	s.stop = m.highest + 1
	m.push(span{start: m.highest + 1, stop: ^uint64(0), offset: s.offset - 1})
	return m.last
}

func (m *Map) newest() *span { return &m.spans[m.head] }

func (m *Map) push(s span) {
	if len(m.spans) < spanLimit {
		m.spans = append(m.spans, s)
		m.head = len(m.spans) - 1
		return
	}
	m.head = (m.head + 1) % spanLimit
	m.spans[m.head] = s
}
