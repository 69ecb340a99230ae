// Package minutes makes the minutes (biên bản) and the notice of conclusions from
// a meeting's log, with the fields of Mẫu 1.9 (MIN-01, MIN-05); it keeps their
// states and corrections (MIN-04) and their numbers (MIN-03). Layout is not its
// business: documents are drawn elsewhere from the same fields. It is pure.
package minutes

import (
	"slices"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/conduct"
	"diemcau/meeting/floor"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/task"
	"diemcau/meeting/vote"
)

// Head are the fields above the course of the meeting.
type Head struct {
	Above string `json:"above,omitempty"`
	Host  string `json:"host"`
	// Number is given after signing ("Số: 12/BB-VP"); "" before.
	Number string    `json:"number,omitempty"`
	Title  string    `json:"title"`
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Place  string    `json:"place"`
	// Remote is how many points the meeting reached besides the main one.
	Remote     int            `json:"remote"`
	Chair      meeting.Person `json:"chair"`
	Secretary  meeting.Person `json:"secretary"`
	Technician meeting.Person `json:"technician"`
}

// Attendance is who took part (fields 10 and 14).
type Attendance struct {
	Hall   []meeting.Person `json:"hall,omitempty"`
	Guests []meeting.Person `json:"guests,omitempty"`
	Points []rollcall.Line  `json:"points"`
	Totals rollcall.Totals  `json:"totals"`
	// Members and Voting are those with a vote, and those of them present; both 0
	// when nobody votes in this meeting.
	Members int `json:"members,omitempty"`
	Voting  int `json:"voting,omitempty"`
	// Quorum reports whether the set quorum was met; true when none is set.
	Quorum bool `json:"quorum"`
}

// Item is one item with its course (fields 15 to 17).
type Item struct {
	Number    int             `json:"number"`
	Item      agenda.Item     `json:"item"`
	Runs      []agenda.Run    `json:"runs"`
	Course    string          `json:"course,omitempty"`
	Speeches  []Speech        `json:"speeches,omitempty"`
	Votes     []Vote          `json:"votes,omitempty"`
	PointName string          `json:"pointName,omitempty"`
	Point     meeting.PointID `json:"point,omitempty"`
}

// Speech is one opinion with the name of its point.
type Speech struct {
	floor.Speech
	PointName string `json:"pointName"`
}

// Vote is a motion with its result (field 17).
type Vote struct {
	Motion vote.Motion `json:"motion"`
	Result vote.Result `json:"result"`
	// NoQuorum is what the chair typed to open it without a quorum.
	NoQuorum string `json:"noQuorum,omitempty"`
	// Corrections are counts of hands that were entered and later replaced.
	Corrections int `json:"corrections,omitempty"`
}

// Given is one award that was handed over (field 18).
type Given struct {
	plan.Award
	PointName string `json:"pointName"`
}

// Trouble is one technical incident (field 20).
type Trouble struct {
	PointName string    `json:"pointName"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to,omitzero"`
	Handling  string    `json:"handling,omitempty"`
}

// Recording is field 21; file and hash come from the archive.
type Recording struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	By     string    `json:"by"`
	File   string    `json:"file,omitempty"`
	SHA256 string    `json:"sha256,omitempty"`
}

// Minutes are all fields of the minutes. Every one is drawn from the log.
type Minutes struct {
	Head       Head        `json:"head"`
	Attendance Attendance  `json:"attendance"`
	Items      []Item      `json:"items"`
	Others     []Speech    `json:"others,omitempty"`
	OtherVotes []Vote      `json:"otherVotes,omitempty"`
	Awards     []Given     `json:"awards,omitempty"`
	Remark     string      `json:"remark,omitempty"`
	Tasks      []task.Task `json:"tasks,omitempty"`
	Troubles   []Trouble   `json:"troubles,omitempty"`
	Recordings []Recording `json:"recordings,omitempty"`
	ReadBack   time.Time   `json:"readBack,omitzero"`
	Recipients []string    `json:"recipients"`
}

// Draft draws the minutes of a meeting that is over from its opening and its log
// (MIN-01). It replays the log: nothing is asked of anybody again.
func Draft(o conduct.Opening, log []conduct.Event) (Minutes, error) {
	live, err := conduct.Replay(o, log)
	if err != nil {
		return Minutes{}, err
	}
	s := live.State()
	if s.Phase != conduct.Closed || s.CalledOff {
		return Minutes{}, meeting.Refuse(meeting.CodeState, "phase").With(string(s.Phase))
	}
	p := o.Plan
	m := Minutes{
		Head: Head{
			Above: p.Above, Host: p.Host, Title: p.Title, Start: s.Opened, End: s.Ended,
			Place: p.Place, Remote: len(p.Points) - 1, Chair: s.Seats[meeting.Chair].Person,
			Secretary: s.Seats[meeting.Secretary].Person, Technician: s.Seats[meeting.Technician].Person,
		},
		Attendance: attendance(live), Awards: awards(p, log), Remark: s.Notes.Remark,
		Tasks: slices.Clone(s.Notes.Tasks), Troubles: troubles(live), ReadBack: s.Notes.ReadBack,
		Recipients: []string{"Như thành phần dự họp", "Lưu: VT, Hồ sơ"},
	}
	if m.Head.Start.IsZero() {
		m.Head.Start = p.Start
	}
	if m.Head.Place == "" {
		m.Head.Place = p.Name(s.Main)
	}
	for _, r := range s.Sound.Recording {
		m.Recordings = append(m.Recordings, Recording{From: r.From, To: r.To, By: decided(live, r.By)})
	}
	m.Items, m.Others, m.OtherVotes = items(live)
	return m, nil
}

