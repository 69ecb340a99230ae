package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"

	"diemcau/cmd/diemcau/config"
	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/recording/archive"
	"diemcau/recording/control"
)

// archived starts a bridge of our own and names the folder of its archive.
func archived(t *testing.T, set ...func(*config.Config)) (*server, string) {
	t.Helper()
	root := t.TempDir()
	return startOwn(t, append(set, func(c *config.Config) { c.Recording.Dir = root })...), root
}

// ask calls the recordings' API as a server does.
func (b *server) ask(t *testing.T, method, path string, body, into any) int {
	t.Helper()
	token, err := auth.NewAccessToken(b.key, b.secret).SetVideoGrant(&auth.VideoGrant{RoomRecord: true}).ToJWT()
	if err != nil {
		t.Fatal(err)
	}
	return b.askWith(t, token, method, path, body, into)
}

func (b *server) askWith(t *testing.T, token, method, path string, body, into any) int {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(within(t, soonLimit), method, strings.Replace(b.url, "ws", "http", 1)+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatalf("%s %s: %d %s", method, path, answer.StatusCode, text)
		}
	}
	return answer.StatusCode
}

func (b *server) record(t *testing.T, room string) control.State {
	t.Helper()
	var s control.State
	if status := b.ask(t, http.MethodPost, "/api/recordings", map[string]any{"room": room, "title": "Giao ban"}, &s); status != http.StatusCreated || !s.Active {
		t.Fatalf("start: %d %+v", status, s)
	}
	return s
}

func (b *server) stopRecording(t *testing.T, room string) {
	t.Helper()
	var s control.State
	if status := b.ask(t, http.MethodPost, "/api/recordings/rooms/"+room+"/stop", nil, &s); status != http.StatusOK {
		t.Fatalf("stop: %d %+v", status, s)
	}
}

// only returns the one recording of an archive.
func only(t *testing.T, root string) (string, archive.Item) {
	t.Helper()
	items, err := archive.Rebuild(root)
	if err != nil || len(items) != 1 {
		t.Fatalf("%d recordings: %v", len(items), err)
	}
	return filepath.Join(root, filepath.FromSlash(items[0].Dir)), items[0]
}

// hears waits until a point knows whether it is being recorded.
func (p *point) hears(recording bool) {
	p.t.Helper()
	if err := p.Wait(soon(p.t), fmt.Sprintf("recording: %v", recording), func(r *lkclient.Room) bool {
		return r.Info.GetActiveRecording() == recording
	}); err != nil {
		p.t.Fatal(err)
	}
}

// seconds asks ffprobe for the first and the end of the last packet of a file; it
// fails the test when ffprobe complains.
func seconds(t *testing.T, path string) (from, to float64) {
	t.Helper()
	cmd := exec.Command("ffprobe", "-v", "warning", "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0", path)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Errorf("ffprobe %s: %v %s", filepath.Base(path), err, complaints.String())
	}
	from = -1
	for line := range strings.Lines(string(out)) {
		at, rest, _ := strings.Cut(strings.TrimSpace(line), ",")
		pts, err := strconv.ParseFloat(at, 64)
		if err != nil {
			continue
		}
		if from < 0 {
			from = pts
		}
		length, _ := strconv.ParseFloat(strings.TrimSuffix(rest, ","), 64)
		to = max(to, pts+length)
	}
	return from, to
}

func kinds(item archive.Item) map[string]int {
	n := map[string]int{}
	for _, e := range item.Events {
		n[e.Kind]++
	}
	return n
}

