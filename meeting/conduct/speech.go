package conduct

import (
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/floor"
	"diemcau/meeting/plan"
)

// Grace is how long a speaker's line may be out before the picture goes to the
// main point (CON-12).
const Grace = 5 * time.Second

// Invite gives a point the floor ("Mời phát biểu", CON-04): it fills every screen,
// its microphone opens, the former one closes, the clock starts.
type Invite struct {
	Point meeting.PointID `json:"point"`
	// Entry is the request in the queue that is called; it leaves the queue.
	Entry   meeting.EntryID `json:"entry,omitempty"`
	Speaker meeting.Person  `json:"speaker,omitzero"`
	Topic   string          `json:"topic,omitempty"`
	Item    meeting.ItemID  `json:"item,omitempty"`
	// Seconds is the time of this speech; 0 takes the request's minutes or the
	// meeting's default, -1 is no limit.
	Seconds int `json:"seconds,omitempty"`
}

// Name implements Deed.
func (Invite) Name() string { return "invite" }

func (d Invite) decide(l *Live, a Act) ([]Change, error) {
	s := &l.state
	if err := all(l.needRunning(), l.needFloor(a.By), l.needJoined(d.Point)); err != nil {
		return nil, err
	}
	if s.Phase == Recess {
		return nil, meeting.Refuse(meeting.CodeState, "phase")
	}
	speech := floor.Speech{
		Number: len(s.Floor.Past) + 1, Point: d.Point, Speaker: d.Speaker, Topic: d.Topic, Item: d.Item,
		Started: a.At, Allowed: s.Timing.Speech,
	}
	changes := l.endSpeech(a.At, false)
	if s.Floor.Now != nil {
		speech.Number++
	}
	if d.Entry != "" {
		i := s.Floor.Queue.Find(d.Entry)
		if i < 0 || s.Floor.Queue[i].Point != d.Point {
			return nil, meeting.Refuse(meeting.CodeUnknown, "entry").With(string(d.Entry))
		}
		speech = called(speech, s.Floor.Queue[i])
		changes = append(changes, Dequeued{Entry: d.Entry, Why: "called"})
	}
	if speech.Speaker == (meeting.Person{}) {
		speech.Speaker = s.Roll[d.Point].Leader // who heads the room, unless said otherwise
	}
	switch {
	case d.Seconds > 0:
		speech.Allowed = time.Duration(d.Seconds) * time.Second
	case d.Seconds < 0:
		speech.Allowed = 0
	}
	if i := s.running(); speech.Item == "" && i >= 0 {
		speech.Item = s.Runs[i].Item
	}
	if slices.Contains(s.Sound.Muted, d.Point) {
		changes = append(changes, MutedSet{Points: without(s.Sound.Muted, d.Point)})
	}
	picture := Picture{Layout: Full, Focus: d.Point, Content: s.Picture.Content, Paper: s.kept()}
	if s.Mode == plan.Training {
		picture.Layout = MainSpeaker // the lecturer stays in sight
	}
	return append(changes, SpeechBegun{Speech: speech}, PictureSet{Picture: picture}), nil
}

// called fills in what the request said and the act did not.
func called(s floor.Speech, r floor.Request) floor.Speech {
	if s.Speaker == (meeting.Person{}) {
		s.Speaker = r.Speaker
	}
	if s.Topic == "" {
		s.Topic = r.Topic
	}
	if s.Item == "" {
		s.Item = r.Item
	}
	if r.Minutes > 0 {
		s.Allowed = time.Duration(r.Minutes) * time.Minute
	}
	return s
}

// endSpeech is the end of the speech that has the floor, or nothing.
func (l *Live) endSpeech(at time.Time, cut bool) []Change {
	if l.state.Floor.Now == nil {
		return nil
	}
	return []Change{SpeechEnded{Number: l.state.Floor.Now.Number, Ended: at, Cut: cut}}
}

// backToMain is the picture of the main point, content kept.
func (l *Live) backToMain() Change {
	return PictureSet{Picture: Picture{Layout: Full, Focus: l.state.Main, Content: l.state.Picture.Content, Paper: l.state.kept()}}
}

// Cut returns picture and sound to the main point ("Cắt về điểm cầu chính").
type Cut struct{}

// Name implements Deed.
func (Cut) Name() string { return "cut" }

func (d Cut) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needFloor(a.By)); err != nil {
		return nil, err
	}
	return append(l.endSpeech(a.At, false), l.backToMain()), nil
}

// Finish ends a point's own speech ("Kết thúc phát biểu").
type Finish struct{}

