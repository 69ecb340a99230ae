package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/minutes"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/caption"
)

// Catalogue is where the keeper writes what is found.
type Catalogue interface {
	SaveRecording(ctx context.Context, r store.Recording, passages []store.Passage) error
	GoneRecording(ctx context.Context, id string) error
	KnownRecordings(ctx context.Context) (map[string]store.KnownRecording, error)
	MinutesRevisions(ctx context.Context) (map[meeting.ID]int, error)
	TranscriptRevisions(ctx context.Context) (map[string]int, error)
	TranscriptsOf(ctx context.Context, recording string) ([]store.Document[store.Transcript], error)
	SaveSilences(ctx context.Context, of meeting.ID, all []store.Silence) error
	SilencesOf(ctx context.Context, of meeting.ID) ([]store.Silence, error)
	SilenceCounts(ctx context.Context) (map[meeting.ID]int, error)
}

// Record is what the house knows of the meeting of a recording.
type Record struct {
	Title   string
	Unit    meeting.UnitID
	Minutes *minutes.Version // the newest signed or not; nil without any
	Names   map[meeting.PointID]string
}

// KeeperSettings are what a Keeper works with.
type KeeperSettings struct {
	Root      string
	Catalogue Catalogue
	// House tells what is known of a meeting; the zero Record for a room of none, or
	// for a meeting that the house has lost: then the recording knows.
	House func(context.Context, meeting.ID) (Record, error)
	Every time.Duration // between looks at the folders; 3 s if 0
	Log   *slog.Logger
}

// rewrite is how long a recording that is being written stays as it is in the
// catalogue.
const rewrite = time.Minute

// Keeper keeps the catalogue of recordings as the folders are. Its one goroutine
// looks at them now and then, from Start until Close.
type Keeper struct {
	KeeperSettings
	written map[string]time.Time // running recordings, when they were last written
	stop    context.CancelFunc
	done    sync.WaitGroup
}

// NewKeeper makes a keeper that does nothing yet.
func NewKeeper(s KeeperSettings) *Keeper {
	if s.Every == 0 {
		s.Every = 3 * time.Second
	}
	return &Keeper{KeeperSettings: s, written: map[string]time.Time{}}
}

