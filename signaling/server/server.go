// Package server is the session plane's front door: it finds or opens the room
// that a client or the server API asks for, and closes all of them at the end.
//
// It starts no goroutine of its own; each room has one. Close ends all rooms
// and waits for them. Its one lock guards the list of rooms and is never held
// while a room is spoken to.
package server

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"

	"diemcau/meeting"
	"diemcau/meeting/air"
	"diemcau/signaling"
	"diemcau/signaling/room"
	"diemcau/signaling/session"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
)

// Settings are what a server is made of.
type Settings struct {
	Media  signaling.MediaServer
	Tokens room.Tokens
	// Events takes webhook events, in order per room; it must not block. It may
	// be nil.
	Events func(*livekit.WebhookEvent)
	Log    *slog.Logger
	Policy room.Policy
	// AutoCreate lets a join open a room that does not exist.
	AutoCreate bool
	// MaxRooms bounds the open rooms; 0 means no limit.
	MaxRooms int
	// MayOpen, when not nil, is asked before a join opens a room; it must not
	// block.
	MayOpen func(meeting.ID) bool
	// Attend, when not nil, is asked before a client is let in; it may wait for
	// the meeting's owner. Its error is a *session.Error.
	Attend func(meeting.ID, air.Guest) error
	// Report takes what meetings must know of their rooms; it must not block. It
	// may be nil.
	Report func(meeting.ID, air.Report)
}

// Server keeps the open rooms.
type Server struct {
	settings Settings
	counters room.Counters

	mu     sync.Mutex
	rooms  map[meeting.ID]*room.Room
	ending map[*room.Room]struct{}    // closed, with peers still closing
	orders map[meeting.ID]*air.Orders // of the meetings that are open
	closed bool
}

// Server implements what the socket's handler needs.
var _ session.Admission = (*Server)(nil)

// New returns a server without rooms.
func New(s Settings) *Server {
	s.Policy = s.Policy.WithDefaults()
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	return &Server{settings: s, rooms: make(map[meeting.ID]*room.Room), ending: make(map[*room.Room]struct{}), orders: make(map[meeting.ID]*air.Orders)}
}

// Counters count what happened in all rooms.
func (s *Server) Counters() *room.Counters { return &s.counters }

// Rooms is the number of open rooms.
func (s *Server) Rooms() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.rooms)
}

// find returns an open room.
func (s *Server) find(id meeting.ID) (*room.Room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, session.ErrShuttingDown
	}
	if r := s.rooms[id]; r != nil {
		return r, nil
	}
	return nil, session.ErrNoRoom
}

// open returns an open room, or opens it.
func (s *Server) open(id meeting.ID, config *livekit.RoomConfiguration) (r *room.Room, opened bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, false, session.ErrShuttingDown
	case s.rooms[id] != nil:
		return s.rooms[id], false, nil
	case s.settings.MaxRooms > 0 && len(s.rooms) >= s.settings.MaxRooms:
		return nil, false, session.ErrServerFull
	}
	r = room.Open(room.Settings{
		ID: id, Media: s.settings.Media, Tokens: s.settings.Tokens, Events: s.settings.Events,
		Ended: s.ended, Log: s.settings.Log, Policy: s.settings.Policy, Counters: &s.counters, Config: config,
		Orders: s.orders[id], Report: s.settings.Report,
	})
	s.rooms[id] = r
	return r, true, nil
}

// ended takes a room off the list, from the room's own goroutine.
func (s *Server) ended(r *room.Room) {
	s.mu.Lock()
	if s.rooms[r.ID()] == r {
		delete(s.rooms, r.ID())
	}
	s.ending[r] = struct{}{}
	for e := range s.ending {
		select {
		case <-e.Done():
			delete(s.ending, e)
		default:
		}
	}
	s.mu.Unlock()
}

// mayOpen tells whether a client may open a room that does not exist.
func (s *Server) mayOpen(p session.Params) bool {
	if p.Claims.Video.RoomCreate {
		return true
	}
	id := meeting.ID(p.Claims.Video.Room)
	return s.settings.AutoCreate && (s.settings.MayOpen == nil || s.settings.MayOpen(id))
}

// attend asks the meeting's door. Who resumes is inside already.
func (s *Server) attend(id meeting.ID, claims *auth.ClaimGrants, p session.Params) error {
	if s.settings.Attend == nil || p.Join.GetReconnect() {
		return nil
	}
	return s.settings.Attend(id, room.GuestOf(claims))
}

// Obey gives the room of a meeting its orders, now and when it is opened again.
// Without orders, nil, it is free. Calls for one meeting must follow each other; none
// waits.
func (s *Server) Obey(id meeting.ID, o *air.Orders) {
	s.mu.Lock()
	if o == nil {
		delete(s.orders, id)
	} else {
		s.orders[id] = o
	}
	r := s.rooms[id]
	s.mu.Unlock()
	if r != nil {
		r.Obey(o)
	}
}

// Expel ends the sessions of a point, its second connections too. It does not
// wait.
func (s *Server) Expel(id meeting.ID, point meeting.PointID) {
	if r, err := s.find(id); err == nil {
		r.Expel(point)
	}
}

// ExpelDevice ends the sessions of a machine in every room. It does not wait.
func (s *Server) ExpelDevice(device meeting.DeviceID) {
	s.mu.Lock()
	all := slices.Collect(maps.Values(s.rooms))
	s.mu.Unlock()
	for _, r := range all {
		r.ExpelDevice(device)
	}
}

// Check tells whether Admit would succeed.
func (s *Server) Check(p session.Params) error {
	claims, err := room.Claims(p)
	if err != nil {
		return err
	}
	if err := s.attend(meeting.ID(claims.Video.Room), claims, p); err != nil {
		return err
	}
	r, err := s.find(meeting.ID(claims.Video.Room))
	switch {
	case errors.Is(err, session.ErrNoRoom) && (p.Join.GetReconnect() || s.mayOpen(p)):
		return nil
	case err != nil:
		return err
	}
	if err := r.Check(p); !room.IsClosed(err) {
		return err
	}
	if s.mayOpen(p) {
		return nil
	}
	return session.ErrNoRoom
}

// Admit lets a client in.
func (s *Server) Admit(p session.Params) (session.Ticket, error) {
	claims, err := room.Claims(p)
	if err != nil {
		return nil, err
	}
	id := meeting.ID(claims.Video.Room)
	if err := s.attend(id, claims, p); err != nil {
		return nil, err
	}
	for {
		r, err := s.find(id)
		if errors.Is(err, session.ErrNoRoom) {
			if p.Join.GetReconnect() {
				return room.Stranger{}, nil
			}
			if !s.mayOpen(p) {
				return nil, err
			}
			r, _, err = s.open(id, claims.GetRoomConfiguration())
		}
		if err != nil {
			return nil, err
		}
		ticket, err := r.Admit(p)
		if !room.IsClosed(err) {
			return ticket, err
		}
	}
}

// Close tells every client that the server ends, closes all rooms and waits
// until their media is closed, or ctx ends. Idempotent.
func (s *Server) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closed = true
	all := make([]*room.Room, 0, len(s.rooms)+len(s.ending))
	for _, r := range s.rooms {
		all = append(all, r)
	}
	for r := range s.ending {
		all = append(all, r)
	}
	s.mu.Unlock()
	for _, r := range all {
		r.Shutdown()
	}
	for _, r := range all {
		select {
		case <-r.Done():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
