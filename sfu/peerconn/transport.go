package peerconn

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/transport/v5"
	"github.com/pion/webrtc/v4"
)

// Transport is what all connections of a bridge share: sockets, addresses, the
// certificate. It is read only.
type Transport struct {
	UDP ice.UDPMux // nil: a port of its own for each connection
	TCP ice.TCPMux // nil: no ICE-TCP
	// NodeIPs are the addresses that candidates carry instead of the machine's
	// own, where the bridge stands behind a one-to-one NAT.
	NodeIPs  []string
	Loopback bool // offer loopback candidates as well
	Lite     bool // ICE-lite (RFC 8445 section 2.5): the bridge is reachable as it is
	Net      transport.Net
	Log      *slog.Logger
	// Shortcut takes media past Pion's layers: see docs/decisions/0004.
	Shortcut bool

	certificate webrtc.Certificate
}

// Prepare makes the certificate. All connections show the same one: making a
// key for each would be the dearest part of a join.
func (t *Transport) Prepare() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	c, err := webrtc.GenerateCertificate(key)
	if err != nil {
		return err
	}
	t.certificate = *c
	return nil
}

const (
	// A path is unsure after 2.5 s in which nothing came over it, neither media
	// (see Conn.Heard) nor the answers to two checks or three, and given up 12.5 s
	// later. A check goes out every second, so fifteen must be lost before anything
	// happens to the session; that a speaker is not heard, and that another path
	// might do better, is told long before.
	iceDisconnected = 2500 * time.Millisecond
	iceFailed       = 12500 * time.Millisecond
	iceKeepalive    = time.Second
	// A lite agent sends no checks. Browsers send theirs every 2.5 s.
	iceLiteDisconnected = 6 * time.Second
	iceLiteFailed       = 9 * time.Second
	// A path gets that many checks, one each 200 ms, before it is struck off: as
	// long as the connection may take in all. Pion's own 7 end after 1.4 s, too
	// early for the 200 clients that join in one second.
	iceChecks = 80
	// A working path is taken at once, though a better kind might still come:
	// browsers hide their addresses behind mDNS names, so that most are known
	// from their checks only. Pion would wait 1 s for such, 2 s for relays.
	iceDirectWait = 0
	iceRelayWait  = 300 * time.Millisecond
	// dtlsRetransmission is short because a lost flight is the most common
	// reason of a slow join on a bad line.
	dtlsRetransmission = 100 * time.Millisecond
	// The longest wait before a lost message is sent again. RFC 9260 lets it grow to a
	// minute; on a line that lost a whole window, messages stood still for as long.
	longestRetransmission = 2 * time.Second
	maxMessage            = 65535 // bytes of a data channel message
)

// settings builds Pion's settings of one connection.
func (t *Transport) settings(s Settings, past *shortcut) webrtc.SettingEngine {
	var e webrtc.SettingEngine
	e.LoggerFactory = PionLog(t.Log)
	if t.Lite && !s.DisableLite {
		e.SetICETimeouts(iceLiteDisconnected, iceLiteFailed, iceKeepalive)
	} else {
		e.SetICETimeouts(iceDisconnected, iceFailed, iceKeepalive)
	}
	e.SetICEMaxBindingRequests(iceChecks)
	e.SetSrflxAcceptanceMinWait(iceDirectWait)
	e.SetPrflxAcceptanceMinWait(iceDirectWait)
	e.SetRelayAcceptanceMinWait(iceRelayWait)
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	e.SetDTLSRetransmissionInterval(dtlsRetransmission)
	e.SetSRTPProtectionProfiles(
		dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	// Retransmissions come late by nature; the source knows duplicates itself.
	e.DisableSRTPReplayProtection(true)
	e.DisableSRTCPReplayProtection(true)
	e.SetFireOnTrackBeforeFirstRTP(true) // otherwise Pion waits for it with a goroutine per track
	e.SetIgnoreRidPauseForRecv(true)
	e.DisableCloseByDTLS(true) // the owner decides, after a try to resume
	e.DisableActiveTCP(true)   // the bridge never connects out
	e.SetSCTPMaxMessageSize(maxMessage)
	e.SetSCTPRTOMax(longestRetransmission)
	e.DetachDataChannels() // see readers
	e.SetLite(t.Lite && !s.DisableLite)
	e.SetIncludeLoopbackCandidate(t.Loopback)
	if len(t.NodeIPs) > 0 {
		e.SetNAT1To1IPs(t.NodeIPs, webrtc.ICECandidateTypeHost)
	}
	if t.Net != nil {
		e.SetNet(t.Net)
	}
	if t.UDP != nil && !s.ForceTCP { // Pion gathers from a mux whatever the network types say
		mux := t.UDP
		if t.Shortcut {
			mux = past.mux(t.UDP)
		}
		e.SetICEUDPMux(mux)
	}
	if t.TCP != nil {
		e.SetICETCPMux(t.TCP)
	}
	e.SetNetworkTypes(t.networks(s.ForceTCP))
	_ = e.SetAnsweringDTLSRole(webrtc.DTLSRoleClient) // fails for unknown roles only
	return e
}

func (t *Transport) networks(forceTCP bool) []webrtc.NetworkType {
	var list []webrtc.NetworkType
	if !forceTCP {
		list = append(list, webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6)
	}
	if t.TCP != nil {
		list = append(list, webrtc.NetworkTypeTCP4, webrtc.NetworkTypeTCP6)
	}
	return list
}
