package conduct

import (
	"fmt"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/vote"
)

// Prepare puts a motion on the board, not yet open. Without voters of its own it
// takes the plan's list.
type Prepare struct {
	Motion vote.Motion `json:"motion"`
}

// Name implements Deed.
func (Prepare) Name() string { return "prepare-vote" }

func (d Prepare) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.need(a.By, meeting.Chair, meeting.Secretary)); err != nil {
		return nil, err
	}
	m := d.Motion
	if len(m.Voters) == 0 {
		m.Voters = l.opening.Plan.Voters
	}
	m.Voters = l.opening.withSubstitutes(m.Voters)
	if err := m.Check(); err != nil {
		return nil, err
	}
	if i := l.state.motion(m.ID); i >= 0 && l.state.Votes[i].Phase != vote.Prepared {
		return nil, meeting.Refuse(meeting.CodeDuplicate, "motion.id").With(string(m.ID))
	}
	return []Change{VotePrepared{Motion: m}}, nil
}

// motion is the index of the vote, or -1.
func (s *State) motion(id meeting.MotionID) int {
	return slices.IndexFunc(s.Votes, func(v vote.Vote) bool { return v.Motion.ID == id })
}

// vote finds a vote or refuses.
func (l *Live) vote(id meeting.MotionID) (vote.Vote, error) {
	i := l.state.motion(id)
	if i < 0 {
		return vote.Vote{}, meeting.Refuse(meeting.CodeUnknown, "motion").With(string(id))
	}
	return l.state.Votes[i], nil
}

// OpenVote opens a vote. The chair alone does; without a quorum only with a typed
// confirmation (VOT-03).
type OpenVote struct {
	Motion meeting.MotionID `json:"motion"`
	// Despite is the typed confirmation.
	Despite string `json:"despite,omitempty"`
}

// Name implements Deed.
func (OpenVote) Name() string { return "open-vote" }

func (d OpenVote) decide(l *Live, a Act) ([]Change, error) {
	v, err := l.vote(d.Motion)
	if err := all(l.needRunning(), err, l.need(a.By, meeting.Chair)); err != nil {
		return nil, err
	}
	if v.Phase != vote.Prepared || l.state.Phase != InSession {
		return nil, meeting.Refuse(meeting.CodeState, "motion")
	}
	if l.voteOpen() {
		return nil, meeting.Refuse(CodeVoteOpen, "motion")
	}
	present := l.Voting(v.Motion.Eligible())
	if !v.Motion.QuorumMet(len(present)) && meeting.Blank(d.Despite) {
		return nil, meeting.Refuse(vote.CodeQuorum, "motion").With(fmt.Sprintf("%d/%d", len(present), len(v.Motion.Voters)))
	}
	opened := VoteOpened{Motion: d.Motion, Present: present}
	if !v.Motion.QuorumMet(len(present)) {
		opened.Despite = d.Despite
	}
	return []Change{opened}, nil
}

// voteOpen reports whether any vote is open or waits for the chair.
func (l *Live) voteOpen() bool {
	return slices.ContainsFunc(l.state.Votes, func(v vote.Vote) bool { return v.Phase == vote.Open || v.Phase == vote.Tied })
}

// CastVote is one named vote (VOT-01): by the voter himself, or at the machine of
// the point where he sits.
type CastVote struct {
	Motion meeting.MotionID `json:"motion"`
	Voter  meeting.PersonID `json:"voter"`
	Choice vote.Choice      `json:"choice"`
}

// Name implements Deed.
func (CastVote) Name() string { return "cast-vote" }

func (d CastVote) decide(l *Live, a Act) ([]Change, error) {
	v, err := l.vote(d.Motion)
	if err != nil {
		return nil, err
	}
	if err := v.CheckCast(d.Voter, d.Choice); err != nil {
		return nil, err
	}
	i := slices.IndexFunc(v.Motion.Voters, func(x vote.Voter) bool { return x.Person == d.Voter })
	if a.By.Person != d.Voter && (a.By.Point == "" || a.By.Point != v.Motion.Voters[i].Point) {
		return nil, meeting.Refuse(meeting.CodeNoRight, "voter").With(string(d.Voter))
	}
	return []Change{VoteCast{Motion: d.Motion, Cast: vote.Cast{Voter: d.Voter, Choice: d.Choice, At: a.At}}}, nil
}

