package conduct

import (
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/plan"
)

// HandOver gives one of the three seats to somebody while the meeting is live
// (CON-01): the holder his own, the chair the others, a co-chair takes the chair
// when it is empty-handed. Handing to oneself moves the seat to another machine.
type HandOver struct {
	Right  meeting.Right    `json:"right"`
	To     meeting.Person   `json:"to"`
	Device meeting.DeviceID `json:"device,omitempty"`
}

// Name implements Deed.
func (HandOver) Name() string { return "hand-over" }

func (d HandOver) decide(l *Live, a Act) ([]Change, error) {
	if err := l.needRunning(); err != nil {
		return nil, err
	}
	if !slices.Contains([]meeting.Right{meeting.Chair, meeting.Secretary, meeting.Technician}, d.Right) {
		return nil, meeting.Refuse(meeting.CodeInvalid, "right").With(string(d.Right))
	}
	if d.To.ID == "" || d.To.Name == "" {
		return nil, meeting.Refuse(meeting.CodeMissing, "to")
	}
	coChair := d.Right == meeting.Chair && d.To.ID == a.By.Person &&
		slices.ContainsFunc(l.opening.Plan.People.CoChairs, func(p meeting.Person) bool { return p.ID != "" && p.ID == a.By.Person })
	if err := l.need(a.By, d.Right, meeting.Chair); err != nil && !coChair {
		return nil, err
	}
	return []Change{SeatSet{Right: d.Right, Seat: Seat{Person: d.To, Device: d.Device}}}, nil
}

// LetRun lets secretary or technician press the floor's buttons for the chair, or
// ends it. The word stays the chair's: only he decides who presses.
type LetRun struct {
	Right meeting.Right `json:"right"`
	On    bool          `json:"on"`
}

// Name implements Deed.
func (LetRun) Name() string { return "let-run" }

func (d LetRun) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.need(a.By, meeting.Chair)); err != nil {
		return nil, err
	}
	if d.Right != meeting.Secretary && d.Right != meeting.Technician {
		return nil, meeting.Refuse(meeting.CodeInvalid, "right").With(string(d.Right))
	}
	runners := without(l.state.Runners, d.Right)
	if d.On {
		runners = append(runners, d.Right)
	}
	return []Change{RunnersSet{Rights: runners}}, nil
}

// Show chooses the picture centrally (CON-10): layout, page and, when given, the
// point or the camera source in the large place. It gives nobody the floor.
type Show struct {
	Layout Layout           `json:"layout"`
	Focus  meeting.PointID  `json:"focus,omitempty"`
	Page   int              `json:"page,omitempty"`
	Source meeting.SourceID `json:"source,omitempty"`
}

// Name implements Deed.
func (Show) Name() string { return "show" }

func (d Show) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.need(a.By, meeting.Technician, meeting.Chair)); err != nil {
		return nil, err
	}
	if d.Layout.room() == 0 || d.Page < 0 {
		return nil, meeting.Refuse(meeting.CodeInvalid, "layout").With(string(d.Layout))
	}
	p := l.state.Picture
	p.Layout, p.Page, p.Source = d.Layout, d.Page, d.Source
	if d.Focus != "" {
		if err := l.needJoined(d.Focus); err != nil {
			return nil, err
		}
		p.Focus = d.Focus
	}
	if d.Source != "" && !slices.ContainsFunc(l.opening.Plan.Sources, func(s plan.Source) bool { return s.ID == d.Source }) {
		return nil, meeting.Refuse(meeting.CodeUnknown, "source").With(string(d.Source))
	}
	return []Change{PictureSet{p}}, nil
}

// ShareContent lets one point share its screen and shows it; no point ends it.
type ShareContent struct {
	Point meeting.PointID `json:"point,omitempty"`
}

// Name implements Deed.
func (ShareContent) Name() string { return "share-content" }

func (d ShareContent) decide(l *Live, a Act) ([]Change, error) {
	// Who speaks may show his own slides, and so may the main point; the boards may
	// show anybody's. A point ends only what it shows itself.
	s := &l.state
	own := a.By.Point != "" && (a.By.Point == s.Floor.Holder() || a.By.Point == s.Main) &&
		(d.Point == a.By.Point || d.Point == "" && (s.Picture.Content == a.By.Point || a.By.Point == s.Floor.Holder()))
	if err := l.needBoard(a.By); err != nil && !own && !(a.By.System && d.Point == "") {
		return nil, err
	}
	if err := l.needRunning(); err != nil {
		return nil, err
	}
	if d.Point != "" {
		if err := l.needJoined(d.Point); err != nil {
			return nil, err
		}
	}
	p := l.state.Picture
	if d.Point != "" {
		p.Paper = Presented{} // what is shared takes its place
	}
	if p.Content = d.Point; d.Point != "" && p.Layout == Full && !p.Ceremony {
		p.Layout = MainSpeakerContent
	} else if d.Point == "" && p.Layout == MainSpeakerContent {
		p.Layout = Full
	}
	return []Change{PictureSet{p}}, nil
}

