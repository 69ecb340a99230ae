package integration

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"diemcau/cmd/diemload/samples"
)

// operator reads a page at the admin address.
func (b *server) operator(t *testing.T, path string) string {
	t.Helper()
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + b.admin + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", path, answer.StatusCode, err)
	}
	return string(text)
}

// values are all metrics with their labels as written.
func (b *server) values(t *testing.T) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for line := range strings.Lines(b.operator(t, "/metrics")) {
		if at := strings.LastIndexByte(line, ' '); at > 0 && line[0] != '#' {
			if v, err := strconv.ParseFloat(strings.TrimSpace(line[at:]), 64); err == nil {
				all[line[:at]] = v
			}
		}
	}
	return all
}

func TestInstrumentsMoveWithTheMedia(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	if b.admin == "" {
		t.Skip("another server")
	}
	room := newRoom()
	one, two := join(t, b, room, "one"), join(t, b, room, "two")
	one.camera(samples.VP8)
	one.microphone()
	two.hasFrom("one")
	first := b.values(t)
	two.sees("one", cam, 45)
	var now map[string]float64
	moving := []string{
		`diemcau_media_source_packets_total{kind="audio"}`, `diemcau_media_source_bytes_total{kind="video"}`,
		`diemcau_media_sink_packets_total{kind="video"}`, `diemcau_media_sink_bytes_total{kind="audio"}`,
		`diemcau_media_sink_dropped_packets_total{kind="video",reason="other_layer"}`,
		`diemcau_media_room_sent_bytes_total{room="` + room + `"}`,
		"diemcau_udp_sent_packets_total", "diemcau_udp_received_packets_total",
	}
	for _, name := range moving {
		eventually(t, soonLimit, name+" to move", func() bool {
			now = b.values(t)
			_, there := now[name]
			return there && now[name] > first[name]
		})
	}
	for name, want := range map[string]float64{
		`diemcau_media_sources{kind="video"}`: 1, `diemcau_media_sinks{kind="audio"}`: 1,
		`diemcau_media_room_peers{room="` + room + `"}`: 2, "diemcau_media_rooms": 1, "diemcau_media_lines": 2,
		"diemcau_participants": 2, "diemcau_joins_total": 2,
	} {
		if got, there := now[name]; !there || got != want {
			t.Errorf("%s is %v, not %v", name, got, want)
		}
	}
	// Who comes when the picture runs already must ask for a keyframe.
	late := join(t, b, room, "late")
	late.sees("one", cam, 5)
	eventually(t, soonLimit, "the request for a keyframe to be counted", func() bool {
		return b.values(t)[`diemcau_media_source_keyframe_requests_total{kind="video"}`] > 0
	})
	late.Close()
	one.Close()
	two.Close()
	eventually(t, soonLimit, "both to be gone", func() bool {
		now = b.values(t)
		return now[`diemcau_media_sinks{kind="video"}`] == 0 && now[`diemcau_media_sources{kind="audio"}`] == 0
	})
	for _, name := range moving {
		if !strings.Contains(name, "room=") && now[name] < first[name] {
			t.Errorf("%s went back from %v to %v", name, first[name], now[name])
		}
	}
}

func TestTheMediaPageTellsOfEveryTrackAndNoSecret(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	if b.admin == "" {
		t.Skip("another server")
	}
	room := newRoom()
	one, two := join(t, b, room, "one"), join(t, b, room, "two")
	track := one.camera(samples.VP8)
	two.sees("one", cam, 60)
	text := b.operator(t, "/debug/media")
	var page struct {
		Media struct {
			Rooms []struct {
				ID    string `json:"id"`
				Peers []struct {
					ID        string `json:"id"`
					Connected bool   `json:"connected"`
					Sources   []struct {
						ID     string            `json:"id"`
						Layers []json.RawMessage `json:"layers"`
						Bytes  uint64            `json:"bytes"`
					} `json:"sources"`
					Sinks []struct {
						ID      string `json:"id"`
						Packets uint64 `json:"packets"`
					} `json:"sinks"`
				} `json:"peers"`
			} `json:"rooms"`
		} `json:"media"`
	}
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		t.Fatal(err)
	}
	if len(page.Media.Rooms) != 1 || page.Media.Rooms[0].ID != room {
		t.Fatalf("rooms: %s", text)
	}
	for _, p := range page.Media.Rooms[0].Peers {
		switch {
		case !p.Connected:
			t.Errorf("%s is not connected", p.ID)
		case p.ID == one.SID() && (len(p.Sources) != 1 || p.Sources[0].ID != track.Info.GetSid() || len(p.Sources[0].Layers) != 3 || p.Sources[0].Bytes == 0):
			t.Errorf("the publisher: %+v", p)
		case p.ID == two.SID() && (len(p.Sinks) != 1 || p.Sinks[0].ID != track.Info.GetSid() || p.Sinks[0].Packets == 0):
			t.Errorf("the subscriber: %+v", p)
		}
	}
	if strings.Contains(text, "eyJ") || strings.Contains(text, b.secret+`"`) || strings.Contains(text, "127.0.0.1") {
		t.Errorf("the page tells too much: %s", text)
	}
}
