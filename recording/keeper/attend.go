package keeper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"

	"diemcau/recording/archive"
	"diemcau/recording/bag"
	"diemcau/recording/bucket"
)

// mostProblems is how many problems of a recording are kept in the book; the
// command line names them all.
const mostProblems = 20

func base(name string) string { return path.Base(name) }

func (k *Keeper) dir(c *Custody) string { return filepath.Join(k.Root, filepath.FromSlash(c.Dir)) }

// attend does for a recording what is due.
func (k *Keeper) attend(ctx context.Context, c *Custody) {
	steps := []func(context.Context, *Custody) (bool, error){k.note, k.stamp, k.check, k.again, k.send}
	for _, step := range steps {
		changed, err := step(ctx, c)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			k.Log.Warn("archive: a recording", "recording", c.Recording, "error", err)
		}
		if !changed {
			continue
		}
		if err := k.Book.SaveCustody(ctx, *c); err != nil {
			k.Log.Warn("archive: what was done for a recording is not kept", "recording", c.Recording, "error", err)
			return // it is done again
		}
	}
}

// note puts the head of a new recording into the audit trail.
func (k *Keeper) note(ctx context.Context, c *Custody) (bool, error) {
	if !c.Noted.IsZero() {
		return false, nil
	}
	m, err := archive.SealOf(k.dir(c), nil)
	if err != nil {
		return false, nil // the check says what is wrong
	}
	c.Root, c.Head, c.Meeting = m.Root, m.Head, m.Meeting
	if err := k.Note(ctx, *c); err != nil {
		return false, err
	}
	c.Noted = k.Now().UTC()
	return true, nil
}

// stamp asks the authority for the time of a seal.
func (k *Keeper) stamp(ctx context.Context, c *Custody) (bool, error) {
	if !c.Stamped.IsZero() || k.Authority == nil || c.Noted.IsZero() || !k.authority.due(k.Now()) {
		return false, nil
	}
	sig, err := os.ReadFile(filepath.Join(k.dir(c), archive.SignatureName))
	if err != nil {
		return false, nil // the check says what is wrong
	}
	at, token, err := k.Authority.stamp(ctx, filepath.Join(k.dir(c), archive.StampName), sig)
	if err != nil {
		k.authority.failed(k.Now())
		k.metrics.stampFailures.Inc()
		return false, err
	}
	if token != nil {
		if err := archive.WriteStamp(k.dir(c), token); err != nil {
			return false, err
		}
	}
	k.authority.worked()
	c.Stamped = at
	c.Kept = time.Time{} // the copies lack it
	return true, nil
}

// check reads a recording again and mends it.
func (k *Keeper) check(ctx context.Context, c *Custody) (bool, error) {
	due := c.Checked.IsZero() || k.Now().Sub(c.Checked) >= k.Every || c.Checked.After(k.Now().Add(k.Every))
	asked := k.asked(c.Recording)
	if !asked && !due {
		return false, nil
	}
	defer func() {
		if asked && ctx.Err() != nil {
			k.ask(c.Recording) // given up: it is still wanted
		}
	}()
	k.metrics.checks.Inc()
	again := bag.Rechecker{Root: k.Root, Second: k.Second, Noted: bag.Seal{Root: c.Root, Head: c.Head}, Pace: k.pace}
	r := again.One(ctx, c.Dir)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	c.Problems = nil
	for _, p := range r.Problems {
		c.Problems = append(c.Problems, p.String())
	}
	if r.Error != "" {
		c.Problems = append(c.Problems, r.Error)
	}
	c.Sound = len(c.Problems) == 0 && r.Sealed
	now := k.Now().UTC()
	if len(c.Problems) > 0 {
		k.metrics.damaged.Inc()
		k.Log.Error("archive: a recording is not what was sealed", "recording", c.Recording, "problem", c.Problems[0], "problems", len(c.Problems))
	}
	if r.Copied {
		c.Copied = now
	}
	if r.Restored {
		c.Restored, c.Aside = now, k.below(r.Kept)
		c.Sound = true
	}
	err := k.checkStore(ctx, c)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if c.Restored.Equal(now) {
		k.restored(c)
	}
	c.Checked = now
	c.Problems = c.Problems[:min(len(c.Problems), mostProblems)]
	return true, err
}

func (k *Keeper) restored(c *Custody) {
	k.metrics.restored.Inc()
	k.Log.Warn("archive: a recording was restored from a copy", "recording", c.Recording, "aside", c.Aside)
}

