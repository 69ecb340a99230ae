package server

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"diemcau/meeting"
	"diemcau/signaling/profile"
	"diemcau/signaling/room"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/livekit"
)

// maxRoomName is the longest room name, in bytes.
const maxRoomName = 256

// in runs f on an open room. An error of the server API is a *session.Error
// or the context's own.
func (s *Server) in(name string, f func(*room.Room) error) error {
	r, err := s.find(meeting.ID(name))
	if err != nil {
		return err
	}
	if err := f(r); !room.IsClosed(err) {
		return err
	}
	return session.ErrNoRoom
}

// CreateRoom opens a room, or changes one that is open by what is set.
func (s *Server) CreateRoom(ctx context.Context, req *livekit.CreateRoomRequest) (*livekit.Room, error) {
	switch {
	case req.Name == "" || len(req.Name) > maxRoomName:
		return nil, session.ErrNameSize
	case len(req.Metadata) > profile.MaxMetadata:
		return nil, session.ErrMetadataSize
	}
	config := &livekit.RoomConfiguration{
		Name: req.Name, EmptyTimeout: req.EmptyTimeout, DepartureTimeout: req.DepartureTimeout,
		MaxParticipants: req.MaxParticipants, Metadata: req.Metadata, SyncStreams: req.SyncStreams,
		MinPlayoutDelay: req.MinPlayoutDelay, MaxPlayoutDelay: req.MaxPlayoutDelay,
	}
	for {
		r, opened, err := s.open(meeting.ID(req.Name), config)
		if err != nil {
			return nil, err
		}
		if !opened {
			err = r.Configure(ctx, config)
		}
		if err == nil {
			var info *livekit.Room
			if info, err = r.Info(ctx); err == nil {
				return info, nil
			}
		}
		if !room.IsClosed(err) {
			return nil, err
		}
	}
}

// SetRecording tells everybody in a room whether it is being recorded.
func (s *Server) SetRecording(ctx context.Context, id meeting.ID, on bool) error {
	return s.in(string(id), func(r *room.Room) error { return r.SetRecording(ctx, on) })
}

// ListRooms lists the open rooms, or those named.
func (s *Server) ListRooms(ctx context.Context, req *livekit.ListRoomsRequest) (*livekit.ListRoomsResponse, error) {
	s.mu.Lock()
	var rooms []*room.Room
	for id, r := range s.rooms {
		if len(req.Names) == 0 || slices.Contains(req.Names, string(id)) {
			rooms = append(rooms, r)
		}
	}
	s.mu.Unlock()
	out := &livekit.ListRoomsResponse{}
	for _, r := range rooms {
		info, err := r.Info(ctx)
		switch {
		case err == nil:
			out.Rooms = append(out.Rooms, info)
		case !room.IsClosed(err):
			return nil, err
		}
	}
	slices.SortFunc(out.Rooms, func(a, b *livekit.Room) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// DeleteRoom ends a room for everybody. Its name is free when this returns.
func (s *Server) DeleteRoom(ctx context.Context, req *livekit.DeleteRoomRequest) (*livekit.DeleteRoomResponse, error) {
	err := s.in(req.Room, func(r *room.Room) error { return r.Delete(ctx) })
	return &livekit.DeleteRoomResponse{}, err
}

// ListParticipants lists who is in a room.
func (s *Server) ListParticipants(ctx context.Context, req *livekit.ListParticipantsRequest) (*livekit.ListParticipantsResponse, error) {
	out := &livekit.ListParticipantsResponse{}
	err := s.in(req.Room, func(r *room.Room) (err error) {
		out.Participants, err = r.ListParticipants(ctx)
		return err
	})
	if errors.Is(err, session.ErrNoRoom) {
		return out, nil // nobody is in a room that is not open
	}
	return out, err
}

// GetParticipant returns one participant.
func (s *Server) GetParticipant(ctx context.Context, req *livekit.RoomParticipantIdentity) (out *livekit.ParticipantInfo, err error) {
	err = s.in(req.Room, func(r *room.Room) (err error) {
		out, err = r.GetParticipant(ctx, req.Identity)
		return err
	})
	return out, noParticipant(err)
}

// noParticipant says what clients expect of a participant of a room that is
// not open.
func noParticipant(err error) error {
	if errors.Is(err, session.ErrNoRoom) {
		return session.ErrNoParticipant
	}
	return err
}

// RemoveParticipant ends a participant's session; it may join again.
func (s *Server) RemoveParticipant(ctx context.Context, req *livekit.RoomParticipantIdentity) (*livekit.RemoveParticipantResponse, error) {
	err := s.in(req.Room, func(r *room.Room) error { return r.RemoveParticipant(ctx, req.Identity) })
	return &livekit.RemoveParticipantResponse{}, noParticipant(err)
}

// MutePublishedTrack mutes or unmutes a track.
func (s *Server) MutePublishedTrack(ctx context.Context, req *livekit.MuteRoomTrackRequest) (*livekit.MuteRoomTrackResponse, error) {
	out := &livekit.MuteRoomTrackResponse{}
	err := s.in(req.Room, func(r *room.Room) (err error) {
		out.Track, err = r.MutePublishedTrack(ctx, req)
		return err
	})
	return out, noParticipant(err)
}

// UpdateParticipant changes name, metadata, attributes and permissions.
func (s *Server) UpdateParticipant(ctx context.Context, req *livekit.UpdateParticipantRequest) (out *livekit.ParticipantInfo, err error) {
	err = s.in(req.Room, func(r *room.Room) (err error) {
		out, err = r.UpdateParticipant(ctx, req)
		return err
	})
	return out, noParticipant(err)
}

// UpdateSubscriptions acts on behalf of a participant.
func (s *Server) UpdateSubscriptions(ctx context.Context, req *livekit.UpdateSubscriptionsRequest) (*livekit.UpdateSubscriptionsResponse, error) {
	err := s.in(req.Room, func(r *room.Room) error { return r.UpdateSubscriptions(ctx, req) })
	return &livekit.UpdateSubscriptionsResponse{}, noParticipant(err)
}

// SendData sends a message in the server's name.
func (s *Server) SendData(ctx context.Context, req *livekit.SendDataRequest) (*livekit.SendDataResponse, error) {
	err := s.in(req.Room, func(r *room.Room) error { return r.SendData(ctx, req) })
	return &livekit.SendDataResponse{}, err
}

// UpdateRoomMetadata replaces a room's metadata.
func (s *Server) UpdateRoomMetadata(ctx context.Context, req *livekit.UpdateRoomMetadataRequest) (out *livekit.Room, err error) {
	err = s.in(req.Room, func(r *room.Room) (err error) {
		out, err = r.UpdateRoomMetadata(ctx, req.Metadata)
		return err
	})
	return out, err
}

// PerformRpc calls a method of a participant's client and waits for the answer.
func (s *Server) PerformRpc(ctx context.Context, req *livekit.PerformRpcRequest) (out *livekit.PerformRpcResponse, err error) { //nolint:revive // the protocol’s spelling
	err = s.in(req.Room, func(r *room.Room) (err error) {
		out, err = r.PerformRpc(ctx, req)
		return err
	})
	return out, noParticipant(err)
}
