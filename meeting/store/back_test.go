package store_test

import (
	"os"
	"path/filepath"
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

func TestOPS_ADatabaseWithDataGoesBackOneVersionAndForwardAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = released(t, address, "0001.sql")
		s := open(t, address)
		if _, err := s.AppendAudit(t.Context(), []audit.Line{{At: time.Now(), What: "signin.ok"}}); err != nil {
			t.Fatal(err)
		}
		s.Close()
		name, err := store.Back(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		if err := try(t, address, `INSERT INTO migrations (name) VALUES ('migrations/`+name+`.sql')`); err != nil {
			t.Fatalf("it is still noted as applied: %v", err)
		}
		run(t, driver(address), address, `DELETE FROM migrations WHERE name = 'migrations/`+name+`.sql'`)
		again := open(t, address)
		e, err := again.Entry(t.Context(), "hop-cu")
		if err != nil || len(e.Versions) != 3 || e.Versions[1].State != schedule.Postponed {
			t.Errorf("after %s the meeting has %d versions, %v", name, len(e.Versions), err)
		}
		if r, err := again.CheckAudit(t.Context(), "", nil); err != nil || !r.OK() || r.Lines != 1 {
			t.Errorf("the audit log after going back and forward: %+v %v", r, err)
		}
	})
}
