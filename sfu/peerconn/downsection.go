package peerconn

import (
	"errors"

	"diemcau/sfu"

	"github.com/pion/webrtc/v4"
)

// NewDownTrack describes a track to be sent to the client. stream and id are its
// msid.
func NewDownTrack(kind sfu.Kind, id, stream, mime, fmtp string) *DownTrack {
	return &DownTrack{id: id, stream: stream, kind: pionKind(kind), mime: mime, fmtp: fmtp}
}

// ErrClosed tells that the connection is gone.
var ErrClosed = errors.New("peerconn: connection closed")

// Add puts a track into our next offer, in a section that a former track has
// left if there is one (RFC 8829 section 5.2.2), else in a new one.
func (c *Conn) Add(t *DownTrack, kind sfu.Kind) error {
	preferred := preferOffered(nil, t.mime, t.fmtp)
	if c.free[kind] > 0 {
		sender, err := c.pc.AddTrack(t)
		if err != nil {
			return err
		}
		c.free[kind]--
		t.sender = sender
		for _, tr := range c.pc.GetTransceivers() {
			if tr.Sender() == sender {
				t.transceiver = tr
			}
		}
	} else {
		tr, err := c.pc.AddTransceiverFromTrack(t, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		if err != nil {
			return err
		}
		t.sender, t.transceiver = tr.Sender(), tr
	}
	if t.transceiver == nil {
		return ErrClosed
	}
	t.shortcut.Store(&c.shortcut)
	// An error tells that the client has refused this codec in an earlier
	// section; the section is offered nevertheless, and the caller sees in the
	// answer that it cannot be used.
	_ = t.transceiver.SetCodecPreferences(preferred)
	return nil
}

// Attach puts a track into a section that the client has offered to receive on.
func (c *Conn) Attach(t *DownTrack, mid string) error {
	tr := c.transceiver(mid)
	if tr == nil {
		return ErrClosed
	}
	sender, err := c.api.NewRTPSender(t, c.pc.SCTP().Transport())
	if err != nil {
		return err
	}
	if err := tr.SetSender(sender, t); err != nil {
		_ = sender.Stop()
		return err
	}
	t.sender, t.transceiver = sender, tr
	t.shortcut.Store(&c.shortcut)
	return nil
}

// Remove takes a track out. Its section can be used again when the next
// exchange of descriptions is over: see Freed.
func (c *Conn) Remove(t *DownTrack) {
	if t.sender != nil {
		_ = c.pc.RemoveTrack(t.sender) // fails only when it is gone already
	}
}

// Freed tells that the section of a removed track has been settled as inactive.
func (c *Conn) Freed(kind sfu.Kind) { c.free[kind]++ }
