package store_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"diemcau/meeting"
	"diemcau/meeting/audit"
	"diemcau/meeting/conduct"
	"diemcau/meeting/sample"
	"diemcau/meeting/store"
)

var today = time.Date(2026, 11, 29, 7, 0, 0, 0, time.UTC)

// kept is a clock that a time service keeps right.
func kept() bool { return true }

// aged is a log with three lines in each of the last months, the oldest first, and the
// first act of a meeting in the oldest.
func aged(t *testing.T, s *store.Store, key ed25519.PrivateKey, months int) *audit.Log {
	t.Helper()
	l := audited(t, s, audit.Settings{Key: key})
	for m := months - 1; m >= 0; m-- {
		for i := range 3 {
			at := today.AddDate(0, -m, 0).Add(time.Duration(i) * time.Second)
			if err := l.Keep(t.Context(), audit.Line{At: at, What: "signin.ok", On: fmt.Sprint(m, "-", i)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return l
}

func sound(t *testing.T, s *store.Store, key ed25519.PrivateKey, lines int64, before ...func(*audit.Checker) error) {
	t.Helper()
	r, err := s.CheckAudit(t.Context(), audit.PublicKey(key), nil, before...)
	if err != nil || !r.OK() || r.Lines != lines {
		t.Errorf("want %d sound lines: %+v %v", lines, r, err)
	}
}

func TestSEC06_OldLinesGoIntoAFileAndBothChainsHold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = emptied(t, address)
		s := open(t, address)
		_, key, _ := ed25519.GenerateKey(nil)
		l := aged(t, s, key, 16) // 48 lines, the last of today
		dir := t.TempDir()
		retire := func(now time.Time, months int) (audit.Cut, error) {
			return audit.Retire(t.Context(), audit.Retiring{Store: s, Log: l, Key: key, Dir: dir, Months: months, Now: now, Kept: kept})
		}
		if _, err := retire(today, 11); err == nil {
			t.Error("eleven months are fewer than the rules ask for")
		}
		cut, err := retire(today, 12)
		if err != nil || cut.From != 1 || cut.Seq != 9 || !cut.Holds() { // before November of last year: August to October
			t.Fatalf("%+v %v", cut, err)
		}
		sound(t, s, key, 40) // what was left, and the line that tells of it
		if found, err := s.Audit(t.Context(), audit.Filter{Kinds: []string{audit.Archived}, Limit: 5}); err != nil || len(found) != 1 || !strings.Contains(found[0].Body, cut.SHA256) {
			t.Errorf("the line that tells of it: %+v %v", found, err)
		}
		if again, err := retire(today, 12); err != nil || again.Seq != 0 {
			t.Errorf("nothing more is old: %+v %v", again, err)
		}
		next, err := retire(today.AddDate(0, 1, 0), 12)
		if err != nil || next.From != 10 || next.Seq != 12 {
			t.Fatalf("a month later: %+v %v", next, err)
		}
		sound(t, s, key, 38)
		var files []func(*audit.Checker) error
		for _, c := range []audit.Cut{cut, next} {
			files = append(files, func(k *audit.Checker) error {
				f, err := os.Open(filepath.Join(dir, c.File))
				if err != nil {
					return err
				}
				defer f.Close()
				return k.CutFile(c, f)
			})
		}
		sound(t, s, key, 50, files...) // from the very first line
		// A byte that the chain says nothing of.
		path := filepath.Join(dir, next.File)
		was, err := os.ReadFile(path)
		if err = errors.Join(err, os.WriteFile(path, append(was, '\n'), 0o600)); err != nil {
			t.Fatal(err)
		}
		if r, err := s.CheckAudit(t.Context(), audit.PublicKey(key), nil, files...); err != nil || len(r.Bad) != 1 || r.Bad[0].Fault != audit.OldFile || r.Bad[0].Seq != next.From {
			t.Errorf("a file with a byte more: %+v %v", r, err)
		}
		for _, x := range []string{`DELETE FROM audit WHERE seq = 13`, `DELETE FROM audit_cuts`, `UPDATE audit_cuts SET seq = 40`} {
			if err := try(t, address, x); err == nil || !strings.Contains(err.Error(), "only added to") {
				t.Errorf("%s: %v", x, err)
			}
		}
	})
}

func TestSEC06_ACutByAnotherKeyIsFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = emptied(t, address)
		s := open(t, address)
		_, key, _ := ed25519.GenerateKey(nil)
		_, other, _ := ed25519.GenerateKey(nil)
		l := aged(t, s, key, 16)
		if _, err := audit.Retire(t.Context(), audit.Retiring{Store: s, Log: l, Key: other, Dir: t.TempDir(), Months: 12, Now: today, Kept: kept}); err != nil {
			t.Fatal(err)
		}
		if r, err := s.CheckAudit(t.Context(), audit.PublicKey(key), nil); err != nil || r.OK() || r.Bad[0].Fault != audit.Forged {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestSEC06_WhatWasHalfTakenAwayHoldsAndIsFinished(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = emptied(t, address)
		s := open(t, address)
		_, key, _ := ed25519.GenerateKey(nil)
		r := audit.Retiring{Store: cutShort{s}, Log: aged(t, s, key, 16), Key: key, Dir: t.TempDir(), Months: 12, Now: today, Kept: kept}
		if _, err := audit.Retire(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		sound(t, s, key, 49) // nothing is gone yet
		if err := try(t, address, `DELETE FROM audit WHERE seq <= 5`); err != nil {
			t.Fatal(err)
		}
		sound(t, s, key, 44)
		r.Store = s
		if _, err := audit.Retire(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		sound(t, s, key, 40)
	})
}

func TestSEC06_ACutThatNoLineTellsOfIsFound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = emptied(t, address)
		s := open(t, address)
		_, key, _ := ed25519.GenerateKey(nil)
		aged(t, s, key, 16).Close()
		elsewhere := audited(t, open(t, emptiedOther(t, address)), audit.Settings{Key: key}) // the line goes into another log
		if _, err := audit.Retire(t.Context(), audit.Retiring{Store: s, Log: elsewhere, Key: key, Dir: t.TempDir(), Months: 12, Now: today, Kept: kept}); err != nil {
			t.Fatal(err)
		}
		r, err := s.CheckAudit(t.Context(), audit.PublicKey(key), nil)
		if err != nil || r.OK() || r.Bad[0].Fault != audit.Removed {
			t.Errorf("%+v %v", r, err)
		}
	})
}

