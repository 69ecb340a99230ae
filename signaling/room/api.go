package room

import (
	"context"
	"time"

	"diemcau/meeting"
	"diemcau/signaling/datapacket"
	"diemcau/signaling/profile"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

// with runs f on a participant, on the owner goroutine.
func (r *Room) with(ctx context.Context, identity string, f func(*member) error) error {
	return r.call(ctx, func() error {
		m := r.members[meeting.PointID(identity)]
		if m == nil {
			return session.ErrNoParticipant
		}
		return f(m)
	})
}

// Info is the room as it is now.
func (r *Room) Info(ctx context.Context) (*livekit.Room, error) {
	var out *livekit.Room
	err := r.call(ctx, func() error {
		r.count()
		out = r.face.info()
		return nil
	})
	return out, err
}

// Configure applies what a CreateRoom request sets to a room already open.
func (r *Room) Configure(ctx context.Context, c *livekit.RoomConfiguration) error {
	return r.call(ctx, func() error {
		r.face.configure(c)
		r.tellRoom(true)
		return nil
	})
}

// Delete ends the room for everybody.
func (r *Room) Delete(ctx context.Context) error {
	return r.call(ctx, func() error {
		r.close(livekit.DisconnectReason_ROOM_DELETED, livekit.RoomEndReason_ROOM_END_API_DELETE)
		return nil
	})
}

// UpdateRoomMetadata replaces the room's metadata.
func (r *Room) UpdateRoomMetadata(ctx context.Context, metadata string) (*livekit.Room, error) {
	if len(metadata) > profile.MaxMetadata {
		return nil, session.ErrMetadataSize
	}
	var out *livekit.Room
	err := r.call(ctx, func() error {
		r.face.room.Metadata = metadata
		r.tellRoom(true)
		out = r.face.info()
		return nil
	})
	return out, err
}

// SetRecording tells everybody, now and who comes later, whether the meeting is
// being recorded.
func (r *Room) SetRecording(ctx context.Context, on bool) error {
	return r.call(ctx, func() error {
		r.recorded = on
		r.tellRoom(true)
		return nil
	})
}

// ListParticipants lists all participants, hidden ones too.
func (r *Room) ListParticipants(ctx context.Context) ([]*livekit.ParticipantInfo, error) {
	var out []*livekit.ParticipantInfo
	err := r.call(ctx, func() error {
		for _, m := range r.members {
			out = append(out, m.profile.Info())
		}
		return nil
	})
	return out, err
}

// GetParticipant returns one participant.
func (r *Room) GetParticipant(ctx context.Context, identity string) (*livekit.ParticipantInfo, error) {
	var out *livekit.ParticipantInfo
	err := r.with(ctx, identity, func(m *member) error {
		out = m.profile.Info()
		return nil
	})
	return out, err
}

// RemoveParticipant ends a participant's session.
func (r *Room) RemoveParticipant(ctx context.Context, identity string) error {
	return r.with(ctx, identity, func(m *member) error {
		r.remove(m, ending{reason: livekit.DisconnectReason_PARTICIPANT_REMOVED, action: livekit.LeaveRequest_DISCONNECT})
		return nil
	})
}

// MutePublishedTrack mutes a track, or unmutes it where the operator allows.
func (r *Room) MutePublishedTrack(ctx context.Context, req *livekit.MuteRoomTrackRequest) (*livekit.TrackInfo, error) {
	var out *livekit.TrackInfo
	err := r.with(ctx, req.Identity, func(m *member) error {
		t := m.tracks.Get(meeting.TrackID(req.TrackSid))
		switch {
		case t == nil:
			return session.ErrNoTrack
		case !req.Muted && !r.settings.Policy.RemoteUnmute:
			return session.ErrNoUnmute
		case t.OwnMute() != req.Muted:
			m.bid(t, req.Muted)
			r.mute(m, t, req.Muted)
		}
		out = t.Info()
		return nil
	})
	return out, err
}

// UpdateParticipant changes how a participant looks and what it may do.
func (r *Room) UpdateParticipant(ctx context.Context, req *livekit.UpdateParticipantRequest) (*livekit.ParticipantInfo, error) {
	var out *livekit.ParticipantInfo
	err := r.with(ctx, req.Identity, func(m *member) error {
		looks := req.Name != "" || req.Metadata != "" || len(req.Attributes) > 0
		if looks {
			if m.profile.Update(req.Name, req.Metadata, req.Attributes) != nil {
				return session.ErrMetadataSize
			}
		}
		if !r.setPermission(m, req.Permission) && looks {
			r.changed(m)
		}
		out = m.profile.Info()
		return nil
	})
	return out, err
}

// UpdateSubscriptions subscribes a participant to tracks, or unsubscribes it.
func (r *Room) UpdateSubscriptions(ctx context.Context, req *livekit.UpdateSubscriptionsRequest) error {
	return r.with(ctx, req.Identity, func(m *member) error {
		r.updateSubscription(m, &livekit.UpdateSubscription{
			TrackSids: req.TrackSids, Subscribe: req.Subscribe, ParticipantTracks: req.ParticipantTracks,
		})
		return nil
	})
}

// SendData sends a message in the server's name.
func (r *Room) SendData(ctx context.Context, req *livekit.SendDataRequest) error {
	if n := len(req.Nonce); n != 0 && n != 16 {
		return session.ErrBadRequest
	}
	p, err := datapacket.FromAPI(req)
	if err != nil {
		return session.ErrBadRequest
	}
	return r.call(ctx, func() error {
		if r.courier.nonces.First(req.Nonce, time.Now()) {
			r.broadcast(p)
		}
		return nil
	})
}
