package peerconn

import (
	"time"

	"github.com/pion/webrtc/v4"
)

// Close ends the connection and waits for Pion's goroutines.
func (c *Conn) Close() {
	if c.closed {
		return
	}
	c.closed = true
	c.shortcut.close()
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		acceptStreams(c.pc.SCTP().Transport(), done)
	}()
	_ = c.pc.GracefulClose() // nothing can be done about an error here
	c.readers.wait()
	close(done)
	<-ended
}

// acceptStreams takes the new streams of a connection that is being closed.
//
// Pion's SRTP reader waits for someone to accept a new stream. Pion starts who
// does in a queue of its own, which runs behind the DTLS handshake; the sessions
// themselves may start earlier, with our first packet. A close in between holds
// a lock while it waits for the reader, the reader waits for the queue, and the
// queue for the lock: neither ever ends. So somebody else accepts meanwhile.
// Pion has no door to the sessions; where its fields are not as expected,
// nothing happens.
func acceptStreams(t *webrtc.DTLSTransport, done <-chan struct{}) {
	at := sessionsOf(t)
	tick := time.NewTicker(acceptInterval)
	defer tick.Stop()
	for {
		rtp, rtcp := at.load()
		if rtp != nil && rtcp != nil {
			others := make(chan struct{})
			go func() {
				defer close(others)
				drain(rtp.AcceptStream)
			}()
			drain(rtcp.AcceptStream)
			<-others
			return
		}
		select {
		case <-done:
			return
		case <-tick.C:
		}
	}
}

const acceptInterval = 100 * time.Millisecond

// drain accepts until the session has ended.
func drain[S any](accept func() (S, uint32, error)) {
	for {
		if _, _, err := accept(); err != nil {
			return
		}
	}
}
