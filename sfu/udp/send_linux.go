package udp

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"diemcau/sfu"
)

const (
	sendMessages = 128  // messages of one sendmmsg call
	sendVectors  = 1024 // packets of one sendmmsg call
	blockedFor   = 5 * time.Millisecond
	plainFor     = int64(time.Minute) // how long a refused destination gets no trains
	controlBytes = 24                 // CMSG_SPACE(2), on 32-bit machines less
)

// sockaddr is a destination as the kernel takes it.
type sockaddr struct {
	raw    [unix.SizeofSockaddrInet6]byte
	length uint32
}

// sockaddr writes the address for the socket's family.
func (c *Conn) sockaddr(to netip.AddrPort) (s sockaddr) {
	port := to.Port()
	if !c.wide {
		s.length = unix.SizeofSockaddrInet4
		binary.NativeEndian.PutUint16(s.raw[0:], unix.AF_INET)
		binary.BigEndian.PutUint16(s.raw[2:], port)
		b := to.Addr().As4() // WriteToAddrPort lets no others through
		copy(s.raw[4:], b[:])
		return s
	}
	s.length = unix.SizeofSockaddrInet6
	binary.NativeEndian.PutUint16(s.raw[0:], unix.AF_INET6)
	binary.BigEndian.PutUint16(s.raw[2:], port)
	b := to.Addr().As16()
	copy(s.raw[8:], b[:])
	binary.NativeEndian.PutUint32(s.raw[24:], scopeOf(to.Addr().Zone()))
	return s
}

// scopeOf returns the interface index that a zone names.
func scopeOf(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	return 0
}

// mmsghdr is struct mmsghdr of sendmmsg(2); Go pads it as C does.
type mmsghdr struct {
	hdr unix.Msghdr
	n   uint32
}

// A sender is one flush's message block for sendmmsg. Its pointers are set once,
// so that a flush writes little more than lengths.
type sender struct {
	msgs    [sendMessages]mmsghdr
	trains  [sendMessages]*train // what each message carries, of batches
	batches [sendMessages]*batch
	vectors [sendVectors]unix.Iovec
	control [sendMessages][controlBytes]byte
	nMsgs   int
	nVecs   int
	full    bool // the socket was waited for in vain during this flush

	// The system call's arguments and results, for the closure that makes it.
	from  int
	sent  int
	errno syscall.Errno
	call  func(fd uintptr)
	wait  func(fd uintptr)
}

func newSender() *sender {
	s := new(sender)
	for i := range s.msgs {
		hdr := (*unix.Cmsghdr)(unsafe.Pointer(&s.control[i]))
		hdr.Level = unix.IPPROTO_UDP
		hdr.Type = unix.UDP_SEGMENT
		hdr.SetLen(unix.CmsgLen(2))
	}
	s.call = func(fd uintptr) {
		// Raw: the call does not wait, and telling the scheduler of one that might
		// wakes the runtime's watching thread.
		n, _, errno := syscall.RawSyscall6(unix.SYS_SENDMMSG, fd,
			uintptr(unsafe.Pointer(&s.msgs[s.from])), uintptr(s.nMsgs-s.from),
			unix.MSG_NOSIGNAL|unix.MSG_DONTWAIT, 0, 0)
		s.sent, s.errno = int(n), errno
	}
	s.wait = func(fd uintptr) {
		fds := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
		_, _ = unix.Poll(fds[:], int(blockedFor/time.Millisecond))
	}
	return s
}

// addBatch puts all trains of b into messages, and sends whenever the block is
// full.
func (s *sender) addBatch(c *Conn, b *batch) {
	now := int64(0)
	for i := range b.trains {
		t := &b.trains[i]
		if t.count > 1 {
			if now == 0 {
				now = sfu.Now()
			}
			if !c.senders.trains.Load() || t.to.plainUntil > now {
				s.addSingly(c, b, t)
				continue
			}
		}
		if s.nMsgs == sendMessages || s.nVecs+int(t.count) > sendVectors {
			s.finish(c)
		}
		s.addMessage(b, t, t.first, t.count)
	}
}

// addSingly puts each packet of a train into a message of its own.
func (s *sender) addSingly(c *Conn, b *batch, t *train) {
	for at := t.first; at >= 0; at = b.packets[at].next {
		if s.nMsgs == sendMessages || s.nVecs == sendVectors {
			s.finish(c)
		}
		s.addMessage(b, t, at, 1)
	}
}

