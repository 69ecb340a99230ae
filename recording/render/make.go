package render

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/vault"
)

// How much of the work pictures and sound are.
const (
	pictureShare = 0.85
	soundShare   = 0.97 // up to where the sound is mixed; the rest is putting together
)

// making is one export being made.
type making struct {
	q    *Queue
	job  Job
	dir  string // of the pieces
	item archive.Item
	cuts *cutter
}

// make makes the file of an export.
func (q *Queue) make(ctx context.Context, j Job) error {
	source, err := q.Find(j.Recording)
	if err != nil {
		return err
	}
	m := &making{q: q, job: j, dir: filepath.Join(q.Dir, j.ID, "work"), item: archive.Describe(source)}
	if err := os.MkdirAll(m.dir, 0o700); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	if err := os.WriteFile(filepath.Join(m.dir, "font.ttf"), q.Font, 0o600); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	if m.cuts, err = newCutter(source, &m.item, q.Access); err != nil {
		return err
	}
	switch j.Layout {
	case Fast:
		return m.fast(ctx)
	case Words:
		return m.words(ctx)
	}
	meta := filepath.Join(m.dir, "chapters.txt")
	if err := os.WriteFile(meta, []byte(metadata(&m.item, j)), 0o600); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	end := j.To
	args := []string{}
	if j.Layout != Sound {
		list, to, err := m.pictures(ctx)
		if err != nil {
			return err
		}
		end, args = to, []string{"-f", "concat", "-safe", "0", "-i", list}
	}
	sound, err := m.sound(ctx, end)
	if err != nil {
		return err
	}
	if err := roomFor(q.Settings, size(m.dir, "piece-", "sound")); err != nil {
		return err // all of it is written once more
	}
	out := q.out(j)
	args = append(args, "-i", sound, "-i", meta)
	maps := []string{"-map", "0:a", "-map_metadata", "1", "-map_chapters", "1"}
	if j.Layout != Sound {
		maps = []string{"-map", "0:v", "-map", "1:a", "-map_metadata", "2", "-map_chapters", "2"}
	}
	args = append(append(args, maps...), "-c", "copy", "-movflags", "+faststart", "-f", "mp4", out+".new")
	if err := m.run(ctx, args); err != nil {
		return err
	}
	return m.deliver(out)
}

// deliver gives the finished file its name and notes what it is.
func (m *making) deliver(out string) error {
	f, err := os.Open(out + ".new")
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	root := ""
	if seal, err := archive.SealOf(m.cuts.dir, nil); err == nil {
		root = seal.Root
	}
	m.q.made(m.job, hex.EncodeToString(h.Sum(nil)), root, n, m.item.About.Encrypted)
	return os.Rename(out+".new", out)
}

// planned are the pieces of an export. A grid follows only who was given the floor: voices
// come and go every few seconds.
func planned(item *archive.Item, j Job) []piece {
	spoken := floorOf(item)
	if j.Layout == Speaker {
		spoken = turnsOf(item)
	}
	return piecesOf(item, j, spoken)
}

// nameOfPiece tells all that a piece is made of: one that was made before a restart is
// taken again only for the same times and tracks, and a release may plan otherwise.
func nameOfPiece(p piece) string {
	name := fmt.Sprintf("piece-%d-%d", p.from, p.to)
	for _, leg := range legsOf(p) {
		name += fmt.Sprintf("-%d", leg)
	}
	return name + ".mp4"
}

