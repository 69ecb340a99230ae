package bridge

import (
	"slices"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/live"
)

// sits are the rights with which a person sits at a point of a standing meeting: an
// administrator keeps the house, not the meetings.
var sits = []meeting.Right{meeting.Delegate, meeting.Chair, meeting.Secretary, meeting.Technician}

// pointSources are what the machine of a point may publish; while a meeting is
// held, its orders say what of it and when.
func pointSources() []livekit.TrackSource {
	return []livekit.TrackSource{
		livekit.TrackSource_CAMERA, livekit.TrackSource_MICROPHONE, livekit.TrackSource_SCREEN_SHARE, livekit.TrackSource_SCREEN_SHARE_AUDIO,
	}
}

// granted is a grant in which nothing is left to a default of the protocol. None
// administers a room: what chair, secretary and technician do, the meeting's rules
// let them do, and the bridge carries out.
func granted(sources []livekit.TrackSource, data, own bool) *auth.VideoGrant {
	g := &auth.VideoGrant{CanUpdateOwnMetadata: &own}
	g.SetCanSubscribe(true)
	g.SetCanPublish(len(sources) > 0)
	if len(sources) > 0 {
		g.SetCanPublishSources(sources)
	}
	g.SetCanPublishData(data)
	return g
}

// standingGrant is for who joins a standing meeting; false when he has no place in
// one. An archivist may listen.
func standingGrant(who account.Identity) (*auth.VideoGrant, bool) {
	if who.Point != "" || slices.ContainsFunc(sits, who.Has) {
		return granted(pointSources(), true, false), true
	}
	if who.Has(meeting.Archivist) {
		return granted(nil, false, false), true
	}
	return nil, false
}

// meetingGrant is for who was let into a planned meeting. A point raises its hand by
// an attribute of its own; a board talks to the point that it previews.
func meetingGrant(e live.Entry) *auth.VideoGrant {
	if e.Watch {
		return granted([]livekit.TrackSource{livekit.TrackSource_MICROPHONE}, true, false)
	}
	return granted(pointSources(), true, true)
}

// guestGrant is for a guest who was admitted: he is seen and heard, and cannot say
// that he is somebody else (SEC-09).
func guestGrant() *auth.VideoGrant { return granted(pointSources(), true, false) }