// Start begins to look.
func (k *Keeper) Start() {
	ctx, stop := context.WithCancel(context.Background())
	k.stop = stop
	k.done.Go(func() {
		turn := time.NewTicker(k.Every)
		defer turn.Stop()
		for {
			if err := k.Look(ctx); err != nil && ctx.Err() == nil {
				k.Log.Error("the catalogue of recordings cannot be kept", "error", err)
			}
			select {
			case <-turn.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// Close ends the looking and waits for it. It may be called twice.
func (k *Keeper) Close() {
	if k.stop != nil {
		k.stop()
		k.done.Wait()
	}
}

// Look compares the folders with the catalogue once.
func (k *Keeper) Look(ctx context.Context) error {
	known, err := k.Catalogue.KnownRecordings(ctx)
	if err != nil {
		return err
	}
	told, err := k.told(ctx)
	if err != nil {
		return err
	}
	dirs, err := filepath.Glob(filepath.Join(escape(k.Root), "[0-9][0-9][0-9][0-9]", "[0-9][0-9]", "*", "meeting.json"))
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	var errs []error
	for _, about := range dirs {
		dir := filepath.Dir(about)
		id := filepath.Base(dir)
		if !archive.IsID(id) || ctx.Err() != nil {
			continue
		}
		before, is := known[id]
		delete(known, id)
		now := stampOf(dir)
		if !is || k.due(id, before.Stamp, told.stamp(now, id, before.Meeting), now.sealed) {
			errs = append(errs, k.write(ctx, dir, now, told))
		}
	}
	for id := range known {
		if ctx.Err() == nil {
			errs = append(errs, k.Catalogue.GoneRecording(ctx, id))
		}
	}
	return errors.Join(errs...)
}

// due answers whether a recording is to be written anew: when it was sealed, and
// now and then while it is not.
func (k *Keeper) due(id, before, now string, sealed bool) bool {
	if before == now {
		return false
	}
	return sealed || time.Since(k.written[id]) > rewrite
}

// told is how often what is kept beside the folders was added to.
type told struct {
	minutes, silences map[meeting.ID]int
	spoken            map[string]int
}

func (k *Keeper) told(ctx context.Context) (t told, err error) {
	if t.minutes, err = k.Catalogue.MinutesRevisions(ctx); err != nil {
		return t, err
	}
	if t.spoken, err = k.Catalogue.TranscriptRevisions(ctx); err != nil {
		return t, err
	}
	t.silences, err = k.Catalogue.SilenceCounts(ctx)
	return t, err
}

// stamp is that of a folder as the catalogue keeps it, with how often the minutes of the
// meeting and what was spoken were saved, and how much was cut out of its recordings.
func (t *told) stamp(s stamp, id string, of meeting.ID) string {
	text := fmt.Sprintf("%d %d %v %d %d", s.index, s.events, s.sealed, t.minutes[of], t.spoken[id])
	if n := t.silences[of]; n > 0 {
		text += fmt.Sprintf(" %d", n)
	}
	return text
}

// write makes the catalogue of one folder.
func (k *Keeper) write(ctx context.Context, dir string, now stamp, told told) error {
	item := archive.Describe(dir)
	if item.About.ID != filepath.Base(dir) {
		k.Log.Warn("a folder of the archive is not a recording", "folder", dir, "trouble", strings.Join(item.Trouble, "; "))
		return nil
	}
	of := meeting.ID(item.About.Meeting)
	// Databases can be lost: the version says what was cut, too.
	if err := k.Catalogue.SaveSilences(ctx, of, SilencesOf(item.About.ID, item.About.Epoch, item.About.Redaction)); err != nil {
		return err
	}
	for {
		silences, err := k.Catalogue.SilencesOf(ctx, of)
		if err != nil {
			return err
		}
		if err := k.save(ctx, item, silences, now, told); err != nil {
			return err
		}
		// What is cut meanwhile is taken out of the catalogue at once, and was put back.
		after, err := k.Catalogue.SilencesOf(ctx, of)
		if err != nil || slices.Equal(silences, after) {
			return err
		}
	}
}

// save puts a recording into the catalogue as everybody may find it: what was cut out of
// another is found in that alone, by those who may watch it.
func (k *Keeper) save(ctx context.Context, item archive.Item, silences []store.Silence, now stamp, told told) error {
	of := meeting.ID(item.About.Meeting)
	item, err := item.Without(Elsewhere(&item.About, silences), conduct.Withhold)
	if err != nil {
		return err
	}
	house, err := k.House(ctx, of)
	if err != nil {
		return err
	}
	if house.unknown() {
		house = remembered(&item)
	}
	line := lineOf(&item)
	r := store.Recording{
		ID: line.ID, Meeting: of, Title: line.Title, Unit: house.Unit, Begun: line.Begun, Length: line.Length,
		Bytes: line.Bytes, Points: line.Points, Sealed: line.Sealed, Flawed: line.Flawed, Origin: line.Origin, Stamp: told.stamp(now, line.ID, of),
	}
	if house.Title != "" && item.About.Title == "" {
		r.Title = house.Title
	}
	if now.sealed {
		delete(k.written, line.ID)
	} else {
		k.written[line.ID] = time.Now()
	}
	said, err := k.said(ctx, &item)
	if err != nil {
		return err
	}
	return k.Catalogue.SaveRecording(ctx, r, slices.Concat(passages(&item, r.Title, house), messages(&item), said))
}

func (r *Record) unknown() bool { return r.Title == "" && r.Unit == "" && len(r.Names) == 0 }

// remembered is what a recording says of its meeting, so that the catalogue of lost
// databases is the same. Minutes are written later, and in none.
func remembered(item *archive.Item) (r Record) {
	start, _, _ := item.OpeningOf() // a gap in what happened later does not matter
	var o conduct.Opening
	if start == nil || json.Unmarshal(start, &o) != nil {
		return r
	}
	r = Record{Title: o.Plan.Title, Unit: o.Plan.Unit, Names: map[meeting.PointID]string{}}
	for _, p := range o.Plan.Points {
		r.Names[p.ID] = p.Name
	}
	return r
}

// passages are what a recording is found by.
func passages(item *archive.Item, title string, house Record) []store.Passage {
	out := []store.Passage{{Kind: store.TitlePassage, Said: title}}
	for _, ch := range item.Chapters {
		kind := map[string]store.PassageKind{"item": store.ItemPassage, "vote": store.VotePassage, "mark": store.MarkPassage}[ch.Kind]
		if kind != "" && ch.Title != "" { // what was cut has no title
			out = append(out, store.Passage{At: ch.From, Kind: kind, Ref: ch.ID, Said: ch.Title})
		}
	}
	for _, s := range item.Speeches {
		said := strings.Join(strings.Fields(strings.Join([]string{s.Name, s.Position, house.Names[meeting.PointID(s.Point)], s.Topic}, " ")), " ")
		if said != "" {
			out = append(out, store.Passage{At: s.From, Kind: store.SpeakerPassage, Ref: s.Point, Said: said})
		}
	}
	seen := map[string]bool{}
	for _, t := range item.Tracks {
		if t.Point == "" || seen[t.Point] {
			continue
		}
		seen[t.Point] = true
		name := t.Name
		if name == "" {
			name = house.Names[meeting.PointID(t.Point)]
		}
		out = append(out, store.Passage{At: t.From, Kind: store.PointPassage, Ref: t.Point, Said: name + " " + t.Point})
	}
	if item.About.Redaction.Silences() != nil || len(item.Withheld) > 0 {
		return out // minutes tell of all of the meeting
	}
	return append(out, written(item, house.Minutes)...)
}

// written are the lines of the minutes, each at the second it is about.
func written(item *archive.Item, v *minutes.Version) []store.Passage {
	if v == nil {
		return nil
	}
	var out []store.Passage
	add := func(at time.Time, ref, said string) {
		if said != "" {
			out = append(out, store.Passage{At: max(at.Sub(item.About.Epoch).Milliseconds(), 0), Kind: store.MinutesPassage, Ref: ref, Said: said})
		}
	}
	for _, i := range v.Fields.Items {
		at := v.Fields.Head.Start
		if len(i.Runs) > 0 {
			at = i.Runs[0].Started
		}
		add(at, string(i.Item.ID), i.Course)
		for _, s := range i.Speeches {
			add(s.Started, string(s.Point), s.Summary)
		}
	}
	for _, s := range v.Fields.Others {
		add(s.Started, string(s.Point), s.Summary)
	}
	add(v.Fields.Head.End, "", v.Fields.Remark)
	for _, t := range v.Fields.Tasks {
		add(v.Fields.Head.End, t.ID, t.Content)
	}
	return out
}

// said are the words of the transcripts of a recording.
func (k *Keeper) said(ctx context.Context, item *archive.Item) (out []store.Passage, err error) {
	all, err := k.Catalogue.TranscriptsOf(ctx, item.About.ID)
	for _, t := range all {
		var cues []caption.Cue
		if err := json.Unmarshal(t.Body.Cues, &cues); err != nil {
			return nil, fmt.Errorf("replay: transcript of %s: %w", item.About.ID, err)
		}
		for _, c := range caption.Passages(Outside(cues, item.About.Redaction, item.Withheld...)) {
			out = append(out, store.Passage{At: c.At, Kind: store.SpokenPassage, Ref: t.ID, Said: strings.TrimSpace(c.Who + " " + c.Text)})
		}
	}
	return out, err
}

// messages are what was written to all in the meeting; what was withdrawn is not
// found.
func messages(item *archive.Item) (out []store.Passage) {
	l, err := replayed(item, func(*conduct.Live, conduct.Event) {})
	if err != nil || l == nil {
		return nil
	}
	for _, m := range l.State().Chat.Messages {
		if m.Withdrawn.IsZero() && m.Text != "" {
			at := max(m.At.Sub(item.About.Epoch).Milliseconds(), 0)
			out = append(out, store.Passage{At: at, Kind: store.ChatPassage, Ref: strconv.Itoa(m.Number), Said: m.Name + ": " + m.Text})
		}
	}
	return out
}

func escape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
