package archive

import "encoding/json"

// Voice is a time during which a point was heard.
type Voice struct {
	Point    string
	From, To int64 // ms since the epoch
}

// Voices are who was heard when, in order of their begin. One that was not seen to end
// goes on to the end of the recording.
func (item *Item) Voices() []Voice {
	voices := []Voice{}
	begun := map[string]int{} // track to its place among voices
	for _, e := range item.Events {
		if e.Kind != "speaker.on" && e.Kind != "speaker.off" {
			continue
		}
		var who struct {
			Point string `json:"point"`
			Track string `json:"track"`
		}
		_ = json.Unmarshal(e.Data, &who) // events of other shapes name nobody
		at, on := begun[who.Track]
		switch {
		case e.Kind == "speaker.on" && !on:
			begun[who.Track] = len(voices)
			voices = append(voices, Voice{who.Point, e.At, item.Length})
		case e.Kind == "speaker.off" && on:
			voices[at].To = e.At
			delete(begun, who.Track)
		}
	}
	return voices
}
