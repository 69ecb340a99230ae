package conduct

import (
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/floor"
	"diemcau/meeting/plan"
)

// Layout is how every screen is divided (CON-10), and Full as CON-04 asks for.
type Layout string

// The layouts.
const (
	Full               Layout = "toan-man-hinh"
	MainSpeaker        Layout = "chinh-phat-bieu"
	MainSpeakerContent Layout = "chinh-phat-bieu-noi-dung"
	Grid4              Layout = "luoi-4"
	Grid9              Layout = "luoi-9"
	Grid16             Layout = "luoi-16"
	SpeakerStrip       Layout = "phat-bieu-dai"
)

// strip is how many small pictures stand beside the speaker.
const strip = 6

// room is how many pictures a layout holds.
func (l Layout) room() int {
	return map[Layout]int{Full: 1, MainSpeaker: 2, MainSpeakerContent: 2, Grid4: 4, Grid9: 9, Grid16: 16, SpeakerStrip: 1 + strip}[l]
}

// Picture is the central choice of what is shown.
type Picture struct {
	Layout Layout `json:"layout"`
	// Focus is the point in the large place.
	Focus meeting.PointID `json:"focus"`
	// Page turns a grid that holds fewer than are there, from 0.
	Page int `json:"page,omitempty"`
	// Content is the point whose shared screen is shown.
	Content meeting.PointID `json:"content,omitempty"`
	// Paper is the one that everybody reads.
	Paper Presented `json:"paper,omitzero"`
	// Source is the camera source shown instead of Focus.
	Source meeting.SourceID `json:"source,omitempty"`
	// Ceremony is the award scene; Award is the line of the list, from 0.
	Ceremony bool `json:"ceremony,omitempty"`
	Award    int  `json:"award,omitempty"`
	// LowerThird are two lines under the picture.
	LowerThird [2]string `json:"lowerThird,omitzero"`
}

// Tile is one picture with the name burnt on it.
type Tile struct {
	Point meeting.PointID `json:"point"`
	Name  string          `json:"name"`
}

// Clock is the countdown of the speech (CON-06).
type Clock struct {
	Colour floor.Colour `json:"colour"`
	// Due is when the time is up: screens count by themselves.
	Due     time.Time `json:"due,omitzero"`
	Started time.Time `json:"started"`
}

// Screen is what every screen shows: the same at all points.
type Screen struct {
	Layout Layout `json:"layout"`
	// Page of Pages, where a grid does not hold all who are there.
	Page       int              `json:"page,omitempty"`
	Pages      int              `json:"pages,omitempty"`
	Tiles      []Tile           `json:"tiles"`
	Content    meeting.PointID  `json:"content,omitempty"`
	Paper      Presented        `json:"paper,omitzero"`
	Source     meeting.SourceID `json:"source,omitempty"`
	Speaking   meeting.PointID  `json:"speaking,omitempty"`
	Clock      *Clock           `json:"clock,omitempty"`
	Item       meeting.ItemID   `json:"item,omitempty"`
	Over       bool             `json:"over,omitempty"`
	LowerThird [2]string        `json:"lowerThird,omitzero"`
	Music      bool             `json:"music,omitempty"`
	// Lost is the speaker whose signal is out ("Mất tín hiệu điểm cầu ...").
	Lost        meeting.PointID `json:"lost,omitempty"`
	Banner      string          `json:"banner,omitempty"`
	Recording   bool            `json:"recording,omitempty"`
	Loudspeaker bool            `json:"loudspeaker,omitempty"`
}

// Screen is the picture at the given time. Points that are not there have no tile
// (CON-10); the speaker keeps his through a short drop until Tick says it is lost.
func (l *Live) Screen(now time.Time) Screen {
	s := &l.state
	out := Screen{
		Layout: s.Picture.Layout, Content: s.Picture.Content, Paper: s.Picture.Paper, Source: s.Picture.Source,
		LowerThird: s.Picture.LowerThird, Music: s.Picture.Ceremony, Banner: s.Banner,
		Recording: on(s.Sound.Recording), Loudspeaker: on(s.Sound.Loudspeaker), Speaking: s.Floor.Holder(),
	}
	if s.Picture.Ceremony {
		out.Content, out.Paper = "", Presented{}
	}
	if n := s.Floor.Now; n != nil {
		out.Clock = &Clock{Colour: n.Colour(now), Due: n.Due(), Started: n.Started}
	}
	if i := s.running(); i >= 0 {
		out.Item = s.Runs[i].Item
		item, _ := agenda.Find(l.opening.Plan.Agenda, out.Item)
		out.Over = s.Runs[i].Over(item, now) > 0
	}
	focus := s.Picture.Focus
	if s.Floor.Lost && focus == s.Floor.Holder() {
		out.Lost, focus = focus, s.Main
	}
	ids, page, pages := l.tiles(out.Layout, focus)
	if pages > 1 {
		out.Page, out.Pages = page, pages
	}
	for _, id := range ids {
		out.Tiles = append(out.Tiles, Tile{Point: id, Name: l.opening.Plan.Name(id)})
	}
	if len(ids) < 2 && out.Layout != MainSpeakerContent {
		out.Layout = Full
	}
	return out
}

