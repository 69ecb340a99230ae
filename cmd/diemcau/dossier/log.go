package dossier

import (
	"context"
	"encoding/json"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/recording/archive"
)

// logPage is how many lines one answer holds.
const logPage = 500

// LogLine is one line of the meeting's log for people: the log itself is in the
// package.
type LogLine struct {
	Number int          `json:"number"`
	When   time.Time    `json:"when"`
	What   conduct.Kind `json:"what" example:"speech.begun"`
	By     string       `json:"by,omitempty" doc:"who did it; left out for the bridge itself"`
	About  string       `json:"about,omitempty" doc:"the point, item, motion or words that it is about"`
	Place  *Spot        `json:"place,omitempty"`
}

// Log is a piece of the log after a number, oldest first, and how long all of it is.
func Log(ctx context.Context, from Source, item archive.Item, after int, may func(recording string) (bool, error)) (lines []LogLine, all int, err error) {
	v := &viewing{from: from, asked: item.About.ID, MeetingFile: MeetingFile{Meeting: meeting.ID(item.About.Meeting)}}
	if err := v.parts(ctx, may); err != nil {
		return nil, 0, err
	}
	g := &gathering{from: from}
	found, err := g.find(ctx, item)
	if err != nil || !found {
		return nil, 0, err
	}
	v.live, v.log = g.live, g.log
	names := v.names()
	for _, e := range v.log[min(after, len(v.log)):min(after+logPage, len(v.log))] {
		l := LogLine{Number: e.Seq, When: e.At, What: e.After.Kind(), Place: v.place(e.At, time.Time{}), About: names.about(e.After)}
		switch {
		case e.By.Person != "":
			l.By = names.of(string(e.By.Person))
		case e.By.Point != "" && !e.By.System:
			l.By = names.of(string(e.By.Point))
		}
		lines = append(lines, l)
	}
	return lines, len(v.log), nil
}

// names are those of people, points, items and motions by their ids.
type names map[string]string

func (n names) of(id string) string {
	if name := n[id]; name != "" {
		return name
	}
	return id
}

func (v *viewing) names() names {
	p, s := v.live.Plan(), v.live.State()
	n := names{}
	person := func(x meeting.Person) {
		if x.ID != "" && x.Name != "" {
			n[string(x.ID)] = x.Name
		}
	}
	for _, x := range p.Voters {
		n[string(x.Person)] = x.Name
	}
	for _, x := range append(append([]meeting.Person{p.People.Chair, p.People.Secretary, p.People.Technician}, p.People.CoChairs...), p.People.Hall...) {
		person(x)
	}
	for _, seat := range s.Seats {
		person(seat.Person)
	}
	for _, x := range p.Points {
		person(x.Leader)
		n[string(x.ID)] = x.Name
	}
	for _, x := range p.Agenda {
		n[string(x.ID)] = x.Title
	}
	for _, x := range s.Votes {
		n[string(x.Motion.ID)] = x.Motion.Title
	}
	return n
}

// subject are the fields by which changes name what they are about.
type subject struct {
	Text, Phase, Status, Mode, Deed    string
	Point, Item, Motion, Choice, Voter json.RawMessage
	Task                               struct{ Content string }
	Message                            struct{ Text string }
	Speech                             struct {
		Point   string
		Speaker struct{ Name string }
	}
	Mark     struct{ Point, Status string }
	Incident struct{ Text string }
	Code     string
}

// about is what a change is about in a few words; "" where its kind says it all.
func (n names) about(c conduct.Change) string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	var s subject
	_ = json.Unmarshal(b, &s) // what does not fit is not named
	named := func(raw json.RawMessage) string {
		var id string
		if json.Unmarshal(raw, &id) == nil {
			return n.of(id)
		}
		var of struct{ Title string }
		_ = json.Unmarshal(raw, &of)
		return of.Title
	}
	if _, said := c.(conduct.MessageSaid); said {
		return "" // what was written stands in the chat, where it can be withdrawn
	}
	for _, words := range []string{
		s.Text, s.Task.Content, s.Incident.Text, s.Speech.Speaker.Name, n[s.Speech.Point], n[s.Mark.Point], named(s.Motion), named(s.Item), named(s.Point), s.Phase, s.Mode, s.Code,
	} {
		if words != "" {
			return words
		}
	}
	return ""
}
