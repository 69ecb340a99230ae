package replay

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"diemcau/recording/archive"
)

// keptOpen is how many recordings are kept as they were last read.
const keptOpen = 16

// contents is a recording as it was last read.
type contents struct {
	archive.Item
	dir    string
	index  *index
	scenes []Scene
	stamp  stamp
}

// stamp tells whether a folder has changed since it was read.
type stamp struct {
	index, events, points int64 // bytes
	sealed                bool
}

func stampOf(dir string) (s stamp) {
	size := func(name string) int64 {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return -1
		}
		return info.Size()
	}
	s.index, s.events, s.points = size("index.bin"), size("events.jsonl"), size("checkpoints.jsonl")
	s.sealed = size(archive.ManifestName) >= 0
	return s
}

// serves answers whether what was read is as much as may be shown now. Of a recording
// that goes on nothing is shown before a checkpoint signs it, so it is read anew with
// each of them and not with each fragment.
func (s stamp) serves(now stamp) bool {
	return s == now || !s.sealed && !now.sealed && s.points == now.points && s.points >= 0
}

// shelf keeps what was read last. It is a leaf: reading happens outside its lock.
type shelf struct {
	root  string
	mu    sync.Mutex
	books []*contents // latest last
}

func newShelf(root string) *shelf { return &shelf{root: root} }

// find returns the folder of a recording.
func (s *shelf) find(id string) (string, error) {
	name, is := archive.Find(s.root, id)
	if !is {
		return "", missing(id)
	}
	return filepath.Join(s.root, filepath.FromSlash(name)), nil
}

// open reads a recording, or returns it as it was read when nothing was added.
func (s *shelf) open(id string) (*contents, error) {
	dir, err := s.find(id)
	if err != nil {
		return nil, err
	}
	now := stampOf(dir)
	s.mu.Lock()
	at := slices.IndexFunc(s.books, func(c *contents) bool { return c.About.ID == id })
	if at >= 0 {
		c := s.books[at]
		s.books = append(slices.Delete(s.books, at, at+1), c)
		if c.stamp.serves(now) {
			s.mu.Unlock()
			return c, nil
		}
	}
	s.mu.Unlock()
	c := &contents{dir: dir, stamp: now}
	// Both read the whole index once and hash it: a core each.
	var reading sync.WaitGroup
	reading.Go(func() {
		c.Item = archive.Describe(dir)
		c.scenes = scenesOf(&c.Item)
	})
	c.index, err = readIndex(dir, now.sealed)
	reading.Wait()
	if c.About.ID != id {
		return nil, missing(id)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(id) // disposed meanwhile
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.books = slices.DeleteFunc(s.books, func(b *contents) bool { return b.About.ID == id })
	s.books = append(s.books, c)
	if len(s.books) > keptOpen {
		s.books = slices.Delete(s.books, 0, 1)
	}
	return c, nil
}

// sitting is how long a viewing counts as one.
const sitting = 30 * time.Minute

// noted remembers which viewings were noted lately. A leaf with a lock.
type noted struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func newNoted() *noted { return &noted{last: map[string]time.Time{}} }

// due answers whether a viewing is a new one, and remembers it.
func (n *noted) due(key string, now time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for k, at := range n.last {
		if now.Sub(at) > sitting {
			delete(n.last, k)
		}
	}
	_, known := n.last[key]
	n.last[key] = now
	return !known
}

func (n *noted) forget(key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.last, key)
}
