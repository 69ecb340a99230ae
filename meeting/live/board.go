package live

import (
	"maps"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/agenda"
	"diemcau/meeting/conduct"
	"diemcau/meeting/floor"
	"diemcau/meeting/plan"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/vote"
)

// Board is the whole meeting, for the boards of chair, secretary and technician:
// the plan, what everybody is told, and what they alone show. Who has no board reads
// of it what concerns his own point.
type Board struct {
	Plan    plan.Plan                             `json:"plan"`
	Live    State                                 `json:"live"`
	You     BoardYou                              `json:"you"`
	Seats   map[meeting.Right]conduct.Seat        `json:"seats"`
	Runners []meeting.Right                       `json:"runners"`
	Timing  BoardTiming                           `json:"timing"`
	Queue   []floor.Request                       `json:"queue"`
	Past    []floor.Speech                        `json:"past"`
	Points  map[meeting.PointID]rollcall.Presence `json:"points"`
	Roll    map[meeting.PointID]rollcall.Mark     `json:"roll"`
	Runs    []agenda.Run                          `json:"runs"`
	Votes   []BoardVote                           `json:"votes"`
	Notes   BoardNotes                            `json:"notes"`
	// Previews says which point each device sees and hears off the air.
	Previews  map[meeting.DeviceID]meeting.PointID `json:"previews"`
	Banned    []meeting.PointID                    `json:"banned"`
	Positions []agenda.Position                    `json:"positions"`
	// Award is the line of the plan's awards that is given now; absent outside the
	// ceremony.
	Award    *int              `json:"award,omitempty"`
	Untested []meeting.PointID `json:"untested"`
	Failed   []meeting.PointID `json:"failed"`
}

// BoardYou is who asks, as the meeting knows him.
type BoardYou struct {
	Person meeting.PersonID `json:"person,omitempty"`
	Device meeting.DeviceID `json:"device,omitempty"`
	Point  meeting.PointID  `json:"point,omitempty"`
	// Seats are the rights of this meeting that he holds now.
	Seats []meeting.Right `json:"seats"`
	// Floor tells that he may give and take the floor.
	Floor bool `json:"floor"`
	// Partial tells that he has no board: votes, notes, previews, the agenda and other
	// points are left out.
	Partial bool `json:"partial,omitempty"`
}

// BoardTiming are the clock's settings.
type BoardTiming struct {
	Seconds int  `json:"seconds"`
	AutoCut bool `json:"autoCut"`
}

// BoardVote is a vote with what it adds up to so far. Voting are those who would
// count as present if it were opened now (VOT-03).
type BoardVote struct {
	vote.Vote
	Tally  vote.Result `json:"tally"`
	Voting int         `json:"voting"`
	Quorum bool        `json:"quorum"`
}

// BoardNotes is what the secretary wrote.
type BoardNotes struct {
	conduct.Notes
	Items map[meeting.ItemID]string `json:"items"`
}

// NewBoard is the meeting for whoever asks: all of it for who has a board, or had it
// by the plan and handed it over. He looks on and sees who holds it (CON-01).
func NewBoard(l *conduct.Live, who account.Identity, now time.Time) Board {
	if !seated(l, who) && !planned(l, who) {
		return newOwn(l, who, now)
	}
	return newWhole(l, who, now)
}

// newOwn is the meeting for who has no board: what everybody is told, and his point. A
// vote that is open is nobody's to read, nor who looks at his point off the air (CON-05).
func newOwn(l *conduct.Live, who account.Identity, now time.Time) Board {
	s, p := l.State(), l.Plan()
	b := Board{
		Plan: plan.Plan{ID: p.ID, Title: p.Title, Host: p.Host, Unit: p.Unit, Secrecy: p.Secrecy, Start: p.Start, End: p.End, Main: p.Main, Agenda: []agenda.Item{}},
		Live: NewState(l, now), You: you(s, who), Seats: map[meeting.Right]conduct.Seat{},
		Runners: []meeting.Right{}, Timing: BoardTiming{Seconds: int(s.Timing.Speech / time.Second), AutoCut: s.Timing.AutoCut},
		Queue: []floor.Request{}, Past: []floor.Speech{}, Points: map[meeting.PointID]rollcall.Presence{}, Roll: map[meeting.PointID]rollcall.Mark{},
		Runs: []agenda.Run{}, Votes: []BoardVote{}, Notes: BoardNotes{Items: map[meeting.ItemID]string{}},
		Previews: map[meeting.DeviceID]meeting.PointID{}, Banned: []meeting.PointID{}, Positions: []agenda.Position{},
		Untested: []meeting.PointID{}, Failed: []meeting.PointID{},
	}
	b.You.Partial = true
	b.Notes.Tasks, b.Notes.Incidents = some(b.Notes.Tasks), some(b.Notes.Incidents)
	for _, x := range p.Points {
		own := x.ID == who.Point || who.Person != "" && x.Leader.ID == who.Person
		if own {
			b.Points[x.ID], b.Roll[x.ID] = s.Points[x.ID], s.Roll[x.ID]
		} else {
			x = plan.Point{ID: x.ID, Name: x.Name, Kind: x.Kind}
		}
		b.Plan.Points = append(b.Plan.Points, x)
	}
	for _, r := range s.Floor.Queue {
		if _, own := b.Points[r.Point]; own {
			b.Queue = append(b.Queue, r)
		}
	}
	return b
}

