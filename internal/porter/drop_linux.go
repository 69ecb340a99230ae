package porter

import (
	"encoding/binary"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// Where a socket filter finds things: it is given the segment from its TCP header
// on, and what lies before it from networkHeader on (include/uapi/linux/filter.h).
const (
	networkHeader = 0xfff00000
	tcpFlags      = 13
	synAck        = 0x12 // both bits
	syn           = 0x02
	takeAll       = 0xffffffff
)

// dropSYNs makes the kernel drop the requests for a connection that come from these
// addresses, an IPv6 one standing for its /64. Nothing else is dropped: what is open
// stays, also with them. No right is needed for it. With no address the socket is as
// it was.
func dropSYNs(l *net.TCPListener, from []netip.Addr) error {
	raw, err := l.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		if len(from) == 0 {
			failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
			return
		}
		program := synFilter(from)
		failed = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
			&unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]})
	})
	if err != nil {
		return err
	}
	return failed
}

// synFilter is the program in classic BPF. Its jumps are short, but for the one over
// all addresses of IPv4.
func synFilter(from []netip.Addr) []unix.SockFilter {
	load := func(size uint16, at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | size | unix.BPF_ABS, K: at}
	}
	unless := func(value uint32, skip uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: skip, K: value}
	}
	give := func(length uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: length}
	}
	const drop = 0
	var four, six []unix.SockFilter
	for _, a := range from {
		if a.Is4() {
			b := a.As4()
			four = append(four, unless(binary.BigEndian.Uint32(b[:]), 1), give(drop))
			continue
		}
		b := a.As16()
		six = append(six,
			load(unix.BPF_W, networkHeader+8), unless(binary.BigEndian.Uint32(b[:4]), 3),
			load(unix.BPF_W, networkHeader+12), unless(binary.BigEndian.Uint32(b[4:8]), 1), give(drop))
	}
	four = append(four, give(takeAll))
	program := []unix.SockFilter{
		load(unix.BPF_B, tcpFlags),
		{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: synAck},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: syn},
		give(takeAll),
		load(unix.BPF_B, networkHeader),
		{Code: unix.BPF_ALU | unix.BPF_RSH | unix.BPF_K, K: 4}, // the version
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: 4},
		{Code: unix.BPF_JMP | unix.BPF_JA, K: uint32(len(four)) + 1},
		load(unix.BPF_W, networkHeader+12), // its sender
	}
	return append(append(append(program, four...), six...), give(takeAll))
}
