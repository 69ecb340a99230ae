package main

import (
	"context"
	"fmt"
	"path/filepath"

	"diemcau/meeting/store"
)

type databaseCmd struct {
	Back databaseBackCmd `cmd:"" help:"Take the newest change of the tables back, so that the release before opens the database. Stop the bridge and make a backup first."`
}

type databaseBackCmd struct {
	house
	Yes bool `required:"" help:"The bridge is stopped and there is a backup."`
}

// Run takes one migration back.
func (c *databaseBackCmd) Run(ctx context.Context) error {
	cfg, err := c.read()
	if err != nil {
		return err
	}
	address := string(cfg.Database)
	if address == "" {
		address = filepath.Join(cfg.Data, "diemcau.db")
	}
	name, err := store.Back(ctx, address)
	if err == nil {
		fmt.Printf("taken back: %s\n", name)
	}
	return err
}
