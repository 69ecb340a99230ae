package conduct

import (
	"bytes"
	"encoding/json"
	"slices"
)

// withheld are the fields of changes in which people write freely. All others are ids,
// names of people and of points, numbers and words of a fixed list.
var withheld = []string{"text", "topic", "reason", "lowerThird", "detail", "summary", "content", "lead", "support", "title", "despite"}

// about are the changes by which minutes are taken: they may be about another time than
// that at which they were written.
var about = []Kind{"note.set", "speech.noted", "task.set", "incident.noted"}

// Withhold takes what was written out of an event, in JSON, for a version of a
// recording from which a stretch was cut: of an event within the stretch all, of others
// what may be about it. That it happened, when, and to whom stays, so the log replays
// as before.
func Withhold(event []byte, within bool) ([]byte, error) {
	var w wire
	if err := json.Unmarshal(event, &w); err != nil {
		return nil, err
	}
	var err error
	if len(w.Before) > 0 { // stood there before, so perhaps since the stretch
		if w.Before, err = blanked(w.Before); err != nil {
			return nil, err
		}
	}
	if within || slices.Contains(about, w.What) {
		if w.After, err = blanked(w.After); err != nil {
			return nil, err
		}
	}
	return json.Marshal(w)
}

// blanked empties the fields in which people write.
func blanked(text json.RawMessage) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	blank(v)
	return json.Marshal(v)
}

func blank(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			blank(x)
		}
	case map[string]any:
		for name, x := range v {
			if slices.Contains(withheld, name) {
				v[name] = emptied(x)
			} else {
				blank(x)
			}
		}
	}
}

// emptied is a value of the same kind without what was written.
func emptied(v any) any {
	switch v := v.(type) {
	case string:
		return ""
	case []any:
		for i := range v {
			v[i] = emptied(v[i])
		}
	default:
		blank(v)
	}
	return v
}