// decided is the name of who had the meeting recorded.
func decided(live *conduct.Live, by meeting.PersonID) string {
	people := live.Plan().People
	seats := live.State().Seats
	for _, p := range append([]meeting.Person{people.Chair, people.Secretary, seats[meeting.Chair].Person, seats[meeting.Secretary].Person}, people.CoChairs...) {
		if p.ID == by {
			return p.Name
		}
	}
	return string(by) // somebody to whom a seat was handed over and taken from again
}

// File is a recording in the archive: its name there, when it began, and the hash
// that its seal vouches for it with.
type File struct {
	Name   string
	SHA256 string
	Begun  time.Time
}

// slack is how much earlier or later than the act a recording's own clock may say
// that it began.
const slack = 10 * time.Second

// WithFiles names the files of each recording (field 21). One that was going on when
// the bridge ended has several.
func (m Minutes) WithFiles(files []File) Minutes {
	files = slices.SortedFunc(slices.Values(files), func(a, b File) int { return a.Begun.Compare(b.Begun) })
	m.Recordings = slices.Clone(m.Recordings)
	for i := range m.Recordings {
		r := &m.Recordings[i]
		var names, sums []string
		for _, f := range files {
			if !f.Begun.Before(r.From.Add(-slack)) && (r.To.IsZero() || f.Begun.Before(r.To)) {
				names, sums = append(names, f.Name), append(sums, f.SHA256)
			}
		}
		if len(names) > 0 {
			r.File, r.SHA256 = strings.Join(names, ", "), strings.Join(sums, ", ")
		}
	}
	return m
}

func attendance(live *conduct.Live) Attendance {
	p := live.Plan()
	a := Attendance{
		Hall: p.People.Hall, Guests: p.People.Guests, Points: live.Attendance(), Totals: live.Totals(),
		Members: len(p.Voters), Voting: len(live.Voting(p.Voters)), Quorum: true,
	}
	if p.Conduct.Quorum.Den > 0 {
		a.Quorum = vote.Motion{Quorum: p.Conduct.Quorum, Voters: p.Voters}.QuorumMet(a.Voting)
	}
	return a
}

// items sorts speeches and votes under the items in which they were, in the order
// in which the items were begun; items never begun are left out. What was in none is
// returned apart.
func items(live *conduct.Live) (list []Item, others []Speech, votes []Vote) {
	p, s := live.Plan(), live.State()
	for _, run := range s.Runs {
		i := slices.IndexFunc(list, func(x Item) bool { return x.Item.ID == run.Item })
		if i < 0 {
			it, _ := agenda.Find(p.Agenda, run.Item)
			i = len(list)
			list = append(list, Item{Number: i + 1, Item: it, Course: s.Notes.Items[run.Item], Point: it.Point, PointName: pointName(p, it.Point)})
		}
		list[i].Runs = append(list[i].Runs, run)
	}
	for _, sp := range s.Floor.Past {
		named := Speech{Speech: sp, PointName: p.Name(sp.Point)}
		if i := slices.IndexFunc(list, func(x Item) bool { return x.Item.ID == sp.Item }); i >= 0 {
			list[i].Speeches = append(list[i].Speeches, named)
			continue
		}
		others = append(others, named)
	}
	for _, v := range s.Votes {
		i := slices.IndexFunc(list, func(x Item) bool {
			return x.Item.ID == v.Motion.Item || (v.Motion.Item == "" && during(x, v.Opened))
		})
		switch {
		case v.Phase != vote.Closed:
		case i >= 0:
			list[i].Votes = append(list[i].Votes, result(v))
		default:
			votes = append(votes, result(v))
		}
	}
	return list, others, votes
}

func during(it Item, at time.Time) bool {
	return slices.ContainsFunc(it.Runs, func(r agenda.Run) bool { return !at.Before(r.Started) && !at.After(r.Finished) })
}

func result(v vote.Vote) Vote {
	out := Vote{Motion: v.Motion, Result: v.Tally(), NoQuorum: v.NoQuorum}
	for i, e := range v.Entries {
		if v.Last(e.Point) != i {
			out.Corrections++
		}
	}
	return out
}

func pointName(p plan.Plan, id meeting.PointID) string {
	if id == "" {
		return ""
	}
	return p.Name(id)
}

// awards are the lines of the list that were shown in the ceremony.
func awards(p plan.Plan, log []conduct.Event) []Given {
	var given []Given
	seen := map[int]bool{}
	for _, e := range log {
		c, ok := e.After.(conduct.PictureSet)
		if !ok || !c.Picture.Ceremony || seen[c.Picture.Award] || c.Picture.Award >= len(p.Awards) {
			continue
		}
		seen[c.Picture.Award] = true
		a := p.Awards[c.Picture.Award]
		at := a.Point
		if at == "" {
			at = p.Main
		}
		given = append(given, Given{Award: a, PointName: p.Name(at)})
	}
	return given
}

// troubles are the incidents written down and every drop of a line that nobody
// wrote about, in the order in which they began.
func troubles(live *conduct.Live) []Trouble {
	p, s := live.Plan(), live.State()
	var list []Trouble
	for _, i := range s.Notes.Incidents {
		list = append(list, Trouble{PointName: p.Name(i.Point), From: i.From, To: i.To, Handling: i.Text})
	}
	for _, x := range p.Points {
		for _, d := range s.Points[x.ID].Drops {
			noted := slices.ContainsFunc(s.Notes.Incidents, func(i conduct.Incident) bool {
				return i.Point == x.ID && !d.From.Before(i.From.Add(-time.Minute)) && (i.To.IsZero() || !d.From.After(i.To))
			})
			if !noted && d.From.Before(s.Ended) {
				list = append(list, Trouble{PointName: x.Name, From: d.From, To: d.Back})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Trouble) int { return a.From.Compare(b.From) })
	return list
}
