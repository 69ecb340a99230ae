package udp

// minRTP is the length of an RTP header without CSRCs, RFC 3550 section 5.1.
const minRTP = 12

// isProtected tells SRTP and SRTCP from all else (RFC 7983 section 7).
func isProtected(p []byte) bool { return len(p) >= minRTP && p[0] >= 128 && p[0] <= 191 }

// isRTP tells RTP from everything else that shares the port: STUN, DTLS and TURN
// channels by their first byte (RFC 7983 section 7), RTCP by its packet type
// (RFC 5761 section 4).
func isRTP(p []byte) bool {
	return isProtected(p) && (p[1] < 192 || p[1] > 223)
}
