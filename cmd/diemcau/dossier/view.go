package dossier

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/desk"
	"diemcau/meeting/minutes"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/store"
	"diemcau/meeting/task"
	"diemcau/meeting/vote"
	"diemcau/recording/archive"
	"diemcau/recording/keeper"
)

// Spot is a second of one of the recordings of a meeting.
type Spot struct {
	Recording string `json:"recording"`
	At        int64  `json:"at" doc:"ms"`
	To        int64  `json:"to,omitempty" doc:"ms; left out for a moment"`
}

// FileLine is something written or said, and where it is in a recording. What happened
// while nothing was recorded has no place.
type FileLine struct {
	Kind  string    `json:"kind" enum:"item,speech,vote,conclusion,remark,chat"`
	Ref   string    `json:"ref,omitempty" doc:"id of the item, the motion, the task; number of the speech or the message"`
	Who   string    `json:"who,omitempty"`
	Title string    `json:"title,omitempty"`
	Text  string    `json:"text,omitempty"`
	When  time.Time `json:"when,omitzero"`
	Place *Spot     `json:"place,omitempty"`
}

// FilePart is one recording of the meeting with what is known of its soundness.
type FilePart struct {
	ID      string    `json:"id"`
	Begun   time.Time `json:"begun"`
	Length  int64     `json:"length" doc:"ms"`
	Bytes   int64     `json:"bytes"`
	Sealed  bool      `json:"sealed"`
	Flawed  bool      `json:"flawed"`
	Gone    bool      `json:"gone" doc:"it was disposed of"`
	Root    string    `json:"root,omitempty" doc:"signed Merkle root"`
	Checked time.Time `json:"checked,omitzero" doc:"last time that all of it was compared with its evidence"`
	Sound   bool      `json:"sound" doc:"what that found"`
	Stamped time.Time `json:"stamped,omitzero" doc:"time that an authority vouches for"`
	Copies  int       `json:"copies" doc:"besides the archive's own"`
}

// Written are the minutes.
type Written struct {
	Version  int           `json:"version"`
	Stage    minutes.Stage `json:"stage"`
	Number   string        `json:"number,omitempty"`
	Signed   time.Time     `json:"signed,omitzero"`
	Hash     string        `json:"hash,omitempty"`
	Intact   bool          `json:"intact" doc:"a signed version still has the fields that were signed"`
	Corrects int           `json:"corrects,omitempty"`
	Lines    []FileLine    `json:"lines" nullable:"false"`
}

// Conclusion is a task that was given, and where.
type Conclusion struct {
	task.Task
	Place *Spot `json:"place,omitempty"`
}

// Question is a motion with its result.
type Question struct {
	Motion   meeting.MotionID `json:"motion"`
	Title    string           `json:"title"`
	Form     vote.Form        `json:"form"`
	Result   vote.Result      `json:"result"`
	NoQuorum string           `json:"noQuorum,omitempty"`
	Place    *Spot            `json:"place,omitempty"`
}

// Attended is one point of the attendance.
type Attended struct {
	Point    meeting.PointID `json:"point"`
	Name     string          `json:"name"`
	Leader   string          `json:"leader,omitempty"`
	Status   rollcall.Status `json:"status"`
	Present  int             `json:"present"`
	Expected int             `json:"expected"`
	Joined   *Spot           `json:"joined,omitempty"`
	Left     *Spot           `json:"left,omitempty"`
	Drops    []Spot          `json:"drops" nullable:"false"`
}

// Handed is a paper, without its bytes.
type Handed struct {
	ID       meeting.PaperID `json:"id"`
	Item     string          `json:"item,omitempty" doc:"title of the item that it belongs to"`
	Name     string          `json:"name"`
	Size     int64           `json:"size"`
	SHA256   string          `json:"sha256"`
	At       time.Time       `json:"at,omitzero"`
	Recalled time.Time       `json:"recalled,omitzero"`
}

// MeetingFile is the file of a meeting in one view.
type MeetingFile struct {
	Meeting     meeting.ID   `json:"meeting"`
	Title       string       `json:"title"`
	Host        string       `json:"host,omitempty"`
	Place       string       `json:"place,omitempty"`
	Chair       string       `json:"chair,omitempty"`
	Secretary   string       `json:"secretary,omitempty"`
	Begun       time.Time    `json:"begun,omitzero"`
	Ended       time.Time    `json:"ended,omitzero"`
	Parts       []FilePart   `json:"parts" nullable:"false"`
	Minutes     *Written     `json:"minutes,omitempty"`
	Conclusions []Conclusion `json:"conclusions" nullable:"false"`
	Votes       []Question   `json:"votes" nullable:"false"`
	Attendance  []Attended   `json:"attendance" nullable:"false"`
	Chat        []FileLine   `json:"chat" nullable:"false"`
	Papers      []Handed     `json:"papers" nullable:"false"`
	Log         int          `json:"log" doc:"lines of the meeting's log"`
	Conducted   bool         `json:"conducted" doc:"false for a room in which no meeting was held: then only the recording is known"`
}

