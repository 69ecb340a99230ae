package conduct

import (
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/floor"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/task"
	"diemcau/meeting/vote"
)

// Phase is where the meeting stands.
type Phase string

// The phases: points gather and are called; in session; a break; over.
const (
	Gathering Phase = "tap-hop"
	InSession Phase = "dang-hop"
	Recess    Phase = "giai-lao"
	Closed    Phase = "be-mac"
)

// Seat is who holds one of the three rights, at which machine (CON-01). Reload and
// line loss do not touch it: it ends by hand-over only.
type Seat struct {
	Person meeting.Person   `json:"person"`
	Device meeting.DeviceID `json:"device,omitempty"`
}

// Timing are the clock's settings (CON-06).
type Timing struct {
	// Speech is the time of a speech unless said otherwise; 0 is no limit.
	Speech  time.Duration `json:"speech"`
	AutoCut bool          `json:"autoCut"`
}

// Span is a time during which something was on.
type Span struct {
	From time.Time        `json:"from"`
	To   time.Time        `json:"to,omitzero"`
	By   meeting.PersonID `json:"by,omitempty"`
}

// Door is who may come in (SEC-09).
type Door struct {
	Locked bool              `json:"locked,omitempty"`
	Banned []meeting.PointID `json:"banned,omitempty"`
}

// Incident is a technical trouble and how it was handled.
type Incident struct {
	Point meeting.PointID `json:"point"`
	From  time.Time       `json:"from"`
	To    time.Time       `json:"to,omitzero"`
	Text  string          `json:"text"`
}

// Notes is what the secretary writes while the meeting runs.
type Notes struct {
	Tasks     []task.Task               `json:"tasks,omitempty"`
	Items     map[meeting.ItemID]string `json:"items,omitempty"`
	Incidents []Incident                `json:"incidents,omitempty"`
	// Remark is the chair's general assessment before the tasks.
	Remark string `json:"remark,omitempty"`
	// ReadBack is when the minutes were read back and agreed.
	ReadBack time.Time `json:"readBack,omitzero"`
}

// Sound is what limits microphones besides mode and floor.
type Sound struct {
	// Muted points stay silent whatever the mode allows.
	Muted []meeting.PointID `json:"muted,omitempty"`
	// Loudspeaker is the broadcast to the communes (phát truyền thanh).
	Loudspeaker []Span `json:"loudspeaker,omitempty"`
	Recording   []Span `json:"recording,omitempty"`
	// Paused tells that nothing is written while the recording is on: the meeting
	// is off the record.
	Paused bool `json:"paused,omitempty"`
	// Notices are when points were told that they are being recorded, and which.
	Notices []RecordingNoticed `json:"notices,omitempty"`
	// Recorder is how it stands with what does the recording.
	Recorder RecorderTold `json:"recorder,omitzero"`
	// Previews are off-air: which point each operator's device hears and sees.
	Previews map[meeting.DeviceID]meeting.PointID `json:"previews,omitempty"`
}

// State is everything a live meeting knows.
type State struct {
	Seq    int       `json:"seq"`
	Last   time.Time `json:"last,omitzero"`
	Phase  Phase     `json:"phase"`
	Opened time.Time `json:"opened,omitzero"`
	Ended  time.Time `json:"ended,omitzero"`
	// CalledOff tells that it was put off or cancelled before it was declared open.
	CalledOff bool                                  `json:"calledOff,omitempty"`
	Main      meeting.PointID                       `json:"main"`
	Mode      plan.Mode                             `json:"mode"`
	Seats     map[meeting.Right]Seat                `json:"seats"`
	Runners   []meeting.Right                       `json:"runners,omitempty"`
	Timing    Timing                                `json:"timing"`
	Floor     Floor                                 `json:"floor"`
	Picture   Picture                               `json:"picture"`
	Sound     Sound                                 `json:"sound"`
	Door      Door                                  `json:"door"`
	Points    map[meeting.PointID]rollcall.Presence `json:"points"`
	Roll      map[meeting.PointID]rollcall.Mark     `json:"roll"`
	Runs      []agenda.Run                          `json:"runs,omitempty"`
	Votes     []vote.Vote                           `json:"votes,omitempty"`
	Notes     Notes                                 `json:"notes"`
	Banner    string                                `json:"banner,omitempty"`
	Chat      Chat                                  `json:"chat,omitzero"`
}

// Floor is the queue, the speech that has the floor and those that had it.
type Floor struct {
	Queue floor.Queue `json:"queue,omitempty"`
	// Now has the floor; nil when nobody has. There is no place for a second one.
	Now  *floor.Speech  `json:"now,omitempty"`
	Past []floor.Speech `json:"past,omitempty"`
	// Lost says that the speaker's line is out for longer than the grace.
	Lost bool `json:"lost,omitempty"`
}

// Holder is the point that has the floor, or "".
func (f Floor) Holder() meeting.PointID {
	if f.Now == nil {
		return ""
	}
	return f.Now.Point
}

func initial(o Opening) State {
	p := o.Plan
	s := State{
		Phase: Gathering, Main: p.Main, Mode: p.Conduct.Mode,
		Seats: map[meeting.Right]Seat{
			meeting.Chair: {Person: p.People.Chair}, meeting.Secretary: {Person: p.People.Secretary},
			meeting.Technician: {Person: p.People.Technician},
		},
		Timing:  Timing{Speech: p.Conduct.Speech, AutoCut: p.Conduct.AutoCut},
		Picture: Picture{Layout: Full, Focus: p.Main},
		Points:  map[meeting.PointID]rollcall.Presence{},
		Roll:    map[meeting.PointID]rollcall.Mark{},
		Notes:   Notes{Items: map[meeting.ItemID]string{}},
		Sound:   Sound{Previews: map[meeting.DeviceID]meeting.PointID{}},
	}
	if s.Mode == "" {
		s.Mode = plan.Conference
	}
	for _, x := range p.Points {
		mark := rollcall.Mark{Point: x.ID, Status: rollcall.NotCalled, Expected: x.Expected, Leader: x.Leader}
		if sub, ok := o.Substitutes[x.ID]; ok {
			mark.Leader, mark.Substitute = sub.Person, sub.For
		}
		s.Roll[x.ID] = mark
	}
	for _, r := range o.Registered {
		r.Early = true
		s.Floor.Queue = s.Floor.Queue.Add(r)
	}
	return s
}
