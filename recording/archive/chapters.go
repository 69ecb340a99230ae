package archive

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"diemcau/recording/evidence"
)

// The kinds of events by which a conducted meeting is in its recording: what it
// started from, and each event of its log as that keeps it. Chapters and speakers
// are made from them, and nothing else is needed to make them.
const (
	KindOpening = "meeting.opening"
	KindAct     = "meeting.act"
)

// Chapter is a part of a recording that has a name: an item of the agenda, a vote,
// a mark.
type Chapter struct {
	From  int64  `json:"from"`         // ms since the epoch
	To    int64  `json:"to,omitempty"` // 0: a moment, or it was not ended
	Kind  string `json:"kind"`         // "item", "vote" or "mark"
	ID    string `json:"id,omitempty"`
	Title string `json:"title"`
}

// Speech is a time during which somebody had the floor.
type Speech struct {
	From     int64  `json:"from"` // ms since the epoch
	To       int64  `json:"to,omitempty"`
	Number   int    `json:"number"`
	Point    string `json:"point"`
	Name     string `json:"name,omitempty"`
	Position string `json:"position,omitempty"`
	Topic    string `json:"topic,omitempty"`
	Item     string `json:"item,omitempty"`
}

// titled is whatever has an id and a title.
type titled struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// opening is the part of what a meeting started from that names chapters.
type opening struct {
	Plan struct {
		Agenda []titled `json:"agenda"`
	} `json:"plan"`
}

// act is the part of an event of a meeting's log that makes chapters and
// speakers.
type act struct {
	Seq   int       `json:"seq"`
	At    time.Time `json:"at"`
	What  string    `json:"what"`
	After struct {
		Item   string          `json:"item"`
		Motion json.RawMessage `json:"motion"`
		Text   string          `json:"text"`
		Number int             `json:"number"`
		Speech struct {
			Number  int    `json:"number"`
			Point   string `json:"point"`
			Speaker struct {
				Name     string `json:"name"`
				Position string `json:"position"`
			} `json:"speaker"`
			Topic string `json:"topic"`
			Item  string `json:"item"`
		} `json:"speech"`
	} `json:"after"`
}

// contents makes chapters and speakers from the log.
type contents struct {
	item   *Item
	titles map[string]string // of items and of motions
	last   int               // number of the last act
}

// take reads one event; at is its place in the recording.
func (c *contents) take(e evidence.Event) {
	switch e.Kind {
	case KindOpening:
		var o opening
		if json.Unmarshal(e.Data, &o) == nil {
			for _, i := range o.Plan.Agenda {
				c.titles["item "+i.ID] = i.Title
			}
		}
	case KindAct:
		var a act
		// Acts are counted; one that is there twice happened once.
		if json.Unmarshal(e.Data, &a) != nil || a.Seq <= c.last {
			return
		}
		c.last = a.Seq
		// What happened before the recording, or while it was interrupted, is in it
		// later than it happened.
		c.act(&a, min(a.At.Sub(c.item.About.Epoch).Milliseconds(), e.At))
	}
}

func (c *contents) act(a *act, at int64) {
	item := c.item
	switch a.What {
	case "item.started":
		item.Chapters = append(item.Chapters, Chapter{From: at, Kind: "item", ID: a.After.Item, Title: c.titles["item "+a.After.Item]})
	case "item.finished":
		c.close("item", a.After.Item, at)
	case "chapter.marked":
		if a.After.Text != "" { // else its words were left out
			item.Chapters = append(item.Chapters, Chapter{From: at, Kind: "mark", Title: a.After.Text})
		}
	case "vote.prepared":
		var m titled
		if json.Unmarshal(a.After.Motion, &m) == nil {
			c.titles["vote "+m.ID] = m.Title
		}
	case "vote.opened":
		if id := a.motion(); id != "" {
			item.Chapters = append(item.Chapters, Chapter{From: at, Kind: "vote", ID: id, Title: c.titles["vote "+id]})
		}
	case "vote.closed":
		c.close("vote", a.motion(), at)
	case "speech.begun":
		s := &a.After.Speech
		c.endSpeech(at)
		item.Speeches = append(item.Speeches, Speech{
			From: at, Number: s.Number, Point: s.Point, Name: s.Speaker.Name, Position: s.Speaker.Position, Topic: s.Topic, Item: s.Item,
		})
	case "speech.ended":
		c.endSpeech(at)
	}
}

// motion is the id of the motion that an act is about.
func (a *act) motion() (id string) {
	_ = json.Unmarshal(a.After.Motion, &id) // "" when it is none
	return id
}

// close ends the last chapter of a kind.
func (c *contents) close(kind, id string, at int64) {
	for i := len(c.item.Chapters) - 1; i >= 0; i-- {
		if ch := &c.item.Chapters[i]; ch.Kind == kind && ch.ID == id {
			if ch.To == 0 {
				ch.To = at
			}
			return
		}
	}
}

func (c *contents) endSpeech(at int64) {
	if n := len(c.item.Speeches); n > 0 && c.item.Speeches[n-1].To == 0 {
		c.item.Speeches[n-1].To = at
	}
}

// trim takes off what was over before the recording began: the log tells of all
// of the meeting.
func (c *contents) trim() {
	c.item.Chapters = during(c.item.Chapters, func(ch *Chapter) bool {
		over := ch.To < 0 || ch.From < 0 && ch.Kind == "mark"
		ch.From = max(ch.From, 0)
		return !over
	})
	c.item.Speeches = during(c.item.Speeches, func(s *Speech) bool {
		s.From = max(s.From, 0)
		return s.To >= 0
	})
}

// during keeps what is in the recording.
func during[T any](all []T, is func(*T) bool) []T {
	kept := all[:0]
	for i := range all {
		if is(&all[i]) {
			kept = append(kept, all[i])
		}
	}
	return kept
}

// LastAct is the number of the last event of a meeting's log that is in a
// recording; 0 when only its opening is, and -1 when it is not that of a conducted
// meeting so far.
func LastAct(dir string) int {
	b, err := os.ReadFile(filepath.Join(dir, eventsName))
	if err != nil {
		return -1
	}
	last := -1
	lines, _ := split(b)
	for _, l := range lines {
		e, err := evidence.ReadEvent(l.text)
		if err != nil {
			break
		}
		switch e.Kind {
		case KindOpening:
			last = max(last, 0)
		case KindAct:
			var a act
			if json.Unmarshal(e.Data, &a) == nil {
				last = max(last, a.Seq)
			}
		}
	}
	return last
}

// OpeningOf is what the meeting of a recording started from, as JSON, and its log.
// A room of no meeting has neither.
func (item *Item) OpeningOf() (start json.RawMessage, log []json.RawMessage, err error) {
	last := 0
	for _, m := range item.Events {
		switch m.Kind {
		case KindOpening:
			start = m.Data
		case KindAct:
			var a act
			if err := json.Unmarshal(m.Data, &a); err != nil {
				return nil, nil, err
			}
			if a.Seq != last+1 && a.Seq > last {
				return start, log, errors.New("archive: the meeting's log has a gap")
			}
			if a.Seq > last {
				last, log = a.Seq, append(log, m.Data)
			}
		}
	}
	return start, log, nil
}
