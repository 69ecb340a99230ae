package lkclient

import (
	"net"
	"net/url"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/interceptor/pkg/nack"
	"github.com/pion/interceptor/pkg/report"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

const (
	uriMid             = sdp.SDESMidURI
	uriRID             = sdp.SDESRTPStreamIDURI
	uriRepairedRID     = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
	uriAudioLevel      = sdp.AudioLevelURI
	uriAbsSendTime     = sdp.ABSSendTimeURI
	uriTransportCC     = sdp.TransportCCURI
	h264Constrained    = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
	h264SingleNAL      = "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f"
	opusParameters     = "minptime=10;useinbandfec=1"
	defaultNackPeriod  = 100 * time.Millisecond
	reportPeriod       = time.Second
	nackHistoryPackets = 1024
)

// newAPI builds the Pion engine of one peer connection.
func newAPI(set *Settings) (*webrtc.API, error) {
	media := &webrtc.MediaEngine{}
	if err := registerCodecs(media); err != nil {
		return nil, err
	}
	if err := registerExtensions(media); err != nil {
		return nil, err
	}
	registry, err := interceptors(set)
	if err != nil {
		return nil, err
	}
	return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(registry),
		webrtc.WithSettingEngine(settingEngine(set))), nil
}

func settingEngine(set *Settings) webrtc.SettingEngine {
	var e webrtc.SettingEngine
	e.SetSCTPRTOMax(2 * time.Second)
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	switch {
	case set.TCPOnly:
		e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeTCP4})
	case set.UDPMux != nil:
		e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
		e.SetICEUDPMux(set.UDPMux)
	case set.UDPOnly:
		e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	default:
		e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeTCP4})
	}
	// Retransmissions are late by nature; the default window takes them for replays.
	e.DisableSRTPReplayProtection(true)
	if u, err := url.Parse(set.URL); err == nil {
		if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip.IsLoopback() {
			e.SetIncludeLoopbackCandidate(true)
			e.SetIPFilter(net.IP.IsLoopback) // the server is on this machine: its other addresses need no try
		}
	}
	if set.Net != nil {
		e.SetNet(set.Net)
	}
	return e
}

func registerCodecs(media *webrtc.MediaEngine) error {
	audio := webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: opusParameters,
			RTCPFeedback: []webrtc.RTCPFeedback{{Type: "transport-cc"}, {Type: "nack"}},
		},
		PayloadType: 111,
	}
	if err := media.RegisterCodec(audio, webrtc.RTPCodecTypeAudio); err != nil {
		return err
	}
	feedback := []webrtc.RTCPFeedback{
		{Type: "goog-remb"}, {Type: "transport-cc"}, {Type: "ccm", Parameter: "fir"}, {Type: "nack"}, {Type: "nack", Parameter: "pli"},
	}
	for _, v := range []struct {
		mime, fmtp string
		pt         webrtc.PayloadType
	}{
		{webrtc.MimeTypeVP8, "", 96},
		{webrtc.MimeTypeRTX, "apt=96", 97},
		{webrtc.MimeTypeH264, h264Constrained, 102},
		{webrtc.MimeTypeRTX, "apt=102", 103},
		{webrtc.MimeTypeH264, h264SingleNAL, 108},
		{webrtc.MimeTypeRTX, "apt=108", 109},
		{webrtc.MimeTypeVP9, "profile-id=0", 98},
		{webrtc.MimeTypeRTX, "apt=98", 99},
	} {
		codec := webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: v.mime, ClockRate: 90000, SDPFmtpLine: v.fmtp},
			PayloadType:        v.pt,
		}
		if v.mime != webrtc.MimeTypeRTX {
			codec.RTCPFeedback = feedback
		}
		if err := media.RegisterCodec(codec, webrtc.RTPCodecTypeVideo); err != nil {
			return err
		}
	}
	return nil
}

func registerExtensions(media *webrtc.MediaEngine) error {
	for _, x := range []struct {
		uri  string
		kind webrtc.RTPCodecType
	}{
		{uriMid, webrtc.RTPCodecTypeAudio}, {uriMid, webrtc.RTPCodecTypeVideo},
		{uriRID, webrtc.RTPCodecTypeVideo}, {uriRepairedRID, webrtc.RTPCodecTypeVideo},
		{uriAudioLevel, webrtc.RTPCodecTypeAudio},
		{uriTransportCC, webrtc.RTPCodecTypeAudio}, {uriTransportCC, webrtc.RTPCodecTypeVideo},
		{uriAbsSendTime, webrtc.RTPCodecTypeVideo},
	} {
		if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: x.uri}, x.kind); err != nil {
			return err
		}
	}
	return nil
}

// interceptors are those of a browser: NACK both ways, reports, and transport
// feedback where the server negotiates it.
func interceptors(set *Settings) (*interceptor.Registry, error) {
	period := set.NackInterval
	if period == 0 {
		period = defaultNackPeriod
	}
	var failed error
	keep := func(f interceptor.Factory, err error) interceptor.Factory {
		if err != nil {
			failed = err
		}
		return f
	}
	// The first in the list is the nearest to the wire: a retransmission gets a
	// name and a transport sequence number of its own.
	stamp, err := twcc.NewHeaderExtensionInterceptor()
	list := []interceptor.Factory{&repairNames{}, keep(stamp, err)}
	responder, err := nack.NewResponderInterceptor(nack.ResponderSize(nackHistoryPackets))
	list = append(list, keep(responder, err))
	generator, err := nack.NewGeneratorInterceptor(nack.GeneratorInterval(period), nack.GeneratorMaxNacksPerPacket(10))
	list = append(list, keep(generator, err))
	receiver, err := report.NewReceiverInterceptor(report.ReceiverInterval(reportPeriod))
	list = append(list, keep(receiver, err))
	sender, err := report.NewSenderInterceptor(report.SenderInterval(reportPeriod))
	list = append(list, keep(sender, err))
	feedback, err := twcc.NewSenderInterceptor()
	list = append(list, keep(feedback, err))
	if failed != nil {
		return nil, failed
	}
	registry := &interceptor.Registry{}
	for _, f := range list {
		registry.Add(f)
	}
	return registry, nil
}
