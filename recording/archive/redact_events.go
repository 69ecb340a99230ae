package archive

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"diemcau/recording/evidence"
)

// told is the log of the original without what a version makes anew, and without what
// tells of the cuts more than that they are there.
func (p *redacting) told() ([]timed, error) {
	b, err := os.ReadFile(filepath.Join(p.dir, eventsName))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	silences := p.About.Redaction.Silences()
	var out []timed
	voices := voices{holes: p.holes()}
	lines, _ := split(b)
	for i, l := range lines {
		e, err := evidence.ReadEvent(l.text)
		if err != nil {
			return nil, fmt.Errorf("%w: %s, line %d", ErrChanged, eventsName, i+1)
		}
		x := timed{e.At, e.Kind, e.Data}
		switch e.Kind {
		case "recording.start", "recording.end", "track.start", "track.end":
			continue
		case "speaker.on", "speaker.off":
			voices.take(x)
			continue
		case KindAct:
			if len(silences) == 0 {
				break
			}
			if p.Acts == nil {
				return nil, errNoActs
			}
			at := p.About.actAt(e.At, e.Data)
			if x.data, err = p.Acts(e.Data, Within(silences, at, at) || Within(silences, e.At, e.At)); err != nil {
				return nil, fmt.Errorf("archive: %s, line %d: %w", eventsName, i+1, err)
			}
		default:
			if voices.in(trackOf(e.Data), e.At) {
				continue
			}
		}
		out = append(out, x)
	}
	out = append(out, voices.outside()...)
	slices.SortStableFunc(out, func(a, b timed) int { return cmp.Compare(a.at, b.at) })
	return out, nil
}

func trackOf(data json.RawMessage) string {
	var of struct {
		Track string `json:"track"`
	}
	_ = json.Unmarshal(data, &of) // events of other shapes are of no track
	return of.Track
}

// holes are the stretches that each track lacks.
func (p *redacting) holes() map[string][]Stretch {
	out := map[string][]Stretch{}
	for _, c := range p.About.Redaction.Cuts {
		for _, t := range c.Tracks {
			out[t.Track] = append(out[t.Track], Stretch{min(c.From, t.From), max(c.To, t.To)})
		}
	}
	return out
}

// voices makes anew who was heard when, outside the holes.
type voices struct {
	holes map[string][]Stretch
	open  map[string]timed
	spans []span
}

// span is a time during which a track was heard, and the event that began it.
type span struct {
	begin timed
	to    int64 // -1 when it was not ended
}

func (v *voices) in(track string, at int64) bool {
	return track != "" && Within(v.holes[track], at, at)
}

func (v *voices) take(e timed) {
	if v.open == nil {
		v.open = map[string]timed{}
	}
	track := trackOf(e.data)
	begin, is := v.open[track]
	switch {
	case e.kind == "speaker.on" && !is:
		v.open[track] = e
	case e.kind == "speaker.off" && is:
		v.spans = append(v.spans, span{begin, e.at})
		delete(v.open, track)
	}
}

// outside are the events of what is left.
func (v *voices) outside() (out []timed) {
	for _, begin := range v.open {
		v.spans = append(v.spans, span{begin, -1})
	}
	for _, s := range v.spans {
		holes := slices.Clone(v.holes[trackOf(s.begin.data)])
		slices.SortFunc(holes, func(a, b Stretch) int { return cmp.Compare(a.From, b.From) })
		at := s.begin.at
		add := func(to int64) {
			if to >= 0 && to <= at {
				return
			}
			out = append(out, timed{at, "speaker.on", s.begin.data})
			if to >= 0 {
				out = append(out, timed{to, "speaker.off", s.begin.data})
			}
		}
		over := false
		for _, h := range holes {
			if over || h.To <= at || s.to >= 0 && h.From >= s.to {
				continue
			}
			add(h.From)
			at = max(at, h.To)
			over = s.to >= 0 && at >= s.to
		}
		if !over {
			add(s.to)
		}
	}
	return out
}
