package registry

import (
	"os"
	"path/filepath"
	"sync"
	"time"

	"diemcau/recording/archive"
)

// sealed is what a sealed folder says of itself: it never changes.
type sealed struct {
	about         archive.About
	root, head    string
	length, bytes int64 // ms, bytes of all files

	manifest written // what it was read of
}

// written tells whether a file is the one that was read.
type written struct {
	size int64
	at   time.Time
}

// seals remembers folders that were read, so that a table of a thousand recordings
// does not check a thousand signatures anew. Whether a folder still is as it was
// sealed is what the keeper finds out, not this. A leaf with a lock; it reads
// outside of it.
type seals struct {
	mu    sync.Mutex
	known map[string]sealed
}

// of reads what a folder says of itself, unless its manifest is the one that was
// read before.
func (s *seals) of(dir string) (sealed, error) {
	info, err := os.Stat(filepath.Join(dir, archive.ManifestName))
	if err != nil {
		s.forget(dir)
		return sealed{}, err
	}
	now := written{info.Size(), info.ModTime()}
	s.mu.Lock()
	one, is := s.known[dir]
	s.mu.Unlock()
	if is && one.manifest == now {
		return one, nil
	}
	if one, err = readSealed(dir); err != nil {
		s.forget(dir)
		return one, err
	}
	one.manifest = now
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]sealed{}
	}
	s.known[dir] = one
	return one, nil
}

// forget lets go of a folder that is gone.
func (s *seals) forget(dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, dir)
}

func readSealed(dir string) (one sealed, err error) {
	if one.about, err = archive.AboutOf(dir); err != nil {
		return one, err
	}
	m, err := archive.SealOf(dir, nil)
	if err != nil {
		return one, err
	}
	one.root, one.head, one.length = m.Root, m.Head, m.Length
	for _, f := range m.Files {
		one.bytes += f.Size
	}
	return one, nil
}
