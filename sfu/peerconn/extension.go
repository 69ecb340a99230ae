package peerconn

import (
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// The header extensions that the bridge knows (RFC 8285 URIs).
const (
	URIMid                  = sdp.SDESMidURI
	URIRid                  = sdp.SDESRTPStreamIDURI
	URIRepairedRid          = sdp.SDESRepairRTPStreamIDURI
	URIAudioLevel           = sdp.AudioLevelURI
	URITransportCC          = sdp.TransportCCURI
	URIAbsSendTime          = sdp.ABSSendTimeURI
	URIDependencyDescriptor = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
	URIFrameMarking         = "urn:ietf:params:rtp-hdrext:framemarking"
	URIPlayoutDelay         = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
	URIAbsCaptureTime       = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"
)

// extension is one row of the table: where it is used, and which way.
type extension struct {
	uri          string
	audio, video bool
	up, down     bool // on packets from, to the client
}

// extensionTable lists the header extensions. Pion numbers them from 1 in this
// order in our offers; all ids stay under 15, the one-byte form.
func extensionTable() []extension {
	return []extension{
		{uri: URIMid, audio: true, video: true, up: true, down: true},
		{uri: URIRid, video: true, up: true},
		{uri: URIRepairedRid, video: true, up: true},
		{uri: URIAudioLevel, audio: true, up: true},
		{uri: URITransportCC, audio: true, video: true, up: true, down: true},
		{uri: URIAbsSendTime, video: true, down: true},
		{uri: URIDependencyDescriptor, video: true, up: true, down: true},
		{uri: URIPlayoutDelay, video: true, up: true, down: true},
		{uri: URIAbsCaptureTime, audio: true, video: true, up: true, down: true},
	}
}

// registerExtensions tells Pion the header extensions of a role.
func registerExtensions(engine *webrtc.MediaEngine, role Role) error {
	for _, e := range extensionTable() {
		var ways []webrtc.RTPTransceiverDirection
		if e.up && role&Publishing != 0 {
			ways = append(ways, webrtc.RTPTransceiverDirectionRecvonly)
		}
		if e.down && role&Subscribing != 0 {
			ways = append(ways, webrtc.RTPTransceiverDirectionSendonly)
		}
		if len(ways) == 0 {
			continue
		}
		capability := webrtc.RTPHeaderExtensionCapability{URI: e.uri}
		if e.audio {
			if err := engine.RegisterHeaderExtension(capability, webrtc.RTPCodecTypeAudio, ways...); err != nil {
				return err
			}
		}
		if e.video {
			if err := engine.RegisterHeaderExtension(capability, webrtc.RTPCodecTypeVideo, ways...); err != nil {
				return err
			}
		}
	}
	return nil
}

// extmaps remembers the extmap lines (RFC 8285 section 5) of our offers by kind of
// media. Pion leaves them out of a section that has become inactive, and for ever
// after, when the section carries another track: that track would have no
// transport-wide numbers, and its line would never be measured again.
type extmaps map[string][]sdp.Attribute

// complete gives the sections of an offer that have none the lines of the others.
func (o extmaps) complete(text string) string {
	var d sdp.SessionDescription
	if d.UnmarshalString(text) != nil {
		return text
	}
	var bare []*sdp.MediaDescription
	for _, m := range d.MediaDescriptions {
		lines := extensionLines(m)
		switch kind := m.MediaName.Media; {
		case len(lines) == 0 && m.MediaName.Port.Value != 0: // 0 is a section that has ended
			bare = append(bare, m)
		case len(lines) > len(o[kind]):
			o[kind] = lines
		}
	}
	changed := false
	for _, m := range bare {
		if lines := o[m.MediaName.Media]; len(lines) > 0 {
			m.Attributes = append(m.Attributes, lines...)
			changed = true
		}
	}
	if !changed {
		return text
	}
	b, err := d.Marshal()
	if err != nil {
		return text
	}
	return string(b)
}

func extensionLines(m *sdp.MediaDescription) (lines []sdp.Attribute) {
	for _, a := range m.Attributes {
		if a.Key == "extmap" {
			lines = append(lines, a)
		}
	}
	return lines
}