// EnterHands is a count of hands at a point, by its operator, the technician or
// the secretary (VOT-02). Entering again corrects; both values are kept.
type EnterHands struct {
	Motion meeting.MotionID `json:"motion"`
	Point  meeting.PointID  `json:"point"`
	Counts vote.Counts      `json:"counts"`
}

// Name implements Deed.
func (EnterHands) Name() string { return "enter-hands" }

func (d EnterHands) decide(l *Live, a Act) ([]Change, error) {
	v, err := l.vote(d.Motion)
	if err := all(err, l.ownOr(a.By, d.Point, meeting.Secretary, meeting.Technician)); err != nil {
		return nil, err
	}
	if err := v.CheckEntry(d.Point, d.Counts); err != nil {
		return nil, err
	}
	return []Change{HandsEntered{Motion: d.Motion, Entry: vote.Entry{Point: d.Point, Counts: d.Counts, By: a.By.Person, At: a.At}}}, nil
}

// ConfirmHands is the secretary's confirmation of a point's newest count.
type ConfirmHands struct {
	Motion meeting.MotionID `json:"motion"`
	Point  meeting.PointID  `json:"point"`
}

// Name implements Deed.
func (ConfirmHands) Name() string { return "confirm-hands" }

func (d ConfirmHands) decide(l *Live, a Act) ([]Change, error) {
	v, err := l.vote(d.Motion)
	if err := all(err, l.need(a.By, meeting.Secretary)); err != nil {
		return nil, err
	}
	i := v.Last(d.Point)
	if v.Phase != vote.Open || i < 0 || v.Entries[i].Confirmed != "" {
		return nil, meeting.Refuse(meeting.CodeState, "point").With(string(d.Point))
	}
	return []Change{HandsConfirmed{Motion: d.Motion, Point: d.Point, By: a.By.Person}}, nil
}

// CloseVote closes a vote. A tie that the chair's rule decides follows the chair's
// own named vote; without one it waits for BreakTie.
type CloseVote struct {
	Motion meeting.MotionID `json:"motion"`
}

// Name implements Deed.
func (CloseVote) Name() string { return "close-vote" }

func (d CloseVote) decide(l *Live, a Act) ([]Change, error) {
	v, err := l.vote(d.Motion)
	if err := all(err, l.need(a.By, meeting.Chair)); err != nil {
		return nil, err
	}
	if err := v.CheckClose(); err != nil {
		return nil, err
	}
	closed := VoteClosed{Motion: d.Motion, Phase: vote.Closed}
	if v.Tally().Tied {
		if closed.Chair = v.Decides(l.state.Seats[meeting.Chair].Person.ID); closed.Chair == "" {
			closed.Phase = vote.Tied
		}
	}
	return []Change{closed}, nil
}

// BreakTie is the chair's decision of a tie.
type BreakTie struct {
	Motion meeting.MotionID `json:"motion"`
	Choice vote.Choice      `json:"choice"`
}

// Name implements Deed.
func (BreakTie) Name() string { return "break-tie" }

func (d BreakTie) decide(l *Live, a Act) ([]Change, error) {
	v, err := l.vote(d.Motion)
	if err := all(err, l.need(a.By, meeting.Chair)); err != nil {
		return nil, err
	}
	if v.Phase != vote.Tied || (d.Choice != vote.For && d.Choice != vote.Against) {
		return nil, meeting.Refuse(meeting.CodeState, "motion")
	}
	return []Change{VoteClosed{Motion: d.Motion, Phase: vote.Closed, Chair: d.Choice}}, nil
}

// VotePrepared puts a motion on the board or changes one that is not open yet.
type VotePrepared struct {
	Motion vote.Motion `json:"motion"`
}

// Kind implements Change.
func (VotePrepared) Kind() Kind { return "vote.prepared" }

