package keeper

import (
	"context"
	"sync"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/store"
)

// Ledger is a Book in the database. Every state of a custody stays in it. Its
// methods may be called from any goroutine.
type Ledger struct {
	store *store.Store

	mu      sync.Mutex
	numbers map[string]int // latest version of each custody
}

// NewLedger opens the book.
func NewLedger(s *store.Store) *Ledger { return &Ledger{store: s, numbers: map[string]int{}} }

// Custodies implements Book.
func (l *Ledger) Custodies(ctx context.Context) ([]Custody, error) {
	all, err := store.All[Custody](ctx, l.store, store.Custodies, "")
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Custody, len(all))
	for i, d := range all {
		out[i] = d.Body
		l.numbers[d.ID] = d.Number
	}
	return out, nil
}

// SaveCustody implements Book.
func (l *Ledger) SaveCustody(ctx context.Context, c Custody) error {
	l.mu.Lock()
	number := l.numbers[c.Recording] + 1
	l.mu.Unlock()
	err := store.Put(ctx, l.store, store.Custodies, store.Document[Custody]{ID: c.Recording, Number: number, At: time.Now(), Body: c})
	if err == nil {
		l.mu.Lock()
		l.numbers[c.Recording] = number
		l.mu.Unlock()
	}
	return err
}

// History are all states of a recording's custody, oldest first.
func (l *Ledger) History(ctx context.Context, recording string) ([]Custody, error) {
	all, err := store.History[Custody](ctx, l.store, store.Custodies, meeting.ID(""), recording)
	out := make([]Custody, len(all))
	for i, d := range all {
		out[i] = d.Body
	}
	return out, err
}

// Dispose notes that people had a recording erased.
func (l *Ledger) Dispose(ctx context.Context, recording string, at time.Time) error {
	all, err := l.Custodies(ctx)
	if err != nil {
		return err
	}
	c := Custody{Recording: recording}
	for _, x := range all {
		if x.Recording == recording {
			c = x
		}
	}
	c.Disposed = at.UTC()
	return l.SaveCustody(ctx, c)
}
