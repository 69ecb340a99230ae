package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"diemcau/recording/evidence"
)

// Without is what a recording tells to somebody who may not know what was said in some
// stretches of its meeting, since they were cut out of another recording of it: the log
// of the meeting, with chapters and speeches, without what was written in them or may be
// about them. Stretches may lie before the recording began. What is on disk is not
// touched.
func (item Item) Without(silences []Stretch, acts func(act []byte, within bool) ([]byte, error)) (Item, error) {
	if len(silences) == 0 {
		return item, nil
	}
	first := slices.MinFunc(silences, func(a, b Stretch) int { return int(min(max(a.From-b.From, -1), 1)) }).From
	out := item
	out.Withheld = silences
	out.Events, out.Chapters, out.Speeches = make([]Moment, 0, len(item.Events)), nil, nil
	c := contents{item: &out, titles: map[string]string{}}
	for _, m := range item.Events {
		if m.Kind == KindAct {
			at := item.About.actAt(m.At, m.Data)
			if max(at, m.At) >= first { // what was before cannot be about it
				var err error
				if m.Data, err = acts(m.Data, Within(silences, at, at) || Within(silences, m.At, m.At)); err != nil {
					return Item{}, fmt.Errorf("archive: %s: %w", item.About.ID, err)
				}
			}
		}
		c.take(evidence.Event{At: m.At, Kind: m.Kind, Data: m.Data})
		out.Events = append(out.Events, m)
	}
	c.trim()
	return out, nil
}

// Partial answers whether an item tells less of its meeting than happened: that of a
// redacted version, and of what is withheld from who asks.
func (item *Item) Partial() bool { return item.About.Redaction != nil || len(item.Withheld) > 0 }

// Spoken answers whether what is withheld may stand in the recording's own folder: it is
// not in one that ended before; in one that began after, the log of the meeting may tell
// of it, and a room of no meeting has none.
func (item *Item) Spoken() bool {
	last := item.Last()
	log := slices.ContainsFunc(item.Events, func(m Moment) bool { return m.Kind == KindOpening || m.Kind == KindAct })
	return slices.ContainsFunc(item.Withheld, func(s Stretch) bool { return s.From <= last && (s.To >= 0 || log) })
}

// actAt is when an event of the meeting's log happened, ms since the epoch; it may be
// in the recording later.
func (a *About) actAt(kept int64, data json.RawMessage) int64 {
	var x act
	if json.Unmarshal(data, &x) != nil || x.At.IsZero() {
		return kept
	}
	return x.At.Sub(a.Epoch).Milliseconds()
}

// errNoActs says that nothing tells how to take words out of events of a meeting.
var errNoActs = errors.New("archive: nothing tells how to redact an event of a meeting")
