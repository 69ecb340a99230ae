package assault

import (
	"context"
	"encoding/binary"
	"net"
	"time"

	"github.com/pion/stun/v4"
)

// datagrams are what a port for media gets from people who know nothing of a meeting:
// checks for connections that do not exist, DTLS of nobody, media of nobody, and what
// is nothing at all.
func datagrams() [][]byte {
	check, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername("none:nobody"), stun.NewShortTermIntegrity("wrong"), stun.Fingerprint)
	if err != nil {
		panic(err) // what is built is fixed
	}
	bare, err := stun.Build(stun.BindingRequest, stun.TransactionID)
	if err != nil {
		panic(err)
	}
	rtp := make([]byte, 1100)
	rtp[0], rtp[1] = 0x80, 96
	binary.BigEndian.PutUint32(rtp[8:], 0xdeadbeef)
	rtcp := make([]byte, 80)
	rtcp[0], rtcp[1] = 0x81, 205
	dtls := make([]byte, 200)
	dtls[0], dtls[1], dtls[2] = 22, 0xfe, 0xff
	return [][]byte{check.Raw, bare.Raw, check.Raw[:30], rtp, rtcp, dtls, {0x80}, {}}
}

// throw sends datagrams from a few ports.
func (c *counts) throw(ctx context.Context, p Plan) {
	var conns []*net.UDPConn
	defer func() {
		for _, conn := range conns {
			_ = conn.Close()
		}
	}()
	to, err := net.ResolveUDPAddr("udp", p.Media)
	if err != nil {
		c.failed.Add(1)
		return
	}
	for range 8 {
		conn, err := net.DialUDP("udp", &net.UDPAddr{IP: net.ParseIP(p.FramesFrom)}, to)
		if err != nil {
			c.failed.Add(1)
			return
		}
		conns = append(conns, conn)
	}
	all := datagrams()
	each(ctx, p.Datagrams, 1, func(n int) {
		conn := conns[n/len(all)%len(conns)]
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
		if _, err := conn.Write(all[n%len(all)]); err == nil {
			c.thrown.Add(1)
		}
	})
}
