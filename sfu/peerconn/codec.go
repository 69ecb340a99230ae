package peerconn

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pion/webrtc/v4"
)

// Role tells what a connection carries.
type Role uint8

// The roles of a connection.
const (
	Publishing  Role = 1 << iota // the client sends
	Subscribing                  // the client receives
	Both        = Publishing | Subscribing
)

// The MIME types that are no codec of a track but a wrapping of one.
const (
	MIMERED = "audio/red"
	MIMERTX = "video/rtx"
)

const (
	videoClock = 90000 // Hz, RFC 3551 section 5
	audioClock = 48000 // Hz, RFC 7587 section 4.1
)

// offered is one codec as the bridge offers it. Answers keep the client's
// payload types, so these numbers show in subscriber offers only.
type offered struct {
	mime string
	pt   uint8
	rtx  uint8 // payload type of its retransmissions; 0 for sound
	fmtp string
}

// codecTable lists all codecs, preferred first. High profile H264 is missing on
// purpose: many hardware decoders of the clients cannot have it.
func codecTable() []offered {
	const h264 = "level-asymmetry-allowed=1;packetization-mode="
	return []offered{
		{webrtc.MimeTypeOpus, 111, 0, "minptime=10;useinbandfec=1"},
		{MIMERED, 63, 0, "111/111"},
		{webrtc.MimeTypeVP8, 96, 97, ""},
		{webrtc.MimeTypeH264, 108, 109, h264 + "1;profile-level-id=42e01f"},
		{webrtc.MimeTypeH264, 125, 107, h264 + "0;profile-level-id=42e01f"},
		{webrtc.MimeTypeH264, 102, 103, h264 + "1;profile-level-id=42001f"},
		{webrtc.MimeTypeH264, 104, 105, h264 + "0;profile-level-id=42001f"},
		{webrtc.MimeTypeH264, 39, 40, h264 + "1;profile-level-id=4d001f"},
		{webrtc.MimeTypeH264, 106, 114, h264 + "0;profile-level-id=4d001f"},
		{webrtc.MimeTypeVP9, 98, 99, "profile-id=0"},
		{webrtc.MimeTypeAV1, 45, 46, ""},
	}
}

// Codecs are the MIME types that the bridge can carry, preferred first.
func Codecs() []string {
	var mimes []string
	for _, c := range codecTable() {
		if c.mime != MIMERED && !slices.Contains(mimes, c.mime) {
			mimes = append(mimes, c.mime)
		}
	}
	return mimes
}

// IsAudio tells whether a MIME type is one of sound.
func IsAudio(mime string) bool { return len(mime) > 6 && strings.EqualFold(mime[:6], "audio/") }

// feedback returns the RTCP feedback of a codec. Sound under RED has no NACK:
// the redundancy already repairs it, and browsers turn it off as well.
func feedback(mime string) []webrtc.RTCPFeedback {
	if mime == MIMERED {
		return nil
	}
	nack, congestion := webrtc.RTCPFeedback{Type: "nack"}, webrtc.RTCPFeedback{Type: "transport-cc"}
	if IsAudio(mime) {
		return []webrtc.RTCPFeedback{nack, congestion}
	}
	return []webrtc.RTCPFeedback{
		{Type: "ccm", Parameter: "fir"}, nack, {Type: "nack", Parameter: "pli"}, congestion, {Type: "goog-remb"},
	}
}

// parameters returns the codec, and its retransmission codec if it has one, in
// Pion's form.
func (c offered) parameters() []webrtc.RTPCodecParameters {
	capability := webrtc.RTPCodecCapability{
		MimeType: c.mime, ClockRate: videoClock, SDPFmtpLine: c.fmtp, RTCPFeedback: feedback(c.mime),
	}
	if IsAudio(c.mime) {
		capability.ClockRate, capability.Channels = audioClock, 2
	}
	list := []webrtc.RTPCodecParameters{{RTPCodecCapability: capability, PayloadType: webrtc.PayloadType(c.pt)}}
	if c.rtx != 0 {
		list = append(list, webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: MIMERTX, ClockRate: videoClock, SDPFmtpLine: "apt=" + strconv.Itoa(int(c.pt)),
			},
			PayloadType: webrtc.PayloadType(c.rtx),
		})
	}
	return list
}

// enabledCodecs are the codecs of the table whose MIME type is in mimes; RED
// goes with Opus. No mimes mean all.
func enabledCodecs(mimes []string) []offered {
	var list []offered
	for _, c := range codecTable() {
		mime := c.mime
		if mime == MIMERED {
			mime = webrtc.MimeTypeOpus
		}
		if len(mimes) == 0 || slices.ContainsFunc(mimes, func(m string) bool { return strings.EqualFold(m, mime) }) {
			list = append(list, c)
		}
	}
	return list
}

// mediaEngine registers codecs and header extensions for a role.
func mediaEngine(role Role, mimes []string) (*webrtc.MediaEngine, error) {
	engine := &webrtc.MediaEngine{}
	for _, c := range enabledCodecs(mimes) {
		kind := webrtc.RTPCodecTypeVideo
		if IsAudio(c.mime) {
			kind = webrtc.RTPCodecTypeAudio
		}
		for _, p := range c.parameters() {
			if err := engine.RegisterCodec(p, kind); err != nil {
				return nil, err
			}
		}
	}
	return engine, registerExtensions(engine, role)
}

// preferOffered orders the codecs of our own offer so that mime with fmtp comes
// first; the rest follows, so that the client's answer tells all that it can
// decode, whatever is forwarded later.
func preferOffered(mimes []string, mime, fmtp string) []webrtc.RTPCodecParameters {
	var exact, same, rest []webrtc.RTPCodecParameters
	for _, c := range enabledCodecs(mimes) {
		switch p := c.parameters(); {
		case IsAudio(c.mime) != IsAudio(mime):
		case strings.EqualFold(c.mime, mime) && sameFormat(mime, c.fmtp, fmtp):
			exact = append(exact, p...)
		case strings.EqualFold(c.mime, mime):
			same = append(same, p...)
		default:
			rest = append(rest, p...)
		}
	}
	return slices.Concat(exact, same, rest)
}

// sameFormat tells whether a decoder for format a takes what format b describes:
// for H264 the packetization mode and the profile must agree (RFC 6184 section
// 8.2.2), for VP9 the profile (RFC 9628 section 7.2.2).
func sameFormat(mime, a, b string) bool {
	switch {
	case strings.EqualFold(mime, webrtc.MimeTypeH264):
		return parameter(a, "packetization-mode", "0") == parameter(b, "packetization-mode", "0") &&
			profile(a) == profile(b)
	case strings.EqualFold(mime, webrtc.MimeTypeVP9):
		return parameter(a, "profile-id", "0") == parameter(b, "profile-id", "0")
	default:
		return true
	}
}

// profile is the profile_idc and the constraint flags that matter of H264: the
// constrained baseline can be written in several ways, but only its bit
// constraint_set1 tells it from the baseline.
func profile(fmtp string) string {
	id := strings.ToLower(parameter(fmtp, "profile-level-id", "42000a"))
	if len(id) != 6 {
		return id
	}
	flags, err := strconv.ParseUint(id[2:4], 16, 8)
	if err != nil {
		return id
	}
	return id[:2] + strconv.FormatBool(flags&0x40 != 0)
}

// parameter reads one value of an fmtp line.
func parameter(fmtp, key, otherwise string) string {
	for field := range strings.SplitSeq(fmtp, ";") {
		k, v, _ := strings.Cut(strings.TrimSpace(field), "=")
		if strings.EqualFold(k, key) {
			return v
		}
	}
	return otherwise
}
