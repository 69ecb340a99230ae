package replay

import (
	"context"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/caption"
)

// Every recording of a meeting has the log of all of it. What was cut out of one is
// therefore withheld in the others, from everybody who may not watch the one that has it.

// elsewhere are the silences of a meeting that other recordings than this one, its
// original and its versions make, as stretches of it. What it leaves out itself is not
// among them.
func elsewhere(about *archive.About, all []store.Silence) (out []silence) {
	origin := about.ID
	if about.Redaction != nil {
		origin = about.Redaction.Of
	}
	own := about.Redaction.Silences()
	for _, x := range all {
		s := silence{x.Original, archive.Stretch{From: x.From.Sub(about.Epoch).Milliseconds(), To: x.To.Sub(about.Epoch).Milliseconds()}}
		inside := func(o archive.Stretch) bool { return o.From <= s.From && o.To >= s.To }
		if x.Original != origin && !slices.ContainsFunc(own, inside) {
			out = append(out, s)
		}
	}
	return out
}

// silence is a stretch that was cut out of another recording.
type silence struct {
	of string
	archive.Stretch
}

// Elsewhere are the stretches of a recording that were cut out of what was said in other
// recordings of its meeting.
func Elsewhere(about *archive.About, all []store.Silence) (out []archive.Stretch) {
	for _, s := range elsewhere(about, all) {
		out = append(out, s.Stretch)
	}
	return out
}

// SilencesOf are what a redacted version leaves out of what was said, in the time of the
// house.
func SilencesOf(version string, epoch time.Time, r *archive.Redaction) (out []store.Silence) {
	if r == nil {
		return nil
	}
	at := func(ms int64) time.Time { return epoch.Add(time.Duration(ms) * time.Millisecond) }
	for _, s := range r.Own() {
		out = append(out, store.Silence{Original: r.Of, Version: version, From: at(s.From), To: at(s.To)})
	}
	return out
}

// seen is a recording as the one who asks may know of it: all of it for who may watch
// the recordings that have what was cut.
func (d *Desk) seen(ctx context.Context, item archive.Item) (archive.Item, error) {
	of := meeting.ID(item.About.Meeting)
	all, err := d.Book.SilencesOf(ctx, of)
	if err != nil || len(all) == 0 {
		return item, err
	}
	lets := map[string]bool{}
	var hidden []archive.Stretch
	for _, s := range elsewhere(&item.About, all) {
		may, asked := lets[s.of]
		if !asked {
			if may, err = d.allowed(ctx, s.of, of); err != nil {
				return archive.Item{}, err
			}
			lets[s.of] = may
		}
		if !may {
			hidden = append(hidden, s.Stretch)
		}
	}
	return item.Without(hidden, conduct.Withhold)
}

// Outside are the cues that touch nothing of what is left out of what was said, by the
// recording itself or for who asks; all for an original of which all may be told.
func Outside(cues []caption.Cue, r *archive.Redaction, withheld ...archive.Stretch) []caption.Cue {
	silences := append(r.Silences(), withheld...)
	return slices.DeleteFunc(cues, func(c caption.Cue) bool { return archive.Within(silences, c.At, c.To) })
}
