package audit

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Archived is the line that tells of a cut.
const Archived = "audit.archived"

// LeastMonths is how long lines are kept at the least (SEC-06).
const LeastMonths = 12

// Shedding is a Store from which lines can be taken away.
type Shedding interface {
	// OldAudit is the last line of those, from the beginning on, that are all older; its
	// Seq is 0 when there is none.
	OldAudit(ctx context.Context, before time.Time) (Row, error)
	EachAudit(ctx context.Context, after int64, f func(Row) error) error
	AuditCuts(ctx context.Context) ([]Cut, error)
	// CutAudit keeps the cut; ShedAudit then deletes a part of what it names and tells
	// whether more is left.
	CutAudit(ctx context.Context, c Cut) error
	ShedAudit(ctx context.Context) (more bool, err error)
}

// Retiring is what Retire needs.
type Retiring struct {
	Store  Shedding
	Log    *Log
	Key    ed25519.PrivateKey
	Dir    string // where the files go
	Months int    // how long lines are kept, at least LeastMonths
	Now    time.Time
	// Kept answers whether a time service keeps the clock right. By a clock that runs ahead
	// lines would go that must stay, and none comes back.
	Kept func() bool
}

// ErrClock says that nothing is taken away by a clock that may be wrong.
var ErrClock = errors.New("audit: old lines stay: no time service is known to keep the machine's clock right")

// errStop ends a walk over lines.
var errStop = errors.New("audit: enough")

// Retire writes the lines of full months that are older than they are kept into a file,
// a chain as it was, notes it in the log, and takes them away; with nothing to do it
// gives a zero Cut. What an earlier run left half done is finished first.
func Retire(ctx context.Context, r Retiring) (Cut, error) {
	if r.Months < LeastMonths {
		return Cut{}, fmt.Errorf("audit: lines are kept for %d months at the least", LeastMonths)
	}
	if err := shed(ctx, r.Store); err != nil {
		return Cut{}, err
	}
	now := r.Now.UTC()
	last, err := r.Store.OldAudit(ctx, time.Date(now.Year(), now.Month()-time.Month(r.Months), 1, 0, 0, 0, 0, time.UTC))
	if err != nil || last.Seq == 0 {
		return Cut{}, err
	}
	if !r.Kept() {
		return Cut{}, ErrClock
	}
	cuts, err := r.Store.AuditCuts(ctx)
	if err != nil {
		return Cut{}, err
	}
	cut := Cut{Seq: last.Seq, Hash: last.Hash, At: now, From: 1}
	if len(cuts) > 0 {
		cut.From = cuts[len(cuts)-1].Seq + 1
	}
	if err := r.write(ctx, &cut, cuts); err != nil {
		return Cut{}, err
	}
	cut.sign(r.Key)
	told, err := json.Marshal(cut)
	if err != nil {
		return Cut{}, err
	}
	if err := r.Log.Keep(ctx, Line{At: now, What: Archived, On: cut.File, Detail: fmt.Sprintf("%d-%d", cut.From, cut.Seq), After: told}); err != nil {
		return Cut{}, err
	}
	if err := r.Store.CutAudit(ctx, cut); err != nil {
		return Cut{}, err
	}
	if err := appendLine(filepath.Join(r.Dir, CutsFile), told); err != nil {
		return cut, err
	}
	return cut, shed(ctx, r.Store)
}

func shed(ctx context.Context, s Shedding) error {
	for {
		if more, err := s.ShedAudit(ctx); err != nil || !more {
			return err
		}
	}
}

// CutsFile lies beside the files and has all cuts, so that each can be checked where
// there is no database.
const CutsFile = "cuts.jsonl"

// write makes the file, and reads it again before anything is taken away.
func (r Retiring) write(ctx context.Context, cut *Cut, before []Cut) error {
	if err := os.MkdirAll(r.Dir, 0o700); err != nil {
		return err
	}
	cut.File = fmt.Sprintf("audit-%09d-%09d.jsonl", cut.From, cut.Seq)
	path := filepath.Join(r.Dir, cut.File)
	partial := path + ".partial"
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<16)
	w := NewWriter("json", out)
	err = r.Store.EachAudit(ctx, cut.From-1, func(row Row) error {
		if row.Seq > cut.Seq {
			return errStop
		}
		return w.Row(row)
	})
	if errors.Is(err, errStop) {
		err = nil
	}
	if err = errors.Join(err, out.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	if cut.SHA256, err = holds(partial, *cut, before); err != nil {
		return err
	}
	return os.Rename(partial, path)
}

// holds reads a file, checks its chain and that it ends as the cut says, and gives its
// hash.
func holds(path string, cut Cut, before []Cut) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	c, sum := NewChecker("", nil), sha256.New()
	c.Cut(before...)
	if err := c.File(io.TeeReader(f, sum)); err != nil {
		return "", err
	}
	bad := c.report.Bad
	if len(bad) > 0 {
		return "", fmt.Errorf("audit: the log is not as it was written, so nothing is taken away: %s", bad[0])
	}
	if c.seq != cut.Seq || c.hash != cut.Hash {
		return "", fmt.Errorf("audit: the file ends with line %d, not with %d", c.seq, cut.Seq)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// CutFile takes the rows of the file of a cut, and holds its bytes against the hash that
// was signed: what the chain says nothing of must not change unseen either.
func (c *Checker) CutFile(cut Cut, in io.Reader) error {
	sum := sha256.New()
	in = io.TeeReader(in, sum)
	bad := c.File(in)
	if _, err := io.Copy(io.Discard, in); err != nil { // what is behind a line that cannot be read
		return errors.Join(bad, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != cut.SHA256 {
		c.problem(cut.From, OldFile, cut.File+" does not have the SHA-256 that the cut of "+Stamp(cut.At)+" names")
	}
	return bad
}

// File takes all rows of an export in JSON lines.
func (c *Checker) File(in io.Reader) error {
	lines := json.NewDecoder(bufio.NewReaderSize(in, 1<<16))
	for n := 1; ; n++ {
		var e Exported
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		r, err := e.Row()
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		c.Row(r)
	}
}

// appendLine adds a line so that it outlives a power cut.
func appendLine(path string, line []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}