func TestARC01_ARecordedRoomIsInTheArchiveWithAllThatHappened(t *testing.T) {
	t.Parallel()
	b, root := archived(t)
	room := newRoom()
	hall := join(t, b, room, "hall")
	hall.camera(samples.VP8)
	microphone := hall.microphone()
	b.record(t, room)
	hall.hears(true)
	commune := join(t, b, room, "commune") // later
	commune.hears(true)
	commune.plainCamera(samples.H264)
	hall.sees("commune", cam, 10)
	commune.microphone()
	hall.sees("commune", mic, 10)
	presenter := join(t, b, room, "presenter")
	presenter.publish(samples.VP8, livekit.TrackSource_SCREEN_SHARE, 2)
	var state control.State
	t.Cleanup(func() {
		if t.Failed() {
			_, item := only(t, root)
			t.Logf("%+v\n%+v", state, item.Tracks)
		}
	})
	eventually(t, soonLimit, "five tracks on disk", func() bool {
		b.ask(t, http.MethodGet, "/api/recordings/rooms/"+room, nil, &state)
		_, item := only(t, root)
		filled := 0
		for _, track := range item.Tracks {
			if track.Fragments > 2 {
				filled++
			}
		}
		return state.Stats.Tracks == 5 && filled == 5
	})
	if err := hall.SetMuted(soon(t), microphone.Info.GetSid(), true); err != nil {
		t.Fatal(err)
	}
	eventually(t, soonLimit, "the mute in the index", func() bool {
		_, item := only(t, root)
		return kinds(item)["track.mute"] > 0
	})
	presenter.Close()
	eventually(t, soonLimit, "the goodbye in the index", func() bool {
		_, item := only(t, root)
		return kinds(item)["participant.leave"] > 0
	})
	b.stopRecording(t, room)
	hall.hears(false)

	dir, item := only(t, root)
	report, err := archive.Verify(dir, archive.VerifySettings{})
	if err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
	got := kinds(item)
	for _, kind := range []string{"recording.by", "participants", "participant.join", "share.on", "track.mute", "participant.leave", "share.off", "recording.stop", "recording.end"} {
		if got[kind] == 0 {
			t.Errorf("no %s in the index: %v", kind, got)
		}
	}
	for _, track := range item.Tracks {
		from, to := seconds(t, filepath.Join(dir, filepath.FromSlash(track.File)))
		if wantFrom, wantTo := float64(track.From)/1000, float64(track.To)/1000; from < wantFrom-0.2 || from > wantFrom+0.2 || to < wantTo-0.2 || to > wantTo+0.2 {
			t.Errorf("%s plays from %.2f to %.2f, the index says %.2f to %.2f", track.File, from, to, wantFrom, wantTo)
		}
		if track.Point == "" || track.Session == "" {
			t.Errorf("whose is %+v?", track)
		}
	}
	best := slices.ContainsFunc(item.Tracks, func(t archive.TrackItem) bool { return t.Point == "hall" && t.Width == 1280 })
	for _, e := range item.Events {
		best = best || e.Kind == "track.resolution" && strings.Contains(string(e.Data), `"width":1280`)
	}
	if !best {
		t.Error("the best layer was not recorded")
	}
}

func TestARC01_OnlyAServerThatMayRecordStartsByTheAPI(t *testing.T) {
	t.Parallel()
	b, _ := archived(t)
	room := newRoom()
	join(t, b, room, "hall")
	body := map[string]string{"room": room}
	other, err := lkclient.Token(b.key, b.secret, room, "hall", nil)
	if err != nil {
		t.Fatal(err)
	}
	var p struct{ Code string }
	for token, want := range map[string]int{"": 401, "rubbish": 401, other: 403} {
		if got := b.askWith(t, token, http.MethodPost, "/api/recordings", body, &p); got != want {
			t.Errorf("%q: %d %s, not %d", token, got, p.Code, want)
		}
	}
	if got := b.ask(t, http.MethodPost, "/api/recordings", map[string]string{"room": "nowhere"}, &p); got != http.StatusNotFound || p.Code != "unknown_room" {
		t.Errorf("a room that is not open: %d %s", got, p.Code)
	}
	if got := b.ask(t, http.MethodPost, "/api/recordings/rooms/"+room+"/stop", nil, &p); got != http.StatusConflict || p.Code != "recording.inactive" {
		t.Errorf("stop without a start: %d %s", got, p.Code)
	}
	b.record(t, room)
	if got := b.ask(t, http.MethodPost, "/api/recordings", body, &p); got != http.StatusConflict || p.Code != "recording.active" {
		t.Errorf("a second start: %d %s", got, p.Code)
	}
}

