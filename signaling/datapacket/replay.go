package datapacket

import (
	"time"

	"diemcau/meeting"
)

// Bounds of the replay cache. A client that resumes, or whose channel opens
// late, gets what it missed within KeepFor.
const (
	KeepFor  = 2 * time.Second
	maxBytes = 32 << 20 // per room; the oldest go first
)

// Replay keeps a room's reliable packets for a short while.
type Replay struct {
	kept  []kept
	bytes int
}

type kept struct {
	packet *Packet
	at     time.Time
}

// Keep stores a reliable packet and forgets old ones.
func (r *Replay) Keep(p *Packet, now time.Time) {
	r.kept = append(r.kept, kept{p, now})
	r.bytes += len(p.Payload)
	r.Forget(now)
}

// Forget drops what is too old or too much.
func (r *Replay) Forget(now time.Time) {
	n := 0
	for n < len(r.kept) && (r.bytes > maxBytes || now.Sub(r.kept[n].at) > KeepFor) {
		r.bytes -= len(r.kept[n].packet.Payload)
		r.kept[n] = kept{}
		n++
	}
	r.kept = r.kept[n:]
	if len(r.kept) == 0 {
		r.kept = nil // let the grown array go
	}
}

// Since calls give with the kept packets that were sent after a time, oldest
// first.
func (r *Replay) Since(after, now time.Time, give func(*Packet)) {
	r.Forget(now)
	for _, k := range r.kept {
		if k.at.After(after) {
			give(k.packet)
		}
	}
}

// Missed calls give with the kept packets that are newer than what a client
// says it has seen of each sender, oldest first. Senders that it does not name
// are left out.
func (r *Replay) Missed(seen map[meeting.SessionID]uint32, now time.Time, give func(*Packet)) {
	r.Forget(now)
	for _, k := range r.kept {
		if last, named := seen[k.packet.From]; named && k.packet.Sequence > last {
			give(k.packet)
		}
	}
}

// Nonces remembers the marks of messages that came by the server API, so that
// a retried request is not sent twice.
type Nonces struct {
	seen map[string]time.Time
}

// nonceLife is how long a mark is remembered.
const nonceLife = time.Minute

// First reports whether the mark is new. An empty one always is.
func (n *Nonces) First(nonce []byte, now time.Time) bool {
	if len(nonce) == 0 {
		return true
	}
	for k, at := range n.seen {
		if now.Sub(at) > nonceLife {
			delete(n.seen, k)
		}
	}
	if _, known := n.seen[string(nonce)]; known {
		return false
	}
	if n.seen == nil {
		n.seen = make(map[string]time.Time)
	}
	n.seen[string(nonce)] = now
	return true
}
