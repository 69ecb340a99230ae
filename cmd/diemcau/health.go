package main

import (
	"context"
	"fmt"
	"time"

	"diemcau/cmd/diemcau/bridge"
)

// healthCmd is for containers without a shell, and for technicians at a terminal.
type healthCmd struct {
	house
	Admin   *string       `help:"Admin address of the bridge, if not that of the configuration." placeholder:"ADDR"`
	Ready   bool          `help:"Ready for meetings: database, disk, media port, certificate."`
	Timeout time.Duration `default:"4s" help:"How long to wait for an answer."`
}

// Run ends with an error unless the bridge is well.
func (c *healthCmd) Run(ctx context.Context) error {
	cfg, err := c.read()
	if err != nil {
		return err
	}
	set(&cfg.Admin, c.Admin)
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	text, err := bridge.Look(ctx, cfg.Admin, c.Ready)
	fmt.Print(text)
	return err
}
