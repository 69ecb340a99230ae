package peerconn

import (
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"
)

// guardOffer keeps Pion from adding a transceiver for each undeclared SSRC,
// which it does when an offer has a single media section without SSRC lines: a
// client could grow it without end. One declared SSRC ends that.
func guardOffer(text string) string {
	var d sdp.SessionDescription
	if d.UnmarshalString(text) != nil || len(d.MediaDescriptions) != 1 {
		return text
	}
	m := d.MediaDescriptions[0]
	if m.MediaName.Media == "application" {
		return text
	}
	if _, ok := m.Attribute("ssrc"); ok {
		return text
	}
	m.WithValueAttribute("ssrc", strconv.FormatUint(uint64(rand.Uint32()|1), 10)+" cname:-")
	if b, err := d.Marshal(); err == nil {
		return string(b)
	}
	return text
}

// Audio are the changes to the Opus part of an answer to a publisher.
type Audio struct {
	DTX, Stereo bool
}

// Finish touches up our description before it goes to the client: mixed one-
// and two-byte header extensions are allowed (RFC 8285 section 6), and the Opus
// parameters of each section get what publications and tracks ask for, by mid.
func Finish(text string, audio map[string]Audio, stereoDown map[string]bool) string {
	var d sdp.SessionDescription
	if d.UnmarshalString(text) != nil {
		return text
	}
	if _, ok := d.Attribute("extmap-allow-mixed"); !ok {
		d.Attributes = append(d.Attributes, sdp.Attribute{Key: "extmap-allow-mixed"})
	}
	for _, m := range d.MediaDescriptions {
		mid, _ := m.Attribute("mid")
		if a, ok := audio[mid]; ok {
			opusFormat(m, func(fmtp string) string { return a.apply(fmtp) })
		}
		if stereoDown[mid] {
			opusFormat(m, func(fmtp string) string { return withParameter(fmtp, "sprop-stereo", "1") })
		}
	}
	b, err := d.Marshal()
	if err != nil {
		return text
	}
	return string(b)
}

// apply sets the Opus parameters (RFC 7587 section 6.1).
func (a Audio) apply(fmtp string) string {
	fmtp = withParameter(fmtp, "useinbandfec", "1") // each packet can repeat the one before
	if a.DTX {
		fmtp = withParameter(fmtp, "usedtx", "1")
	}
	if a.Stereo {
		fmtp = withParameter(fmtp, "stereo", "1")
		fmtp = withParameter(fmtp, "maxaveragebitrate", "510000")
	}
	return fmtp
}

// FreeSections offers the sections that no track uses as receiving ones: where
// they are inactive, Pion's own client stops their transceiver and does not
// always start it again.
func FreeSections(text string) string {
	return strings.ReplaceAll(text, "\r\na=inactive\r\n", "\r\na=recvonly\r\n")
}

// opusFormat rewrites the fmtp line of Opus, wherever the client numbered it.
func opusFormat(m *sdp.MediaDescription, f func(string) string) {
	var pt string
	for _, a := range m.Attributes {
		if n, codec, ok := strings.Cut(a.Value, " "); ok && a.Key == "rtpmap" && len(codec) >= 5 && strings.EqualFold(codec[:5], "opus/") {
			pt = n
		}
	}
	if pt == "" {
		return
	}
	for i, a := range m.Attributes {
		if n, fmtp, ok := strings.Cut(a.Value, " "); ok && a.Key == "fmtp" && n == pt {
			m.Attributes[i].Value = n + " " + f(fmtp)
			return
		}
	}
	m.WithValueAttribute("fmtp", pt+" "+f(""))
}

// withParameter sets one value of an fmtp line.
func withParameter(fmtp, key, value string) string {
	var fields []string
	for field := range strings.SplitSeq(fmtp, ";") {
		k, _, _ := strings.Cut(strings.TrimSpace(field), "=")
		if k != "" && !strings.EqualFold(k, key) {
			fields = append(fields, strings.TrimSpace(field))
		}
	}
	return strings.Join(append(fields, key+"="+value), ";")
}
