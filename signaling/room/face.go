package room

import (
	"cmp"
	"crypto/rand"
	"time"

	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/utils/guid"
	"google.golang.org/protobuf/proto"
)

// face is how the room looks to clients.
type face struct {
	room       *livekit.Room
	sync       bool   // streams of a publisher are kept in step
	sifTrailer []byte // ends frames that the server itself makes in encrypted tracks
	told       *livekit.Room
	toldAt     time.Time
	qualityAt  time.Time
}

// roomUpdateEvery is how often changed head counts are told.
const roomUpdateEvery = 3 * time.Second

func newFace(s Settings, now time.Time) face {
	c := s.Config
	trailer := make([]byte, 16)
	_, _ = rand.Read(trailer) // never fails
	return face{sifTrailer: trailer, sync: c.GetSyncStreams(), room: &livekit.Room{
		Sid:              guid.New(guid.RoomPrefix),
		Name:             string(s.ID),
		EmptyTimeout:     cmp.Or(c.GetEmptyTimeout(), uint32(s.Policy.EmptyTimeout/time.Second)),
		DepartureTimeout: cmp.Or(c.GetDepartureTimeout(), uint32(s.Policy.DepartureTimeout/time.Second)),
		MaxParticipants:  cmp.Or(c.GetMaxParticipants(), s.Policy.MaxParticipants),
		Metadata:         c.GetMetadata(),
		CreationTime:     now.Unix(),
		CreationTimeMs:   now.UnixMilli(),
		EnabledCodecs:    s.Policy.codecs(),
		Version:          &livekit.TimedVersion{UnixMicro: now.UnixMicro()},
	}}
}

// info is a copy that may be sent.
func (f *face) info() *livekit.Room { return proto.CloneOf(f.room) }

// configure applies what is set in a request for a room that is already open.
func (f *face) configure(c *livekit.RoomConfiguration) {
	f.room.EmptyTimeout = cmp.Or(c.EmptyTimeout, f.room.EmptyTimeout)
	f.room.DepartureTimeout = cmp.Or(c.DepartureTimeout, f.room.DepartureTimeout)
	f.room.MaxParticipants = cmp.Or(c.MaxParticipants, f.room.MaxParticipants)
	f.room.Metadata = cmp.Or(c.Metadata, f.room.Metadata)
	f.sync = f.sync || c.SyncStreams // of what is subscribed from now on
}

// count renews the head counts. It reports a change.
func (r *Room) count() bool {
	var participants, publishers uint32
	recording := r.recorded
	for _, m := range r.members {
		recording = recording || m.profile.Grants().Recorder && m.announced
		if m.profile.Dependent() || !m.announced {
			continue
		}
		participants++
		if len(m.tracks.Published()) > 0 {
			publishers++
		}
	}
	f := r.face.room
	changed := f.NumParticipants != participants || f.NumPublishers != publishers || f.ActiveRecording != recording
	f.NumParticipants, f.NumPublishers, f.ActiveRecording = participants, publishers, recording
	return changed
}

// tellRoom sends the room to everybody when it has changed: at once when
// urgent, else not more often than every few seconds.
func (r *Room) tellRoom(urgent bool) {
	now := time.Now()
	r.count()
	f := &r.face
	if f.told != nil && proto.Equal(f.told, f.room) {
		return
	}
	urgent = urgent || f.told != nil && f.told.ActiveRecording != f.room.ActiveRecording
	if !urgent && now.Sub(f.toldAt) < roomUpdateEvery {
		return
	}
	f.room.Version = &livekit.TimedVersion{UnixMicro: now.UnixMicro()}
	f.told, f.toldAt = f.info(), now
	update := &livekit.SignalResponse{Message: &livekit.SignalResponse_RoomUpdate{
		RoomUpdate: &livekit.RoomUpdate{Room: f.told},
	}}
	for _, m := range r.members {
		if m.link.joined {
			m.link.send(update)
		}
	}
}
