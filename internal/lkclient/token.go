package lkclient

import (
	"time"

	"github.com/livekit/protocol/auth"
)

// Token signs an access token. The grant's RoomJoin and Room are set here; nil
// grants everything a participant may do.
func Token(key, secret, room, identity string, grant *auth.VideoGrant) (string, error) {
	if grant == nil {
		grant = &auth.VideoGrant{}
	}
	g := *grant
	g.RoomJoin, g.Room = true, room
	return auth.NewAccessToken(key, secret).SetIdentity(identity).SetName(identity).
		SetVideoGrant(&g).SetValidFor(time.Hour).ToJWT()
}
