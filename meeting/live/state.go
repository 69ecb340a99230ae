package live

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/floor"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/vote"
)

// StateVersion is the version of State. Fields are only added within a version.
const StateVersion = 1

// longestQueue is how many requests to speak State lists; boards read the rest.
const longestQueue = 40

// State is what every client of the meeting is told: the room's metadata, as
// JSON. It is small, for it goes to every point with every act. Names of points
// are the participants' names; what only boards show is in Board. Times are
// milliseconds since 1970, absent when there is none.
type State struct {
	// Version is StateVersion; a client that does not know it shows nothing of it.
	Version int        `json:"v"`
	Meeting meeting.ID `json:"meeting"`
	// Seq is the number of the last event that is in this state, and At the
	// bridge's time when it was told: clocks count from there.
	Seq int   `json:"seq"`
	At  int64 `json:"at"`
	// Announced is the announcement that the meeting follows: a plan that was read under
	// an older one is read anew.
	Announced int             `json:"announced,omitempty" doc:"number of the announcement that it follows"`
	Phase     conduct.Phase   `json:"phase"`
	Mode      plan.Mode       `json:"mode"`
	Main      meeting.PointID `json:"main"`
	// Screen is what every screen shows.
	Screen StateScreen `json:"screen"`
	// Speech has the floor; absent when nobody has.
	Speech *StateSpeech `json:"speech,omitempty"`
	// Queue waits for the floor, first first; Waiting counts all of it.
	Queue   []StateRequest `json:"queue,omitempty"`
	Waiting int            `json:"waiting,omitempty"`
	// Muted points stay silent whatever the mode allows.
	Muted []meeting.PointID `json:"muted,omitempty"`
	Item  *StateItem        `json:"item,omitempty"`
	Roll  StateRoll         `json:"roll"`
	// Vote is the one that is open, waits for the chair, or was closed last.
	Vote      *StateVote `json:"vote,omitempty"`
	Recording bool       `json:"recording,omitempty"`
	// Recorder is how it stands with the recording, when there is something to say.
	Recorder    *StateRecorder `json:"recorder,omitempty"`
	Loudspeaker bool           `json:"loudspeaker,omitempty"`
	Locked      bool           `json:"locked,omitempty"`
	// CalledOff tells why it is closed: it was put off or cancelled before it began.
	CalledOff bool `json:"calledOff,omitempty"`
	// Leaving are the points that the chair lets go early: each reads its own.
	Leaving []meeting.PointID `json:"leaving,omitempty"`
	Banner  string            `json:"banner,omitempty"`
	// Chat is absent until somebody has written, or it was switched off.
	Chat *StateChat `json:"chat,omitempty"`
}

// StateScreen is the central picture: the same at all points (CON-10).
type StateScreen struct {
	Layout conduct.Layout `json:"layout"`
	// Tiles are the points in the picture, the large place first.
	Tiles []meeting.PointID `json:"tiles"`
	// Page, from 0, of Pages: absent while the layout holds all who are there.
	Page    int             `json:"page,omitempty"`
	Pages   int             `json:"pages,omitempty"`
	Content meeting.PointID `json:"content,omitempty"` // whose shared screen is shown
	// Paper is the one that everybody reads, at its page; who may read it fetches it.
	Paper  *StatePaper      `json:"paper,omitempty"`
	Source meeting.SourceID `json:"source,omitempty"`
	// LowerThird are two lines under the picture, or nothing.
	LowerThird []string `json:"lowerThird,omitempty"`
	// Music is the ceremony: stereo sound without noise suppression.
	Music bool `json:"music,omitempty"`
	// Lost is the speaker whose signal is out ("Mất tín hiệu điểm cầu ...").
	Lost meeting.PointID `json:"lost,omitempty"`
}

// StatePaper is the paper that is presented. By is the point that turns the pages,
// absent where a board does.
type StatePaper struct {
	ID   meeting.PaperID `json:"id"`
	Page int             `json:"page"`
	By   meeting.PointID `json:"by,omitempty"`
}

