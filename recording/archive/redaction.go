package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"diemcau/recording/evidence"
)

// Redaction is what a redacted version of a recording says of itself: of what it is
// a version, and what was left out of it, by whom, when and why. The original stays
// as it was sealed. It is part of meeting.json and so under the version's own seal.
type Redaction struct {
	Of       string    `json:"of"`       // id of the original
	Manifest string    `json:"manifest"` // SHA-256 of the original's manifest.json, hex
	Root     string    `json:"root"`     // signed root of the original
	By       string    `json:"by"`       // id of the person
	Name     string    `json:"name,omitempty"`
	At       time.Time `json:"at"`
	Reason   string    `json:"reason"`
	Cuts     []Hole    `json:"cuts"`
	// Elsewhere are stretches that were cut out of what was said in other recordings of
	// the meeting: the log of all of it is in each.
	Elsewhere []Stretch `json:"elsewhere,omitempty"`
}

// Hole is a stretch that was cut out of some tracks.
type Hole struct {
	From   int64       `json:"from"` // ms since the epoch, as asked for
	To     int64       `json:"to"`
	Tracks []HoleTrack `json:"tracks"`
}

// HoleTrack is what of a track a cut left out: whole fragments, up to the next that
// can be decoded by itself.
type HoleTrack struct {
	Track  string `json:"track"` // id on the wire
	Point  string `json:"point,omitempty"`
	Name   string `json:"name,omitempty"`
	Screen bool   `json:"screen,omitempty"`
	Sound  bool   `json:"sound,omitempty"`
	From   int64  `json:"from"` // ms since the epoch
	To     int64  `json:"to"`
}

// Silences are the stretches in which something was taken out of what was said: what
// was written and noted of them is left out, too.
func (r *Redaction) Silences() (out []Stretch) {
	if r == nil {
		return nil
	}
	out = append(out, r.Elsewhere...)
	return append(out, r.Own()...)
}

// Own are those of this recording.
func (r *Redaction) Own() (out []Stretch) {
	for _, c := range r.Cuts {
		s := Stretch{c.From, c.To}
		said := false
		for _, t := range c.Tracks {
			if t.Sound {
				said = true
				s.From, s.To = min(s.From, t.From), max(s.To, t.To)
			}
		}
		if said {
			out = append(out, s)
		}
	}
	return out
}

// Stretch is a time in a recording, ms since its epoch; before it when negative.
type Stretch struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// Within answers whether a time from at until to touches one of the stretches; a to
// that is not behind at means a moment.
func Within(all []Stretch, at, to int64) bool {
	return slices.ContainsFunc(all, func(s Stretch) bool { return at < s.To && max(to, at+1) > s.From })
}

// Cut is a stretch to be taken out of some legs of the original; of all without Legs.
type Cut struct {
	From, To int64 // ms since the epoch
	Legs     []uint16
}

// RedactionOrder is what somebody has decided.
type RedactionOrder struct {
	ID       string // of the new version
	Cuts     []Cut
	By, Name string
	Reason   string
	At       time.Time
	// Elsewhere are what was cut out of other recordings of the meeting.
	Elsewhere []Stretch
	// Acts takes what was written out of an event of the meeting's log: all of it where
	// the event was within a stretch in which something said is left out, elsewhere
	// what may be about such a stretch.
	Acts     func(act []byte, within bool) ([]byte, error)
	Settings Settings              // the version is written with
	Access   Access                // to an encrypted original
	Progress func(done, all int64) // bytes; nil for nobody
}

// Errors of redacting.
var (
	// ErrRedacted tells that a recording is a redacted version: another is made of the
	// original.
	ErrRedacted = errors.New("this is a redacted version; the original is to be redacted")
	// ErrChanged tells that what is on disk is not what was recorded.
	ErrChanged = errors.New("the recording is not as it was sealed")
)

// carried is how much of what went before a packet of sound may carry along (forward
// error correction of Opus), µs.
const carried = 120_000

// redacting is a version about to be written.
type redacting struct {
	RedactionOrder
	dir     string
	item    Item
	seal    evidence.Manifest
	records []evidence.Record
	out     []bool // of the records, those that are left out
	About   About
}