// unplanned removes pieces that were made for another plan.
func (m *making) unplanned(pieces []piece) error {
	have, err := filepath.Glob(filepath.Join(m.dir, "piece-*"))
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	want := map[string]bool{}
	for _, p := range pieces {
		want[filepath.Join(m.dir, nameOfPiece(p))] = true
	}
	for _, name := range have {
		if !want[name] {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

// pictures makes all pieces and returns the list of them and where they end.
func (m *making) pictures(ctx context.Context) (list string, end int64, err error) {
	pieces := planned(&m.item, m.job)
	if err := m.unplanned(pieces); err != nil {
		return "", 0, err
	}
	var names strings.Builder
	end = m.job.From
	for i, p := range pieces {
		name := filepath.Join(m.dir, nameOfPiece(p))
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			if err := m.picture(ctx, p, i, name); err != nil {
				return "", 0, err
			}
		}
		fmt.Fprintf(&names, "file '%s'\n", filepath.Base(name))
		end = p.to
		m.q.progress(m.job.ID, pictureShare*float64(p.to-m.job.From)/float64(m.job.To-m.job.From))
	}
	list = filepath.Join(m.dir, "pieces.txt")
	return list, end, os.WriteFile(list, []byte(names.String()), 0o600)
}

// picture makes one piece.
func (m *making) picture(ctx context.Context, p piece, number int, out string) error {
	if err := m.room(); err != nil {
		return err
	}
	var inputs []input
	var args []string
	for i, t := range p.tracks {
		in, ok, err := m.cuts.cut(t, p.from, p.to, filepath.Join(m.dir, fmt.Sprintf("cut-%05d-%d", number, i)))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		defer func() { _ = os.Remove(in.file) }() // only its space is lost otherwise
		in.name = filepath.Join(m.dir, fmt.Sprintf("name-%d.txt", t.Leg))
		label := t.Name
		if label == "" {
			label = t.Point
		}
		if err := os.WriteFile(in.name, []byte(label), 0o600); err != nil {
			return fmt.Errorf("render: %w", err)
		}
		inputs, args = append(inputs, in), append(args, "-i", in.file)
	}
	args = append(args, "-filter_complex", pictureGraph(p, inputs, m.dir), "-map", "[v]", "-frames:v", strconv.FormatInt(p.frames(), 10),
		"-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-g", "50", "-pix_fmt", "yuv420p", "-threads", strconv.Itoa(m.q.Threads),
		"-video_track_timescale", "25000", "-f", "mp4", out+".new")
	if err := m.run(ctx, args); err != nil {
		return err
	}
	return os.Rename(out+".new", out)
}

// sound mixes all voices.
func (m *making) sound(ctx context.Context, end int64) (string, error) {
	out := filepath.Join(m.dir, fmt.Sprintf("sound-%d-%d.m4a", m.job.From, end)) // a fast cut begins where its first picture does
	if _, err := os.Stat(out); err == nil {
		return out, nil
	}
	if err := m.room(); err != nil {
		return "", err
	}
	inputs, args, err := voices(m.cuts, &m.item, m.job.From, end, m.dir)
	if err != nil {
		return "", err
	}
	defer func() {
		for _, in := range inputs {
			_ = os.Remove(in.file) // only its space is lost otherwise
		}
	}()
	kind := []string{"-c:a", "aac", "-b:a", "96k", "-f", "mp4"}
	if m.job.Layout == Fast {
		kind = []string{"-c:a", "libopus", "-b:a", "48k", "-f", "webm"}
	}
	args = append(append(args, "-filter_complex", soundGraph(m.job.From, end, inputs), "-map", "[a]"), append(kind, out+".new")...)
	if err := m.run(ctx, args); err != nil {
		return "", err
	}
	m.q.progress(m.job.ID, soundShare)
	return out, os.Rename(out+".new", out)
}

// voices cuts what is to be heard between two times into files in a folder.
func voices(cuts *cutter, item *archive.Item, from, to int64, dir string) (inputs []input, args []string, err error) {
	for i, t := range item.Tracks {
		if t.Codec != recording.Opus || t.From >= to || t.To <= from {
			continue
		}
		in, ok, err := cuts.cut(t, from, to, filepath.Join(dir, fmt.Sprintf("voice-%d", i)))
		if err != nil {
			return nil, nil, err
		}
		if ok {
			inputs, args = append(inputs, in), append(args, "-i", in.file)
		}
	}
	return inputs, args, nil
}

func (m *making) room() error { return room(m.q.Settings) }

// room refuses to fill the disk that meetings are recorded on.
func room(s Settings) error { return roomFor(s, 0) }

// roomFor refuses to write some bytes that the disk has no room for.
func roomFor(s Settings, bytes uint64) error {
	if s.Room == nil {
		return nil
	}
	if n, err := s.Room(); err != nil {
		return err
	} else if n <= bytes {
		return errSpace
	}
	return nil
}

func (m *making) run(ctx context.Context, args []string) error {
	return runCommand(ctx, m.q.Command, args)
}

// runCommand runs the command at the lowest priority. It reads nothing, opens no
// network address, and what it says at its end is in the error.
func runCommand(ctx context.Context, command string, args []string) error {
	all := append([]string{"-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file,pipe"}, args...)
	name := command
	if nice, err := exec.LookPath("nice"); err == nil {
		all = append([]string{"-n", "19", name}, all...)
		name = nice
	}
	cmd := exec.CommandContext(ctx, name, all...) //nolint:gosec // the operator configures the command; arguments are made here
	var said bytes.Buffer
	cmd.Stderr = &said
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if err != nil && ctx.Err() == nil {
		text := said.String()
		return fmt.Errorf("render: %s: %w: %s", command, err, text[max(0, len(text)-500):])
	}
	return err
}

// why is an error in one word.
func why(err error) string {
	switch {
	case errors.Is(err, errSpace):
		return "space"
	case errors.Is(err, errCopy):
		return "copy"
	case errors.Is(err, errSlow):
		return "slow"
	case errors.Is(err, errScribe):
		return "scribe"
	case errors.Is(err, errNoWords):
		return "words"
	case errors.Is(err, vault.ErrNoKey):
		return "key"
	case errors.Is(err, fs.ErrNotExist):
		return "gone"
	}
	return "command"
}
