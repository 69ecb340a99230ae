package lkclient

import (
	"context"
	"fmt"
	"maps"

	"github.com/livekit/protocol/livekit"
	"github.com/pion/webrtc/v4"
)

// Room is what the client knows. It is only valid within the function that was
// given it, which must not change it.
type Room struct {
	Info   *livekit.Room
	Self   *livekit.ParticipantInfo
	Others map[string]*livekit.ParticipantInfo // by identity
	Gone   map[string]livekit.DisconnectReason // who left and why, by identity
	Tracks map[string]*Track                   // received now, by track sid

	Connected bool // the primary connection is up
	SocketUp  bool
	Closed    bool                  // by Close or Abandon
	Leave     *livekit.LeaveRequest // the server's, nil until it comes
	Token     string                // the last refreshed one

	Published   map[string]*livekit.TrackInfo   // own tracks as the server answered, by client id
	Speakers    map[string]*livekit.SpeakerInfo // by participant sid, active ones
	Quality     map[string]livekit.ConnectionQuality
	Allowed     map[string]bool                       // subscription permission, by track sid
	Failed      map[string]livekit.SubscriptionError  // by track sid
	Layers      map[string][]*livekit.SubscribedCodec // what subscribers want of own tracks
	Unpublished map[string]bool                       // own tracks the server took away, by sid
	Requests    map[uint32]*livekit.RequestResponse
	Offers      int // subscriber offers and single-mode answers so far
	Sections    int // m-sections of the last description from the server
	ICE         webrtc.ICEConnectionState
}

func newRoom(join *livekit.JoinResponse) Room {
	r := Room{
		Info: join.GetRoom(), Self: join.GetParticipant(), SocketUp: true,
		Others:      map[string]*livekit.ParticipantInfo{},
		Gone:        map[string]livekit.DisconnectReason{},
		Tracks:      map[string]*Track{},
		Published:   map[string]*livekit.TrackInfo{},
		Speakers:    map[string]*livekit.SpeakerInfo{},
		Quality:     map[string]livekit.ConnectionQuality{},
		Allowed:     map[string]bool{},
		Failed:      map[string]livekit.SubscriptionError{},
		Layers:      map[string][]*livekit.SubscribedCodec{},
		Unpublished: map[string]bool{},
		Requests:    map[uint32]*livekit.RequestResponse{},
	}
	for _, p := range join.GetOtherParticipants() {
		r.Others[p.GetIdentity()] = p
	}
	return r
}

// Track returns the first received track of a participant's source, or nil.
func (r *Room) Track(identity string, source livekit.TrackSource) *Track {
	for _, info := range r.Others[identity].GetTracks() {
		if info.GetSource() == source {
			if t := r.Tracks[info.GetSid()]; t != nil {
				return t
			}
		}
	}
	return nil
}

type waiter struct {
	test func(*Room) bool
	done chan struct{}
}

// Wait blocks until test is true of the room; it is asked whenever something
// may have changed. what names the wish in the error.
func (c *Client) Wait(ctx context.Context, what string, test func(*Room) bool) error {
	w := &waiter{test: test, done: make(chan struct{})}
	c.box.Post(func() { c.waiters = append(c.waiters, w) })
	select {
	case <-w.done:
		return nil
	case <-c.ended:
		return fmt.Errorf("waiting for %s: %w", what, ErrClosed)
	case <-ctx.Done():
		_ = c.Do(context.WithoutCancel(ctx), func() {
			c.waiters = remove(c.waiters, w)
		})
		return fmt.Errorf("%s waits for %s: %w", c.Identity(), what, ctx.Err())
	}
}

// WaitConnected blocks until the primary connection is up.
func (c *Client) WaitConnected(ctx context.Context) error {
	return c.Wait(ctx, "the connection", func(r *Room) bool { return r.Connected })
}

// Look runs f on the room once.
func (c *Client) Look(ctx context.Context, f func(*Room)) error {
	return c.Do(ctx, func() { f(&c.room) })
}

// Tracks are the tracks received now, by sid.
func (c *Client) Tracks(ctx context.Context) map[string]*Track {
	var tracks map[string]*Track
	_ = c.Look(ctx, func(r *Room) { tracks = maps.Clone(r.Tracks) })
	return tracks
}

func (c *Client) wake() {
	kept := c.waiters[:0]
	for _, w := range c.waiters {
		if w.test(&c.room) {
			close(w.done)
		} else {
			kept = append(kept, w)
		}
	}
	clear(c.waiters[len(kept):])
	c.waiters = kept
}

func remove(from []*waiter, w *waiter) []*waiter {
	for i := range from {
		if from[i] == w {
			return append(from[:i], from[i+1:]...)
		}
	}
	return from
}

// update takes in a participant update.
func (r *Room) update(infos []*livekit.ParticipantInfo) {
	for _, p := range infos {
		if p.GetIdentity() == r.Self.GetIdentity() {
			if p.GetSid() == r.Self.GetSid() && p.GetVersion() >= r.Self.GetVersion() {
				r.Self = p
			}
			continue
		}
		known := r.Others[p.GetIdentity()]
		if known.GetSid() == p.GetSid() && p.GetVersion() < known.GetVersion() {
			continue // stale snapshot
		}
		if p.GetState() == livekit.ParticipantInfo_DISCONNECTED {
			if known.GetSid() == p.GetSid() {
				delete(r.Others, p.GetIdentity())
				r.Gone[p.GetIdentity()] = p.GetDisconnectReason()
			}
			continue
		}
		r.Others[p.GetIdentity()] = p
	}
}

func (r *Room) speakers(changed []*livekit.SpeakerInfo) {
	for _, s := range changed {
		if s.GetActive() {
			r.Speakers[s.GetSid()] = s
		} else {
			delete(r.Speakers, s.GetSid())
		}
	}
}
