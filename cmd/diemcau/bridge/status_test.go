package bridge

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/cmd/diemcau/watch"
	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/audit"
)

// statusOf asks as a technician, past the door.
func statusOf(t *testing.T, b *Bridge) (watch.Status, string) {
	t.Helper()
	mux, _, err := b.served()
	if err != nil {
		t.Fatal(err)
	}
	ctx := account.With(t.Context(), account.Identity{Person: "p", Rights: []meeting.Right{meeting.Technician}})
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/status", nil))
	var s watch.Status
	if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %v: %s", w.Code, err, w.Body)
	}
	return s, w.Body.String()
}

func TestOPS_TheStatusPageTellsOfEveryPartAndOfNoAddressOrFolder(t *testing.T) {
	t.Parallel()
	b := newBridge(t, func(c *config.Config) {
		c.Audit.Syslog.Network, c.Audit.Syslog.Address = "tcp", "127.0.0.1:1" // nobody
		c.Mail = config.Mail{Server: "127.0.0.1:1", Security: "none", From: "cau@lamgiang.example"}
		c.Hosts = []string{"cau.lamgiang.example"}
	})
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	var s watch.Status
	var text string
	deadline := time.Now().Add(20 * time.Second)
	for s.Mail.State != watch.Away || s.Collector.State != watch.Away { // they are tried at the start
		if time.Now().After(deadline) {
			t.Fatalf("nobody is there, and the page does not say so: mail %+v, collector %+v", s.Mail, s.Collector)
		}
		s, text = statusOf(t, b)
	}
	if s.Serving != "ready" || s.Version != "dev" || s.Database.Kind != "sqlite" || s.Database.State != watch.Well || s.Data.Size == 0 || s.Recorder.Hours <= 0 ||
		s.Load.Processors < 1 || s.Load.Memory == 0 || s.Store.State != watch.Off || s.Certificate != nil || time.Since(s.Started) > time.Hour {
		t.Errorf("%+v", s)
	}
	if !slices.ContainsFunc(s.Alarms, func(a watch.Fault) bool { return a.Code == "mail-away" && !a.Grave }) {
		t.Errorf("alarms: %+v", s.Alarms)
	}
	for _, secret := range []string{b.cfg.Data, "127.0.0.1", "lamgiang"} {
		if strings.Contains(text, secret) {
			t.Errorf("the page tells of %q", secret)
		}
	}
}

func TestOPS_TheStatusPageKnowsTheLastBackupAndTheLastRestore(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	note := func(what, detail string, ago time.Duration) {
		ctx, cancel := context.WithTimeout(t.Context(), notePatience)
		defer cancel()
		if err := b.audit.Keep(ctx, audit.Line{At: time.Now().Add(-ago), What: what, Detail: detail}); err != nil {
			t.Fatal(err)
		}
	}
	if s, _ := statusOf(t, b); !s.Backup.Made.IsZero() || !s.Backup.Checked.IsZero() {
		t.Errorf("before the first: %+v", s.Backup)
	}
	note(BackupKept, "", 48*time.Hour)
	note(BackupKept, "", time.Hour)
	note(BackupChecked, CheckPassed, 2*time.Hour)
	note(BackupChecked, "1 faults", time.Minute)
	s, _ := statusOf(t, b)
	if time.Since(s.Backup.Made) > 2*time.Hour || time.Since(s.Backup.Checked) > time.Hour || s.Backup.Passed {
		t.Errorf("%+v", s.Backup)
	}
	if len(s.Alarms) == 0 || s.Alarms[0].Code != "restore-failed" {
		t.Errorf("a restore failed: %+v", s.Alarms)
	}
}
