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
		{uri: URIPlayoutDelay, video: true, down: true},
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
