package redact

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	return b.keep(nil)
}

// keep writes the orders, and one that is about to be taken.
func (b *Bench) keep(also *Order) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.save(also)
}

// save is keep with the lock held.
func (b *Bench) save(also *Order) error {
	all := b.orders
	if also != nil {
		all = append(all[:len(all):len(all)], also)
	}
	text, err := json.Marshal(all)
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
