package bridge

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting/store"
)

// openPatience is how long a database may take to open and to bring its tables
// forward.
const openPatience = time.Minute

// openStore opens the database that is configured, or a file of our own.
func openStore(cfg config.Config) (*store.Store, error) {
	address := string(cfg.Database)
	if address == "" {
		address = filepath.Join(cfg.Data, "diemcau.db")
	}
	ctx, cancel := context.WithTimeout(context.Background(), openPatience)
	defer cancel()
	s, err := store.Open(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return s, nil
}
