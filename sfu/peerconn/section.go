package peerconn

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"diemcau/sfu"

	"github.com/pion/sdp/v3"
)

const (
	maxSDP      = 512 << 10 // bytes: some 300 m-sections with all codecs
	maxSections = 600       // m-sections: a client sees 140 points, two tracks each
)

// ErrDescription tells that a client's SDP cannot be used.
var ErrDescription = errors.New("peerconn: unusable session description")

// Section is what the bridge must know of one m-section of a client's SDP.
type Section struct {
	Mid      string
	Kind     sfu.Kind // 0 for data
	Rejected bool     // port 0 and not bundle-only
	Sends    bool     // from the client's view
	Receives bool
	Stream   string // msid
	Track    string // msid
	Codecs   []Codec
	// Extensions are the ids by URI, 1 to 255.
	Extensions map[string]uint8
	RIDs       []string          // that the client sends, in the order of the SDP
	SSRCs      []uint32          // primary streams
	RTX        map[uint32]uint32 // retransmission SSRC by primary SSRC
}

// Codec is a payload type of a section.
type Codec struct {
	PayloadType uint8
	RTX         uint8 // payload type of the retransmissions, 0 without
	MIME        string
	FMTP        string
	ClockRate   uint32
	Channels    uint8
	NACK        bool // lost packets may be asked for (RFC 4585)
}

// ReadSections reads a client's SDP.
func ReadSections(text string) ([]Section, error) {
	if len(text) > maxSDP {
		return nil, ErrDescription
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return nil, errors.Join(ErrDescription, err)
	}
	if len(d.MediaDescriptions) > maxSections {
		return nil, ErrDescription
	}
	sections := make([]Section, 0, len(d.MediaDescriptions))
	seen := make(map[string]bool, len(d.MediaDescriptions))
	for _, m := range d.MediaDescriptions {
		s := readSection(m)
		if s.Mid == "" || seen[s.Mid] {
			return nil, ErrDescription
		}
		seen[s.Mid] = true
		sections = append(sections, s)
	}
	return sections, nil
}

func readSection(m *sdp.MediaDescription) Section {
	s := Section{Sends: true, Receives: true, Extensions: map[string]uint8{}, RTX: map[uint32]uint32{}}
	switch m.MediaName.Media {
	case "audio":
		s.Kind = sfu.Audio
	case "video":
		s.Kind = sfu.Video
	}
	_, bundleOnly := m.Attribute("bundle-only")
	s.Rejected = m.MediaName.Port.Value == 0 && !bundleOnly
	var formats formatTable
	var repair []uint32
	for _, a := range m.Attributes {
		switch a.Key {
		case "mid":
			s.Mid = a.Value
		case "sendonly":
			s.Receives = false
		case "recvonly":
			s.Sends = false
		case "inactive":
			s.Sends, s.Receives = false, false
		case "msid":
			s.Stream, s.Track, _ = strings.Cut(a.Value, " ")
		case "extmap":
			s.readExtension(a.Value)
		case "rid":
			s.readRID(a.Value)
		case "ssrc":
			s.readSSRC(a.Value)
		case "ssrc-group":
			repair = append(repair, s.readGroup(a.Value)...)
		case "rtpmap", "fmtp", "rtcp-fb":
			formats.read(a.Key, a.Value)
		}
	}
	s.SSRCs = slices.DeleteFunc(s.SSRCs, func(x uint32) bool { return slices.Contains(repair, x) })
	s.Codecs = formats.codecs(m.MediaName.Formats, s.Kind)
	return s
}

// readExtension reads "id[/direction] uri" (RFC 8285 section 5).
func (s *Section) readExtension(value string) {
	number, uri, _ := strings.Cut(value, " ")
	number, _, _ = strings.Cut(number, "/")
	uri, _, _ = strings.Cut(uri, " ")
	if id, err := strconv.ParseUint(number, 10, 8); err == nil && id > 0 {
		s.Extensions[uri] = uint8(id)
	}
}

// readRID reads "id direction [parameters]" (RFC 8851 section 4).
func (s *Section) readRID(value string) {
	if f := strings.Fields(value); len(f) >= 2 && f[1] == "send" && !slices.Contains(s.RIDs, f[0]) {
		s.RIDs = append(s.RIDs, f[0])
	}
}