// PlanRedaction decides which fragments are left out, and reads nothing of them.
func PlanRedaction(dir string, o RedactionOrder) (*Redacting, error) {
	p := &redacting{RedactionOrder: o, dir: dir, item: Describe(dir)}
	switch {
	case len(p.item.Trouble) > 0:
		return nil, fmt.Errorf("%w: %s", ErrChanged, p.item.Trouble[0])
	case !p.item.Sealed:
		return nil, ErrUnsealed
	case p.item.About.Redaction != nil:
		return nil, ErrRedacted
	}
	if err := p.readSealed(); err != nil {
		return nil, err
	}
	p.About = About{ID: o.ID, Meeting: p.item.About.Meeting, Title: p.item.About.Title, Epoch: p.item.About.Epoch}
	text, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	p.About.Redaction = &Redaction{
		Of: p.item.About.ID, Manifest: hashOf(text), Root: p.seal.Root, By: o.By, Name: o.Name, At: o.At.UTC().Truncate(time.Second), Reason: o.Reason, Elsewhere: o.Elsewhere,
	}
	p.out = make([]bool, len(p.records))
	for _, c := range o.Cuts {
		h := p.cut(c)
		if len(h.Tracks) == 0 {
			return nil, ErrNothingCut
		}
		p.About.Redaction.Cuts = append(p.About.Redaction.Cuts, h)
	}
	if len(o.Cuts) == 0 {
		return nil, ErrNothingCut
	}
	return &Redacting{p}, nil
}

// Redacting is a version that is planned.
type Redacting struct{ p *redacting }

// Redaction is what the version will say of itself.
func (r *Redacting) Redaction() Redaction { return *r.p.About.Redaction }

// Bytes is about how much the version will take.
func (r *Redacting) Bytes() (n int64) {
	for i := range r.p.records {
		if !r.p.out[i] {
			n += r.p.records[i].Length
		}
	}
	return n
}

// readSealed reads seal and index, and follows the index's chain to the signed root.
func (p *redacting) readSealed() error {
	var err error
	if p.seal, err = SealOf(p.dir, nil); err != nil {
		return fmt.Errorf("%w: %w", ErrChanged, err)
	}
	b, err := os.ReadFile(filepath.Join(p.dir, indexName))
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	var link evidence.Link
	var tree evidence.Tree
	for ; len(b) >= evidence.RecordSize; b = b[evidence.RecordSize:] {
		r, next, _ := evidence.ReadRecord(b, link)
		tree.Append(b[:evidence.RecordSize])
		p.records, link = append(p.records, r), next
	}
	if tree.Root() != p.seal.Root {
		return fmt.Errorf("%w: %s", ErrChanged, indexName)
	}
	return nil
}

// cut marks what one cut leaves out.
func (p *redacting) cut(c Cut) Hole {
	h := Hole{From: c.From, To: c.To}
	chosen := map[string]bool{} // a track may have several legs
	for i := range p.item.Tracks {
		if t := &p.item.Tracks[i]; slices.Contains(c.Legs, t.Leg) {
			chosen[t.Track] = true
		}
	}
	for i := range p.item.Tracks {
		t := &p.item.Tracks[i]
		if len(c.Legs) > 0 && !chosen[t.Track] {
			continue
		}
		of := HoleTrack{Track: t.Track, Point: t.Point, Name: t.Name, Screen: t.Screen, Sound: !t.Codec.Video(), From: -1}
		after := int64(0)
		if of.Sound {
			after = carried
		}
		broken := false // what comes cannot be decoded without what was left out
		for n := range p.records {
			r := &p.records[n]
			if r.Track != t.Leg || r.Flags&evidence.FlagHeader != 0 {
				continue
			}
			inside := r.At < c.To*1000+after && r.At+max(r.Duration, 1) > c.From*1000
			broken = inside || broken && r.Flags&evidence.FlagKey == 0
			if !broken {
				continue
			}
			p.out[n] = true
			if of.From < 0 {
				of.From = r.At / 1000
			}
			of.To = max(of.To, (r.At+r.Duration+999)/1000)
		}
		if of.From >= 0 {
			h.Tracks = append(h.Tracks, of)
		}
	}
	return h
}

// checkRedaction holds a redacted version against what it says of itself: nothing of
// what was cut is in it.
func (v *verification) checkRedaction() error {
	r := v.About.Redaction
	if r == nil {
		return nil
	}
	item := Describe(v.dir)
	tracks := map[uint16]*TrackItem{}
	for i := range item.Tracks {
		tracks[item.Tracks[i].Leg] = &item.Tracks[i]
	}
	for _, p := range v.records {
		t := tracks[p.Track]
		if t == nil || p.Flags&evidence.FlagHeader != 0 {
			continue
		}
		for _, c := range r.Cuts {
			if p.At < c.To*1000 && p.At+max(p.Duration, 1) > c.From*1000 && c.names(t) {
				v.add(t.File, p.Offset, p.Offset+p.Length, p.At/1000, "is of a stretch that was to be left out")
			}
		}
	}
	return nil
}

// names answers whether a leg is of a track that a cut names.
func (h *Hole) names(t *TrackItem) bool {
	return slices.ContainsFunc(h.Tracks, func(x HoleTrack) bool { return x.Track == t.Track })
}