// viewing is one run of Look.
type viewing struct {
	from  Source
	asked string // the recording that is looked at: it wins where two overlap
	live  *conduct.Live
	log   []conduct.Event
	MeetingFile
}

// Look puts the file of the meeting of a recording together in one view. may tells
// which of its recordings one may know of.
func Look(ctx context.Context, from Source, item archive.Item, may func(recording string) (bool, error)) (MeetingFile, error) {
	v := &viewing{from: from, asked: item.About.ID, MeetingFile: MeetingFile{
		Meeting: meeting.ID(item.About.Meeting), Title: cmp.Or(item.About.Title, item.About.Meeting), Begun: item.About.Epoch,
		Parts: []FilePart{}, Conclusions: []Conclusion{}, Votes: []Question{}, Attendance: []Attended{}, Chat: []FileLine{}, Papers: []Handed{},
	}}
	if err := v.parts(ctx, may); err != nil {
		return v.MeetingFile, err
	}
	g := &gathering{from: from}
	found, err := g.find(ctx, item)
	if err != nil || !found {
		return v.MeetingFile, err
	}
	v.live, v.log = g.live, g.log
	v.conducted()
	if item.Partial() {
		return v.MeetingFile, nil // minutes and papers may tell of what was cut
	}
	if err := v.written(ctx); err != nil {
		return v.MeetingFile, err
	}
	return v.MeetingFile, v.handed(ctx)
}

// place finds the recording that was running at a time. Parts are in order of their
// begin, the one that is looked at first.
func (v *viewing) place(from, to time.Time) *Spot {
	if from.IsZero() {
		return nil
	}
	for _, p := range v.Parts {
		at := from.Sub(p.Begun).Milliseconds()
		until := int64(0)
		if !to.IsZero() {
			until = min(to.Sub(p.Begun).Milliseconds(), p.Length)
		}
		if p.Gone || at >= p.Length || at < 0 && until <= 0 {
			continue
		}
		return &Spot{Recording: p.ID, At: max(at, 0), To: until}
	}
	return nil
}

