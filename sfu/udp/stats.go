package udp

import "sync/atomic"

// Stats is what a Conn has done since Listen. All fields only grow.
type Stats struct {
	QueuedPackets uint64 // RTP packets taken by WriteTo
	SentPackets   uint64 // RTP packets given to the kernel, in trains or alone
	SentBytes     uint64 // their UDP payload
	SendCalls     uint64 // system calls that sent them
	Trains        uint64 // messages of two packets and more, cut up by the kernel
	RefusedTrains uint64 // trains that kernel or card refused: sent packet by packet
	LateFlushes   uint64 // times the safety flusher sent what nobody had flushed

	DirectPackets uint64 // STUN, DTLS, RTCP: sent at once
	DirectBytes   uint64

	ReceivedPackets uint64
	ReceivedBytes   uint64
	ReceiveCalls    uint64 // system calls that fetched them, empty ones included

	FullQueues uint64 // packets that found the queue full, so that their writer sent it first

	DroppedBlocked   uint64 // packets: the socket stayed full for 5 ms
	DroppedError     uint64 // packets: the kernel refused them (no route, firewall, ...)
	DroppedTruncated uint64 // received packets longer than any that belong here
	DroppedInput     uint64 // received packets: the socket's buffer was full (Linux only)
}

// add sums the counters of several sockets.
func (s *Stats) add(o Stats) {
	s.QueuedPackets += o.QueuedPackets
	s.SentPackets += o.SentPackets
	s.SentBytes += o.SentBytes
	s.SendCalls += o.SendCalls
	s.Trains += o.Trains
	s.RefusedTrains += o.RefusedTrains
	s.LateFlushes += o.LateFlushes
	s.DirectPackets += o.DirectPackets
	s.DirectBytes += o.DirectBytes
	s.ReceivedPackets += o.ReceivedPackets
	s.ReceivedBytes += o.ReceivedBytes
	s.ReceiveCalls += o.ReceiveCalls
	s.FullQueues += o.FullQueues
	s.DroppedBlocked += o.DroppedBlocked
	s.DroppedError += o.DroppedError
	s.DroppedTruncated += o.DroppedTruncated
	s.DroppedInput += o.DroppedInput
}

// counters are Stats that several goroutines add to: once per flush or per
// system call rather than per packet.
type counters struct {
	sentPackets, sentBytes, sendCalls  atomic.Uint64
	trains, refusedTrains, lateFlushes atomic.Uint64
	directPackets, directBytes         atomic.Uint64
	recvPackets, recvBytes, recvCalls  atomic.Uint64
	blocked, refused, truncated, full  atomic.Uint64

	input atomic.Uint64 // packets lost in the kernel, as last asked
}

// Stats returns a snapshot of the counters. They are read one after another, so
// two of them may differ by a packet that is on its way.
func (c *Conn) Stats() Stats {
	s := Stats{
		SentPackets:      c.count.sentPackets.Load(),
		SentBytes:        c.count.sentBytes.Load(),
		SendCalls:        c.count.sendCalls.Load(),
		Trains:           c.count.trains.Load(),
		RefusedTrains:    c.count.refusedTrains.Load(),
		LateFlushes:      c.count.lateFlushes.Load(),
		DirectPackets:    c.count.directPackets.Load(),
		DirectBytes:      c.count.directBytes.Load(),
		ReceivedPackets:  c.count.recvPackets.Load(),
		ReceivedBytes:    c.count.recvBytes.Load(),
		ReceiveCalls:     c.count.recvCalls.Load(),
		FullQueues:       c.count.full.Load(),
		DroppedBlocked:   c.count.blocked.Load(),
		DroppedError:     c.count.refused.Load(),
		DroppedTruncated: c.count.truncated.Load(),
		DroppedInput:     c.droppedInput(),
	}
	for i := range c.shards {
		s.QueuedPackets += c.shards[i].taken()
	}
	return s
}
