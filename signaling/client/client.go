// Package client tells what a client can understand, from what it said of
// itself when it connected. It is pure: no state, no goroutine, no I/O.
//
// The protocol number grows with the client's age; each gate below names the
// first thing that clients of a given number understand.
package client

import (
	"strings"

	"github.com/livekit/protocol/livekit"
)

// Client is what a client said of itself. The zero Client is a very old one.
type Client struct {
	info *livekit.ClientInfo
}

// New wraps what the client said; nil means that it said nothing.
func New(info *livekit.ClientInfo) Client {
	if info == nil {
		info = &livekit.ClientInfo{}
	}
	return Client{info: info}
}

func (c Client) above(protocol int32) bool { return c.info.GetProtocol() > protocol }

// SubscriberPrimary tells that the connection that the server offers may be the main one.
func (c Client) SubscriberPrimary() bool { return c.above(2) }

// SpeakersChanged tells that speakers come as a signalling message.
func (c Client) SpeakersChanged() bool { return c.above(2) }

// ConnectionQuality tells that the message is understood.
func (c Client) ConnectionQuality() bool { return c.above(4) }

// TrackUnpublished tells that the message is understood; older clients are told to mute.
func (c Client) TrackUnpublished() bool { return c.above(6) }

// DisconnectedUpdate tells that a participant update may say DISCONNECTED.
func (c Client) DisconnectedUpdate() bool { return c.above(8) }

// SyncStreams tells that the client finds a track in a stream that has several. Firefox
// gives tracks ids of its own.
func (c Client) SyncStreams() bool { return c.above(9) && !c.Firefox() }

// LostQuality tells that the quality LOST is understood; older clients get POOR.
func (c Client) LostQuality() bool { return c.above(10) }

// IdentityReconnect tells that a participant is known by its identity, so that a new
// session needs no farewell to the old one.
func (c Client) IdentityReconnect() bool { return c.above(11) }

// LeaveAction tells that a leave request has an action; older clients know can_reconnect.
func (c Client) LeaveAction() bool { return c.above(12) }

// SuccessResponse tells that a request that succeeded is answered, too.
func (c Client) SuccessResponse() bool { return c.above(14) }

// Protocol of the features between clients (RPC and streams).
func (c Client) Protocol() int32 { return c.info.GetClientProtocol() }

// Capabilities as the client named them.
func (c Client) Capabilities() []livekit.ClientInfo_Capability { return c.info.GetCapabilities() }

// Firefox tells whether the client's SDP needs Firefox's care.
func (c Client) Firefox() bool { return strings.EqualFold(c.info.GetBrowser(), "firefox") }

// Safari tells whether the client's SDP needs Safari's care.
func (c Client) Safari() bool { return strings.EqualFold(c.info.GetBrowser(), "safari") }

// Go tells whether the client is a Go program over Pion.
func (c Client) Go() bool { return c.info.GetSdk() == livekit.ClientInfo_GO }

// Publishes tells whether the client's encoder for a MIME type is fit for use.
// The exceptions are devices known to produce broken streams.
func (c Client) Publishes(mime string) bool {
	switch {
	case strings.EqualFold(mime, "video/H264"):
		return !c.brokenH264()
	case strings.EqualFold(mime, "video/AV1"):
		return !c.Safari()
	case strings.EqualFold(mime, "video/VP9"):
		return !c.Safari() || !newer(c.info.GetBrowserVersion(), 18, 3)
	}
	return true
}

func (c Client) brokenH264() bool {
	if strings.EqualFold(c.info.GetDeviceModel(), "Xiaomi 2201117TI") {
		return true
	}
	if !c.Firefox() {
		return false
	}
	os := strings.ToLower(c.info.GetOs())
	for _, system := range []string{"linux", "ubuntu", "android"} { // Ubuntu's Firefox says no more than that
		if strings.Contains(os, system) {
			return true
		}
	}
	return false
}

// newer reports whether a dotted version lies above major.minor.
func newer(version string, major, minor int) bool {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	a, b := number(first), number(second)
	return a > major || a == major && b > minor
}

// number reads leading digits; anything else is 0.
func number(s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || n > 1e6 {
			break
		}
		n = n*10 + int(r-'0')
	}
	return n
}
