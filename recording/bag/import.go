package bag

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"diemcau/recording/archive"
)

// Unpack takes the recording of a bag into the archive below root and returns its
// folder. Bag and recording are checked first, the copy is checked after.
func Unpack(ctx context.Context, dir, root string, progress Progress) (string, error) {
	problems, err := Check(ctx, dir, progress)
	if err != nil {
		return "", err
	}
	if len(problems) > 0 {
		return "", fmt.Errorf("bag: %w: %s", ErrChanged, problems[0])
	}
	from := filepath.Join(dir, filepath.FromSlash(Recording))
	about, err := sound(from)
	if err != nil {
		return "", err
	}
	if _, err := uuid.Parse(about.ID); err != nil {
		return "", fmt.Errorf("bag: %q is no name of a recording", about.ID)
	}
	to := filepath.Join(root, about.Epoch.UTC().Format("2006"), about.Epoch.UTC().Format("01"), about.ID)
	if _, err := os.Stat(to); err == nil {
		return "", fmt.Errorf("bag: %s: %w", to, ErrExists)
	}
	// Until it is complete the folder has a name that no catalogue finds.
	partial := filepath.Join(root, ".incoming-"+about.ID)
	if err := os.RemoveAll(partial); err != nil {
		return "", fmt.Errorf("bag: %w", err)
	}
	if err := copyTree(ctx, from, partial); err != nil {
		return "", err
	}
	if _, err := sound(partial); err != nil {
		return "", err
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o750), os.Rename(partial, to)); err != nil {
		return "", fmt.Errorf("bag: %w", err)
	}
	return to, nil
}

// sound verifies a recording and returns what it says of itself.
func sound(dir string) (archive.About, error) { return soundBy(dir, archive.VerifySettings{}) }

func soundBy(dir string, s archive.VerifySettings) (archive.About, error) {
	report, err := archive.Verify(dir, s)
	if err != nil {
		return archive.About{}, err
	}
	if len(report.Problems) > 0 {
		return report.About, fmt.Errorf("bag: %w: %s", ErrChanged, report.Problems[0])
	}
	if !report.Sealed {
		return report.About, fmt.Errorf("bag: %w", ErrOpen)
	}
	return report.About, nil
}

func copyTree(ctx context.Context, from, to string) error {
	names, err := walk(from)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		f := file{name: name, from: filepath.Join(from, filepath.FromSlash(name))}
		if _, err := f.copy(folder(to)); err != nil {
			return err
		}
	}
	return nil
}