func (c VotePrepared) apply(s *State, _ time.Time) {
	v := vote.Vote{Motion: c.Motion, Phase: vote.Prepared}
	if i := s.motion(c.Motion.ID); i >= 0 {
		s.Votes[i] = v
		return
	}
	s.Votes = append(s.Votes, v)
}

func (c VotePrepared) prior(s *State) Change {
	if i := s.motion(c.Motion.ID); i >= 0 {
		return VotePrepared{Motion: s.Votes[i].Motion}
	}
	return nil
}

// VoteOpened opens a vote with those present.
type VoteOpened struct {
	Motion  meeting.MotionID   `json:"motion"`
	Present []meeting.PersonID `json:"present,omitempty"`
	Despite string             `json:"despite,omitempty"`
}

// Kind implements Change.
func (VoteOpened) Kind() Kind { return "vote.opened" }

func (c VoteOpened) apply(s *State, at time.Time) {
	if i := s.motion(c.Motion); i >= 0 {
		v := &s.Votes[i]
		v.Phase, v.Opened, v.NoQuorum = vote.Open, at, c.Despite
		v.Present = append([]meeting.PersonID(nil), c.Present...)
	}
}
func (VoteOpened) prior(*State) Change { return nil }

// VoteCast is one named vote.
type VoteCast struct {
	Motion meeting.MotionID `json:"motion"`
	Cast   vote.Cast        `json:"cast"`
}

// Kind implements Change.
func (VoteCast) Kind() Kind { return "vote.cast" }

func (c VoteCast) apply(s *State, _ time.Time) {
	if i := s.motion(c.Motion); i >= 0 {
		s.Votes[i].Casts = append(s.Votes[i].Casts, c.Cast)
	}
}
func (VoteCast) prior(*State) Change { return nil }

// HandsEntered is a count of hands at a point.
type HandsEntered struct {
	Motion meeting.MotionID `json:"motion"`
	Entry  vote.Entry       `json:"entry"`
}

// Kind implements Change.
func (HandsEntered) Kind() Kind { return "vote.hands" }

func (c HandsEntered) apply(s *State, _ time.Time) {
	if i := s.motion(c.Motion); i >= 0 {
		s.Votes[i].Entries = append(s.Votes[i].Entries, c.Entry)
	}
}

func (c HandsEntered) prior(s *State) Change {
	i := s.motion(c.Motion)
	if i < 0 {
		return nil
	}
	if j := s.Votes[i].Last(c.Entry.Point); j >= 0 {
		return HandsEntered{Motion: c.Motion, Entry: s.Votes[i].Entries[j]}
	}
	return nil
}

// HandsConfirmed is the secretary's confirmation.
type HandsConfirmed struct {
	Motion meeting.MotionID `json:"motion"`
	Point  meeting.PointID  `json:"point"`
	By     meeting.PersonID `json:"by"`
}

// Kind implements Change.
func (HandsConfirmed) Kind() Kind { return "vote.hands_confirmed" }

func (c HandsConfirmed) apply(s *State, _ time.Time) {
	if i := s.motion(c.Motion); i >= 0 {
		if j := s.Votes[i].Last(c.Point); j >= 0 {
			s.Votes[i].Entries[j].Confirmed = c.By
		}
	}
}
func (HandsConfirmed) prior(*State) Change { return nil }

// VoteClosed closes a vote or leaves it to the chair; Chair is his decision.
type VoteClosed struct {
	Motion meeting.MotionID `json:"motion"`
	Phase  vote.Phase       `json:"phase"`
	Chair  vote.Choice      `json:"chair,omitempty"`
}

// Kind implements Change.
func (VoteClosed) Kind() Kind { return "vote.closed" }

func (c VoteClosed) apply(s *State, at time.Time) {
	if i := s.motion(c.Motion); i >= 0 {
		v := &s.Votes[i]
		v.Phase, v.ChairSays = c.Phase, c.Chair
		if v.Ended.IsZero() {
			v.Ended = at
		}
	}
}

func (c VoteClosed) prior(s *State) Change {
	if i := s.motion(c.Motion); i >= 0 {
		return VoteClosed{Motion: c.Motion, Phase: s.Votes[i].Phase}
	}
	return nil
}
