package peerconn

import (
	"slices"
	"strings"

	"github.com/pion/webrtc/v4"
)

// Preference is what the bridge wants of a section that the client sends on.
type Preference struct {
	MIME    string   // goes first, if the client offers it
	RED     bool     // wrap Opus in RED, if the client offers it
	Only    bool     // leave nothing but MIME: Firefox ignores the order
	Allowed []string // MIME types; empty means all
}

// Prefer orders the codecs of the answer for one m-section. The payload types
// stay the client's. It returns the codecs in the order of the answer.
func (c *Conn) Prefer(s *Section, p Preference) []Codec {
	list := p.order(s.Codecs)
	tr := c.transceiver(s.Mid)
	if tr == nil || len(list) == 0 {
		return list
	}
	var codecs []webrtc.RTPCodecParameters
	for _, codec := range list {
		codecs = append(codecs, codec.parameters()...)
	}
	if err := tr.SetCodecPreferences(codecs); err != nil {
		return s.Codecs
	}
	return list
}

// order filters and sorts the codecs of a section.
func (p Preference) order(offered []Codec) []Codec {
	known := slices.DeleteFunc(slices.Clone(offered), func(c Codec) bool { return !p.allows(c) })
	rank := func(c Codec) int {
		switch {
		case c.MIME == MIMERED && p.RED:
			return 0
		case p.MIME != "" && strings.EqualFold(c.MIME, p.MIME):
			return 1
		case c.MIME == MIMERED:
			return 3
		default:
			return 2
		}
	}
	slices.SortStableFunc(known, func(a, b Codec) int { return rank(a) - rank(b) })
	if p.Only && len(known) > 0 && strings.EqualFold(known[0].MIME, p.MIME) {
		known = slices.DeleteFunc(known, func(c Codec) bool { return !strings.EqualFold(c.MIME, p.MIME) })
	}
	return known
}

// allows tells whether a codec may be in the answer at all. RED goes with Opus
// and only where it is wanted.
func (p Preference) allows(c Codec) bool {
	if c.MIME == MIMERED {
		return p.RED
	}
	return slices.ContainsFunc(enabledCodecs(p.Allowed), func(o offered) bool {
		return o.mime == c.MIME && sameFormat(c.MIME, o.fmtp, c.FMTP)
	})
}

// parameters is the codec, and its retransmissions, in Pion's form with the
// client's payload types.
func (c Codec) parameters() []webrtc.RTPCodecParameters {
	list := offered{mime: c.MIME, pt: c.PayloadType, rtx: c.RTX, fmtp: c.FMTP}.parameters()
	list[0].ClockRate, list[0].Channels = c.ClockRate, uint16(c.Channels)
	return list
}
