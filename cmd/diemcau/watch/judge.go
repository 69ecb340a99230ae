package watch

import (
	"slices"
	"time"
)

// Code is the stable name of an alarm; what to do about each stands in the texts of the
// web application and in docs/operation.md.
type Code string

// The bounds, those of deploy/prometheus where it has them.
const (
	diskLow         = 1e9 // bytes
	certificateSoon = 14 * 24 * time.Hour
	authoritySoon   = 365 * 24 * time.Hour
	recordingLow    = 0.1 // of the disk
	recordingHours  = 8
	unchecked       = 14 * 24 * time.Hour
	storeLate       = time.Hour
	stampsLate      = 24 * time.Hour
	awayLong        = 5 * time.Minute
	mailLong        = time.Hour
	backupOld       = 8 * 24 * time.Hour
	quarter         = 92 * 24 * time.Hour
	settled         = 24 * time.Hour // a bridge that is new has no backup yet
	processorFull   = 0.8
	memoryLow       = 0.1
)

// Lacks are the things that a bridge cannot serve without and that are missing now:
// "database", "disk", "media", "certificate".
type Lacks []string

// Judge is what is wrong, the gravest first. mailSince is since when the letter waits
// that waits longest.
func Judge(s *Status, f Figures, lacks Lacks, mailSince time.Time) []Fault {
	j := judge{now: s.At, out: []Fault{}}
	for _, l := range lacks {
		j.add(true, true, Code(l), 0)
	}
	j.machine(s, lacks)
	j.recording(s)
	j.outlets(s, mailSince)
	j.add(f.Sum("diemcau_audit_lost_total") > 0, true, "audit-lost", f.Sum("diemcau_audit_lost_total"))
	j.add(f.Sum("diemcau_audit_retire_failing_seconds") > 0, false, "audit-retire", days(time.Duration(f.Sum("diemcau_audit_retire_failing_seconds"))*time.Second))
	j.add(f.Sum("diemcau_archive_disposals_unfinished") > 0, false, "disposal-unfinished", f.Sum("diemcau_archive_disposals_unfinished"))
	j.backup(s)
	slices.SortStableFunc(j.out, func(a, b Fault) int {
		switch {
		case a.Grave == b.Grave:
			return 0
		case a.Grave:
			return -1
		}
		return 1
	})
	return j.out
}

type judge struct {
	now time.Time
	out []Fault
}

func (j *judge) add(when, grave bool, code Code, value float64) {
	if when {
		j.out = append(j.out, Fault{Code: code, Grave: grave, Value: value})
	}
}

func days(d time.Duration) float64 { return max(0, d.Hours()/24) }

func (j *judge) machine(s *Status, lacks Lacks) {
	j.add(s.Data.Size > 0 && s.Data.Free < diskLow && !slices.Contains(lacks, "disk"), true, "disk-low", float64(s.Data.Free))
	if c := s.Certificate; c != nil {
		j.add(c.Ends.Sub(j.now) < certificateSoon && !slices.Contains(lacks, "certificate"), false, "certificate-ends", days(c.Ends.Sub(j.now)))
		j.add(!c.AuthorityEnds.IsZero() && c.AuthorityEnds.Sub(j.now) < authoritySoon, false, "authority-ends", days(c.AuthorityEnds.Sub(j.now)))
	}
	j.add(s.Clock.State == Away, false, "clock", 0)
	j.add(s.Load.Processor > processorFull, false, "processor", s.Load.Processor)
	if l := s.Load; l.MemorySize > 0 {
		free := float64(l.MemoryFree) / float64(l.MemorySize)
		j.add(free < memoryLow, false, "memory", free)
	}
}

func (j *judge) recording(s *Status) {
	r := s.Recorder
	low := r.Disk.Size > 0 && float64(r.Disk.Free)/float64(r.Disk.Size) < recordingLow
	j.add(low || r.Disk.Size > 0 && r.Hours < recordingHours, false, "recording-disk", r.Hours)
	j.add(len(r.Alarms) > 0, true, "recording-alarm", float64(len(r.Alarms)))
	j.add(r.Damaged > 0, true, "archive-damaged", float64(r.Damaged))
	j.add(r.Recordings > 0 && !r.Oldest.IsZero() && j.now.Sub(r.Oldest) > unchecked, false, "archive-unchecked", days(j.now.Sub(r.Oldest)))
}

// outlets that are away for longer than a restart of theirs takes.
func (j *judge) outlets(s *Status, mailSince time.Time) {
	late := func(o Outlet, long time.Duration) bool { return o.State == Away && j.now.Sub(o.Since) >= long }
	j.add(late(s.Store, storeLate), false, "store-away", float64(s.Store.Waiting))
	j.add(late(s.Stamps, stampsLate), false, "stamps-away", 0)
	j.add(late(s.Collector, awayLong), false, "collector-away", float64(s.Collector.Waiting))
	j.add(s.Mail.State == Away, false, "mail-away", float64(s.Mail.Waiting))
	j.add(s.Mail.State != Away && !mailSince.IsZero() && j.now.Sub(mailSince) > mailLong, false, "mail-waits", float64(s.Mail.Waiting))
}

func (j *judge) backup(s *Status) {
	b, since := s.Backup, j.now.Sub(s.Started)
	j.add(b.Made.IsZero() && since > settled, false, "backup-none", 0)
	j.add(!b.Made.IsZero() && j.now.Sub(b.Made) > backupOld, false, "backup-old", days(j.now.Sub(b.Made)))
	j.add(!b.Checked.IsZero() && !b.Passed, true, "restore-failed", 0)
	never := b.Checked.IsZero() && !b.Made.IsZero() && since > settled
	j.add(never || b.Passed && j.now.Sub(b.Checked) > quarter, false, "restore-unchecked", 0)
}
