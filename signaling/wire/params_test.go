package wire_test

import (
	"encoding/base64"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/testing/protocmp"

	"diemcau/signaling/session"
	"diemcau/signaling/wire"
)

// asked lets a client join and tells what the session core was asked.
func (s *server) asked(t *testing.T, path string, claims *auth.ClaimGrants) session.Params {
	t.Helper()
	ws, _, err := s.dial(t, path, claims)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	return s.seat(t).params
}

func TestQueryParametersReachTheSession(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	query := url.Values{}
	for name, value := range map[string]string{
		"protocol": "17", "sdk": "swift", "version": "2.0.0", "os": "iOS", "os_version": "18", "device_model": "iPad", "network": "wifi",
		"client_protocol": "2", "capabilities": "CAP_PACKET_TRAILER,CAP_FUTURE, CAP_COMPRESSION_DEFLATE_RAW",
		"auto_subscribe": "0", "auto_subscribe_data_track": "false", "adaptive_stream": "1", "subscriber_allow_pause": "true", "disable_ice_lite": "true",
		"reconnect": "1", "sid": "PA_1", "reconnect_reason": "3", "attributes": attributes(`{"vai trò":"chủ trì"}`),
	} {
		query.Set(name, value)
	}
	claims := grants(func(c *auth.ClaimGrants) { c.Video.CanUpdateOwnMetadata = yes() })
	got := s.asked(t, "/rtc?"+query.Encode(), claims)
	want := &livekit.JoinRequest{
		ClientInfo: &livekit.ClientInfo{
			Sdk: livekit.ClientInfo_SWIFT, Version: "2.0.0", Protocol: 17, Os: "iOS", OsVersion: "18", DeviceModel: "iPad", Network: "wifi",
			Address: "127.0.0.1", ClientProtocol: 2,
			Capabilities: []livekit.ClientInfo_Capability{livekit.ClientInfo_CAP_PACKET_TRAILER, livekit.ClientInfo_CAP_COMPRESSION_DEFLATE_RAW},
		},
		ConnectionSettings: &livekit.ConnectionSettings{
			AdaptiveStream: true, SubscriberAllowPause: yes(), DisableIceLite: true, AutoSubscribeDataTrack: no(),
		},
		Reconnect: true, ParticipantSid: "PA_1", ReconnectReason: 3,
		ParticipantAttributes: map[string]string{"vai trò": "chủ trì"},
	}
	if diff := cmp.Diff(want, got.Join, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if got.Single || got.APIKey != "key" || got.Expires.IsZero() || got.Claims.Identity != "xa-1" {
		t.Errorf("%+v", got)
	}
}

func TestAbsentParametersMeanTheProtocolsDefaults(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	got := s.asked(t, "/rtc", joinGrant())
	want := &livekit.JoinRequest{
		ClientInfo:         &livekit.ClientInfo{Address: "127.0.0.1"},
		ConnectionSettings: &livekit.ConnectionSettings{AutoSubscribe: true, AutoSubscribeDataTrack: yes()},
	}
	if diff := cmp.Diff(want, got.Join, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	got = s.asked(t, "/rtc?sid=PA_1&reconnect_reason=2&publish=phu&protocol=x&sdk=ios", joinGrant())
	if got.Join.ParticipantSid != "" || got.Join.ReconnectReason != 0 || got.PublishSuffix != "phu" ||
		got.Join.ClientInfo.Protocol != 0 || got.Join.ClientInfo.Sdk != livekit.ClientInfo_SWIFT {
		t.Errorf("%+v", got)
	}
}

func TestEverySDKIsKnownByItsName(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	for name, want := range map[string]livekit.ClientInfo_SDK{
		"js": 1, "ios": 2, "swift": 2, "android": 3, "flutter": 4, "go": 5, "unity": 6, "reactnative": 7, "rust": 8, "python": 9,
		"cpp": 10, "unityweb": 11, "node": 12, "esp32": 14, "dotnet": 15, "tương lai": 0,
	} {
		if got := s.asked(t, "/rtc?sdk="+url.QueryEscape(name), joinGrant()).Join.ClientInfo.Sdk; got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

func TestAJoinRequestMeansOneConnectionOnEitherPath(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	sent := &livekit.JoinRequest{
		ClientInfo:            &livekit.ClientInfo{Sdk: livekit.ClientInfo_RUST, Protocol: 17, Address: "192.0.2.1"},
		ConnectionSettings:    &livekit.ConnectionSettings{AutoSubscribe: true},
		Metadata:              "m",
		ParticipantAttributes: map[string]string{"a": "b"},
		AddTrackRequests:      []*livekit.AddTrackRequest{{Cid: "1"}, {Cid: "2"}},
		PublisherOffer:        &livekit.SessionDescription{Type: "offer", Sdp: "v=0", Id: 1},
		Reconnect:             true, ReconnectReason: 2, ParticipantSid: "PA_1",
		SyncState: &livekit.SyncState{TrackSidsDisabled: []string{"TR_1"}},
	}
	raw := joinBytes(t, sent)
	want := sent
	want.ClientInfo.Address = "127.0.0.1"
	want.ConnectionSettings.AutoSubscribeDataTrack = no()
	claims := grants(func(c *auth.ClaimGrants) { c.Video.CanUpdateOwnMetadata = yes() })
	for name, parameter := range map[string]string{
		"plain, padded":       wrap(t, livekit.WrappedJoinRequest_NONE, raw, base64.URLEncoding),
		"plain, not padded":   wrap(t, livekit.WrappedJoinRequest_NONE, raw, base64.RawURLEncoding),
		"plain, std alphabet": wrap(t, livekit.WrappedJoinRequest_NONE, raw, base64.StdEncoding),
		"gzip":                wrap(t, livekit.WrappedJoinRequest_GZIP, gzipped(t, raw), base64.URLEncoding),
	} {
		for _, path := range []string{"/rtc", "/rtc/v1"} {
			got := s.asked(t, path+"?auto_subscribe=0&publish=x&join_request="+url.QueryEscape(parameter), claims)
			if diff := cmp.Diff(want, got.Join, protocmp.Transform()); diff != "" {
				t.Errorf("%s, %s: %s", name, path, diff)
			}
			if !got.Single || got.PublishSuffix != "" {
				t.Errorf("%s, %s: %+v", name, path, got)
			}
		}
	}
}

func TestAnEmptyJoinRequestHasAllThatTheSessionCountsOn(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	parameter := wrap(t, livekit.WrappedJoinRequest_GZIP, gzipped(t, nil), base64.URLEncoding)
	got := s.asked(t, "/rtc/v1?join_request="+url.QueryEscape(parameter), joinGrant())
	want := &livekit.JoinRequest{
		ClientInfo:         &livekit.ClientInfo{Address: "127.0.0.1"},
		ConnectionSettings: &livekit.ConnectionSettings{AutoSubscribeDataTrack: no()},
	}
	if diff := cmp.Diff(want, got.Join, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestBrowsersAreKnownByTheirUserAgent(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	tests := []struct{ userAgent, browser, version, os, osVersion, device string }{
		{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "Chrome", "141.0.0.0", "Linux", "", ""},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.3485.54", "Edge", "140.0.3485.54", "Windows", "10", ""},
		{"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox", "143.0", "Ubuntu", "", ""},
		{"Mozilla/5.0 (Android 14; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0", "Firefox", "143.0", "Android", "14", ""},
		{"Mozilla/5.0 (Linux; Android 15; Pixel 9 Pro Build/AP4A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36", "Chrome", "141.0.0.0", "Android", "15", "Pixel 9 Pro"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15", "Safari", "18.4", "Mac OS X", "10.15.7", "Mac"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1", "Safari", "18.4", "iOS", "18.4", "iPhone"},
		{"Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome iOS", "140.0", "iOS", "17.0", "iPad"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) coc_coc_browser/136.0.230 Chrome/130.0.6723.230 Safari/537.36", "Coc Coc", "136.0.230", "Windows", "10", ""},
		{"curl/8.0", "", "", "", "", ""},
		{"", "", "", "", "", ""},
	}
	for _, tt := range tests {
		header := http.Header{"Authorization": {"Bearer " + s.token(t, joinGrant())}, "User-Agent": {tt.userAgent}}
		get(t, "GET", s.URL+"/rtc/validate?sdk=js", header)
		s.desk.mu.Lock()
		info := s.desk.asked[len(s.desk.asked)-1].Join.ClientInfo
		s.desk.mu.Unlock()
		if info.Browser != tt.browser || info.BrowserVersion != tt.version || info.Os != tt.os || info.OsVersion != tt.osVersion || info.DeviceModel != tt.device {
			t.Errorf("%s:\n%v", tt.userAgent, info)
		}
	}
	// What the client says itself counts more; native SDKs are not guessed at.
	got := s.asked(t, "/rtc?sdk=js&browser=Mine&os=Own", joinGrant()).Join.ClientInfo
	if got.Browser != "Mine" || got.Os != "Own" {
		t.Errorf("%v", got)
	}
}

func TestOnlyTrustedProxiesSayWhoTheySpeakFor(t *testing.T) {
	t.Parallel()
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("10.0.0.0/8")}
	for _, tt := range []struct {
		name      string
		trusted   []netip.Prefix
		forwarded []string
		want      string
	}{
		{"no proxy is trusted", nil, []string{"203.0.113.9"}, "127.0.0.1"},
		{"one proxy", loopback, []string{"203.0.113.9"}, "203.0.113.9"},
		{"the client invents one", loopback, []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9"},
		{"two proxies", loopback, []string{"198.51.100.1, 203.0.113.9, 10.1.2.3"}, "203.0.113.9"},
		{"two headers", loopback, []string{"198.51.100.1", "203.0.113.9"}, "203.0.113.9"},
		{"with a port", loopback, []string{"203.0.113.9:4711"}, "203.0.113.9"},
		{"IPv6", loopback, []string{"[2001:db8::9]:1"}, "2001:db8::9"},
		{"garbage", loopback, []string{"203.0.113.9, unknown"}, "127.0.0.1"},
		{"nothing", loopback, nil, "127.0.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(s *wire.Settings) { s.TrustedProxies = tt.trusted })
			header := http.Header{"Authorization": {"Bearer " + s.token(t, joinGrant())}, "X-Forwarded-For": tt.forwarded}
			response, body := get(t, "GET", s.URL+"/rtc/validate", header)
			if response.StatusCode != 200 {
				t.Fatal(body)
			}
			s.desk.mu.Lock()
			defer s.desk.mu.Unlock()
			if got := s.desk.asked[0].Join.ClientInfo.Address; got != tt.want {
				t.Errorf("address %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTooManyJoinsAreTurnedAway(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	for _, tt := range []struct {
		name      string
		rate      wire.Rate
		forwarded func(i int) string
		allowed   int
		status    int
	}{
		{"from one address", wire.Rate{PerAddress: 1e-6, PerAddressBurst: 5}, func(int) string { return "203.0.113.9" }, 5, 429},
		{"from one IPv6 network", wire.Rate{PerAddress: 1e-6, PerAddressBurst: 5}, func(i int) string { return "2001:db8::" + strings.Repeat("a", 1+i%4) }, 5, 429},
		{"all together", wire.Rate{Total: 1e-6, TotalBurst: 7}, func(i int) string { return "203.0.113." + string(rune('0'+i%10)) }, 7, 503},
		{"from loopback, limited", wire.Rate{PerAddress: 1e-6, PerAddressBurst: 3, LimitLoopback: true}, func(int) string { return "" }, 3, 429},
		{"from loopback, exempt", wire.Rate{PerAddress: 1e-6, PerAddressBurst: 3}, func(int) string { return "" }, 20, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(s *wire.Settings) {
				s.Rate, s.TrustedProxies = tt.rate, proxies
				s.Rate.Hold, s.Rate.PerPointBurst = time.Millisecond, 1000 // they are all of one name
			})
			raw := s.token(t, joinGrant())
			for i := range 20 {
				header := http.Header{"Authorization": {"Bearer " + raw}}
				if from := tt.forwarded(i); from != "" {
					header.Set("X-Forwarded-For", from)
				}
				response, body := get(t, "GET", s.URL+"/rtc/validate", header)
				want := 200
				if i >= tt.allowed {
					want = tt.status
					if response.Header.Get("Retry-After") == "" {
						t.Error("nothing says when to try again")
					}
				}
				if response.StatusCode != want {
					t.Fatalf("try %d: %d %s, want %d", i, response.StatusCode, body, want)
				}
			}
		})
	}
}
