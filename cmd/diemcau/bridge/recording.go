package bridge

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/livekit/protocol/livekit"

	"diemcau/cmd/diemcau/config"
	"diemcau/internal/mailbox"
	"diemcau/meeting"
	"diemcau/meeting/live"
	"diemcau/recording/archive"
	"diemcau/recording/control"
	"diemcau/recording/recorder"
	"diemcau/sfu/engine"
	"diemcau/signaling"
	"diemcau/signaling/room"
	"diemcau/signaling/server"
)

// recordingTopic is the topic of the messages about a recording that all points
// of a room get.
const recordingTopic = "diemcau.recording"

// tellPatience is how long a room may take to hear of its recording.
const tellPatience = 5 * time.Second

// recordings introduces the recorder to rooms and media. Its goroutine tells
// rooms what happens to their recording, because that waits for the room's owner.
type recordings struct {
	*control.Control
	root    string
	made    archive.Settings // what recordings are written with
	reserve uint64           // bytes
	key     ed25519.PublicKey
	log     *slog.Logger
	news    *mailbox.Mailbox[func(context.Context, *server.Server)]
	quit    chan struct{}
	done    chan struct{}

	started bool
	live    *live.House // set by start
}

func openRecordings(cfg config.Config, log *slog.Logger) (*recordings, error) {
	dir := filepath.Join(cfg.Data, "recording")
	key, err := signingKey(filepath.Join(dir, "signing.key"))
	if err != nil {
		return nil, err
	}
	recipients, err := cfg.RecordingRecipients()
	if err != nil {
		return nil, err
	}
	r := &recordings{
		root: cfg.ArchiveDir(), reserve: cfg.Recording.ReserveMB << 20, key: key.Public().(ed25519.PublicKey), log: log,
		news: mailbox.New[func(context.Context, *server.Server)](), quit: make(chan struct{}), done: make(chan struct{}),
	}
	if err := os.MkdirAll(r.root, 0o750); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	a := archive.Settings{Key: key, Software: software(), Recipients: recipients}
	if len(recipients) > 0 {
		a.Keys = cfg.RecordingKeysDir()
	}
	r.made = a
	r.Control, err = control.New(control.Settings{
		Recorder: recorder.Settings{Root: r.root, Archive: a, Reserve: cfg.Recording.ReserveMB << 20, Log: log},
		Orders:   filepath.Join(dir, "orders"),
		Told:     r.told,
		Alarm:    r.alarm,
		Log:      log,
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// signingKey reads the key that recordings are signed with, or makes it. The
// public key lies beside it, for `diemcau archive verify --key`.
func signingKey(path string) (ed25519.PrivateKey, error) {
	b, err := os.ReadFile(path)
	if err == nil {
		seed, err := hex.DecodeString(strings.TrimSpace(string(b)))
		if err != nil || len(seed) != ed25519.SeedSize {
			return nil, fmt.Errorf("%s: not a signing key", path)
		}
		return ed25519.NewKeyFromSeed(seed), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, []byte(hex.EncodeToString(private.Seed())+"\n"), 0o600); err != nil {
		return nil, err
	}
	return private, os.WriteFile(strings.TrimSuffix(path, ".key")+".pub", []byte(hex.EncodeToString(public)+"\n"), 0o644) //nolint:gosec // it is to be published
}

// software is what made a recording.
func software() string {
	version := "dev"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				version = s.Value
			}
		}
	}
	return "diemcau " + version
}

// start begins to tell rooms and meetings.
func (r *recordings) start(sessions *server.Server, meetings *live.House) {
	r.started, r.live = true, meetings
	go func() {
		defer close(r.done)
		for {
			select {
			case <-r.news.Ready():
			case <-r.quit:
				return
			}
			for _, tell := range r.news.Take(nil) {
				ctx, cancel := context.WithTimeout(context.Background(), tellPatience)
				tell(ctx, sessions)
				cancel()
			}
		}
	}()
}

// close suspends what is being recorded; the next start of the bridge goes on.
func (r *recordings) close() {
	r.Control.Close()
	close(r.quit)
	if r.started {
		<-r.done
	}
}

