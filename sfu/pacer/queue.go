package pacer

// item is a packet that waits.
type item struct {
	buffer  *[maxPacket]byte
	at      int64
	length  int16
	padding uint8
	again   bool
}

const maxPacket = 1600

// queue holds packets in the order in which they came.
type queue struct {
	items []item
	head  int
	bytes int
}

// front is what goes next, nil if nothing waits.
func (q *queue) front() *item {
	if q.head == len(q.items) {
		return nil
	}
	return &q.items[q.head]
}

func (q *queue) push(i item) {
	if q.head > 64 && q.head*2 > len(q.items) {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	q.items = append(q.items, i)
	q.bytes += int(i.length)
}

func (q *queue) pop() item {
	i := q.items[q.head]
	q.items[q.head] = item{}
	q.bytes -= int(i.length)
	if q.head++; q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	return i
}
