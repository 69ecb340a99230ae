package replay

import (
	"encoding/json"
	"slices"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/recording/archive"
)

// Scene is what the screens of the meeting showed from a time on.
type Scene struct {
	At      int64             `json:"at" doc:"ms"`
	Points  []meeting.PointID `json:"points" nullable:"false" doc:"the large place first"`
	Content meeting.PointID   `json:"content,omitempty" doc:"whose content was shown"`
}

// replayed is the meeting of a recording as its log in the recording tells, shown
// after each event; nil for a room of no meeting.
func replayed(item *archive.Item, after func(*conduct.Live, conduct.Event)) (*conduct.Live, error) {
	start, log, err := item.OpeningOf()
	if err != nil || start == nil {
		return nil, err
	}
	var o conduct.Opening
	if err := json.Unmarshal(start, &o); err != nil {
		return nil, err
	}
	events := make([]conduct.Event, len(log))
	for i, b := range log {
		if err := json.Unmarshal(b, &events[i]); err != nil {
			return nil, err
		}
	}
	return conduct.ReplayEach(o, events, after)
}

// scenesOf replays the meeting of a recording. A room of no meeting, or a log with a
// gap, has none: then nobody knows what was shown.
func scenesOf(item *archive.Item) []Scene {
	out := []Scene{}
	_, err := replayed(item, func(l *conduct.Live, e conduct.Event) {
		screen := l.Screen(e.At)
		s := Scene{At: max(e.At.Sub(item.About.Epoch).Milliseconds(), 0), Points: []meeting.PointID{}, Content: screen.Content}
		for _, t := range screen.Tiles {
			s.Points = append(s.Points, t.Point)
		}
		n := len(out)
		switch {
		case n > 0 && out[n-1].Content == s.Content && slices.Equal(out[n-1].Points, s.Points):
		case n > 0 && out[n-1].At == s.At:
			out[n-1] = s
		default:
			out = append(out, s)
		}
	})
	if err != nil {
		return []Scene{}
	}
	return out
}