// StateSpeech is the speech that has the floor and its clock: yellow from 60 s
// before Due, red from Due on (CON-06).
type StateSpeech struct {
	Number int             `json:"number"`
	Point  meeting.PointID `json:"point"`
	// Called is the name of the point: a room whose machine may not read the plan has
	// no other way to know it when the point is out.
	Called   string `json:"called,omitempty"`
	Name     string `json:"name,omitempty"`
	Position string `json:"position,omitempty"`
	Topic    string `json:"topic,omitempty"`
	Started  int64  `json:"started"`
	Due      int64  `json:"due,omitempty"`
	AutoCut  bool   `json:"autoCut,omitempty"`
}

// StateRequest is one entry of the queue. A point finds its own place in it.
type StateRequest struct {
	ID       meeting.EntryID `json:"id"`
	Point    meeting.PointID `json:"point"`
	Name     string          `json:"name,omitempty"`
	At       int64           `json:"at"`
	Early    bool            `json:"early,omitempty"`
	Deferred bool            `json:"deferred,omitempty"`
}

// StateItem is the agenda item that is on; it is over time from Due on. Its place and
// title are told with it: a room that nobody signed in at may not read the plan.
type StateItem struct {
	ID      meeting.ItemID `json:"id"`
	Number  int            `json:"number,omitempty" doc:"its place in the agenda, from 1"`
	Title   string         `json:"title,omitempty"`
	Started int64          `json:"started"`
	Due     int64          `json:"due,omitempty"`
}

// StateRoll are the sums of the roll call.
type StateRoll struct {
	Points   int `json:"points"`
	Present  int `json:"present"`
	Absent   int `json:"absent,omitempty"`
	Heads    int `json:"heads,omitempty"`
	Expected int `json:"expected"`
}

// StateVote is a vote as everybody sees it. How many chose what is told when it
// is closed.
type StateVote struct {
	Motion   meeting.MotionID `json:"motion"`
	Title    string           `json:"title"`
	Form     vote.Form        `json:"form"`
	Phase    vote.Phase       `json:"phase"`
	Eligible int              `json:"eligible"`
	Present  int              `json:"present"`
	Cast     int              `json:"cast"`
	// Own tells rooms that the plan does not say how many vote where.
	Own    bool         `json:"own,omitempty" doc:"its voters sit at other points, or in other numbers, than those of the plan"`
	Result *StateResult `json:"result,omitempty"`
	// Ended is when it was closed: a result leaves the screens of the rooms by itself.
	Ended int64 `json:"ended,omitempty"`
}

// StateRecorder is what the recorder does, as conduct.RecorderTold says it, and
// whether the meeting is off the record.
type StateRecorder struct {
	State  conduct.RecorderState `json:"state,omitempty"`
	Paused bool                  `json:"paused,omitempty"`
	Code   meeting.Code          `json:"code,omitempty"`
	Alarms []string              `json:"alarms,omitempty"`
}

