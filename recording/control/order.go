package control

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"diemcau/meeting"
)

// orderPath is where the order of a meeting is remembered. Names of meetings are
// anything, so the file's is a hash.
func orderPath(dir string, id meeting.ID) string {
	h := sha256.Sum256([]byte(id))
	return filepath.Join(dir, hex.EncodeToString(h[:16])+".json")
}

// writeOrder remembers that a meeting is being recorded: on disk before the first
// packet is.
func writeOrder(dir string, o Order) error {
	b, err := json.Marshal(o)
	if err != nil {
		return err
	}
	path := orderPath(dir, o.Meeting)
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	_, err = f.Write(append(b, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// forgetOrder is the opposite. An order that stays by a crash begins an empty
// recording at worst.
func forgetOrder(dir string, id meeting.ID) {
	_ = os.Remove(orderPath(dir, id))
	_ = syncDir(dir)
}

// readOrders reads what was being recorded when the program ended.
func readOrders(dir string, log *slog.Logger) (map[meeting.ID]Order, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	out := map[meeting.ID]Order{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("recording: %w", err)
		}
		var o Order
		if err := json.Unmarshal(b, &o); err != nil || orderPath(dir, o.Meeting) != path {
			log.Error("what was being recorded cannot be read", "file", path, "error", err)
			continue
		}
		out[o.Meeting] = o
	}
	return out, nil
}
