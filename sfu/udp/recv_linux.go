package udp

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	recvMessages  = 8        // messages of one recvmmsg call
	recvJoined    = 64 << 10 // buffer of a message that may hold many packets (UDP_GRO)
	recvSingle    = 4 << 10  // buffer of a message that holds one
	recvControl   = 64       // room for the control messages of one message
	recvAddresses = 4096     // cached *net.UDPAddr
)

// A receiver fetches packets in batches and hands them out one by one. The
// kernel may join packets of one sender that came in together (UDP_GRO); they
// are taken apart here.
type receiver struct {
	mu      sync.Mutex // held while waiting for packets: there is one reader
	msgs    [recvMessages]mmsghdr
	vectors [recvMessages]unix.Iovec
	names   [recvMessages][unix.SizeofSockaddrInet6]byte
	control [recvMessages][recvControl]byte
	buffer  int // bytes of each message's buffer; 0 until the first read

	next, got int    // messages: the one to hand out next, and how many there are
	rest      []byte // what is left of message next-1
	segment   int    // size of its packets
	from      netip.AddrPort

	fetched int
	errno   syscall.Errno
	call    func(fd uintptr) bool
	zones   map[uint32]string

	addrsMu sync.Mutex // a leaf
	addrs   map[netip.AddrPort]*net.UDPAddr
}

// prepare allocates the buffers: joined when the socket has UDP_GRO.
func (r *receiver) prepare(joined bool, messages int) {
	r.buffer = recvSingle
	if joined {
		r.buffer = recvJoined
	}
	memory := make([]byte, messages*r.buffer)
	for i := range messages {
		r.vectors[i].Base = &memory[i*r.buffer]
		r.vectors[i].SetLen(r.buffer)
		h := &r.msgs[i].hdr
		h.Name = &r.names[i][0]
		h.Iov = &r.vectors[i]
		h.SetIovlen(1)
		h.Control = &r.control[i][0]
	}
	// Raw, because the call is short and does not wait.
	r.call = func(fd uintptr) bool {
		n, _, errno := syscall.RawSyscall6(unix.SYS_RECVMMSG, fd,
			uintptr(unsafe.Pointer(&r.msgs[0])), uintptr(messages), unix.MSG_DONTWAIT, 0, 0)
		r.fetched, r.errno = int(n), errno
		return errno != unix.EAGAIN
	}
}

// read copies the next packet that no Tap takes to p and returns its length and
// sender.
func (r *receiver) read(c *Conn, p []byte) (int, netip.AddrPort, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		packet, err := r.packet(c)
		if err != nil {
			return 0, netip.AddrPort{}, err
		}
		if t := c.inputs.find(packet, r.from); t != nil && t.receive(packet) {
			continue
		}
		return copy(p, packet), r.from, nil
	}
}

// packet returns the next packet, in the receiver's memory.
func (r *receiver) packet(c *Conn) ([]byte, error) {
	for len(r.rest) == 0 {
		if r.next == r.got {
			if err := r.fetch(c); err != nil {
				return nil, err
			}
		}
		r.open(c)
	}
	n := min(r.segment, len(r.rest))
	packet := r.rest[:n:n]
	r.rest = r.rest[n:]
	c.count.recvPackets.Add(1)
	c.count.recvBytes.Add(uint64(n))
	return packet, nil
}

// fetch waits for packets and takes as many as are there.
func (r *receiver) fetch(c *Conn) error {
	r.next, r.got = 0, 0
	for i := range r.msgs {
		h := &r.msgs[i].hdr
		h.Namelen = unix.SizeofSockaddrInet6
		h.SetControllen(recvControl)
		h.Flags = 0
	}
	for failures := 0; ; {
		if err := c.raw.Read(r.call); err != nil {
			if c.isClosing() {
				return errClosed
			}
			return err // a deadline
		}
		c.count.recvCalls.Add(1)
		switch r.errno {
		case 0:
			r.got = r.fetched
			return nil
		case unix.EINTR:
		default: // short of memory, or an ICMP answer to something sent earlier
			if c.isClosing() {
				return errClosed
			}
			if failures++; failures < readRetries {
				continue
			}
			return &net.OpError{Op: "read", Net: "udp", Source: c.local, Err: r.errno}
		}
	}
}

// open makes the next message the one that read takes packets from. Empty and
// cut-off messages and those of unknown senders are skipped.
func (r *receiver) open(c *Conn) {
	i := r.next
	r.next++
	m := &r.msgs[i]
	n := int(m.n)
	if m.hdr.Flags&unix.MSG_TRUNC != 0 {
		c.count.truncated.Add(1)
		return
	}
	from, ok := r.addrPort(r.names[i][:m.hdr.Namelen])
	if !ok {
		return
	}
	r.from = from
	r.segment = segmentSize(r.control[i][:m.hdr.Controllen], n)
	r.rest = unsafe.Slice(r.vectors[i].Base, r.buffer)[:n]
}

// segmentSize finds the size of the joined packets among the control messages.
// Without one the message is a single packet of n bytes.
func segmentSize(control []byte, n int) int {
	for len(control) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
		size := int(h.Len)
		if size < unix.SizeofCmsghdr || size > len(control) {
			break
		}
		if h.Level == unix.IPPROTO_UDP && h.Type == unix.UDP_GRO && size >= unix.CmsgLen(4) {
			if s := int(binary.NativeEndian.Uint32(control[unix.CmsgLen(0):])); s > 0 {
				return s
			}
		}
		control = control[min(unix.CmsgSpace(size-unix.CmsgLen(0)), len(control)):]
	}
	return max(n, 1)
}

func (r *receiver) addrPort(raw []byte) (netip.AddrPort, bool) {
	if len(raw) < unix.SizeofSockaddrInet4 {
		return netip.AddrPort{}, false
	}
	port := binary.BigEndian.Uint16(raw[2:])
	switch binary.NativeEndian.Uint16(raw) {
	case unix.AF_INET:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), port), true
	case unix.AF_INET6:
		if len(raw) < unix.SizeofSockaddrInet6 {
			return netip.AddrPort{}, false
		}
		a := netip.AddrFrom16([16]byte(raw[8:24])).Unmap()
		if scope := binary.NativeEndian.Uint32(raw[24:]); scope != 0 && a.IsLinkLocalUnicast() {
			a = a.WithZone(r.zone(scope))
		}
		return netip.AddrPortFrom(a, port), true
	}
	return netip.AddrPort{}, false
}

// zone names an interface, as net does.
func (r *receiver) zone(index uint32) string {
	if z, ok := r.zones[index]; ok {
		return z
	}
	if r.zones == nil {
		r.zones = make(map[uint32]string)
	}
	z := strconv.FormatUint(uint64(index), 10)
	if i, err := net.InterfaceByIndex(int(index)); err == nil {
		z = i.Name
	}
	r.zones[index] = z
	return z
}

// udpAddr returns a cached address, so that ReadFrom allocates once per sender
// rather than once per packet.
func (r *receiver) udpAddr(from netip.AddrPort) *net.UDPAddr {
	r.addrsMu.Lock()
	defer r.addrsMu.Unlock()
	if a := r.addrs[from]; a != nil {
		return a
	}
	if r.addrs == nil || len(r.addrs) >= recvAddresses {
		// Forgetting all at once is crude, and rare enough: anyone may send, so
		// the cache must be bounded.
		r.addrs = make(map[netip.AddrPort]*net.UDPAddr)
	}
	a := net.UDPAddrFromAddrPort(from)
	r.addrs[from] = a
	return a
}
