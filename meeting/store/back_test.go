package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"diemcau/meeting/audit"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// firstWithAWayBack is the number of the first migration that can be taken back.
const firstWithAWayBack = "0010"

func TestEveryNewMigrationHasAWayBack(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if base := filepath.Base(name); base >= firstWithAWayBack {
			if _, err := os.Stat(filepath.Join("migrations/back", base)); err != nil {
				t.Errorf("%s: write migrations/back/%s, that takes it back without losing what people wrote", base, base)
			}
		}
	}
}

func TestOPS_ADatabaseWithDataGoesBackToTheReleaseBeforeAndForwardAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = released(t, address, "0001.sql")
		s := open(t, address)
		if _, err := s.AppendAudit(t.Context(), []audit.Line{{At: time.Now(), What: "signin.ok"}}); err != nil {
			t.Fatal(err)
		}
		s.Close()
		newest := releaseOf(t, address).Known()
		one, err := store.Back(t.Context(), address, "")
		if err != nil || len(one) != 1 || one[0] != newest {
			t.Fatalf("took back %v, %v; the newest was %s", one, err, newest)
		}
		two, err := store.Back(t.Context(), address, "")
		if err != nil || len(two) != 1 || two[0] >= one[0] {
			t.Fatalf("a second time took back %v after %v, %v", two, one, err)
		}
		if _, err := store.Back(t.Context(), address, "0099"); err == nil || releaseOf(t, address).Newest() >= two[0] {
			t.Errorf("back to what is not there: %v, %s", err, releaseOf(t, address).Newest())
		}
		if _, err := store.Back(t.Context(), address, "0007"); !errors.Is(err, store.ErrNoWayBack) || releaseOf(t, address).Newest() >= two[0] || releaseOf(t, address).Newest() < "0011" {
			t.Errorf("all or none: %v, %s", err, releaseOf(t, address).Newest())
		}
		rest, err := store.Back(t.Context(), address, "0011_search")
		if err != nil || releaseOf(t, address).Newest() != "0011_search" || slices.Contains(rest, "0011_search") {
			t.Fatalf("took back %v, %v", rest, err)
		}
		if again, err := store.Back(t.Context(), address, "0011"); err != nil || len(again) > 0 {
			t.Errorf("nothing was left to do: %v %v", again, err)
		}
		again := open(t, address)
		e, err := again.Entry(t.Context(), "hop-cu")
		if err != nil || len(e.Versions) != 3 || e.Versions[1].State != schedule.Postponed {
			t.Errorf("the meeting has %d versions, %v", len(e.Versions), err)
		}
		if r, err := again.CheckAudit(t.Context(), "", nil); err != nil || !r.OK() || r.Lines != 1 {
			t.Errorf("the audit log after going back and forward: %+v %v", r, err)
		}
	})
}

func releaseOf(t *testing.T, address string) store.Release {
	t.Helper()
	s, err := store.OpenAsIs(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.Release(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOPS_ADatabaseOpenedAsItIsStaysOfItsRelease(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = released(t, address, "0001.sql")
		if r := releaseOf(t, address); r.Current() || r.Newest() >= r.Known() {
			t.Errorf("a database of the first release: %s of %s", r.Newest(), r.Known())
		}
		if r := releaseOf(t, address); r.Current() {
			t.Error("it was brought forward")
		}
		open(t, address).Close()
		if r := releaseOf(t, address); !r.Current() || r.Newest() != r.Known() {
			t.Errorf("brought forward it is %s of %s", r.Newest(), r.Known())
		}
	})
	missing := filepath.Join(t.TempDir(), "none.db")
	if s, err := store.OpenAsIs(t.Context(), missing); err == nil {
		s.Close()
		t.Error("a database was made")
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("a file was made")
	}
}
