package bag

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"diemcau/recording/archive"
)

// Recheck is what a re-check of one recording found and did (ARC-04).
type Recheck struct {
	Dir      string            `json:"dir"`
	Sealed   bool              `json:"sealed"`
	Problems []archive.Problem `json:"problems,omitempty"`
	// Copied: the second copy was made or made anew. Restored: the recording was,
	// from it; what it was before lies in Kept.
	Copied   bool   `json:"copied,omitempty"`
	Restored bool   `json:"restored,omitempty"`
	Kept     string `json:"kept,omitempty"`
	Error    string `json:"error,omitempty"`
}

// Rechecker re-checks the recordings of an archive.
type Rechecker struct {
	Root string
	// Second is the folder like Root that holds a second copy; "" for none.
	Second string
	// Noted is what was noted of the recording's seal when it was new: nothing else is
	// taken for it. Empty for what nobody has noted; then the seal that it has here
	// counts, as long as that can be read.
	Noted Seal
	// Pace is told how many bytes were just read and returns when to go on, or why
	// not to; nil is as fast as it goes.
	Pace func(ctx context.Context, n int64) error
}

// Seal is what tells one sealed recording from every other.
type Seal struct{ Root, Head string }

// errAnother tells of a sound recording that is not the one that belongs there.
var errAnother = errors.New("it is not the recording whose head was noted")

// expect returns the seal that a recording must have; empty when nothing tells.
func (c Rechecker) expect(dir string) Seal {
	if c.Noted.Head != "" {
		return c.Noted
	}
	m, err := archive.SealOf(dir, nil)
	if err != nil {
		return Seal{}
	}
	return Seal{m.Root, m.Head}
}

// is reports by its error whether a sound folder has a seal. The copy must be verified:
// only then its content is what the seal says.
func (s Seal) is(dir string) error {
	if s.Head == "" {
		return nil
	}
	m, err := archive.SealOf(dir, nil)
	if err != nil {
		return err
	}
	if m.Root != s.Root || m.Head != s.Head {
		return errAnother
	}
	return nil
}

// One verifies a sealed recording below Root against its own evidence. With a
// second copy a changed recording is replaced by its sound copy, and a missing or
// changed copy by the sound recording. What is changed is kept beside, never erased.
func (c Rechecker) One(ctx context.Context, name string) Recheck {
	r := Recheck{Dir: name}
	dir := filepath.Join(c.Root, filepath.FromSlash(name))
	settings := c.settings(ctx)
	report, err := archive.Verify(dir, settings)
	if err != nil {
		r.Error = err.Error()
	} else {
		r.Sealed, r.Problems = report.Sealed, report.Problems
	}
	want := c.expect(dir)
	if err == nil && r.Sealed && len(r.Problems) == 0 {
		if another := want.is(dir); another != nil {
			r.Problems = append(r.Problems, archive.Problem{File: archive.ManifestName, At: -1, What: another.Error()})
		}
	}
	if err == nil && !r.Sealed && len(r.Problems) == 0 || c.Second == "" || ctx.Err() != nil {
		return r // being recorded: its copy comes after the seal
	}
	second := c.Second
	copied := filepath.Join(second, filepath.FromSlash(name))
	if err == nil && len(r.Problems) == 0 {
		if !c.same(settings, want, dir, copied) && ctx.Err() == nil {
			_, r.Copied, err = r.replace(ctx, want, dir, copied)
		}
	} else if _, bad := soundBy(copied, settings); bad == nil {
		if bad := want.is(copied); bad != nil {
			r.Error = "the second copy is of no use: " + bad.Error()
			return r
		}
		r.Kept, r.Restored, err = r.replace(ctx, want, copied, dir)
	}
	if err != nil {
		r.Error = err.Error()
	} else if r.Restored {
		r.Error = ""
	}
	return r
}

func (c Rechecker) settings(ctx context.Context) archive.VerifySettings {
	if c.Pace == nil {
		return archive.VerifySettings{Pace: func(int64) error { return ctx.Err() }}
	}
	return archive.VerifySettings{Pace: func(n int64) error { return c.Pace(ctx, n) }}
}

// same reports whether the copy is sound, is of this recording and has the time-stamp
// that the recording has.
func (c Rechecker) same(s archive.VerifySettings, want Seal, dir, copied string) bool {
	if _, err := soundBy(copied, s); err != nil || want.is(copied) != nil {
		return false
	}
	_, here := os.Stat(filepath.Join(dir, archive.StampName))
	_, there := os.Stat(filepath.Join(copied, archive.StampName))
	return here != nil || there == nil
}

// replace puts a verified copy of from in the place of to.
func (*Recheck) replace(ctx context.Context, want Seal, from, to string) (kept string, done bool, err error) {
	partial := filepath.Join(filepath.Dir(to), ".incoming-"+filepath.Base(to))
	if err := os.RemoveAll(partial); err != nil {
		return "", false, fmt.Errorf("bag: %w", err)
	}
	if err := copyTree(ctx, from, partial); err != nil {
		return "", false, err
	}
	if _, err := sound(partial); err != nil {
		return "", false, err
	}
	if err := want.is(partial); err != nil {
		return "", false, err
	}
	if _, err := os.Stat(to); err == nil {
		kept = filepath.Join(filepath.Dir(to), fmt.Sprintf(".changed-%s-%d", strings.TrimPrefix(filepath.Base(to), "."), time.Now().UnixNano()))
		if err := os.Rename(to, kept); err != nil {
			return "", false, fmt.Errorf("bag: %w", err)
		}
	}
	if err := os.Rename(partial, to); err != nil {
		return kept, false, fmt.Errorf("bag: %w", err)
	}
	return kept, true, nil
}