// planned tells whether the plan gives him one of the three seats: whoever has handed
// it over looks on.
func planned(l *conduct.Live, who account.Identity) bool {
	people := l.Plan().People
	return who.Person != "" && slices.ContainsFunc([]meeting.Person{people.Chair, people.Secretary, people.Technician}, func(p meeting.Person) bool { return p.ID == who.Person })
}

func newWhole(l *conduct.Live, who account.Identity, now time.Time) Board {
	s, o := l.State(), l.Opening()
	b := Board{
		Plan: o.Plan, Live: NewState(l, now), You: you(s, who), Seats: maps.Clone(s.Seats),
		Runners: some(s.Runners), Timing: BoardTiming{Seconds: int(s.Timing.Speech / time.Second), AutoCut: s.Timing.AutoCut},
		Queue: some(s.Floor.Queue), Past: some(s.Floor.Past), Points: maps.Clone(s.Points), Roll: maps.Clone(s.Roll),
		Runs: some(s.Runs), Votes: []BoardVote{}, Notes: BoardNotes{Notes: s.Notes, Items: maps.Clone(s.Notes.Items)},
		Previews: maps.Clone(s.Sound.Previews), Banned: some(s.Door.Banned), Positions: some(o.Positions),
		Untested: some(o.Untested), Failed: some(o.Failed),
	}
	if s.Picture.Ceremony {
		award := s.Picture.Award
		b.Award = &award
	}
	b.Notes.Tasks, b.Notes.Incidents = some(s.Notes.Tasks), some(s.Notes.Incidents)
	for _, v := range s.Votes {
		v.Casts, v.Entries = some(v.Casts), some(v.Entries)
		voting := len(l.Voting(v.Motion.Eligible()))
		b.Votes = append(b.Votes, BoardVote{Vote: v, Tally: v.Tally(), Voting: voting, Quorum: v.Motion.QuorumMet(voting)})
	}
	return b
}

// some is a copy that is never null in JSON.
func some[S ~[]T, T any](all S) S { return append(S{}, all...) }

func you(s *conduct.State, who account.Identity) BoardYou {
	y := BoardYou{Person: who.Person, Device: Device(who), Point: who.Point, Seats: []meeting.Right{}}
	for _, r := range []meeting.Right{meeting.Chair, meeting.Secretary, meeting.Technician} {
		if who.Person == "" || s.Seats[r].Person.ID != who.Person {
			continue
		}
		y.Seats = append(y.Seats, r)
		y.Floor = y.Floor || r == meeting.Chair || slices.Contains(s.Runners, r)
	}
	return y
}

// Device is the machine of an identity: the paired one, or the sign-in where
// the machine is not paired.
func Device(who account.Identity) meeting.DeviceID {
	if who.Device == "" && who.Session != "" {
		return account.BoardOf(who.Session)
	}
	return who.Device
}

// actorOf is who asks, as the log writes him.
func actorOf(who account.Identity) conduct.Actor {
	a := who.Actor()
	a.Device = Device(who)
	return a
}

// belongs tells whether somebody takes part in the meeting, and so may see it.
func belongs(l *conduct.Live, who account.Identity) bool {
	p := l.Plan()
	if _, point := p.Point(who.Point); point && who.Point != "" {
		return true
	}
	if who.Person == "" {
		return false
	}
	all := slices.Concat([]meeting.Person{p.People.Chair, p.People.Secretary, p.People.Technician}, p.People.CoChairs, p.People.Hall, p.People.Guests)
	for _, x := range p.Points {
		all = append(all, x.Leader)
	}
	for _, v := range p.Voters {
		all = append(all, meeting.Person{ID: v.Person})
	}
	for _, seat := range l.State().Seats {
		all = append(all, seat.Person)
	}
	return slices.ContainsFunc(all, func(x meeting.Person) bool { return x.ID == who.Person })
}
