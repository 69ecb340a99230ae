package layer

// memorySize is how many pictures back a late packet may belong to and still
// get the answer that its picture got.
const memorySize = 64

// memory keeps the answers of the last pictures by a key that all packets of a
// picture share: the RTP timestamp, or the frame number.
type memory[T any] struct {
	keys    [memorySize]uint32
	answers [memorySize]T
	next    uint8
	count   uint8
}

func (m *memory[T]) put(key uint32, answer T) {
	m.keys[m.next], m.answers[m.next] = key, answer
	m.next = (m.next + 1) % memorySize
	m.count = min(m.count+1, memorySize)
}

// recent is how far back a packet in order is looked for: beyond the newest
// picture only past those that came late in between.
const recent = 4

// get returns the answer for a key, nil if there is none. The pointer is valid
// until the next put.
func (m *memory[T]) get(key uint32, late bool) *T {
	at, depth := m.next, m.count
	if !late {
		depth = min(depth, recent)
	}
	for range depth {
		at = (at + memorySize - 1) % memorySize
		if m.keys[at] == key {
			return &m.answers[at]
		}
	}
	return nil
}
