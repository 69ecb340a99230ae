package redact_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/redact"
)

func TestARC04_AnOrderThatTheBridgeDidNotGetToTheEndOfIsShownAsFailed(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<30)
	id := h.recorded()
	o := h.ordered(t, id)
	for !strings.HasPrefix(<-h.noted, "recording.redacted ") {
		continue
	}
	settings := h.bench.Settings
	h.bench.Close()
	text, err := os.ReadFile(settings.Orders)
	if err != nil {
		t.Fatal(err)
	}
	// As kill -9 in the midst of it leaves the file.
	text = bytes.Replace(text, []byte(`"state":"done"`), []byte(`"state":"running"`), 1)
	if err := os.WriteFile(settings.Orders, text, 0o600); err != nil {
		t.Fatal(err)
	}
	bench, err := redact.Open(settings)
	if err != nil {
		t.Fatal(err)
	}
	if all := bench.Of(id); len(all) != 1 || all[0].ID != o.ID || all[0].State != redact.Broken || all[0].Why != "interrupted" || all[0].Name != "archivist" {
		t.Errorf("%+v", all)
	}
}

// between is a book that does something while an original is being closed.
type between struct {
	redact.Book
	do func() error
}

func (b *between) SaveCut(ctx context.Context, of meeting.ID, all []store.Silence, accesses []store.Document[store.Access]) error {
	if do := b.do; do != nil {
		b.do = nil
		if err := do(); err != nil {
			return err
		}
	}
	return b.Book.SaveCut(ctx, of, all, accesses)
}

func TestARC04_AnOrderIsKeptWhileItsOriginalIsClosedWhateverElseHappens(t *testing.T) {
	t.Parallel()
	h := newHouse(t, 1<<30)
	id := h.recorded()
	settings := h.bench.Settings
	h.bench.Close()
	book := &between{Book: settings.Book}
	settings.Book = book
	bench, err := redact.Open(settings)
	if err != nil {
		t.Fatal(err)
	}
	bench.Start()
	t.Cleanup(bench.Close)
	cuts := []archive.Cut{{From: 5000, To: 6000}}
	kept := func() int {
		text, err := os.ReadFile(settings.Orders)
		if err != nil {
			t.Error(err)
		}
		return strings.Count(string(text), `"recording":"`+id+`"`)
	}
	book.do = func() error { // another is ordered and made meanwhile
		if _, err := bench.Add(h.as("archivist"), id, cuts, "bí mật", ""); err != nil {
			return err
		}
		for !strings.HasPrefix(<-h.noted, "recording.redacted ") {
			continue
		}
		if n := kept(); n != 2 {
			t.Errorf("%d orders are kept, want both", n)
		}
		if all := bench.Of(id); len(all) != 2 || all[1].State != redact.Waiting {
			t.Errorf("it is made before its original is closed: %+v", all)
		}
		return errors.New("the database is away")
	}
	if _, err := bench.Add(h.as("archivist"), id, cuts, "bí mật", ""); err == nil {
		t.Fatal("it is taken although the original could not be closed")
	}
	if n := kept(); n != 1 || len(bench.Of(id)) != 1 {
		t.Errorf("%d orders are kept", n)
	}
}
