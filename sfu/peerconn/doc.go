// Package peerconn is one WebRTC connection to one client, as the bridge needs
// it: Pion's PeerConnection with the bridge's codecs, header extensions and
// transport settings, packets handed over in the goroutine that decrypted them,
// and SDP read into plain sections.
//
// A Conn belongs to one owner goroutine, which makes all its calls. It starts no
// goroutine of its own; Pion's end with Close, which waits for them. What Pion
// reports goes to the Handler from Pion's goroutines, and the Handler must post
// and return. Packets go to the routes of the Demux from the SRTP goroutine.
//
// The package knows no track of the meeting, no subscription and no signalling
// message, and it never decides when to negotiate.
package peerconn
