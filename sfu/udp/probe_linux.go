package udp

import (
	"net"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// probe finds out what this kernel can do, for containers and old machines
// differ. What a path or a card cannot do shows later: see sender.refused.
func (c *Conn) probe(unbatched bool) {
	joined, messages := false, 1
	if !unbatched {
		messages = recvMessages
		_ = c.raw.Control(func(fd uintptr) {
			_, _, errno := syscall.Syscall6(unix.SYS_SENDMMSG, fd, 0, 0, unix.MSG_DONTWAIT, 0, 0)
			c.senders.batches = errno == 0
			_, err := unix.GetsockoptInt(int(fd), unix.IPPROTO_UDP, unix.UDP_SEGMENT)
			c.senders.trains.Store(err == nil)
			joined = unix.SetsockoptInt(int(fd), unix.IPPROTO_UDP, unix.UDP_GRO, 1) == nil
		})
	}
	c.recv.prepare(joined, messages)
}

// growBuffers asks for large socket buffers: past the system's limit where the
// process may (CAP_NET_ADMIN), else up to it.
func growBuffers(sock *net.UDPConn, raw syscall.RawConn, size int) {
	_ = raw.Control(func(fd uintptr) {
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) != nil {
			_ = sock.SetReadBuffer(size)
		}
		if unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, size) != nil {
			_ = sock.SetWriteBuffer(size)
		}
	})
}

// droppedInput asks the kernel how many packets found the receive buffer full.
func (c *Conn) droppedInput() uint64 {
	const drops, fields = 8, 9 // SK_MEMINFO_DROPS, SK_MEMINFO_VARS of linux/sock_diag.h
	var info [fields]uint32
	size := uint32(unsafe.Sizeof(info))
	_ = c.raw.Control(func(fd uintptr) {
		_, _, errno := syscall.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, unix.SO_MEMINFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
		if errno == 0 && size == uint32(unsafe.Sizeof(info)) {
			c.count.input.Store(uint64(info[drops]))
		}
	})
	return c.count.input.Load() // after Close: the last that was seen
}