// told has everybody in a room see whether it is being recorded, and its meeting
// know how it stands.
func (r *recordings) told(id meeting.ID, s control.State) {
	on, report := s.Active && !s.Paused, reportOf(s)
	r.news.Post(func(ctx context.Context, sessions *server.Server) {
		r.live.Report(id, report)
		_ = sessions.SetRecording(ctx, id, on) // the room has ended
	})
}

// RecordingAlarm is what the points of a room are told when something is wrong
// with its recording, or no longer is.
type recordingAlarm struct {
	Kind   string `json:"kind"` // "alarm"
	Alarm  string `json:"alarm"`
	Active bool   `json:"active"`
}

func (r *recordings) alarm(id meeting.ID, a recorder.Alarm) {
	b, err := json.Marshal(recordingAlarm{Kind: "alarm", Alarm: string(a.Kind), Active: a.Active})
	if err != nil {
		return // cannot be: words and a bool
	}
	topic := recordingTopic
	r.news.Post(func(ctx context.Context, sessions *server.Server) {
		_, _ = sessions.SendData(ctx, &livekit.SendDataRequest{ // the room has ended
			Room: string(id), Data: b, Kind: livekit.DataPacket_RELIABLE, Topic: &topic,
		})
	})
}

// follow hands the events of rooms to the recordings first and then on.
func (r *recordings) follow(next func(*livekit.WebhookEvent)) func(*livekit.WebhookEvent) {
	return func(e *livekit.WebhookEvent) {
		r.event(e)
		if next != nil {
			next(e)
		}
	}
}

func (r *recordings) event(e *livekit.WebhookEvent) {
	id := meeting.ID(e.Room.GetName())
	p := control.Point{
		Session: meeting.SessionID(e.Participant.GetSid()), Point: meeting.PointID(e.Participant.GetIdentity()), Name: e.Participant.GetName(),
	}
	switch e.Event {
	case "room_finished":
		r.Closed(id, e.RoomEndReason == livekit.RoomEndReason_ROOM_END_SERVER_SHUTDOWN)
	case "participant_joined":
		r.Joined(id, p)
	case "participant_left":
		r.Left(id, p.Session, strings.ToLower(e.Participant.GetDisconnectReason().String()))
	case "track_published":
		source := e.Track.GetSource()
		r.Published(id, p, control.Track{
			ID: meeting.TrackID(e.Track.GetSid()), Session: p.Session, Name: e.Track.GetName(),
			Screen:    source == livekit.TrackSource_SCREEN_SHARE || source == livekit.TrackSource_SCREEN_SHARE_AUDIO,
			Encrypted: e.Track.GetEncryption() != livekit.Encryption_NONE,
		})
	case "track_unpublished":
		r.Unpublished(id, meeting.TrackID(e.Track.GetSid()))
	}
}

// recordedServer lets the recordings see the rooms' media on its way to the
// session plane.
type recordedServer struct {
	mediaServer
	recordings *recordings
}

// OpenRoom implements signaling.MediaServer.
func (m recordedServer) OpenRoom(id meeting.ID, levels func([]signaling.TrackLevel)) signaling.MediaRoom {
	opened := m.mediaServer.OpenRoom(id, func(ls []signaling.TrackLevel) {
		loud := make([]control.Level, len(ls))
		for i, l := range ls {
			loud[i] = control.Level{Track: l.ID, Active: l.Active}
		}
		m.recordings.Loud(id, loud)
		levels(ls)
	})
	if media, ok := opened.(mediaRoom); ok {
		m.recordings.Opened(id, media.Room)
	}
	return recordedRoom{opened, id, m.recordings}
}

type recordedRoom struct {
	signaling.MediaRoom
	id         meeting.ID
	recordings *recordings
}

// Join implements signaling.MediaRoom.
func (r recordedRoom) Join(s signaling.PeerSettings, events func(signaling.MediaEvent)) (signaling.Peer, error) {
	return r.MediaRoom.Join(s, func(e signaling.MediaEvent) {
		if q, ok := e.(signaling.MediaQuality); ok {
			r.recordings.Line(r.id, s.ID, grade(q))
		}
		events(e)
	})
}

// grade is a line in one word, with the limits that clients are told by.
func grade(q signaling.MediaQuality) string {
	switch {
	case q.Lost:
		return "lost"
	case q.Score >= room.ExcellentScore:
		return "excellent"
	case q.Score >= room.GoodScore:
		return "good"
	}
	return "poor"
}

var _ control.Room = (*engine.Room)(nil)