// Ceremony puts the award scene on or off and steps through the list (CON-16). The
// lower third follows the list; a point where an award is handed over is shown. The
// scene belongs to people: what is shared or read waits behind it.
type Ceremony struct {
	On bool `json:"on"`
	// Award is the line of the list, from 0.
	Award int `json:"award,omitempty"`
}

// Name implements Deed.
func (Ceremony) Name() string { return "ceremony" }

func (d Ceremony) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needBoard(a.By)); err != nil {
		return nil, err
	}
	if !d.On {
		return []Change{l.backToMain()}, nil
	}
	awards := l.opening.Plan.Awards
	if d.Award < 0 || d.Award >= len(awards) {
		return nil, meeting.Refuse(meeting.CodeInvalid, "award")
	}
	given := awards[d.Award]
	p := Picture{Layout: Full, Focus: l.state.Main, Ceremony: true, Award: d.Award, LowerThird: [2]string{given.To, given.Award},
		Content: l.state.Picture.Content, Paper: l.state.kept()} // shown again when it is over
	if given.Point != "" && l.state.Points[given.Point].Connected {
		p.Layout, p.Focus = MainSpeaker, given.Point
	}
	return append(l.endSpeech(a.At, false), PictureSet{p}), nil
}

// LowerThird puts two lines under the picture, or takes them away.
type LowerThird struct {
	Lines [2]string `json:"lines"`
}

// Name implements Deed.
func (LowerThird) Name() string { return "lower-third" }

func (d LowerThird) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needBoard(a.By)); err != nil {
		return nil, err
	}
	p := l.state.Picture
	p.LowerThird = d.Lines
	return []Change{PictureSet{p}}, nil
}

// Mute closes the microphone of one point, or with no point of all but the main
// one ("Tắt micro tất cả"), whatever the mode allows; Off lets it open again.
type Mute struct {
	Point meeting.PointID `json:"point,omitempty"`
	Off   bool            `json:"off,omitempty"`
}

// Name implements Deed.
func (Mute) Name() string { return "mute" }

func (d Mute) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needBoard(a.By)); err != nil {
		return nil, err
	}
	var muted []meeting.PointID
	switch {
	case d.Point != "":
		if err := l.needPoint(d.Point); err != nil {
			return nil, err
		}
		if muted = without(l.state.Sound.Muted, d.Point); !d.Off {
			muted = append(muted, d.Point)
		}
	case !d.Off:
		for _, x := range l.opening.Plan.Points {
			if x.ID != l.state.Main && x.ID != l.state.Floor.Holder() {
				muted = append(muted, x.ID)
			}
		}
	}
	return []Change{MutedSet{Points: muted}}, nil
}

// Preview lets the operator's device hear and see a point off-air (CON-05); no
// point ends it.
type Preview struct {
	Point meeting.PointID `json:"point,omitempty"`
}

// Name implements Deed.
func (Preview) Name() string { return "preview" }

func (d Preview) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.needBoard(a.By)); err != nil {
		return nil, err
	}
	if a.By.Device == "" {
		return nil, meeting.Refuse(meeting.CodeMissing, "device")
	}
	if d.Point != "" {
		if err := l.needJoined(d.Point); err != nil {
			return nil, err
		}
	}
	return []Change{PreviewSet{Device: a.By.Device, Point: d.Point}}, nil
}

// Broadcast switches the loudspeakers of the communes ("Phát truyền thanh"): the
// chair alone, and never of a meeting for internal use (CON-18).
type Broadcast struct {
	On bool `json:"on"`
}

// Name implements Deed.
func (Broadcast) Name() string { return "broadcast" }

func (d Broadcast) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.need(a.By, meeting.Chair)); err != nil {
		return nil, err
	}
	if d.On && l.opening.Plan.Secrecy != meeting.NotSecret {
		return nil, meeting.Refuse(CodeRestricted, "secrecy")
	}
	if d.On == on(l.state.Sound.Loudspeaker) {
		return nil, nil
	}
	return []Change{LoudspeakerSet{On: d.On, By: a.By.Person}}, nil
}
