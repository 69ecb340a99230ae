package redact

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"diemcau/meeting"
)

// interrupted is why an order failed that the end of the bridge cut short.
const interrupted = "interrupted"

// load reads the orders of an earlier run. Those that it did not get to the end of have
// failed: the original is closed, and there is no version.
func (b *Bench) load() error {
	text, err := os.ReadFile(b.Orders)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("redact: %w", err)
	}
	if err := json.Unmarshal(text, &b.orders); err != nil {
		b.Log.Error("the orders for redacted versions cannot be read", "file", b.Orders, "error", err)
		b.orders = nil // they are shown to people; nothing is made of them
		return nil
	}
	for _, o := range b.orders {
		if o.State == Waiting || o.State == Running {
			o.State, o.Why = Broken, interrupted
			b.Log.Error("a redacted version was not finished; the original stays closed", "recording", o.Recording, "version", o.ID)
		}
	}
	return b.save()
}

// enter puts an order among those that are kept, unless too many wait. It is not made yet.
func (b *Bench) enter(o *Order) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	waits := 0
	for _, other := range b.orders {
		if other.State == Waiting || other.State == Running {
			waits++
		}
	}
	if waits >= waitingAtMost {
		return meeting.Refuse(CodeMany, "")
	}
	before := b.orders
	b.orders = append(slices.Clone(before[max(0, len(before)+1-keptAtMost):]), o)
	err := b.save()
	if err != nil {
		b.orders = before
	}
	return err
}

// strike takes an order out again that the original could not be closed for.
func (b *Bench) strike(o *Order) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.orders = slices.DeleteFunc(b.orders, func(other *Order) bool { return other == o })
	return b.save()
}

// begin lets an order be made: from here on it is the worker's. It returns it as it is.
func (b *Bench) begin(o *Order) Order {
	b.mu.Lock()
	defer b.mu.Unlock()
	o.ready = true
	return *o
}

// save writes the orders. The lock is held, except while the bench is opened.
func (b *Bench) save() error {
	text, err := json.Marshal(b.orders)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(b.Orders), ".orders-*")
	if err != nil {
		return fmt.Errorf("redact: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), b.Orders)
	}
	if err != nil {
		return fmt.Errorf("redact: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
