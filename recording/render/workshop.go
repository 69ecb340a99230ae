package render

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"diemcau/meeting"
	"diemcau/recording/archive"
)

// The rhythm of a Workshop.
const (
	workshopLook = 20 * time.Second
	// fresh is how long after its end a recording gets its companions by itself; older
	// ones get them when somebody opens them.
	fresh = 7 * 24 * time.Hour
	// patience is how long nothing is tried after a failure.
	patience = 10 * time.Minute
)

// Companions are what is made of a recording for its viewers and can be made again:
// they are no evidence, and lie outside the archive.
type Companions struct {
	Recording string `json:"recording"`
	Root      string `json:"root" doc:"signed root of the recording that they were made of"`
	Mix       Mix    `json:"mix"`
	Sheets    Sheets `json:"sheets"`
}

// WorkshopSettings are what a Workshop works with. Those of exports hold for its
// folder, its command, and its space.
type WorkshopSettings struct {
	Settings
	Archive string           // folder of all recordings
	Now     func() time.Time // time.Now if nil
}

// Workshop makes the companions of sealed recordings, one thing after another at the
// lowest priority: those that somebody waits for, then the newest. Of encrypted ones
// it makes none: they would lie on the disk for all to hear. It owns one goroutine,
// from Start until Close.
type Workshop struct {
	WorkshopSettings
	wake chan struct{}
	stop context.CancelFunc
	done sync.WaitGroup

	mu     sync.Mutex
	wanted []string             // recordings that somebody opened, latest last
	failed map[string]time.Time // when making failed
	end    context.CancelFunc   // of what is being made
	making string
}

