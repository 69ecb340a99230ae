package bridge

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting/audit"
)

// retireEvery is how often the audit log is looked at for lines that are too old, and
// retireAgain how soon after a run that failed.
const (
	retireEvery = 24 * time.Hour
	retireAgain = time.Hour
)

// retireFailed is the line that tells that old lines could not be taken away.
const retireFailed = "audit.archive_failed"

// AuditArchive is the folder of the lines that were taken out of the log.
func AuditArchive(data string) string { return filepath.Join(data, "audit-archive") }

// AuditCuts reads the cuts beside the files of a data folder; none is no error.
func AuditCuts(data string) ([]audit.Cut, error) {
	f, err := os.Open(filepath.Join(AuditArchive(data), audit.CutsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return audit.ReadCuts(f)
}

// retireAudit moves old lines into files as long as the bridge runs, if it is set to.
func (b *Bridge) retireAudit(ctx context.Context) {
	if b.cfg.Audit.KeepMonths == 0 {
		return
	}
	b.running.Go(func() {
		for {
			wait := time.NewTimer(b.retireNow(ctx, time.Now()))
			select {
			case <-wait.C:
			case <-ctx.Done():
				wait.Stop()
				return
			}
		}
	})
}

// retireNow is one run, with what is told of it, and answers when the next is due.
func (b *Bridge) retireNow(ctx context.Context, now time.Time) time.Duration {
	cut, err := retire(ctx, b.cfg, b, now)
	if ctx.Err() != nil {
		return retireAgain
	}
	if b.unfinished.retired(err, now) {
		b.audit.Post(audit.Line{At: now, What: retireFailed, Detail: err.Error()})
	}
	if err != nil {
		b.log.Error("old lines of the audit log stay where they are", "error", err)
		return retireAgain
	}
	if cut.Seq > 0 {
		b.log.Info("old lines of the audit log went into a file", "file", cut.File, "from", cut.From, "to", cut.Seq)
	}
	return retireEvery
}

func retire(ctx context.Context, cfg config.Config, b *Bridge, now time.Time) (audit.Cut, error) {
	return audit.Retire(ctx, audit.Retiring{
		Store: b.store, Log: b.audit, Key: b.audit.Key, Dir: AuditArchive(cfg.Data), Months: cfg.Audit.KeepMonths, Now: now, Kept: b.clockKept,
	})
}