// emptiedOther is a second database of the test's own.
func emptiedOther(t *testing.T, address string) string {
	if driver(address) == "sqlite" {
		return filepath.Join(t.TempDir(), "other.db")
	}
	return emptied(t, address)
}

// cutShort is a store whose bridge stops before it takes lines away.
type cutShort struct{ *store.Store }

// ShedAudit does nothing.
func (cutShort) ShedAudit(context.Context) (bool, error) { return false, nil }

func TestSEC06_ActsThatWereTakenAwayAreNotChainedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, address string) {
		address = emptied(t, address)
		s := open(t, address)
		_, key, _ := ed25519.GenerateKey(nil)
		o := conduct.Opening{Plan: sample.Briefing()}
		o.Plan.ID = meeting.ID(uuid.NewString())
		if err := s.SaveOpening(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		live, err := conduct.New(o)
		if err != nil {
			t.Fatal(err)
		}
		long := today.AddDate(0, -20, 0)
		for _, p := range o.Plan.Points[1:4] {
			events, err := live.Apply(conduct.Act{By: conduct.Actor{System: true}, At: long, Do: conduct.Join{Point: p.ID}})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Append(t.Context(), o.Plan.ID, events); err != nil {
				t.Fatal(err)
			}
		}
		l := aged(t, s, key, 2) // catches up with the acts first
		cut, err := audit.Retire(t.Context(), audit.Retiring{Store: s, Log: l, Key: key, Dir: t.TempDir(), Months: 12, Now: today, Kept: kept})
		if err != nil || cut.Seq != int64(live.State().Seq) {
			t.Fatalf("%+v %v", cut, err)
		}
		l.Close()
		if left, err := s.Unchained(t.Context()); err != nil || len(left) > 0 {
			t.Errorf("%d acts would be chained again, %v", len(left), err)
		}
		again := audited(t, s, audit.Settings{Key: key})
		events, err := live.Apply(conduct.Act{By: conduct.Actor{System: true}, At: today, Do: conduct.Join{Point: o.Plan.Points[4].ID}})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Append(t.Context(), o.Plan.ID, events); err != nil {
			t.Fatal(err)
		}
		again.Happened(o.Plan.ID, events)
		again.Close()
		sound(t, s, key, 6+1+int64(len(events)))
	})
}