// OpenWorkshop makes a workshop over a folder.
func OpenWorkshop(s WorkshopSettings) (*Workshop, error) {
	s.Threads = max(s.Threads, 1)
	if s.Now == nil {
		s.Now = time.Now
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	return &Workshop{WorkshopSettings: s, wake: make(chan struct{}, 1), failed: map[string]time.Time{}}, nil
}

// Start begins to work. Without a command nothing is ever made.
func (w *Workshop) Start() {
	ctx, stop := context.WithCancel(context.Background())
	w.stop = stop
	w.done.Go(func() {
		turn := time.NewTicker(workshopLook)
		defer turn.Stop()
		w.clear()
		for {
			for w.Command != "" && w.One(ctx) {
				continue
			}
			select {
			case <-w.wake:
			case <-turn.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// Close interrupts what is being made; the next start goes on with it.
func (w *Workshop) Close() {
	if w.stop != nil {
		w.stop()
		w.done.Wait()
	}
}

// Want puts a recording first.
func (w *Workshop) Want(recording string) {
	w.mu.Lock()
	if n := len(w.wanted); n == 0 || w.wanted[n-1] != recording {
		w.wanted = append(w.wanted[max(0, n-20):], recording)
	}
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default: // it will look already
	}
}

// Forget erases what was made of a recording that is disposed of.
func (w *Workshop) Forget(recording string) error {
	if filepath.Base(recording) != recording || recording == "" || strings.HasPrefix(recording, ".") {
		return meeting.Refuse(meeting.CodeUnknown, "recording").With(recording)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.making == recording {
		w.end()
	}
	w.failed[recording] = w.Now().Add(fresh) // what is under way makes nothing more of it
	if err := os.RemoveAll(filepath.Join(w.Dir, recording)); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return nil
}

// Of is what was made of a recording so far.
func (w *Workshop) Of(recording string) (Companions, error) {
	c := Companions{Recording: recording}
	b, err := os.ReadFile(filepath.Join(w.Dir, filepath.Base(recording), "companions.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		return c, fmt.Errorf("render: %w", err)
	}
	return c, nil
}

// One makes the companions of the next recording that lacks some; false when there
// is none.
func (w *Workshop) One(ctx context.Context) bool {
	id, dir := w.next()
	if id == "" || ctx.Err() != nil {
		return false
	}
	work, end := context.WithCancel(ctx)
	defer end()
	w.mu.Lock()
	w.making, w.end = id, end
	w.mu.Unlock()
	err := w.make(work, id, dir)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.making = ""
	switch {
	case err == nil:
		delete(w.failed, id)
	case work.Err() != nil && ctx.Err() == nil: // forgotten meanwhile
		if rest := os.RemoveAll(filepath.Join(w.Dir, id)); rest != nil {
			w.Log.Error("what was made of a recording cannot be erased", "recording", id, "error", rest)
		}
	case ctx.Err() == nil:
		w.failed[id] = w.Now()
		w.Log.Error("sound mix or small pictures cannot be made", "recording", id, "why", why(err), "error", err)
	}
	return ctx.Err() == nil
}

// next is the recording to work for.
func (w *Workshop) next() (id, dir string) {
	w.mu.Lock()
	wanted := append([]string{}, w.wanted...)
	w.mu.Unlock()
	for i := len(wanted) - 1; i >= 0; i-- {
		dir, err := w.Find(wanted[i])
		if err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, archive.ManifestName)); err == nil && w.lacking(wanted[i], dir) {
			return wanted[i], dir
		}
	}
	names, err := archive.Sealed(w.Archive)
	if err != nil {
		w.Log.Error("the archive cannot be read", "error", err)
		return "", ""
	}
	for i := len(names) - 1; i >= 0; i-- {
		id, dir := filepath.Base(names[i]), filepath.Join(w.Archive, filepath.FromSlash(names[i]))
		info, err := os.Stat(filepath.Join(dir, archive.ManifestName))
		if err == nil && w.Now().Sub(info.ModTime()) < fresh && w.lacking(id, dir) {
			return id, dir
		}
	}
	return "", ""
}

// lacking answers whether something is to be made for a recording now.
func (w *Workshop) lacking(id, dir string) bool {
	if encrypted(dir) {
		return false
	}
	w.mu.Lock()
	at, failed := w.failed[id]
	w.mu.Unlock()
	if failed && w.Now().Sub(at) < patience {
		return false
	}
	c, err := w.Of(id)
	return err != nil || !c.Mix.Done || !c.Sheets.Done
}

// encrypted reports whether nothing is to be made of the recording in a folder.
func encrypted(dir string) bool {
	about, err := archive.AboutOf(dir)
	return err == nil && about.Encrypted
}

// clear erases what was made of recordings that are no more, as after a restore of what
// was kept before they were disposed of or a stop in between, and what earlier releases
// made of encrypted ones. While the disk of the archive is away all are gone for it: what
// it erases then is made again.
func (w *Workshop) clear() {
	entries, err := os.ReadDir(w.Dir)
	if err != nil {
		w.Log.Error("what was made of recordings cannot be looked through", "error", err)
	}
	for _, e := range entries {
		dir, err := w.Find(e.Name())
		if err != nil && meeting.CodeOf(err) != meeting.CodeUnknown || err == nil && !encrypted(dir) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(w.Dir, e.Name())); err != nil {
			w.Log.Error("what was made of a recording that is no more, or encrypted, cannot be erased", "recording", e.Name(), "error", err)
		}
	}
}

// make makes what a recording lacks. The mix comes first: it is listened to.
func (w *Workshop) make(ctx context.Context, id, source string) error {
	seal, err := archive.SealOf(source, nil)
	if err != nil {
		return err
	}
	item := archive.Describe(source)
	dir := filepath.Join(w.Dir, id)
	c, err := w.Of(id)
	if err != nil || c.Root != seal.Root {
		c = Companions{Recording: id, Root: seal.Root, Mix: Mix{Type: `audio/webm; codecs="opus"`}, Sheets: newSheets(item.Length)}
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("render: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	cuts, err := newCutter(source, &item, w.Access)
	if err != nil {
		return err
	}
	save := func() error { return saveCompanions(dir, c) }
	if !c.Mix.Done {
		m := &mixer{settings: w.Settings, dir: dir, item: &item, cuts: cuts, state: &c.Mix}
		if err := m.make(ctx, save); err != nil {
			return err
		}
	}
	if c.Sheets.Done {
		return nil
	}
	s := &sheeter{settings: w.Settings, dir: dir, item: &item, cuts: cuts, state: &c.Sheets}
	return s.make(ctx, save)
}

func saveCompanions(dir string, c Companions) error {
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	name := filepath.Join(dir, "companions.json")
	if err := os.WriteFile(name+".new", b, 0o600); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return os.Rename(name+".new", name)
}
