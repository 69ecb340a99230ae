package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"diemcau/cmd/diemcau/backup"
	"diemcau/cmd/diemcau/config"
	"diemcau/meeting/store"
)

type databaseCmd struct {
	Show    databaseShowCmd    `cmd:"" help:"Name the newest change of the tables that the database has, and that this program knows."`
	Forward databaseForwardCmd `cmd:"" help:"Bring the tables of a copy forward to this release. A bridge does it itself when it starts."`
	Back    databaseBackCmd    `cmd:"" help:"Take changes of the tables back, so that a release before opens the database. Stop the bridge and make a backup first."`
}

// addressOf is where the database of a bridge is. A file must be there: a command makes no
// database beside the one that was meant.
func addressOf(cfg config.Config) (string, error) {
	address := string(cfg.Database)
	if backup.IsPostgres(address) {
		return address, nil
	}
	if address == "" {
		address = filepath.Join(cfg.Data, "diemcau.db")
	}
	if _, err := os.Stat(address); err != nil {
		if whole, bad := filepath.Abs(address); bad == nil {
			address = whole
		}
		return "", fmt.Errorf("no database of a bridge at %s: name its configuration (--config /etc/diemcau/diemcau.yaml) or its data folder (--data): %w", address, err)
	}
	return address, nil
}

// opened runs f with the database of the house, which must be of this release.
func (h house) opened(ctx context.Context, f func(*store.Store) error) error {
	return h.openedAsIs(ctx, func(s *store.Store, r store.Release) error {
		if !r.Current() {
			return fmt.Errorf("the tables of the database (%s) are not those of this program (%s): the bridge of this release brings them forward when it starts (for a copy: diemcau database forward)", r.Newest(), r.Known())
		}
		return f(s)
	})
}

// openedAsIs runs f with the database of the house, of whatever release: after an upgrade
// the bridge before still works on it until it is restarted.
func (h house) openedAsIs(ctx context.Context, f func(*store.Store, store.Release) error) error {
	cfg, err := h.read()
	if err != nil {
		return err
	}
	address, err := addressOf(cfg)
	if err != nil {
		return err
	}
	s, err := store.OpenAsIs(ctx, address)
	if err != nil {
		return err
	}
	r, err := s.Release(ctx)
	if err == nil {
		err = f(s, r)
	}
	return errors.Join(err, s.Close())
}

// broughtForward makes the tables those of this release, of a database on which no bridge
// runs, or makes one.
func (h house) broughtForward(ctx context.Context) error {
	cfg, err := h.read()
	if err != nil {
		return err
	}
	address := string(cfg.Database)
	if address == "" {
		address = filepath.Join(cfg.Data, "diemcau.db")
		if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
			return err
		}
	}
	s, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	return s.Close()
}

type databaseShowCmd struct{ house }

// Run names both.
func (c *databaseShowCmd) Run(ctx context.Context) error {
	return c.openedAsIs(ctx, func(_ *store.Store, r store.Release) error {
		_, err := fmt.Printf("database: %s\nprogram: %s\n", r.Newest(), r.Known())
		return err
	})
}

type databaseForwardCmd struct {
	house
	Yes bool `required:"" help:"No bridge runs on it."`
}

// Run brings the tables forward.
func (c *databaseForwardCmd) Run(ctx context.Context) error {
	cfg, err := c.read()
	if err != nil {
		return err
	}
	if _, err := addressOf(cfg); err != nil {
		return err
	}
	return c.broughtForward(ctx)
}

type databaseBackCmd struct {
	house
	To  string `help:"Change that is to be the newest, as the program to go back to names it (database show), or its number. Without it one is taken back." placeholder:"NAME"`
	Yes bool   `required:"" help:"The bridge is stopped and there is a backup."`
}

// Run takes migrations back.
func (c *databaseBackCmd) Run(ctx context.Context) error {
	cfg, err := c.read()
	if err != nil {
		return err
	}
	address, err := addressOf(cfg)
	if err != nil {
		return err
	}
	taken, err := store.Back(ctx, address, c.To)
	if err != nil {
		return err
	}
	for _, name := range taken {
		fmt.Printf("taken back: %s\n", name)
	}
	if len(taken) == 0 {
		fmt.Println("nothing to take back")
	}
	return nil
}
