// The diemcau program is the whole bridge: web application, session protocol,
// media and relay in one process. main reads the command line and the
// configuration; the parts are built and held together by the bridge package.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker.
var version = "dev"

type commands struct {
	Serve    serveCmd    `cmd:"" help:"Run the bridge."`
	Account  accountCmd  `cmd:"" help:"Work with accounts."`
	Audit    auditCmd    `cmd:"" help:"Check, follow and export the audit log."`
	Backup   backupCmd   `cmd:"" help:"Keep all that the bridge has, and check that it can be restored."`
	Restore  restoreCmd  `cmd:"" help:"Make a bridge of a backup, on an empty place."`
	Database databaseCmd `cmd:"" help:"Work with the tables of the database."`
	Archive  archiveCmd  `cmd:"" help:"Check and list recordings."`
	Health   healthCmd   `cmd:"" help:"Ask the running bridge whether it lives, or whether it is ready for meetings."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

type versionCmd struct{}

// Run prints the version and what it was built from.
func (versionCmd) Run() error {
	info, _ := debug.ReadBuildInfo()
	fmt.Printf("diemcau %s %s\n", version, info.GoVersion)
	return nil
}

// gcPercent bounds the garbage that may pile up. Forwarding allocates nothing, so
// collections are rare and cheap, while memory decides how many clients fit.
const gcPercent = 30

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	var cli commands
	k := kong.Parse(&cli,
		kong.Name("diemcau"),
		kong.Description("A video bridge for government meetings."),
		kong.DefaultEnvars("DIEMCAU"),
		kong.UsageOnError(),
	)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	k.FatalIfErrorf(k.Run())
}