// Name implements Deed.
func (Finish) Name() string { return "finish" }

func (d Finish) decide(l *Live, a Act) ([]Change, error) {
	if a.By.Point == "" || l.state.Floor.Holder() != a.By.Point {
		return nil, meeting.Refuse(CodeNoFloor, "point").With(string(a.By.Point))
	}
	return append(l.endSpeech(a.At, false), l.backToMain()), nil
}

// Extend gives the present speech more time ("Gia hạn thời gian").
type Extend struct {
	Seconds int `json:"seconds"`
}

// Name implements Deed.
func (Extend) Name() string { return "extend" }

func (d Extend) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needFloor(a.By)); err != nil {
		return nil, err
	}
	now := l.state.Floor.Now
	if now == nil {
		return nil, meeting.Refuse(CodeNoFloor, "point")
	}
	if d.Seconds <= 0 || d.Seconds > 24*3600 || now.Allowed == 0 {
		return nil, meeting.Refuse(meeting.CodeInvalid, "seconds")
	}
	return []Change{SpeechExtended{Number: now.Number, Allowed: now.Allowed + time.Duration(d.Seconds)*time.Second}}, nil
}

// SetTiming sets the default time of a speech and the automatic cut (CON-06). It
// is the chair's.
type SetTiming struct {
	Seconds int  `json:"seconds"`
	AutoCut bool `json:"autoCut"`
}

// Name implements Deed.
func (SetTiming) Name() string { return "set-timing" }

func (d SetTiming) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.need(a.By, meeting.Chair)); err != nil {
		return nil, err
	}
	if d.Seconds < 0 || d.Seconds > 24*3600 {
		return nil, meeting.Refuse(meeting.CodeInvalid, "seconds")
	}
	return []Change{TimingSet{Timing{Speech: time.Duration(d.Seconds) * time.Second, AutoCut: d.AutoCut}}}, nil
}

// Tick is the passing of time, told by the owner at NextTick: a speaker lost for
// longer than the grace, a speech at its end when the automatic cut is on.
type Tick struct{}

// Name implements Deed.
func (Tick) Name() string { return "tick" }

func (d Tick) decide(l *Live, a Act) ([]Change, error) {
	if !a.By.System {
		return nil, meeting.Refuse(meeting.CodeNoRight, "by")
	}
	next := l.NextTick()
	if next.IsZero() || a.At.Before(next) {
		return nil, nil
	}
	if due := l.cutDue(); !due.IsZero() && !a.At.Before(due) {
		return append(l.endSpeech(a.At, true), l.backToMain()), nil
	}
	return []Change{SignalLost{Point: l.state.Floor.Holder(), Lost: true}}, nil
}

// NextTick is when time alone will change something; zero when never.
func (l *Live) NextTick() time.Time {
	cut, lost := l.cutDue(), l.lossDue()
	if cut.IsZero() || (!lost.IsZero() && lost.Before(cut)) {
		return lost
	}
	return cut
}

func (l *Live) cutDue() time.Time {
	s := &l.state
	if s.Floor.Now == nil || !s.Timing.AutoCut || s.Phase == Closed {
		return time.Time{}
	}
	return s.Floor.Now.Due()
}

func (l *Live) lossDue() time.Time {
	s := &l.state
	p := s.Points[s.Floor.Holder()]
	if s.Floor.Now == nil || s.Floor.Lost || p.Connected || len(p.Drops) == 0 {
		return time.Time{}
	}
	return p.Drops[len(p.Drops)-1].From.Add(Grace)
}

// NoteSpeech is the secretary's summary of a speech.
type NoteSpeech struct {
	Number  int    `json:"number"`
	Summary string `json:"summary"`
}

// Name implements Deed.
func (NoteSpeech) Name() string { return "note-speech" }

func (d NoteSpeech) decide(l *Live, a Act) ([]Change, error) {
	if err := l.need(a.By, meeting.Secretary); err != nil {
		return nil, err
	}
	if l.state.speech(d.Number) == nil {
		return nil, meeting.Refuse(meeting.CodeUnknown, "number")
	}
	return []Change{SpeechNoted(d)}, nil
}

// speech finds a speech by its number.
func (s *State) speech(number int) *floor.Speech {
	if s.Floor.Now != nil && s.Floor.Now.Number == number {
		return s.Floor.Now
	}
	if i := slices.IndexFunc(s.Floor.Past, func(x floor.Speech) bool { return x.Number == number }); i >= 0 {
		return &s.Floor.Past[i]
	}
	return nil
}
