package store_test

import (
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"diemcau/internal/testdb"
	"diemcau/meeting"
	"diemcau/meeting/audit"
	"diemcau/meeting/conduct"
	"diemcau/meeting/sample"
	"diemcau/meeting/store"
)

func audited(t *testing.T, s *store.Store, settings audit.Settings) *audit.Log {
	t.Helper()
	settings.Store, settings.Log = s, slog.New(slog.DiscardHandler)
	if settings.Key == nil {
		_, settings.Key, _ = ed25519.GenerateKey(nil)
	}
	l, err := audit.Open(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// driver is the name of the driver of an address.
func driver(address string) string {
	if strings.HasPrefix(address, "postgres://") {
		return "pgx"
	}
	return "sqlite"
}

func TestSEC06_TheDatabaseRefusesToChangeOrTakeAwayALine(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = emptied(t, address)
		s := open(t, address)
		l := audited(t, s, audit.Settings{})
		if err := l.Keep(t.Context(), audit.Line{At: time.Now(), What: "signin.ok", Who: "nhap"}); err != nil {
			t.Fatal(err)
		}
		l.Close()
		statements := []string{
			`UPDATE audit SET body = '{}'`, `DELETE FROM audit`, `UPDATE audit_heads SET body = '{}'`, `DELETE FROM audit_heads WHERE seq = 1`,
		}
		if driver(address) == "pgx" {
			statements = append(statements, `TRUNCATE audit`, `TRUNCATE audit_heads`)
		}
		for _, x := range statements {
			if err := try(t, address, x); err == nil || !strings.Contains(err.Error(), "only added to") {
				t.Errorf("%s: %v", x, err)
			}
		}
		if r, err := s.CheckAudit(t.Context(), "", nil); err != nil || !r.OK() || r.Lines != 1 || r.Heads != 1 {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestSEC06_WhatIsDoneToTheDatabaseItselfIsFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = emptied(t, address)
		s := open(t, address)
		var outside []audit.Head
		l := audited(t, s, audit.Settings{Note: func(h audit.Head) error { outside = append(outside, h); return nil }})
		for i := range 5 {
			if err := l.Keep(t.Context(), audit.Line{At: time.Now(), What: "signin.ok", Who: meeting.PersonID(fmt.Sprint("p", i)), On: "nhap"}); err != nil {
				t.Fatal(err)
			}
		}
		l.Close()
		s.Close()
		off := []string{`DROP TRIGGER audit_no_update`, `DROP TRIGGER audit_no_delete`, `DROP TRIGGER audit_heads_no_delete`}
		if driver(address) == "pgx" {
			off = []string{`DROP TRIGGER audit_no_change ON audit`, `DROP TRIGGER audit_no_delete ON audit`, `DROP TRIGGER audit_heads_no_change ON audit_heads`}
		}
		for _, x := range append(off, `DELETE FROM audit WHERE seq > 3`, `DELETE FROM audit_heads`) {
			if err := try(t, address, x); err != nil {
				t.Fatal(err)
			}
		}
		again := open(t, address)
		if r, _ := again.CheckAudit(t.Context(), "", nil); !r.OK() {
			t.Errorf("without what is kept outside the cut cannot be seen: %+v", r)
		}
		if r, _ := again.CheckAudit(t.Context(), "", outside); r.OK() || r.Bad[0].Fault != audit.CutOff || r.Bad[0].Seq != 4 {
			t.Errorf("the end was cut off: %+v", r)
		}
		if err := try(t, address, `UPDATE audit SET body = REPLACE(body, 'nhap', 'mau') WHERE seq = 2`); err != nil {
			t.Fatal(err)
		}
		if r, _ := again.CheckAudit(t.Context(), "", nil); r.OK() || r.Bad[0].Fault != audit.Edited || r.Bad[0].Seq != 2 {
			t.Errorf("a line was edited: %+v", r)
		}
	})
}

// emptied is the address of a database of the test's own.
func emptied(t *testing.T, address string) string {
	if driver(address) == "sqlite" {
		return address
	}
	return testdb.Own(t)
}

func TestSEC06_ActsAreChainedOnceAlsoAfterACrashAndFromTwoNodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = emptied(t, address)
		s := open(t, address)
		o := conduct.Opening{Plan: sample.Briefing()}
		o.Plan.ID = meeting.ID(uuid.NewString())
		if err := s.SaveOpening(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		live, err := conduct.New(o)
		if err != nil {
			t.Fatal(err)
		}
		act := func(do conduct.Deed) []conduct.Event {
			events, err := live.Apply(conduct.Act{By: conduct.Actor{System: true}, At: time.Now(), Do: do})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Append(t.Context(), o.Plan.ID, events); err != nil {
				t.Fatal(err)
			}
			return events
		}
		points := o.Plan.Points
		act(conduct.Join{Point: points[1].ID}) // the bridge stopped here: it was never told
		first := audited(t, s, audit.Settings{})
		second := audited(t, open(t, address), audit.Settings{})
		for _, p := range points[2:6] {
			events := act(conduct.Join{Point: p.ID})
			first.Happened(o.Plan.ID, events)
			second.Happened(o.Plan.ID, events)
		}
		first.Close()
		second.Close()
		r, err := s.CheckAudit(t.Context(), "", nil)
		if err != nil || !r.OK() || r.Acts != int64(live.State().Seq) {
			t.Errorf("%d acts in the log, chained: %+v %v", live.State().Seq, r, err)
		}
		if err := try(t, address, `UPDATE events SET body = REPLACE(body, 'point.joined', 'point.dropped') WHERE seq = 2`); err != nil {
			t.Fatal(err)
		}
		if r, _ := s.CheckAudit(t.Context(), "", nil); r.OK() || r.Bad[0].Fault != audit.ActOther {
			t.Errorf("an act was changed in the meeting's own log: %+v", r)
		}
	})
}

func TestSEC06_LinesOfManyAtOnceMakeOneChain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = emptied(t, address)
		s := open(t, address)
		logs := []*audit.Log{audited(t, s, audit.Settings{}), audited(t, open(t, address), audit.Settings{})}
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				if err := logs[i%2].Keep(t.Context(), audit.Line{At: time.Now(), What: "signin.ok", Detail: fmt.Sprint(i)}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if r, err := s.CheckAudit(t.Context(), "", nil); err != nil || !r.OK() || r.Lines != 200 {
			t.Errorf("%+v %v", r, err)
		}
		found, err := s.Audit(t.Context(), audit.Filter{Kinds: []string{"signin."}, Limit: 10, Before: 150})
		if err != nil || len(found) != 10 || found[0].Seq != 149 {
			t.Errorf("a page: %d %v", len(found), err)
		}
		if found, _ := s.Audit(t.Context(), audit.Filter{Text: "100%", Limit: 10}); len(found) != 0 {
			t.Error("a search takes signs of the database's own")
		}
	})
}