func (s *sender) addMessage(b *batch, t *train, first, count int32) {
	i := s.nMsgs
	s.nMsgs++
	s.trains[i], s.batches[i] = t, b
	m := &s.msgs[i].hdr
	m.Name = &t.to.sockaddr.raw[0]
	m.Namelen = t.to.sockaddr.length
	m.Iov = &s.vectors[s.nVecs]
	m.SetIovlen(int(count))
	for at, n := first, count; n > 0; n-- {
		p := &b.packets[at]
		s.vectors[s.nVecs].Base = &p.data[0]
		s.vectors[s.nVecs].SetLen(len(p.data))
		s.nVecs++
		at = p.next
	}
	m.Control = nil
	m.SetControllen(0)
	if count > 1 {
		binary.NativeEndian.PutUint16(s.control[i][unix.CmsgLen(0):], uint16(t.size))
		m.Control = &s.control[i][0]
		m.SetControllen(unix.CmsgSpace(2))
	}
}

// finish sends the block and empties it.
func (s *sender) finish(c *Conn) {
	waited := false
	for s.from = 0; s.from < s.nMsgs; {
		if err := c.raw.Control(s.call); err != nil {
			break // closed: what is queued is dropped
		}
		c.count.sendCalls.Add(1)
		switch s.errno {
		case 0:
			s.account(c, s.sent)
			s.from += s.sent
			waited = false
		case unix.EINTR:
		case unix.EAGAIN:
			if waited || s.full {
				s.full = true // no wait for the rest of the flush
				c.count.blocked.Add(s.remaining())
				s.from = s.nMsgs
				break
			}
			waited = true
			_ = c.raw.Control(s.wait)
		case unix.EIO, unix.EINVAL, unix.EMSGSIZE, unix.EOPNOTSUPP:
			s.refused(c)
			s.from++
		default: // no route, a firewall, a full queue of the card: this message only
			c.count.refused.Add(uint64(s.packets(s.from)))
			s.from++
		}
	}
	clear(s.trains[:s.nMsgs])
	clear(s.batches[:s.nMsgs])
	s.nMsgs, s.nVecs = 0, 0
}

// packets returns how many packets a message carries.
func (s *sender) packets(i int) int { return int(s.msgs[i].hdr.Iovlen) }

func (s *sender) remaining() (n uint64) {
	for i := s.from; i < s.nMsgs; i++ {
		n += uint64(s.packets(i))
	}
	return n
}

func (s *sender) account(c *Conn, sent int) {
	var packets, bytes, trains uint64
	for i := s.from; i < s.from+sent; i++ {
		packets += uint64(s.packets(i))
		bytes += uint64(s.msgs[i].n)
		if s.packets(i) > 1 {
			trains++
		}
	}
	c.count.sentPackets.Add(packets)
	c.count.sentBytes.Add(bytes)
	c.count.trains.Add(trains)
}

// refused handles a message that the kernel will not take as it is. A train may
// be refused because of the card (no checksum offload), an IPsec policy, or a
// path whose MTU is below the packet size, where single packets are fragmented
// (udp(7), UDP_SEGMENT): then its packets go out singly, and so do the next.
func (s *sender) refused(c *Conn) {
	if s.packets(s.from) == 1 {
		c.count.refused.Add(1)
		return
	}
	c.count.refusedTrains.Add(1)
	s.trains[s.from].to.plainUntil = sfu.Now() + plainFor
	s.writeSingly(c)
}

// writeSingly sends the packets of one message by a call each.
func (s *sender) writeSingly(c *Conn) {
	m := &s.msgs[s.from].hdr
	to := s.trains[s.from].to.addr
	for _, v := range unsafe.Slice(m.Iov, m.Iovlen) {
		n, err := c.udp.WriteToUDPAddrPort(unsafe.Slice(v.Base, v.Len), to)
		c.count.sendCalls.Add(1)
		if err != nil {
			c.count.refused.Add(1)
			continue
		}
		c.count.sentPackets.Add(1)
		c.count.sentBytes.Add(uint64(n))
	}
}

// senderPool keeps the senders that no flush uses now: as many as goroutines
// have ever flushed at once.
type senderPool struct {
	batches bool        // WriteTo may queue
	trains  atomic.Bool // false: the kernel knows no UDP_SEGMENT

	mu   sync.Mutex // a leaf
	free []*sender
}

func (p *senderPool) get() *sender {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		s := p.free[n-1]
		p.free = p.free[:n-1]
		return s
	}
	return newSender()
}

func (p *senderPool) put(s *sender) {
	s.full = false
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, s)
}