// StateResult is the result of a closed vote; PerMille is the share of the base.
type StateResult struct {
	For      int  `json:"for"`
	Against  int  `json:"against"`
	Abstain  int  `json:"abstain"`
	PerMille int  `json:"perMille"`
	Passed   bool `json:"passed"`
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// NewState is what everybody is told of the meeting at the time.
func NewState(l *conduct.Live, now time.Time) State {
	s, p := l.State(), l.Plan()
	screen := l.Screen(now)
	out := State{
		Version: StateVersion, Meeting: p.ID, Seq: s.Seq, At: millis(now), Phase: s.Phase, Mode: s.Mode, Main: s.Main,
		Screen: stateScreen(screen), Speech: stateSpeech(l), Waiting: len(s.Floor.Queue),
		Muted: slices.Clone(s.Sound.Muted), Roll: stateRoll(l.Totals()), Vote: stateVote(s.Votes, p.Voters), Announced: l.Opening().Version,
		Recording: screen.Recording, Loudspeaker: screen.Loudspeaker, Locked: s.Door.Locked, CalledOff: s.CalledOff, Banner: screen.Banner,
	}
	if r := s.Sound.Recorder; r.State != "" || s.Sound.Paused || len(r.Alarms) > 0 {
		out.Recorder = &StateRecorder{State: r.State, Paused: s.Sound.Paused, Code: r.Code, Alarms: r.Alarms}
	}
	out.Chat = stateChat(&s.Chat)
	for _, x := range p.Points {
		if there := s.Points[x.ID]; there.Connected && !there.Left.IsZero() {
			out.Leaving = append(out.Leaving, x.ID)
		}
	}
	for _, r := range s.Floor.Queue[:min(len(s.Floor.Queue), longestQueue)] {
		out.Queue = append(out.Queue, stateRequest(r))
	}
	if screen.Item != "" {
		out.Item = stateItem(s, p, screen.Item)
	}
	return out
}

func stateScreen(s conduct.Screen) StateScreen {
	out := StateScreen{Layout: s.Layout, Tiles: []meeting.PointID{}, Page: s.Page, Pages: s.Pages, Content: s.Content, Source: s.Source, Music: s.Music, Lost: s.Lost}
	for _, t := range s.Tiles {
		out.Tiles = append(out.Tiles, t.Point)
	}
	if p := s.Paper; p.Paper != "" {
		out.Paper = &StatePaper{ID: p.Paper, Page: p.Page, By: p.By}
	}
	if s.LowerThird != [2]string{} {
		out.LowerThird = s.LowerThird[:]
	}
	return out
}

func stateSpeech(l *conduct.Live) *StateSpeech {
	s := l.State()
	n := s.Floor.Now
	if n == nil {
		return nil
	}
	return &StateSpeech{
		Number: n.Number, Point: n.Point, Called: l.Opening().Plan.Name(n.Point), Name: n.Speaker.Name, Position: n.Speaker.Position, Topic: n.Topic,
		Started: millis(n.Started), Due: millis(n.Due()), AutoCut: s.Timing.AutoCut,
	}
}

func stateRequest(r floor.Request) StateRequest {
	return StateRequest{ID: r.ID, Point: r.Point, Name: r.Speaker.Name, At: millis(r.At), Early: r.Early, Deferred: r.Deferred}
}

func stateItem(s *conduct.State, p plan.Plan, id meeting.ItemID) *StateItem {
	out := &StateItem{ID: id}
	for _, run := range s.Runs {
		if run.Item == id && run.Finished.IsZero() {
			out.Started = millis(run.Started)
		}
	}
	for i, item := range p.Agenda {
		if item.ID != id {
			continue
		}
		out.Number, out.Title = i+1, item.Title
		if item.Minutes > 0 {
			out.Due = out.Started + (time.Duration(item.Minutes) * time.Minute).Milliseconds()
		}
	}
	return out
}

func stateRoll(t rollcall.Totals) StateRoll {
	return StateRoll{Points: t.Points, Present: t.Present, Absent: t.Excused + t.Absent, Heads: t.Heads, Expected: t.Expected}
}

// stateVote is the vote that runs, or the last that was held.
func stateVote(votes []vote.Vote, planned []vote.Voter) *StateVote {
	var shown *vote.Vote
	for i := range votes {
		v := &votes[i]
		if v.Phase == vote.Prepared || (shown != nil && v.Opened.Before(shown.Opened)) {
			continue
		}
		shown = v
	}
	if shown == nil {
		return nil
	}
	tally := shown.Tally()
	out := &StateVote{
		Motion: shown.Motion.ID, Title: shown.Motion.Title, Form: shown.Motion.Form, Phase: shown.Phase,
		Eligible: len(shown.Motion.Eligible()), Present: len(shown.Present), Cast: tally.For + tally.Against + tally.Abstain,
	}
	out.Own = !maps.Equal(votersAt(shown.Motion.Voters), votersAt(planned))
	if shown.Phase == vote.Closed {
		out.Result = &StateResult{For: tally.For, Against: tally.Against, Abstain: tally.Abstain, PerMille: tally.PerMille, Passed: tally.Passed}
		out.Ended = millis(shown.Ended)
	}
	return out
}

// votersAt counts the members of a list by point.
func votersAt(list []vote.Voter) map[meeting.PointID]int {
	out := make(map[meeting.PointID]int)
	for _, v := range list {
		out[v.Point]++
	}
	return out
}

// text is the state as metadata.
func (s State) text() string {
	b, err := json.Marshal(s)
	if err != nil {
		return "{}" // nothing in it can fail
	}
	return string(b)
}
