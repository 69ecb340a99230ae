package red

// MaxDepth is how many earlier packets a packet can carry.
const MaxDepth = 2

// maxPayload keeps packets below every path's limit, for sound must not be the
// first thing to be fragmented.
const maxPayload = 1100

// Encoder makes redundant audio from the packets of one source. One goroutine.
type Encoder struct {
	pt    uint8
	depth int
	past  [MaxDepth]past // oldest first
	begun bool
	last  uint32 // newest timestamp
}

type past struct {
	timestamp uint32
	length    int
	payload   [maxLength]byte
}

// NewEncoder returns an Encoder for sound of the given payload type that
// repeats each packet depth times, at least 1 and at most MaxDepth.
func NewEncoder(pt uint8, depth int) *Encoder {
	return &Encoder{pt: pt & 0x7f, depth: max(1, min(depth, MaxDepth))}
}

// Depth is how often each packet is repeated.
func (e *Encoder) Depth() int { return e.depth }

// Encode writes the payload to send for a packet to dst and returns its length,
// at most len(payload) + 1 + MaxDepth*(4+1023), or 0 if dst is too short. Late
// packets go out without earlier sound and are not repeated.
func (e *Encoder) Encode(dst, payload []byte, timestamp uint32) int {
	late := e.begun && int32(timestamp-e.last) <= 0
	first := MaxDepth
	total := lastHeader + len(payload)
	for first > MaxDepth-e.depth && !late {
		p := &e.past[first-1]
		offset := timestamp - p.timestamp
		size := blockHeader + p.length
		if p.length == 0 || offset > maxOffset || total+size > maxPayload {
			break
		}
		total += size
		first--
	}
	if len(dst) < total {
		return 0
	}
	e.write(dst, payload, timestamp, first)
	if !late {
		e.remember(payload, timestamp)
	}
	return total
}

func (e *Encoder) write(dst, payload []byte, timestamp uint32, first int) {
	at := 0
	for i := first; i < MaxDepth; i++ {
		p := &e.past[i]
		offset := timestamp - p.timestamp
		dst[at] = 0x80 | e.pt
		dst[at+1] = byte(offset >> 6)
		dst[at+2] = byte(offset<<2) | byte(p.length>>8)
		dst[at+3] = byte(p.length)
		at += blockHeader
	}
	dst[at] = e.pt
	at += lastHeader
	for i := first; i < MaxDepth; i++ {
		p := &e.past[i]
		at += copy(dst[at:], p.payload[:p.length])
	}
	copy(dst[at:], payload)
}

func (e *Encoder) remember(payload []byte, timestamp uint32) {
	older, newer := &e.past[0], &e.past[1]
	older.timestamp, older.length = newer.timestamp, newer.length
	copy(older.payload[:], newer.payload[:newer.length])
	newer.timestamp, newer.length = timestamp, 0 // too long: cannot be repeated
	if len(payload) <= maxLength {
		newer.length = copy(newer.payload[:], payload)
	}
	e.begun, e.last = true, timestamp
}
