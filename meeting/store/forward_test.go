package store_test

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diemcau/internal/testdb"
	"diemcau/meeting"
	"diemcau/meeting/schedule"
	"diemcau/meeting/store"
)

// released makes a database as an earlier release left it and returns its address.
func released(t *testing.T, address, dump string) string {
	t.Helper()
	driver := "sqlite"
	if strings.HasPrefix(address, "postgres://") {
		driver, address = "pgx", testdb.Own(t)
	}
	text, err := os.ReadFile(filepath.Join("testdata", dump))
	if err != nil {
		t.Fatal(err)
	}
	run(t, driver, address, strings.Split(string(text), ";\n")...)
	return address
}

// try runs one statement past the store.
func try(t *testing.T, address, statement string) error {
	t.Helper()
	name := driver(address)
	if name == "sqlite" {
		address = (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: address}).EscapedPath()}).String()
	}
	db, err := sql.Open(name, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), statement)
	return err
}

func run(t *testing.T, driver, address string, statements ...string) {
	t.Helper()
	if driver == "sqlite" {
		address = (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: address}).EscapedPath()}).String()
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%.80s: %v", s, err)
		}
	}
}

// Every release's state stays in testdata; a database of each must come forward.
func TestADatabaseOfEachReleaseComesForward(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = released(t, address, "0001.sql")
		s := open(t, address)
		e, err := s.Entry(t.Context(), "hop-cu")
		if err != nil || len(e.Versions) != 3 || e.Versions[1].State != schedule.Postponed {
			t.Fatalf("versions: %d %v", len(e.Versions), err)
		}
		now, err := s.Standing(t.Context(), "hop-cu")
		if err != nil || now.Number != 3 || now.State != schedule.Published || !now.Plan.Start.Equal(e.Now().Plan.Start) {
			t.Errorf("what stands: %+v %v", now.Number, err)
		}
		if found, err := s.Meetings(t.Context(), store.Filter{Text: "kinh te"}); err != nil || len(found) != 1 {
			t.Errorf("not in the list: %d %v", len(found), err)
		}
		live, log, err := s.Load(t.Context(), "hop-cu")
		if err != nil || len(log) == 0 || live.State().Floor.Holder() != "LG-X1" || log[1].Key != "k'1" {
			t.Errorf("the live meeting: %d events, %v", len(log), err)
		}
		off, err := e.Cancel(schedule.Change{Why: schedule.Order, By: "nhap"})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SaveVersionAt(t.Context(), off, now.Revision); err != nil {
			t.Errorf("it goes on: %v", err)
		}
		s.Close()
		if again, err := open(t, address).Standing(t.Context(), "hop-cu"); err != nil || again.State != schedule.Cancelled {
			t.Errorf("after a restart: %s %v", again.State, err)
		}
	})
}

func TestADatabaseOfALaterReleaseIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = released(t, address, "0001.sql")
		driver := "sqlite"
		if strings.HasPrefix(address, "postgres://") {
			driver = "pgx"
		}
		run(t, driver, address, `INSERT INTO migrations (name) VALUES ('migrations/9999_later.sql')`)
		if s, err := store.Open(t.Context(), address); err == nil {
			s.Close()
			t.Error("tables of a later release are opened")
		} else if meeting.CodeOf(err) != "" || !strings.Contains(err.Error(), "later release") {
			t.Error(err)
		}
	})
}
