package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"text/tabwriter"

	"diemcau/cmd/diemcau/bridge"
	"diemcau/cmd/diemcau/config"
	"diemcau/internal/handover"
	"diemcau/internal/processors"
	"diemcau/internal/timerslack"
)

// serveCmd are the flags of `diemcau serve`; each has an environment variable of
// its name (DIEMCAU_HTTP for --http). A flag that is not given leaves what the
// configuration file says.
type serveCmd struct {
	Dev    bool    `help:"Plain HTTP on 127.0.0.1:7880, API key devkey with secret secret, debug log."`
	Demo   bool    `help:"Sample meeting and accounts."`
	Data   *string `help:"Folder of everything the bridge keeps." placeholder:"DIR"`
	HTTP   *string `name:"http" help:"Plain HTTP address." placeholder:"ADDR"`
	HTTPS  *string `name:"https" help:"HTTPS address." placeholder:"ADDR"`
	Admin  *string `help:"Address of metrics, health and profiles." placeholder:"ADDR"`
	RTCUDP *int    `name:"rtc-udp" help:"UDP port of media." placeholder:"PORT"`
	RTCTCP *int    `name:"rtc-tcp" help:"TCP port of media." placeholder:"PORT"`
	Config string  `type:"existingfile" help:"Configuration file." placeholder:"FILE"`
}

// Run serves until ctx ends.
func (s *serveCmd) Run(ctx context.Context) error {
	slack := timerslack.Widen() // first: it begins the program anew
	cfg, err := s.configuration()
	if err != nil {
		return err
	}
	logger := newLogger(cfg.Log)
	if slack != nil { // the program costs more, and works
		logger.Warn("timer slack not set", "err", slack)
	}
	defer processors.Follow(logger).Close()
	sockets, err := handover.Inherited()
	if err != nil {
		return err
	}
	defer sockets.Close()
	b, err := bridge.New(cfg, logger, bridge.WithSockets(sockets), bridge.WithVersion(version))
	if err != nil {
		return err
	}
	if err := b.Start(); err != nil {
		return err
	}
	if err := handover.Ready(); err != nil {
		logger.Warn("the service manager cannot be told", "err", err)
	}
	debug.FreeOSMemory() // argon2 of the accounts made at start takes 64 MiB each
	announce(os.Stdout, b.URL(), cfg)
	if user, once := b.First(); once != "" {
		fmt.Fprintf(os.Stdout, "  First administrator: %s, one-time password: %s\n  It is shown this once and must be changed at the first sign-in.\n\n", user, once)
	}
	select {
	case <-ctx.Done():
		logger.Info("stopping")
		_ = handover.Stopping() // it stops the same
	case err = <-b.Failed():
	}
	return errors.Join(err, b.Close())
}

// configuration lays the file, then the flags and environment over the defaults.
func (s *serveCmd) configuration() (config.Config, error) {
	cfg := config.Default()
	if s.Dev {
		cfg.ForDevelopment()
	}
	if s.Config != "" {
		if err := cfg.ReadFile(s.Config); err != nil {
			return cfg, err
		}
	}
	cfg.Dev, cfg.Demo = s.Dev, s.Demo
	set(&cfg.Data, s.Data)
	set(&cfg.HTTP, s.HTTP)
	set(&cfg.HTTPS, s.HTTPS)
	set(&cfg.Admin, s.Admin)
	set(&cfg.RTC.UDPPort, s.RTCUDP)
	set(&cfg.RTC.TCPPort, s.RTCTCP)
	if s.Demo {
		cfg.AddDemo()
	}
	return cfg, cfg.Check()
}

func set[T any](dst, given *T) {
	if given != nil {
		*dst = *given
	}
}

func newLogger(l config.Log) *slog.Logger {
	options := &slog.HandlerOptions{Level: l.Level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// announce tells a person where to go next.
func announce(w io.Writer, url string, cfg config.Config) {
	fmt.Fprintf(w, "\n  diemcau is ready: %s\n", url)
	if cfg.Demo {
		fmt.Fprint(w, "  Open it in two browser windows, choose a point in each, press “Vào họp”.\n\n")
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprint(t, "  role\tuser\tpassword\n")
		for _, a := range config.DemoAccounts {
			fmt.Fprintf(t, "  %s\t%s\t%s\n", a.Role, a.User, config.DemoPassword)
		}
		_ = t.Flush() // standard output
	}
	fmt.Fprintln(w)
}
