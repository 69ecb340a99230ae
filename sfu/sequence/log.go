package sequence

// Sent is what a Log remembers of a packet that went out.
type Sent[P any] struct {
	Source    uint64 // unwrapped sequence number at the source, 0 if made by the bridge
	Answered  int64  // ns, when it was sent again last, or first
	Timestamp uint32 // as sent
	out       uint32 // low bits of the output number
	Layer     uint8
	Tries     uint8 // times that it was sent again
	Marker    bool  // as sent
	Patch     P     // how the payload was changed
}

// Log remembers the last packets that went out, by their output number, so that
// a retransmission request can be answered with the very same bytes. It takes
// no memory before the first packet. P is a small value without pointers.
type Log[P any] struct {
	entries []Sent[P]
	depth   int // a power of two
}

// NewLog returns a log of depth packets, rounded up to a power of two.
func NewLog[P any](depth int) Log[P] {
	size := 1
	for size < depth {
		size *= 2
	}
	return Log[P]{depth: size}
}

// Add remembers the packet sent as out, in place of the one depth before it.
func (l *Log[P]) Add(out uint64, s Sent[P]) {
	if l.entries == nil {
		l.entries = make([]Sent[P], l.depth)
	}
	s.out = uint32(out) // the low bits are enough to tell laps apart
	l.entries[out&uint64(l.depth-1)] = s
}

// Has tells whether something was sent as out, of late.
func (l *Log[P]) Has(out uint64) bool {
	return l.entries != nil && l.entries[out&uint64(l.depth-1)].out == uint32(out) // low bits
}

// Find returns what was sent under a 16-bit number, where last is the highest
// output number so far. The result is valid until the next Add; nil if unknown.
func (l *Log[P]) Find(number uint16, last uint64) *Sent[P] {
	behind := uint64(uint16(last) - number)
	if l.entries == nil || behind >= uint64(l.depth) || behind >= last {
		return nil
	}
	out := last - behind
	e := &l.entries[out&uint64(l.depth-1)]
	if e.out != uint32(out) || e.Source == 0 { // low bits again
		return nil
	}
	return e
}
