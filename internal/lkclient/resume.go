package lkclient

import (
	"context"
	"fmt"

	"github.com/livekit/protocol/livekit"
)

// Resume opens a new socket for the running session, tells the server the
// state, and restarts ICE. A server that wants a full reconnect instead answers
// with a leave: a *JoinError.
func (c *Client) Resume(ctx context.Context) error {
	set := c.set
	_ = c.Look(ctx, func(r *Room) {
		if r.Token != "" {
			set.Token = r.Token
		}
	})
	sock, first, err := dial(ctx, &set, c.SID())
	if err != nil {
		return err
	}
	if first.GetReconnect() == nil {
		sock.cut()
		if leave := first.GetLeave(); leave != nil {
			return &JoinError{Leave: leave}
		}
		return fmt.Errorf("the first message of a resume is a %T", first.GetMessage())
	}
	err = c.ask(ctx, func() error {
		c.sock.cut()
		c.sock = sock
		c.room.SocketUp = true
		c.room.Leave = nil
		if c.set.OnMessage != nil {
			c.set.OnMessage(first)
		}
		c.read(sock)
		if err := sock.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_SyncState{SyncState: c.syncState()}}); err != nil {
			return err
		}
		return c.restartICE()
	})
	if err != nil {
		sock.cut()
	}
	return err
}

// restartICE renews the path of the connection that the client offers on.
func (c *Client) restartICE() error {
	if c.pub == nil || c.pub.pc.RemoteDescription() == nil {
		return nil
	}
	c.pub.restart = true
	c.pub.pending = false // an answer that was on its way is lost with the socket
	return c.negotiate(c.pub)
}

func (c *Client) syncState() *livekit.SyncState {
	s := &livekit.SyncState{Subscription: &livekit.UpdateSubscription{Subscribe: !c.set.AutoSubscribe}}
	if !c.set.AutoSubscribe {
		for sid := range c.room.Tracks {
			s.Subscription.TrackSids = append(s.Subscription.TrackSids, sid)
		}
	}
	for sid, last := range c.got {
		s.DatachannelReceiveStates = append(s.DatachannelReceiveStates, &livekit.DataChannelReceiveState{PublisherSid: sid, LastSeq: last})
	}
	for cid, t := range c.locals {
		s.PublishTracks = append(s.PublishTracks, &livekit.TrackPublishedResponse{Cid: cid, Track: t.Info})
	}
	if c.sub != nil {
		if d := c.sub.pc.CurrentLocalDescription(); d != nil {
			s.Answer = &livekit.SessionDescription{Type: d.Type.String(), Sdp: d.SDP}
		}
		if d := c.sub.pc.CurrentRemoteDescription(); d != nil {
			s.Offer = &livekit.SessionDescription{Type: d.Type.String(), Sdp: d.SDP}
		}
	} else if c.pub != nil {
		if d := c.pub.pc.CurrentLocalDescription(); d != nil {
			s.Offer = &livekit.SessionDescription{Type: d.Type.String(), Sdp: d.SDP}
		}
		if d := c.pub.pc.CurrentRemoteDescription(); d != nil {
			s.Answer = &livekit.SessionDescription{Type: d.Type.String(), Sdp: d.SDP}
		}
	}
	if c.pub != nil {
		for _, channel := range []struct {
			label string
			id    *uint16
		}{{labelReliable, c.pub.reliable.ID()}, {labelLossy, c.pub.lossy.ID()}} {
			info := &livekit.DataChannelInfo{Label: channel.label, Target: livekit.SignalTarget_PUBLISHER}
			if channel.id != nil {
				info.Id = uint32(*channel.id)
			}
			s.DataChannels = append(s.DataChannels, info)
		}
	}
	return s
}
