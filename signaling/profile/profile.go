// Package profile keeps how one participant looks to others: name, metadata,
// attributes, permissions, state, and a version that grows with each change.
// It is pure and owned by the room's goroutine.
package profile

import (
	"errors"
	"maps"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/air"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

// Limits of what a participant may say of itself, in bytes. They protect every
// other client in the room, who receives all of it with each update.
const (
	MaxMetadata   = 512 << 10
	MaxAttributes = 64 << 10 // keys and values together
	MaxName       = 256
)

// ErrTooLarge tells that a change was refused because of the limits above.
var ErrTooLarge = errors.New("profile: metadata, attributes or name exceed their limit")

// Profile is one participant's face. Read it with Info.
type Profile struct {
	info   *livekit.ParticipantInfo // its tracks are set anew for each snapshot
	claims *auth.ClaimGrants
	grants *auth.VideoGrant // in force
	tracks func() []*livekit.TrackInfo

	limited bool // by the meeting
	limit   []livekit.TrackSource

	snapshot *livekit.ParticipantInfo // nil after a change
}

// New makes the profile of a participant who joins now. tracks returns copies
// of the published tracks; it is called for each new snapshot.
func New(id meeting.SessionID, claims *auth.ClaimGrants, now time.Time, tracks func() []*livekit.TrackInfo) *Profile {
	p := &Profile{claims: claims.Clone(), tracks: tracks}
	p.info = &livekit.ParticipantInfo{
		Sid:         string(id),
		Identity:    claims.Identity,
		Name:        claims.Name,
		Metadata:    claims.Metadata,
		Attributes:  maps.Clone(claims.Attributes),
		Kind:        claims.GetParticipantKind(),
		KindDetails: claims.GetKindDetails(),
		JoinedAt:    now.Unix(),
		JoinedAtMs:  now.UnixMilli(),
	}
	p.enforce()
	return p
}

// SetClient notes what other clients must know of this one's software.
func (p *Profile) SetClient(protocol int32, capabilities []livekit.ClientInfo_Capability) {
	p.info.ClientProtocol, p.info.Capabilities = protocol, capabilities
}

// Info is a snapshot. Nobody may change it: it is shared by all who receive it.
func (p *Profile) Info() *livekit.ParticipantInfo {
	if p.snapshot == nil {
		p.snapshot = proto.CloneOf(p.info)
		p.snapshot.Tracks = p.tracks()
	}
	return p.snapshot
}

// Farewell is the last snapshot: no tracks, DISCONNECTED, the reason.
func (p *Profile) Farewell(reason livekit.DisconnectReason) *livekit.ParticipantInfo {
	p.info.State = livekit.ParticipantInfo_DISCONNECTED
	p.info.DisconnectReason = reason
	p.Changed()
	p.tracks = func() []*livekit.TrackInfo { return nil }
	return p.Info()
}

// Changed counts the version up. Call it once after each visible change.
func (p *Profile) Changed() {
	p.info.Version++
	p.snapshot = nil
}

// Advance moves the state forward; it never goes back. It reports a change.
func (p *Profile) Advance(to livekit.ParticipantInfo_State) bool {
	if to <= p.info.State {
		return false
	}
	p.info.State = to
	p.Changed()
	return true
}

// State is where the participant stands.
func (p *Profile) State() livekit.ParticipantInfo_State { return p.info.State }

// Version is that of the newest snapshot.
func (p *Profile) Version() uint32 { return p.info.Version }

// SetPublisher notes that the participant publishes. It stays so.
func (p *Profile) SetPublisher() { p.info.IsPublisher = true }

// Grants are the rights in force: those of the token, or what was put in their
// place, within what the meeting allows. Change them with SetPermission and Limit.
func (p *Profile) Grants() *auth.VideoGrant { return p.grants }

// Claims returns a copy of the token's claims as they are now, for a new token.
// The meeting's limit is not in it: it outlives no order.
func (p *Profile) Claims() *auth.ClaimGrants {
	c := p.claims.Clone()
	c.Name, c.Metadata, c.Attributes = p.info.Name, p.info.Metadata, maps.Clone(p.info.Attributes)
	maps.DeleteFunc(c.Attributes, func(k, _ string) bool { return air.IsReserved(k) })
	if device := p.claims.Attributes[air.AttributeDevice]; device != "" {
		c.Attributes[air.AttributeDevice] = device
	}
	return c
}

// SetPermission replaces the rights wholly. It reports whether they differ.
func (p *Profile) SetPermission(to *livekit.ParticipantPermission) bool {
	if to == nil || p.claims.Video.MatchesPermission(to) {
		return false
	}
	p.claims.Video.UpdateFromPermission(to)
	p.enforce()
	return true
}

// Limit is what the meeting lets the participant publish, of what it may. It
// reports whether the rights in force differ; Changed is the caller's.
func (p *Profile) Limit(to []livekit.TrackSource) bool {
	p.limited, p.limit = true, to
	return p.enforce()
}

// Unlimit takes the meeting's limit back: the rights are those of the token again. It
// reports whether the rights in force differ; Changed is the caller's.
func (p *Profile) Unlimit() bool {
	p.limited, p.limit = false, nil
	return p.enforce()
}

// enforce works out the rights in force.
func (p *Profile) enforce() bool {
	g := p.claims.Video.Clone()
	if p.limited {
		g.SetCanPublishData(g.GetCanPublishData()) // who sends no track still calls, and points
		var names []livekit.TrackSource
		for _, source := range p.limit {
			if g.GetCanPublishSource(source) {
				names = append(names, source)
			}
		}
		g.SetCanPublishSources(names)
		g.SetCanPublish(len(names) > 0)
	}
	p.grants = g
	now := g.ToPermission()
	changed := !proto.Equal(now, p.info.Permission)
	p.info.Permission = now
	return changed
}

// SetReserved replaces the attributes that the bridge alone writes. It reports a
// change; Changed is the caller's.
func (p *Profile) SetReserved(attributes map[string]string) bool {
	next := maps.Clone(p.info.Attributes)
	if next == nil {
		next = map[string]string{}
	}
	maps.DeleteFunc(next, func(k, _ string) bool { return air.IsReserved(k) })
	maps.Copy(next, attributes)
	if maps.Equal(next, p.info.Attributes) {
		return false
	}
	p.info.Attributes = next
	return true
}

// Conduct gives the participant the name that the meeting has for it, unless empty,
// and takes back what it said of itself, now or in a token that was renewed: metadata
// and all attributes but the bridge's and the one named. It reports a change; Changed
// is the caller's.
func (p *Profile) Conduct(name, kept string) bool {
	if name == "" {
		name = p.info.Name
	}
	next := maps.Clone(p.info.Attributes)
	maps.DeleteFunc(next, func(k, _ string) bool { return k != kept && !air.IsReserved(k) })
	if name == p.info.Name && p.info.Metadata == "" && len(next) == len(p.info.Attributes) {
		return false
	}
	p.info.Name, p.info.Metadata, p.info.Attributes = name, "", next
	return true
}

// Update changes name and metadata unless empty, and merges attributes: an
// empty value deletes its key. Nothing changes when a limit is exceeded.
func (p *Profile) Update(name, metadata string, attributes map[string]string) error {
	if len(name) > MaxName || len(metadata) > MaxMetadata {
		return ErrTooLarge
	}
	merged := Merge(p.info.Attributes, attributes)
	if size(merged) > MaxAttributes {
		return ErrTooLarge
	}
	if name != "" {
		p.info.Name = name
	}
	if metadata != "" {
		p.info.Metadata = metadata
	}
	p.info.Attributes = merged
	return nil
}

// Merge lays changes over attributes; an empty value deletes its key. Neither
// map is changed.
func Merge(attributes, changes map[string]string) map[string]string {
	merged := make(map[string]string, len(attributes)+len(changes))
	maps.Copy(merged, attributes)
	for k, v := range changes {
		if v == "" {
			delete(merged, k)
		} else {
			merged[k] = v
		}
	}
	return merged
}

// Fits tells whether claims keep the limits.
func Fits(c *auth.ClaimGrants) bool {
	return len(c.Name) <= MaxName && len(c.Metadata) <= MaxMetadata && size(c.Attributes) <= MaxAttributes
}

func size(attributes map[string]string) int {
	n := 0
	for k, v := range attributes {
		n += len(k) + len(v)
	}
	return n
}

// Dependent tells whether the participant is a machine that serves the others:
// it is not counted and does not keep a room open.
func (p *Profile) Dependent() bool {
	g := p.grants
	return g.Recorder || g.Agent || p.info.Kind == livekit.ParticipantInfo_AGENT || p.info.Kind == livekit.ParticipantInfo_EGRESS
}

// Agent tells whether the participant is an agent.
func (p *Profile) Agent() bool {
	return p.claims.Video.Agent || p.info.Kind == livekit.ParticipantInfo_AGENT
}
