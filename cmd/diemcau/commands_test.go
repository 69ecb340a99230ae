package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"diemcau/meeting/store"
)

func TestOPS_ACommandMakesNoDatabaseBesideTheOneThatWasMeant(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	h := house{Data: &data}
	for name, run := range map[string]func() error{
		"account unlock": func() error { return (&accountUnlockCmd{house: h, User: "quantri"}).Run(t.Context()) },
		"audit tail":     func() error { return (&auditTailCmd{house: h}).Run(t.Context()) },
		"database back":  func() error { return (&databaseBackCmd{house: h}).Run(t.Context()) },
	} {
		if err := run(); err == nil || !strings.Contains(err.Error(), "--config /etc/diemcau/diemcau.yaml") {
			t.Errorf("%s does not say where to look: %v", name, err)
		}
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a data folder was made")
	}
}

func TestOPS_ABackupBetweenInstallingAndRestartingLeavesTheTablesToTheBridgeThatRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	h := house{Data: &data}
	if err := h.broughtForward(t.Context()); err != nil {
		t.Fatal(err)
	}
	address := filepath.Join(data, "diemcau.db")
	if _, err := store.Back(t.Context(), address, ""); err != nil { // as the release before has them
		t.Fatal(err)
	}
	release := func() (r store.Release) {
		if err := h.openedAsIs(t.Context(), func(_ *store.Store, is store.Release) error { r = is; return nil }); err != nil {
			t.Fatal(err)
		}
		return r
	}
	before := release().Newest()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "a.backup")
	if err := (&backupMakeCmd{house: h, Recipient: []string{identity.Recipient().String()}, To: file}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Size() == 0 {
		t.Errorf("no backup: %v", err)
	}
	if err := (&accountListCmd{h}).Run(t.Context()); err == nil || !strings.Contains(err.Error(), before) {
		t.Errorf("accounts are read from tables of another release: %v", err)
	}
	if r := release(); r.Newest() != before || r.Current() {
		t.Errorf("the tables were brought forward to %s", r.Newest())
	}
}