func TestARC01_AnEncryptedMeetingIsRefusedBeforeTheStart(t *testing.T) {
	t.Parallel()
	b, root := archived(t)
	room := newRoom()
	hall := join(t, b, room, "hall")
	if _, err := hall.Publish(soon(t), lkclient.Publication{MIME: samples.Opus, Source: mic, Encryption: livekit.Encryption_GCM}); err != nil {
		t.Fatal(err)
	}
	if err := join(t, b, room, "commune").Wait(soon(t), "the track", func(r *lkclient.Room) bool {
		return len(r.Others["hall"].GetTracks()) > 0
	}); err != nil {
		t.Fatal(err)
	}
	var p struct{ Code string }
	if got := b.ask(t, http.MethodPost, "/api/recordings", map[string]string{"room": room}, &p); got != http.StatusConflict {
		t.Error(got)
	}
	if items, err := archive.Rebuild(root); p.Code != "recording.encrypted" || err != nil || len(items) > 0 {
		t.Errorf("%s; %d recordings, %v", p.Code, len(items), err)
	}
}

func TestARC09_TheAPISaysHowManyHoursAreLeft(t *testing.T) {
	t.Parallel()
	b, _ := archived(t, func(c *config.Config) { c.Recording.Bitrate = 1 << 40 })
	var s struct {
		Size, Free uint64
		Used       float64
		Hours      float64
		Warning    bool
	}
	if got := b.ask(t, http.MethodGet, "/api/recordings/space", nil, &s); got != http.StatusOK {
		t.Fatal(got)
	}
	if s.Size == 0 || s.Free == 0 || s.Used <= 0 || s.Used >= 1 || s.Hours > 1 || !s.Warning {
		t.Errorf("at an absurd bitrate: %+v", s)
	}
}

func TestARC02_ARestartedBridgeGoesOnInTheSameRecording(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	same := func(c *config.Config) { c.Data = data }
	b, root := archived(t, same)
	room := newRoom()
	hall := join(t, b, room, "hall")
	hall.microphone()
	first := b.record(t, room)
	eventually(t, soonLimit, "sound on disk", func() bool {
		_, item := only(t, root)
		return len(item.Tracks) == 1 && item.Tracks[0].Fragments > 1
	})
	if err := b.stop(); err != nil {
		t.Fatal(err)
	}
	hall.Close()
	b = startOwn(t, same, func(c *config.Config) { c.Recording.Dir = root })
	var s control.State
	if b.ask(t, http.MethodGet, "/api/recordings/rooms/"+room, nil, &s); !s.Waiting {
		t.Errorf("before the room is back: %+v", s)
	}
	hall = join(t, b, room, "hall")
	hall.hears(true)
	hall.microphone()
	eventually(t, 2*soonLimit, "more sound on disk", func() bool {
		_, item := only(t, root)
		return len(item.Tracks) == 2 && item.Tracks[1].Fragments > 1
	})
	b.ask(t, http.MethodGet, "/api/recordings/rooms/"+room, nil, &s)
	if s.Recording != first.Recording {
		t.Errorf("another recording: %+v after %+v", s, first)
	}
	b.stopRecording(t, room)
	dir, item := only(t, root)
	if got := kinds(item); got["recording.again"] != 1 || got["recorder.recovered"] != 1 {
		t.Errorf("what happened: %v", got)
	}
	if report, err := archive.Verify(dir, archive.VerifySettings{}); err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestARC02_ARecordingEndsWithItsRoom(t *testing.T) {
	t.Parallel()
	b, root := archived(t, func(c *config.Config) { c.Room.DepartureTimeout = time.Second })
	room := newRoom()
	hall := join(t, b, room, "hall")
	hall.microphone()
	b.record(t, room)
	hall.Close()
	eventually(t, 3*soonLimit, "the seal", func() bool {
		_, item := only(t, root)
		return item.Sealed
	})
}