// tiles are the points of the layout in order, the large place first; and which page
// of how many that is.
func (l *Live) tiles(layout Layout, focus meeting.PointID) (ids []meeting.PointID, page, pages int) {
	s := &l.state
	shown := func(p meeting.PointID) bool {
		return s.Points[p].Connected || (p == s.Floor.Holder() && p == focus && !s.Floor.Lost)
	}
	var order []meeting.PointID
	add := func(p meeting.PointID) {
		if shown(p) && !slices.Contains(order, p) {
			order = append(order, p)
		}
	}
	add(focus)
	add(s.Main)
	if layout == MainSpeaker || layout == MainSpeakerContent || (layout == Full && len(order) > 0) {
		return order[:min(len(order), layout.room())], 0, 1
	}
	for _, x := range l.opening.Plan.Points {
		add(x.ID)
	}
	room := layout.room()
	if len(order) == 0 || layout == Full || layout == SpeakerStrip {
		return order[:min(len(order), room)], 0, 1
	}
	pages = (len(order) + room - 1) / room
	page = min(s.Picture.Page, pages-1)
	return order[page*room : min(len(order), (page+1)*room)], page, pages
}

// Permit is what a point may send.
type Permit struct {
	// Mic is on the air: heard by all.
	Mic    bool `json:"mic"`
	Camera bool `json:"camera"`
	Screen bool `json:"screen"`
}

// MayPublish is what the bridge lets a point send (CON-02, CON-09). It depends on
// the meeting alone and not on the line: a point that comes back has what it had
// (CON-12).
func (l *Live) MayPublish(p meeting.PointID) Permit {
	s := &l.state
	if l.needPoint(p) != nil || s.Phase == Closed || slices.Contains(s.Door.Banned, p) {
		return Permit{}
	}
	return Permit{
		Mic: s.mic(p, l.opening.Plan), Camera: true,
		Screen: p == s.Main || p == s.Floor.Holder() || p == s.Picture.Content,
	}
}

// VisitorMayPublish is what a guest may (SEC-09): he shows himself, and is heard in free
// discussion only, for the floor is given to points.
func (l *Live) VisitorMayPublish() Permit {
	s := &l.state
	if s.Phase == Closed {
		return Permit{}
	}
	return Permit{Mic: s.Mode == plan.Discussion && s.Phase != Recess && !s.Picture.Ceremony, Camera: true}
}

// mic is the rule of microphones. The main point is where the chair sits, who may
// always speak; besides it, in Hội nghị and Tập huấn, there is the floor and
// nothing else.
func (s *State) mic(p meeting.PointID, pl plan.Plan) bool {
	switch {
	case slices.Contains(s.Sound.Muted, p):
		return false
	case p == s.Main:
		return true
	case s.Phase == Recess:
		return false
	case s.Picture.Ceremony:
		return s.Picture.Award < len(pl.Awards) && pl.Awards[s.Picture.Award].Point == p
	case s.Mode == plan.Discussion:
		return true
	}
	return p == s.Floor.Holder()
}

// Listeners are the devices that hear and see the point off-air (CON-05): while
// there are any, the bridge takes its media but sends them to these alone, unless
// the point is on the air.
func (l *Live) Listeners(p meeting.PointID) []meeting.DeviceID {
	var out []meeting.DeviceID
	for d, watched := range l.state.Sound.Previews {
		if watched == p {
			out = append(out, d)
		}
	}
	slices.Sort(out)
	return out
}

func on(spans []Span) bool { return len(spans) > 0 && spans[len(spans)-1].To.IsZero() }

// running is the index of the agenda item that is on, or -1.
func (s *State) running() int {
	return slices.IndexFunc(s.Runs, func(r agenda.Run) bool { return r.Finished.IsZero() })
}