// readSSRC reads "ssrc attribute[:value]" (RFC 5576 section 4.1). Old clients
// put the msid only there.
func (s *Section) readSSRC(value string) {
	number, attribute, _ := strings.Cut(value, " ")
	ssrc, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return
	}
	if !slices.Contains(s.SSRCs, uint32(ssrc)) {
		s.SSRCs = append(s.SSRCs, uint32(ssrc))
	}
	if msid, ok := strings.CutPrefix(attribute, "msid:"); ok && s.Track == "" {
		s.Stream, s.Track, _ = strings.Cut(msid, " ")
	}
}

// readGroup reads "FID primary repair" (RFC 5576 section 4.2) and returns the
// repair streams.
func (s *Section) readGroup(value string) []uint32 {
	f := strings.Fields(value)
	if len(f) != 3 || (f[0] != "FID" && f[0] != "FEC-FR") {
		return nil
	}
	primary, err1 := strconv.ParseUint(f[1], 10, 32)
	repair, err2 := strconv.ParseUint(f[2], 10, 32)
	if err1 != nil || err2 != nil || primary == repair {
		return nil
	}
	if f[0] == "FID" {
		s.RTX[uint32(primary)] = uint32(repair)
	}
	return []uint32{uint32(repair)}
}

// Codec returns the first codec of the section with a MIME type and, where it
// matters, a format that fits fmtp.
func (s *Section) Codec(mime, fmtp string) (Codec, bool) {
	for _, c := range s.Codecs {
		if strings.EqualFold(c.MIME, mime) && sameFormat(mime, c.FMTP, fmtp) {
			return c, true
		}
	}
	return Codec{}, false
}

// formatTable collects rtpmap and fmtp lines by payload type.
type formatTable struct {
	maps map[uint8]string
	fmtp map[uint8]string
	nack map[uint8]bool
}

func (t *formatTable) read(key, value string) {
	if t.maps == nil {
		t.maps, t.fmtp, t.nack = map[uint8]string{}, map[uint8]string{}, map[uint8]bool{}
	}
	number, rest, _ := strings.Cut(value, " ")
	pt, err := strconv.ParseUint(number, 10, 7)
	if err != nil {
		return
	}
	switch key {
	case "fmtp":
		t.fmtp[uint8(pt)] = rest
	case "rtcp-fb":
		t.nack[uint8(pt)] = t.nack[uint8(pt)] || rest == "nack"
	default:
		t.maps[uint8(pt)] = rest
	}
}

// codecs lists the formats in the section's order, retransmission folded into
// the codec that it repairs (RFC 4588 section 8).
func (t *formatTable) codecs(formats []string, kind sfu.Kind) []Codec {
	var list []Codec
	repairs := map[uint8]uint8{}
	prefix := "video/"
	if kind == sfu.Audio {
		prefix = "audio/"
	}
	for _, f := range formats {
		n, err := strconv.ParseUint(f, 10, 7)
		if err != nil {
			continue
		}
		pt := uint8(n)
		name, rate, _ := strings.Cut(t.maps[pt], "/")
		if strings.EqualFold(name, "rtx") {
			if apt, err := strconv.ParseUint(parameter(t.fmtp[pt], "apt", ""), 10, 7); err == nil {
				repairs[uint8(apt)] = pt
			}
			continue
		}
		if name == "" {
			continue
		}
		c := Codec{PayloadType: pt, MIME: normalMIME(prefix + name), FMTP: t.fmtp[pt], NACK: t.nack[pt]}
		hertz, channels, _ := strings.Cut(rate, "/")
		if v, err := strconv.ParseUint(hertz, 10, 32); err == nil {
			c.ClockRate = uint32(v)
		}
		if v, err := strconv.ParseUint(channels, 10, 8); err == nil {
			c.Channels = uint8(v)
		}
		list = append(list, c)
	}
	for i := range list {
		list[i].RTX = repairs[list[i].PayloadType]
	}
	return list
}

// normalMIME gives a MIME type the bridge's spelling.
func normalMIME(mime string) string {
	for _, c := range codecTable() {
		if strings.EqualFold(c.mime, mime) {
			return c.mime
		}
	}
	return strings.ToLower(mime)
}
