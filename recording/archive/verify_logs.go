package archive

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"diemcau/recording/evidence"
)

// line is one line of a log, and where it lies.
type line struct {
	text     []byte
	from, to int64 // with its newline
}

// split cuts a log into lines; tail is what has no newline.
func split(b []byte) (lines []line, tail line) {
	at := int64(0)
	for {
		n := bytes.IndexByte(b[at:], '\n')
		if n < 0 {
			return lines, line{b[at:], at, int64(len(b))}
		}
		end := at + int64(n)
		lines = append(lines, line{b[at:end], at, end + 1})
		at = end + 1
	}
}

// checkEvents follows the chain of the events.
func (v *verification) checkEvents() error {
	b, _, err := v.read(eventsName)
	if err != nil {
		return err
	}
	lines, tail := split(b)
	head := v.eventHead(len(lines))
	for i, l := range lines {
		e, err := evidence.ReadEvent(l.text)
		hash := evidence.LineHash(l.text)
		follows := err == nil && e.Number == int64(i) &&
			(i == 0 && e.Prev == "" || i > 0 && e.Prev == v.heads[i-1])
		if !follows {
			first, last := v.changed(lines, i, head)
			v.add(eventsName, lines[first].from, lines[last].to, v.eventTime(first), "a line is not what was recorded")
			return nil
		}
		v.heads, v.times = append(v.heads, hash), append(v.times, e.At)
	}
	last := v.eventTime(len(lines))
	switch n := len(lines); {
	case len(tail.text) > 0:
		v.add(eventsName, tail.from, tail.to, last, "the last line has no end")
	case v.manifest != nil && int64(n) < v.manifest.Events:
		v.add(eventsName, tail.from, tail.to, last, fmt.Sprintf("has %d lines, sealed were %d", n, v.manifest.Events))
	case v.manifest != nil && int64(n) > v.manifest.Events:
		v.add(eventsName, lines[v.manifest.Events].from, tail.to, last, "lines behind the seal")
	case v.manifest != nil && n > 0 && v.heads[n-1] != v.manifest.Head:
		v.add(eventsName, lines[n-1].from, lines[n-1].to, last, "the last line is not what was sealed")
	}
	return v.compareAbout(lines)
}

// changed tells which lines are in question where line i does not follow: the one
// before, when the hash of line i is carried on, for then line i is as it was; line i
// alone, when it still carries the hash of the one before; else both, for nothing
// vouches for the one before.
func (v *verification) changed(lines []line, i int, head string) (first, last int) {
	if i == 0 {
		return 0, 0
	}
	e, err := evidence.ReadEvent(lines[i].text)
	switch {
	case err == nil && e.Number == int64(i) && v.carried(lines, i, head):
		return i - 1, i - 1
	case bytes.Contains(lines[i].text, []byte(v.heads[i-1])):
		return i, i
	}
	return i - 1, i
}

// eventHead is the hash that the last line must have, if a seal tells.
func (v *verification) eventHead(n int) string {
	if v.manifest != nil && v.manifest.Events == int64(n) {
		return v.manifest.Head
	}
	return ""
}

// carried reports whether the hash of line i is that which its successor, or the
// seal, carries.
func (v *verification) carried(lines []line, i int, head string) bool {
	hash := evidence.LineHash(lines[i].text)
	if i+1 == len(lines) {
		return hash == head
	}
	next, err := evidence.ReadEvent(lines[i+1].text)
	return err == nil && next.Prev == hash
}

// eventTime is the time of the last good event up to line i, ms.
func (v *verification) eventTime(i int) int64 {
	if i = min(i, len(v.times)-1); i < 0 {
		return 0
	}
	return v.times[i]
}

// compareAbout holds the folder's description against the first event.
func (v *verification) compareAbout(lines []line) error {
	b, there, err := v.read(aboutName)
	if err != nil || v.hit[aboutName] || len(lines) == 0 || v.hit[eventsName] {
		return err
	}
	var first struct {
		About string `json:"about"`
	}
	e, err := evidence.ReadEvent(lines[0].text)
	if err != nil || json.Unmarshal(e.Data, &first) != nil {
		return nil // such a line has been named
	}
	if !there || hashOf(b) != first.About {
		v.add(aboutName, 0, int64(len(b)), 0, "is not what the recording began with")
	}
	return nil
}

