package bridge

import (
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"diemcau/cmd/diemcau/backup"
	"diemcau/cmd/diemcau/config"
	"diemcau/meeting/audit"
	"diemcau/meeting/store"
)

// lay writes files, with the folders that they are in.
func lay(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// small is a bridge without a process: database, audit log, and what more is laid into its
// data folder.
func small(t *testing.T, more map[string]string) (config.Config, *store.Store) {
	t.Helper()
	cfg := config.Default()
	cfg.Data = filepath.Join(t.TempDir(), "data")
	for name, text := range more {
		lay(t, map[string]string{filepath.Join(cfg.Data, name): text})
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := openStore(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	log, err := OpenAudit(t.Context(), cfg, s, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := log.Keep(t.Context(), audit.Line{What: "signin.ok", On: "nhap"}); err != nil {
		t.Fatal(err)
	}
	log.Close()
	return cfg, s
}

func backedUp(t *testing.T, from backup.Source) (string, *age.X25519Identity) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "a.backup")
	if _, err := backup.Make(t.Context(), from, file, identity.Recipient()); err != nil {
		t.Fatal(err)
	}
	return file, identity
}

func TestOPS_ABackupIsRestoredBesideTheDiskOfTheRecordingsBehindTheLinkOfTheService(t *testing.T) {
	t.Parallel()
	cfg, s := small(t, map[string]string{"companions/r1/mix.webm": "tiếng nói", "exports/1.mp4": "hình", "papers/x": "tờ trình"})
	etc := t.TempDir()
	file := func(name string) string { return filepath.Join(etc, name) }
	lay(t, map[string]string{file("mail.pem"): "m", file("provider.pem"): "p", file("diemcau.env"): "DIEMCAU_OPENID_SECRET=x\n", file("diemcau.yaml"): "recording: {dir: /srv/ghi}\nlater: 1\n"})
	cfg.Mail.Authority, cfg.OpenID.Authority = file("mail.pem"), file("provider.pem")
	sealed, identity := backedUp(t, backup.Source{Config: cfg, ConfigFile: file("diemcau.yaml"), CopyDatabase: s.CopyTo})

	lib := t.TempDir()
	link, data := filepath.Join(lib, "diemcau"), filepath.Join(lib, "private", "diemcau")
	lay(t, map[string]string{filepath.Join(data, "archive", "2026-11", "r0", "manifest.json"): "{}"})
	if err := os.Symlink("private/diemcau", link); err != nil {
		t.Fatal(err)
	}
	lay(t, map[string]string{filepath.Join(data, "keys.yaml"): "another bridge's"})
	if _, err := backup.Restore(t.Context(), sealed, backup.Place{Data: link}, identity); err == nil || !strings.Contains(err.Error(), "keys.yaml") {
		t.Errorf("over another bridge: %v", err)
	}
	if err := os.Remove(filepath.Join(data, "keys.yaml")); err != nil {
		t.Fatal(err)
	}
	lay(t, map[string]string{filepath.Join(data, ".restoring", "data", "half"): "of a restore that was interrupted"})
	r, err := backup.Restore(t.Context(), sealed, backup.Place{Data: link}, identity)
	if err != nil {
		t.Fatal(err)
	}
	if to, err := os.Readlink(link); err != nil || to != "private/diemcau" || r.Data != data {
		t.Errorf("the link leads to %q, %v; restored into %s", to, err, r.Data)
	}
	var there []string
	all, err := os.ReadDir(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		there = append(there, e.Name())
	}
	if want := []string{"archive", "audit-heads.jsonl", "audit.key", "diemcau.db", "papers", "restored-besides", "restored-config.yaml"}; !slices.Equal(there, want) {
		t.Errorf("restored %v\nwant     %v", there, want)
	}
	if _, err := os.Stat(filepath.Join(data, "archive", "2026-11", "r0", "manifest.json")); err != nil {
		t.Errorf("a recording is gone: %v", err)
	}
	if r.Archive != "/srv/ghi" {
		t.Errorf("recordings go to %s, not to where the configuration says", r.Archive)
	}
	if besides := slices.Sorted(maps.Keys(r.Besides)); !slices.Equal(besides, []string{"diemcau.env", "mail-authority.pem", "openid-authority.pem"}) {
		t.Errorf("from elsewhere: %v", besides)
	}
}

func TestOPS_ABackupBehindTheLinkOfTheServiceHasKeysAndPapers(t *testing.T) {
	t.Parallel()
	cfg, s := small(t, map[string]string{"papers/x": "tờ trình", "recording/keys/r1": "wrapped", "archive/2026-11/r0/manifest.json": "{}", "exports/1.mp4": "hình"})
	data := cfg.Data
	cfg.Data = filepath.Join(t.TempDir(), "diemcau") // /var/lib/diemcau, which leads to private/diemcau
	if err := os.Symlink(data, cfg.Data); err != nil {
		t.Fatal(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "live.pem")
	cfg.TLS.Certificate = filepath.Join(data, "tls.pem")
	lay(t, map[string]string{elsewhere: "c"})
	if err := os.Symlink(elsewhere, cfg.TLS.Certificate); err != nil {
		t.Fatal(err)
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	m, err := backup.Make(t.Context(), backup.Source{Config: cfg, CopyDatabase: s.CopyTo}, filepath.Join(t.TempDir(), "a.backup"), identity.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	var packed []string
	for _, f := range m.Files {
		packed = append(packed, f.Name)
	}
	slices.Sort(packed)
	want := []string{"besides/tls-certificate.pem", "data/audit-heads.jsonl", "data/audit.key", "data/diemcau.db", "data/papers/x", "data/recording/keys/r1"}
	if !slices.Equal(packed, want) {
		t.Errorf("packed %v\nwant   %v", packed, want)
	}
}

func TestSEC06_TheCheckOfABackupBelievesTheKeyInItAlone(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, key string){
		"":        func(*testing.T, string) {},
		"changed": func(t *testing.T, key string) { lay(t, map[string]string{key: strings.Repeat("k", secretSize)}) },
		"missing": func(t *testing.T, key string) {
			if err := os.Remove(key); err != nil {
				t.Fatal(err)
			}
		},
	} {
		cfg, s := small(t, nil)
		spoil(t, filepath.Join(cfg.Data, "audit.key"))
		sealed, identity := backedUp(t, backup.Source{Config: cfg, CopyDatabase: s.CopyTo})
		trial, err := backup.Check(t.Context(), sealed, "", "", 0, identity)
		if err != nil || trial.OK() != (name == "") || trial.Audit == nil || trial.Audit.Heads == 0 && name == "" {
			t.Errorf("key %s: %+v, %v", name, trial, err)
		}
	}
}
