package render

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"diemcau/recording"
	"diemcau/recording/archive"
)

// errCopy tells that pictures cannot be put together without encoding them anew: of
// two kinds, or nobody is seen for a while.
var errCopy = errors.New("render: the pictures cannot be copied")

// shot is a stretch of one track, from a picture that can be decoded by itself.
type shot struct {
	track    archive.TrackItem
	from, to int64 // ms
}

// shots is what a fast cut shows: the speaker, from one picture that can be decoded by
// itself to the next. So the cut begins up to some seconds before the time asked for,
// and each change of speakers comes as much later; nothing of the sound moves.
func shots(item *archive.Item, cuts *cutter, j Job, spoken []turn) ([]shot, error) {
	j.Layout = Speaker
	var out []shot
	for _, p := range piecesOf(item, j, spoken) {
		n := len(out)
		switch {
		case len(p.tracks) == 0:
			return nil, errCopy
		case n > 0 && out[n-1].track.Leg == p.tracks[0].Leg:
			out[n-1].to = p.to
			continue
		}
		t := p.tracks[0]
		at, ok := cuts.key(t.Leg, p.from, n == 0)
		if !ok || at >= p.to {
			if n == 0 {
				return nil, errCopy
			}
			out[n-1].to = p.to // nothing of it can be shown: who was seen before stays
			continue
		}
		if n > 0 {
			out[n-1].to = at
		}
		out = append(out, shot{t, at, p.to})
	}
	for _, s := range out {
		// H264 has its parameters in the header of each file: only one can be copied.
		if s.track.Codec != out[0].track.Codec || s.track.Codec == recording.H264 && s.track.Leg != out[0].track.Leg {
			return nil, errCopy
		}
	}
	if len(out) == 0 {
		return nil, errCopy
	}
	return out, nil
}

// key is the begin of the last fragment up to a time that can be decoded by itself,
// or of the first one from then on; the other way where there is none.
func (c *cutter) key(leg uint16, at int64, before bool) (int64, bool) {
	last, next := int64(-1), int64(-1)
	for _, f := range c.legs[leg] {
		switch {
		case !f.key || f.header:
		case f.at <= at:
			last = f.at
		case next < 0:
			next = f.at
		}
	}
	if last >= 0 && (before || last == at) {
		return last, true
	}
	return next, next >= 0
}

// fast makes a file of pictures as they were recorded, with all sound mixed: it takes
// a small part of the time of the others. No names are burnt in.
func (m *making) fast(ctx context.Context) error {
	all, err := shots(&m.item, m.cuts, m.job, turnsOf(&m.item))
	if errors.Is(err, errCopy) { // following each voice needs pictures of one kind
		all, err = shots(&m.item, m.cuts, m.job, floorOf(&m.item))
	}
	if err != nil {
		return err
	}
	m.job.From = all[0].from // the sound begins where the pictures do
	var list strings.Builder
	for i, s := range all {
		if err := roomFor(m.q.Settings, m.cuts.size(s.track.Leg, s.from, s.to)); err != nil {
			return err
		}
		name := filepath.Join(m.dir, fmt.Sprintf("shot-%05d", i))
		in, ok, err := m.cuts.cut(s.track, s.from, s.to, name)
		if err != nil {
			return err
		}
		if !ok || in.first != s.from {
			return errCopy
		}
		fmt.Fprintf(&list, "file '%s'\noutpoint %.3f\nduration %.3f\n", filepath.Base(name), float64(s.to)/1000, float64(s.to-s.from)/1000)
		m.q.progress(m.job.ID, float64(i+1)/float64(2*len(all)))
	}
	names := filepath.Join(m.dir, "shots.txt")
	if err := os.WriteFile(names, []byte(list.String()), 0o600); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	meta := filepath.Join(m.dir, "chapters.txt")
	if err := os.WriteFile(meta, []byte(metadata(&m.item, m.job)), 0o600); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	sound, err := m.sound(ctx, m.job.To)
	if err != nil {
		return err
	}
	if err := roomFor(m.q.Settings, size(m.dir, "shot-", "sound")); err != nil {
		return err // all of it is written once more
	}
	out := m.q.out(m.job)
	err = m.run(ctx, []string{
		"-f", "concat", "-safe", "0", "-i", names, "-i", sound, "-i", meta, "-map", "0:v", "-map", "1:a", "-map_metadata", "2", "-map_chapters", "2",
		"-c", "copy", "-f", "matroska", out + ".new",
	})
	if err != nil {
		return err
	}
	return m.deliver(out)
}
