package bridge

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"

	"diemcau/cmd/diemcau/watch"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/recording/recorder"
)

// Lines of the audit log that tell of backups.
const (
	BackupKept    = "backup.kept"
	BackupChecked = "backup.checked"
	// CheckPassed is the detail of a restore that was tried and was good.
	CheckPassed = "passed"
)

// WithVersion tells the bridge which release it is.
func WithVersion(v string) Option { return func(b *Bridge) { b.version = v } }

// statusDesk is the technicians' page about the bridge itself.
type statusDesk struct {
	b          *Bridge
	figures    prometheus.Gatherer
	processors watch.Processors
}

type statusOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         watch.Status
}

// registerStatus adds the page to the API.
func (b *Bridge) registerStatus(api huma.API) {
	s := &statusDesk{b: b, figures: b.metrics()}
	huma.Register(api, huma.Operation{
		OperationID: "status", Method: http.MethodGet, Path: "/api/status", Tags: []string{"operation"},
		Summary: "How it stands with the bridge and what to do about what is wrong", Metadata: account.Allow(meeting.Technician, meeting.Administrator),
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden},
	}, func(ctx context.Context, _ *struct{}) (*statusOutput, error) {
		return &statusOutput{CacheControl: "no-store", Body: s.status(ctx)}, nil
	})
}

// status looks at everything now.
func (d *statusDesk) status(ctx context.Context) watch.Status {
	b, f := d.b, watch.Read(d.figures)
	s := watch.Status{
		At: time.Now().UTC(), Version: b.version, Started: b.started, Serving: b.readiness.state(),
		Clock: watch.ClockNow(), Certificate: b.shown.shownTo(), Recorder: b.recorderStatus(f), Load: d.load(f),
		Store: b.storeStatus(f), Stamps: b.stampsStatus(f), Collector: b.collectorStatus(),
	}
	var lacks watch.Lacks
	for _, x := range b.examine(ctx) {
		if x.problem != "" {
			lacks = append(lacks, x.name)
		}
	}
	if len(lacks) > 0 && s.Serving == ready {
		s.Serving = unfit
	}
	if space, err := recorder.SpaceOf(b.cfg.Data); err == nil {
		s.Data = watch.Disk{Size: space.Size, Free: space.Free}
	}
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	s.Database = b.databaseStatus(ctx)
	var since time.Time
	if s.Database.State == watch.Well {
		s.Backup = b.backupStatus(ctx)
		s.Mail, since = b.mailStatus(ctx)
	} else {
		s.Mail.State = watch.Unknown
	}
	s.Alarms = watch.Judge(&s, f, lacks, since)
	return s
}

// shownTo is the certificate that browsers see; nil without HTTPS.
func (s *shown) shownTo() *watch.Certificate {
	if s == nil {
		return nil
	}
	c := &watch.Certificate{Ends: s.source.Leaf().NotAfter, Own: s.authority != nil}
	if c.Own {
		_, c.AuthorityEnds = s.authority.Life()
	}
	return c
}

func (b *Bridge) databaseStatus(ctx context.Context) watch.Database {
	asked := time.Now()
	d := watch.Database{Kind: b.store.Kind(), State: watch.Well}
	if err := b.store.Answers(ctx); err != nil {
		d.State = watch.Away
	}
	d.Answer = time.Since(asked)
	return d
}

// backupStatus reads in the audit log when a backup was made, and a restore of one
// tried.
func (b *Bridge) backupStatus(ctx context.Context) (s watch.Backup) {
	made, err := b.store.LastAuditOf(ctx, BackupKept)
	if err == nil && made.Seq > 0 {
		if l, err := made.Line(); err == nil {
			s.Made = l.At
		}
	}
	checked, err := b.store.LastAuditOf(ctx, BackupChecked)
	if err == nil && checked.Seq > 0 {
		if l, err := checked.Line(); err == nil {
			s.Checked, s.Passed = l.At, l.Detail == CheckPassed
		}
	}
	return s
}

func (b *Bridge) recorderStatus(f watch.Figures) watch.Recorder {
	r := watch.Recorder{
		Active: int(f.Sum("diemcau_recording_active")), Alarms: f.Above("diemcau_recording_alarms", "kind"),
		Recordings: int(f.Sum("diemcau_archive_recordings")), Damaged: int(f.Sum("diemcau_archive_recordings_damaged")),
		Oldest: f.Moment("diemcau_archive_oldest_check_timestamp_seconds"),
	}
	if space, err := recorder.SpaceOf(b.records.root); err == nil {
		r.Disk = watch.Disk{Size: space.Size, Free: space.Free}
		r.Hours = space.Left(b.cfg.Recording.ReserveMB<<20, b.cfg.Recording.Bitrate*1000).Hours()
	}
	return r
}

// mailStatus tells too since when the letter waits that waits longest.
func (b *Bridge) mailStatus(ctx context.Context) (o watch.Outlet, since time.Time) {
	if b.post.outbox == nil {
		return watch.Outlet{State: watch.Off}, time.Time{}
	}
	o.State = watch.Unknown
	if c := b.post.outbox.Contact(); !c.Tried.IsZero() {
		o = standing(c.Away)
	}
	if n, oldest, err := b.store.LettersWaiting(ctx); err == nil {
		o.Waiting, since = n, oldest
	}
	return o, since
}

func standing(away time.Time) watch.Outlet {
	if away.IsZero() {
		return watch.Outlet{State: watch.Well}
	}
	return watch.Outlet{State: watch.Away, Since: away}
}

func (b *Bridge) collectorStatus() watch.Outlet {
	if b.outlet == nil {
		return watch.Outlet{State: watch.Off}
	}
	s := b.outlet.Stats()
	o := standing(s.Away)
	o.Waiting = int(s.Waiting)
	if s.Sent == 0 && o.State == watch.Well {
		o.State = watch.Unknown
	}
	return o
}

// failing turns a figure of so many seconds of failures into a time.
func failing(f watch.Figures, name string) watch.Outlet {
	if seconds := f.Sum(name); seconds > 0 {
		return standing(time.Now().UTC().Add(-time.Duration(seconds * float64(time.Second))).Truncate(time.Second))
	}
	return standing(time.Time{})
}

func (b *Bridge) storeStatus(f watch.Figures) watch.Outlet {
	if b.keeping.bucket == nil {
		return watch.Outlet{State: watch.Off}
	}
	o := failing(f, "diemcau_archive_store_failing_seconds")
	o.Waiting = int(f.Sum("diemcau_archive_store_waiting"))
	return o
}

func (b *Bridge) stampsStatus(f watch.Figures) watch.Outlet {
	if b.cfg.Recording.Timestamp.URL == "" {
		return watch.Outlet{State: watch.Off}
	}
	return failing(f, "diemcau_archive_stamp_failing_seconds")
}

func (d *statusDesk) load(f watch.Figures) watch.Load {
	l := watch.Load{
		Processors: runtime.NumCPU(), Memory: uint64(f.Sum("process_resident_memory_bytes")),
		Rooms: int(f.Sum("diemcau_media_rooms")), Points: int(f.Sum("diemcau_participants")), Connections: int(f.Sum("diemcau_web_connections")),
	}
	l.Processor = d.processors.Share(time.Now(), d.b.started, f.Sum("process_cpu_seconds_total"), l.Processors)
	l.Machine()
	return l
}