// again looks at the copy in the store when it did not answer at the last check:
// what changed here must not wait for the next one.
func (k *Keeper) again(ctx context.Context, c *Custody) (bool, error) {
	if !c.Unseen || !k.store.due(k.Now()) {
		return false, nil
	}
	before := c.Restored
	err := k.checkStore(ctx, c)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if !c.Restored.Equal(before) {
		k.restored(c)
	}
	return !c.Unseen, err
}

// checkStore reads the copy in the store, and mends whichever of the two is
// changed.
func (k *Keeper) checkStore(ctx context.Context, c *Custody) error {
	c.Unseen = false
	if k.Bucket == nil || c.Kept.IsZero() {
		return nil
	}
	if !k.store.due(k.Now()) {
		c.Unseen = true // it is not asked for each recording while it does not answer
		return nil
	}
	if !c.Sound {
		return k.fetch(ctx, c)
	}
	err := k.Bucket.Verify(ctx, c.Dir, c.Head)
	if errors.Is(err, bucket.ErrChanged) || errors.Is(err, bucket.ErrMissing) {
		c.Kept = time.Time{} // it is sent again
		k.metrics.damaged.Inc()
		return err
	}
	c.Unseen = err != nil
	return k.storeAnswered(err)
}

// fetch brings a recording back from the store.
func (k *Keeper) fetch(ctx context.Context, c *Custody) error {
	to := filepath.Join(filepath.Dir(k.dir(c)), ".fetched-"+c.Recording)
	if err := os.RemoveAll(to); err != nil {
		return fmt.Errorf("keeper: %w", err)
	}
	err := k.Bucket.Fetch(ctx, c.Dir, to)
	if err != nil {
		if errors.Is(err, bucket.ErrChanged) || errors.Is(err, bucket.ErrMissing) {
			c.Kept = time.Time{}
			return err
		}
		c.Unseen = true
		return k.storeAnswered(err)
	}
	if m, err := archive.SealOf(to, nil); err != nil || c.Head != "" && (m.Head != c.Head || m.Root != c.Root) {
		return errors.Join(errors.New("keeper: the store has another recording under its name"), os.RemoveAll(to))
	}
	if _, err := os.Lstat(k.dir(c)); err == nil {
		aside := filepath.Join(filepath.Dir(to), fmt.Sprintf(".changed-%s-%d", c.Recording, k.Now().UnixNano()))
		if err := os.Rename(k.dir(c), aside); err != nil {
			return fmt.Errorf("keeper: %w", err)
		}
		c.Aside = k.below(aside)
	}
	if err := os.Rename(to, k.dir(c)); err != nil {
		return fmt.Errorf("keeper: %w", err)
	}
	c.Sound, c.Restored = true, k.Now().UTC()
	return nil
}

// below is a path as it is below the archive.
func (k *Keeper) below(path string) string {
	if name, err := filepath.Rel(k.Root, path); err == nil {
		return filepath.ToSlash(name)
	}
	return path
}

// send brings a sound recording to the store.
func (k *Keeper) send(ctx context.Context, c *Custody) (bool, error) {
	if k.Bucket == nil || !c.Kept.IsZero() || !c.Sound || !k.store.due(k.Now()) {
		return false, nil
	}
	n, err := k.Bucket.Send(ctx, k.dir(c), c.Dir)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if errors.Is(err, bucket.ErrChanged) {
		c.Checked = time.Time{} // the next look says what is wrong, and mends it
		c.Sound = false
		return true, err
	}
	if err := k.storeAnswered(err); err != nil {
		return false, err
	}
	c.Kept = k.Now().UTC()
	k.metrics.sent.Add(float64(n))
	k.Log.Info("archive: a recording is in the store", "recording", c.Recording, "bytes", n)
	return true, nil
}

// storeAnswered counts how the store does and passes the error on.
func (k *Keeper) storeAnswered(err error) error {
	if err != nil {
		k.store.failed(k.Now())
		k.metrics.storeFailures.Inc()
		return err
	}
	k.store.worked()
	return nil
}

// pace lets the reading of n bytes take the time that the rate gives them.
func (k *Keeper) pace(ctx context.Context, n int64) error {
	if k.Rate > 0 {
		k.Wait(ctx, time.Duration(float64(n)/float64(k.Rate)*float64(time.Second)), nil)
	}
	return ctx.Err()
}
