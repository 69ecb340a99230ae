package room

import (
	"time"

	"diemcau/signaling/speaker"

	"github.com/livekit/protocol/livekit"
)

// longestSimulation bounds how long a client may pretend to speak.
const longestSimulation = time.Minute

// simulate makes a fault happen that a client asks for to test itself.
func (r *Room) simulate(m *member, s *livekit.SimulateScenario) {
	if !r.settings.Policy.Simulate {
		return
	}
	switch v := s.GetScenario().(type) {
	case *livekit.SimulateScenario_SpeakerUpdate:
		r.pretendToSpeak(m, min(time.Duration(v.SpeakerUpdate)*time.Second, longestSimulation))
	case *livekit.SimulateScenario_NodeFailure:
		r.remove(m, ending{reason: livekit.DisconnectReason_STATE_MISMATCH, silent: true})
	case *livekit.SimulateScenario_Migration:
		r.sendLeave(m, livekit.LeaveRequest_RESUME, livekit.DisconnectReason_MIGRATION)
		m.link.drop()
	case *livekit.SimulateScenario_ServerLeave:
		r.remove(m, ending{reason: livekit.DisconnectReason_SERVER_SHUTDOWN, action: livekit.LeaveRequest_DISCONNECT})
	case *livekit.SimulateScenario_SwitchCandidateProtocol:
		r.paths[m.point] = v.SwitchCandidateProtocol
	case *livekit.SimulateScenario_SubscriberBandwidth:
		m.peer.LimitDownlink(max(v.SubscriberBandwidth, 0))
	case *livekit.SimulateScenario_DisconnectSignalOnResume, *livekit.SimulateScenario_DisconnectSignalOnResumeNoMessages:
		_, mute := v.(*livekit.SimulateScenario_DisconnectSignalOnResumeNoMessages)
		m.trouble = trouble{onResume: true, mute: mute}
	case *livekit.SimulateScenario_LeaveRequestFullReconnect:
		r.remove(m, ending{reason: livekit.DisconnectReason_CLIENT_INITIATED, action: livekit.LeaveRequest_RECONNECT})
	}
}

// trouble is what a client has asked to happen at its next resume.
type trouble struct {
	onResume bool
	mute     bool // not even the first message is sent
}

// simulated is a track id that no publisher has.
const simulated = "simulated"

func (r *Room) pretendToSpeak(m *member, d time.Duration) {
	r.speakers.Set(m.id, simulated, speaker.Level{Linear: 1, Active: true})
	m.times.pretendUntil = time.Now().Add(d)
	for _, o := range r.members {
		r.tellSpeakers(o)
	}
}

// stopPretending ends a simulated speech whose time is over.
func (r *Room) stopPretending(m *member, now time.Time) {
	if m.times.pretendUntil.IsZero() || now.Before(m.times.pretendUntil) {
		return
	}
	m.times.pretendUntil = time.Time{}
	r.speakers.Drop(m.id, simulated)
	for _, o := range r.members {
		r.tellSpeakers(o)
	}
}