// parts lists the recordings of the meeting.
func (v *viewing) parts(ctx context.Context, may func(string) (bool, error)) error {
	all, err := v.from.Store.RecordingsOf(ctx, v.Meeting)
	if err != nil {
		return err
	}
	for _, r := range all {
		if ok, err := may(r.ID); err != nil || !ok {
			if err != nil {
				return err
			}
			continue
		}
		p := FilePart{ID: r.ID, Begun: r.Begun, Length: r.Length, Bytes: r.Bytes, Sealed: r.Sealed, Flawed: r.Flawed, Gone: r.Gone}
		d, err := store.Get[keeper.Custody](ctx, v.from.Store, store.Custodies, "", r.ID)
		if err != nil && meeting.CodeOf(err) != meeting.CodeUnknown {
			return err
		}
		c := d.Body
		p.Root, p.Checked, p.Sound, p.Stamped = c.Root, c.Checked, c.Sound && len(c.Problems) == 0, c.Stamped
		for _, at := range []time.Time{c.Copied, c.Kept} {
			if !at.IsZero() {
				p.Copies++
			}
		}
		v.Parts = append(v.Parts, p)
	}
	slices.SortStableFunc(v.Parts, func(a, b FilePart) int {
		first := func(p FilePart) int {
			if p.ID == v.asked {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(first(a), first(b)), a.Begun.Compare(b.Begun))
	})
	return nil
}

// conducted is what the log tells.
func (v *viewing) conducted() {
	p, s := v.live.Plan(), v.live.State()
	v.Conducted, v.Log = true, len(v.log)
	v.Title, v.Host, v.MeetingFile.Place, v.Begun, v.Ended = p.Title, p.Host, cmp.Or(p.Place, p.Name(s.Main)), s.Opened, s.Ended
	v.Chair, v.Secretary = s.Seats[meeting.Chair].Person.Name, s.Seats[meeting.Secretary].Person.Name
	for _, x := range s.Votes {
		if !x.Opened.IsZero() {
			v.Votes = append(v.Votes, Question{
				Motion: x.Motion.ID, Title: x.Motion.Title, Form: x.Motion.Form, Result: x.Tally(), NoQuorum: x.NoQuorum, Place: v.place(x.Opened, x.Ended),
			})
		}
	}
	for _, l := range v.live.Attendance() {
		a := Attended{
			Point: l.Point, Name: l.Name, Leader: l.Leader.Name, Status: l.Status, Present: l.Present, Expected: l.Expected, Drops: []Spot{},
			Joined: v.place(l.Presence.Joined, time.Time{}), Left: v.place(l.Presence.Left, time.Time{}),
		}
		for _, d := range l.Presence.Drops {
			if at := v.place(d.From, d.Back); at != nil {
				a.Drops = append(a.Drops, *at)
			}
		}
		v.Attendance = append(v.Attendance, a)
	}
	for _, m := range s.Chat.Messages {
		line := FileLine{Kind: "chat", Ref: strconv.Itoa(m.Number), Who: m.Name, When: m.At, Place: v.place(m.At, time.Time{})}
		if m.Withdrawn.IsZero() {
			line.Text = m.Text
		}
		v.Chat = append(v.Chat, line)
	}
	v.concluded(s.Notes.Tasks)
}

// concluded puts each conclusion where it was first written down: that follows the
// chair's word by seconds.
func (v *viewing) concluded(tasks []task.Task) {
	first := map[string]time.Time{}
	for _, e := range v.log {
		if c, ok := e.After.(conduct.Concluded); ok && !c.Drop && first[c.Task.ID].IsZero() {
			first[c.Task.ID] = e.At
		}
	}
	v.Conclusions = []Conclusion{}
	for _, t := range tasks {
		v.Conclusions = append(v.Conclusions, Conclusion{Task: t, Place: v.place(first[t.ID], time.Time{})})
	}
}

// written are the newest minutes that may be read.
func (v *viewing) written(ctx context.Context) error {
	all, err := store.All[minutes.Version](ctx, v.from.Store, store.Minutes, v.Meeting)
	if err != nil || len(all) == 0 {
		return err
	}
	newest := slices.MaxFunc(all, func(a, b store.Document[minutes.Version]) int { return a.Body.Number - b.Body.Number }).Body
	m := newest.Fields
	v.Minutes = &Written{
		Version: newest.Number, Stage: newest.Stage, Number: m.Head.Number, Signed: newest.Signed, Hash: newest.Hash,
		Intact: newest.Intact(), Corrects: newest.Corrects, Lines: v.lines(&m),
	}
	v.concluded(m.Tasks)
	return nil
}

// lines are the minutes line by line, each at its second (MIN-01, ARC-08).
func (v *viewing) lines(m *minutes.Minutes) []FileLine {
	out := []FileLine{}
	add := func(l FileLine, from, to time.Time) {
		l.When, l.Place = from, v.place(from, to)
		out = append(out, l)
	}
	speech := func(s minutes.Speech) {
		add(FileLine{Kind: "speech", Ref: strconv.Itoa(s.Number), Who: speakerOf(s), Title: s.Topic, Text: s.Summary}, s.Started, s.Ended)
	}
	for _, i := range m.Items {
		var from, to time.Time
		if n := len(i.Runs); n > 0 {
			from, to = i.Runs[0].Started, i.Runs[n-1].Finished
		}
		add(FileLine{Kind: "item", Ref: string(i.Item.ID), Title: i.Item.Title, Text: i.Course}, from, to)
		for _, s := range i.Speeches {
			speech(s)
		}
		for _, x := range i.Votes {
			at := time.Time{}
			if k := slices.IndexFunc(v.live.State().Votes, func(y vote.Vote) bool { return y.Motion.ID == x.Motion.ID }); k >= 0 {
				at = v.live.State().Votes[k].Opened
			}
			add(FileLine{Kind: "vote", Ref: string(x.Motion.ID), Title: x.Motion.Title}, at, time.Time{})
		}
	}
	for _, s := range m.Others {
		speech(s)
	}
	if m.Remark != "" {
		add(FileLine{Kind: "remark", Text: m.Remark}, v.remarked(), time.Time{})
	}
	return out
}

func speakerOf(s minutes.Speech) string {
	if s.Speaker.Name == "" {
		return s.PointName
	}
	return s.Speaker.Name + " — " + s.PointName
}

// remarked is when the chair's general assessment was first written down.
func (v *viewing) remarked() time.Time {
	for _, e := range v.log {
		if c, ok := e.After.(conduct.Noted); ok && c.Item == "" && c.Text != "" {
			return e.At
		}
	}
	return time.Time{}
}

// handed are the papers.
func (v *viewing) handed(ctx context.Context) error {
	all, err := store.All[desk.PaperEntry](ctx, v.from.Store, store.Papers, v.Meeting)
	for _, d := range all {
		p := d.Body
		h := Handed{ID: p.ID, Name: p.Name, Size: p.Size, SHA256: p.SHA256, At: p.At, Recalled: p.Recalled}
		for _, i := range v.live.Plan().Agenda {
			if i.ID == p.Item {
				h.Item = i.Title
			}
		}
		v.Papers = append(v.Papers, h)
	}
	return err
}
