package client

import (
	"testing"

	"github.com/livekit/protocol/livekit"
)

func TestGatesOpenAtTheirProtocol(t *testing.T) {
	t.Parallel()
	gates := map[int32]func(Client) bool{
		3: Client.SubscriberPrimary, 5: Client.ConnectionQuality, 7: Client.TrackUnpublished, 9: Client.DisconnectedUpdate,
		10: Client.SyncStreams, 11: Client.LostQuality, 12: Client.IdentityReconnect, 13: Client.LeaveAction, 15: Client.SuccessResponse,
	}
	for first, gate := range gates {
		if gate(New(&livekit.ClientInfo{Protocol: first - 1})) || !gate(New(&livekit.ClientInfo{Protocol: first})) {
			t.Errorf("the gate of protocol %d opens elsewhere", first)
		}
		if gate(New(nil)) {
			t.Errorf("the gate of protocol %d is open to a client that says nothing", first)
		}
	}
}

func TestBrokenEncodersAreNotUsed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		info *livekit.ClientInfo
		mime string
		want bool
	}{
		{&livekit.ClientInfo{Browser: "chrome"}, "video/H264", true},
		{&livekit.ClientInfo{Browser: "firefox", Os: "Linux"}, "video/H264", false},
		{&livekit.ClientInfo{Browser: "Firefox", Os: "Ubuntu"}, "video/H264", false},
		{&livekit.ClientInfo{Browser: "Chrome", Os: "Ubuntu"}, "video/H264", true},
		{&livekit.ClientInfo{Browser: "Firefox", Os: "android 14"}, "video/h264", false},
		{&livekit.ClientInfo{Browser: "firefox", Os: "Windows"}, "video/H264", true},
		{&livekit.ClientInfo{DeviceModel: "xiaomi 2201117ti"}, "video/H264", false},
		{&livekit.ClientInfo{DeviceModel: "xiaomi 2201117ti"}, "video/VP8", true},
		{&livekit.ClientInfo{Browser: "safari"}, "video/AV1", false},
		{&livekit.ClientInfo{Browser: "safari", BrowserVersion: "18.3"}, "video/VP9", true},
		{&livekit.ClientInfo{Browser: "safari", BrowserVersion: "18.4"}, "video/VP9", false},
		{&livekit.ClientInfo{Browser: "safari", BrowserVersion: "26"}, "video/VP9", false},
		{&livekit.ClientInfo{Browser: "safari", BrowserVersion: "không"}, "video/VP9", true},
	} {
		if got := New(c.info).Publishes(c.mime); got != c.want {
			t.Errorf("%v publishes %s: %v", c.info, c.mime, got)
		}
	}
}
