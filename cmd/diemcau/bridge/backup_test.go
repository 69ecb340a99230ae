package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"diemcau/cmd/diemcau/backup"
	"diemcau/cmd/diemcau/config"
	"diemcau/internal/testdb"
	"diemcau/meeting"
	"diemcau/meeting/audit"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/specimen"
)

// askAs asks as whoever holds the role in the whole house.
func askAs(h http.Handler, role meeting.Right, path string) (int, []byte) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Role", string(role))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.Bytes()
}

func TestOPS_ABackupOfARunningBridgeBecomesABridgeOnAnEmptyPlaceThatReplaysTheMeeting(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	b.cfg.Demo = true
	b.Identify(asRole)
	old, err := b.routes() // loads the sample meetings
	if err != nil {
		t.Fatal(err)
	}
	specimen.Seal(t, b.cfg.ArchiveDir(), specimen.About(), archive.Settings{}, specimen.Clusters(t, 3, 2000))
	b.audit.Post(audit.Line{What: "signin.ok", On: "nhap"})
	identity, _ := age.GenerateX25519Identity()
	place := t.TempDir()
	file, copies := filepath.Join(place, "diemcau.backup"), filepath.Join(place, "copies")
	configFile := filepath.Join(place, "diemcau.yaml")
	if err := os.WriteFile(configFile, []byte("room:\n  line_kbps: 2000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := backup.Make(t.Context(), backup.Source{Config: b.cfg, ConfigFile: configFile, CopyDatabase: b.store.CopyTo}, file, identity.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := backup.CopyRecordings(t.Context(), b.cfg.ArchiveDir(), copies); n != 1 || err != nil {
		t.Fatalf("copied %d %v", n, err)
	}
	if n, err := backup.CopyRecordings(t.Context(), b.cfg.ArchiveDir(), copies); n != 0 || err != nil {
		t.Errorf("copied again: %d %v", n, err)
	}
	key, err := os.ReadFile(filepath.Join(b.cfg.Data, "accounts.key"))
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(file); bytes.Contains(text, key) || bytes.Contains(text, []byte("SQLite format")) {
		t.Error("the backup can be read by everybody")
	}
	trial, err := backup.Check(t.Context(), file, copies, "", 3, identity)
	if err != nil || !trial.OK() || trial.Meetings != 3 || len(trial.Checked) != 1 || trial.Audit.Lines == 0 || trial.Recordings != 1 {
		t.Errorf("the trial: %+v %v", trial, err)
	}

	data := filepath.Join(place, "new")
	made, err := backup.Restore(t.Context(), file, backup.Place{Data: data}, identity)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Restore(t.Context(), file, backup.Place{Data: data}, identity); err == nil {
		t.Error("a backup was restored over a bridge")
	}
	if _, err := backup.CopyRecordings(t.Context(), copies, made.Archive); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(filepath.Join(data, "accounts.key")); !bytes.Equal(again, key) {
		t.Error("the key of the accounts is another")
	}
	if text, _ := os.ReadFile(filepath.Join(data, "restored-config.yaml")); !strings.Contains(string(text), "2000") {
		t.Error("the configuration is missing")
	}
	cfg := b.cfg
	cfg.Data, cfg.Demo = data, false
	second, err := New(cfg, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Close() })
	second.Identify(asRole)
	restored, err := second.routes()
	if err != nil {
		t.Fatal(err)
	}
	replayed(t, m, old, restored)
	if status, body := askAs(restored, meeting.Administrator, "/api/audit/check"); status != http.StatusOK || !bytes.Contains(body, []byte(`"problems":[]`)) {
		t.Errorf("the audit log: %d %s", status, body)
	}
}

// replayed plays the recording on both and compares what comes.
func replayed(t *testing.T, m *backup.Manifest, old, restored http.Handler) {
	t.Helper()
	path := "/api/archive/recordings/" + filepath.Base(filepath.FromSlash(m.Recordings[0]))
	for _, more := range []string{"", "/index/0", "/tracks/1/file"} {
		status, was := askAs(old, meeting.Archivist, path+more)
		again, is := askAs(restored, meeting.Archivist, path+more)
		if status != http.StatusOK || again != http.StatusOK || len(was) == 0 || more != "" && !bytes.Equal(was, is) {
			t.Errorf("%s: %d with %d bytes before, %d with %d after", more, status, len(was), again, len(is))
		}
	}
}

func TestOPS_ABackupThatWasChangedOrEndsEarlyIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cfg := config.Default()
	cfg.Data = filepath.Join(dir, "data")
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), filepath.Join(cfg.Data, "diemcau.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	identity, _ := age.GenerateX25519Identity()
	file := filepath.Join(dir, "a.backup")
	if _, err := backup.Make(t.Context(), backup.Source{Config: cfg, CopyDatabase: s.CopyTo}, file, identity.Recipient()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 1
	other, _ := age.GenerateX25519Identity()
	for name, c := range map[string]struct {
		text []byte
		with *age.X25519Identity
	}{"flipped": {flipped, identity}, "cut": {whole[:len(whole)-100], identity}, "stranger": {whole, other}} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := backup.Restore(t.Context(), path, backup.Place{Data: path + ".data"}, c.with); err == nil {
			t.Errorf("%s: restored", name)
		}
		if left, _ := filepath.Glob(path + ".data*"); len(left) > 0 {
			t.Errorf("%s: left behind %v", name, left)
		}
		if trial, err := backup.Check(t.Context(), path, "", "", 1, c.with); err != nil || trial.OK() {
			t.Errorf("%s: the check finds nothing: %v", name, err)
		}
	}
}

func TestOPS_ABackupOfAPostgreSQLIsRestoredIntoAnEmptyOne(t *testing.T) {
	t.Parallel()
	from, into := testdb.Own(t), testdb.Own(t)
	s, err := store.Open(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.AppendAudit(t.Context(), []audit.Line{{What: "signin.ok", On: "nhap"}}); err != nil {
		t.Fatal(err)
	}
	cfg := config.Default()
	cfg.Data, cfg.Database = t.TempDir(), config.Secret(from)
	if log, err := OpenAudit(t.Context(), cfg, s, slog.New(slog.DiscardHandler), nil); err != nil {
		t.Fatal(err)
	} else {
		log.Close()
	}
	identity, _ := age.GenerateX25519Identity()
	file := filepath.Join(t.TempDir(), "a.backup")
	source := backup.Source{Config: cfg, CopyDatabase: func(ctx context.Context, path string) error { return backup.Dump(ctx, from, path) }}
	if _, err := backup.Make(t.Context(), source, file, identity.Recipient()); err != nil {
		t.Fatal(err)
	}
	trial, err := backup.Check(t.Context(), file, "", into, 0, identity)
	if err != nil || !trial.OK() || trial.Audit.Lines != 1 {
		text, _ := json.Marshal(trial)
		t.Errorf("%s %v", text, err)
	}
}
