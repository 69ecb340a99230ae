package bag

import (
	"context"
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

// RecheckOne verifies a sealed recording below root against its own evidence.
// With a second copy, second being the folder like root, a changed recording is
// replaced by its sound copy and a missing or changed copy by the sound recording.
// What is changed is kept beside, never erased.
func RecheckOne(ctx context.Context, root, name, second string) Recheck {
	r := Recheck{Dir: name}
	dir := filepath.Join(root, filepath.FromSlash(name))
	report, err := archive.Verify(dir, archive.VerifySettings{})
	if err != nil {
		r.Error = err.Error()
	} else {
		r.Sealed, r.Problems = report.Sealed, report.Problems
	}
	if err == nil && !r.Sealed && len(r.Problems) == 0 || second == "" {
		return r // being recorded: its copy comes after the seal
	}
	copied := filepath.Join(second, filepath.FromSlash(name))
	if err == nil && len(r.Problems) == 0 {
		if _, bad := sound(copied); bad != nil {
			_, r.Copied, err = r.replace(ctx, dir, copied)
		}
	} else if _, bad := sound(copied); bad == nil {
		r.Kept, r.Restored, err = r.replace(ctx, copied, dir)
	}
	if err != nil {
		r.Error = err.Error()
	}
	return r
}

// replace puts a verified copy of from in the place of to.
func (*Recheck) replace(ctx context.Context, from, to string) (kept string, done bool, err error) {
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