// checkPoints holds the signed checkpoints against index and events.
func (v *verification) checkPoints() error {
	b, _, err := v.read(checkpointsName)
	if err != nil {
		return err
	}
	key := v.Key
	if key == nil {
		key, _ = hex.DecodeString(v.About.Key) // a key that cannot be read fits nothing
	}
	lines, tail := split(b)
	var tree evidence.Tree
	var prev string
	var before, done evidence.Checkpoint
	for _, l := range lines {
		c, err := evidence.ReadCheckpoint(l.text, key)
		if err != nil || c.Prev != prev || c.Records < before.Records || c.Events < before.Events {
			v.add(checkpointsName, l.from, l.to, max(before.At, 0), "a checkpoint is not what was signed")
			return nil
		}
		prev = evidence.LineHash(l.text)
		before = c
		if v.whole && !v.treeFits(&tree, c, done) || !v.eventsFit(c, done) {
			return nil
		}
		done = c
		v.Signed = max(v.Signed, time.Duration(c.At)*time.Millisecond)
	}
	if len(tail.text) > 0 {
		v.add(checkpointsName, tail.from, tail.to, max(before.At, 0), "the last line has no end")
	}
	if m := v.manifest; m != nil && v.whole && tree.Size() == m.Records && tree.Root() != m.Root {
		v.add(indexName, 0, m.Records*evidence.RecordSize, 0, "is not what was sealed")
	}
	return nil
}

// treeFits grows the tree to a checkpoint and compares its root.
func (v *verification) treeFits(tree *evidence.Tree, c, done evidence.Checkpoint) bool {
	if c.Records <= int64(len(v.records)) {
		for n := tree.Size(); n < c.Records; n++ {
			r := v.records[n]
			prev := evidence.Link{}
			if n > 0 {
				prev = v.records[n-1].link
			}
			b, _ := r.Append(nil, prev)
			tree.Append(b)
		}
		if tree.Root() == c.Root {
			return true
		}
	}
	from, to := done.Records*evidence.RecordSize, c.Records*evidence.RecordSize
	v.add(indexName, from, to, max(done.At, 0), "is not what was signed")
	return false
}

// eventsFit compares the events with a checkpoint.
func (v *verification) eventsFit(c, done evidence.Checkpoint) bool {
	if v.hit[eventsName] || c.Events > 0 && c.Events <= int64(len(v.heads)) && v.heads[c.Events-1] == c.Head {
		return true
	}
	b, _, _ := v.read(eventsName) // read before
	lines, tail := split(b)
	from, to := tail.from, tail.to
	if done.Events < int64(len(lines)) {
		from, to = lines[done.Events].from, lines[min(c.Events, int64(len(lines)))-1].to
	}
	v.add(eventsName, from, to, max(done.At, 0), "is not what was signed")
	return false
}

// checkFiles holds the folder against the list of the manifest: what is missing,
// foreign or, where nothing else told, changed.
func (v *verification) checkFiles() error {
	names, err := content(v.dir)
	if err != nil {
		return err
	}
	if v.manifest == nil {
		return nil
	}
	for _, f := range v.manifest.Files {
		i := slices.Index(names, f.Name)
		if i < 0 {
			v.add(f.Name, 0, 0, -1, "is missing")
			continue
		}
		names = slices.Delete(names, i, i+1)
		if v.hit[f.Name] {
			continue
		}
		info, err := os.Stat(filepath.Join(v.dir, f.Name))
		if err != nil {
			return fmt.Errorf("archive: %w", err)
		}
		if info.Size() != f.Size {
			v.add(f.Name, min(f.Size, info.Size()), info.Size(), -1, fmt.Sprintf("has %d bytes, sealed were %d", info.Size(), f.Size))
			continue
		}
		if len(v.Problems) == 0 && filepath.Dir(f.Name) == tracksName {
			continue // each of its fragments was compared
		}
		sum, err := hashFile(filepath.Join(v.dir, f.Name))
		if err != nil {
			return err
		}
		if sum != f.SHA256 {
			v.add(f.Name, 0, f.Size, -1, "is not what was sealed")
		}
	}
	for _, name := range names {
		if name != manifestName && name != signatureName && name != StampName {
			v.add(name, 0, 0, -1, "is not part of the recording")
		}
	}
	return nil
}
