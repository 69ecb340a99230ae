package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// contender is one of the servers compared: one that runs already, or one that
// is started afresh for each run, so that its memory is that of the run.
type contender struct {
	name    string
	target  target
	command []string // empty for one that runs already
}

// media is the address of the port for media of a bridge that ownBridge made.
func (c contender) media() string {
	if i := slices.Index(c.command, "--rtc-udp"); i >= 0 {
		return "127.0.0.1:" + c.command[i+1]
	}
	return ""
}

// start returns the server to load, and what stops it.
func (c contender) start(ctx context.Context) (target, func(), error) {
	if len(c.command) == 0 {
		return c.target, func() {}, nil
	}
	process := exec.Command(c.command[0], c.command[1:]...)
	if err := process.Start(); err != nil {
		return c.target, nil, err
	}
	exited := make(chan struct{})
	go func() {
		_ = process.Wait() // how it ended is of no interest
		close(exited)
	}()
	stop := func() {
		_ = process.Process.Signal(syscall.SIGTERM) // it may have ended
		select {
		case <-exited:
		case <-time.After(10 * time.Second):
			_ = process.Process.Kill()
			<-exited
		}
	}
	t := c.target
	t.ServerPID = process.Process.Pid
	if err := answers(ctx, t.URL, exited); err != nil {
		stop()
		return t, nil, fmt.Errorf("%s: %w", c.name, err)
	}
	return t, stop, nil
}

// answers waits until the server at url serves HTTP.
func answers(ctx context.Context, url string, exited <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	url = strings.Replace(url, "ws", "http", 1)
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			return answer.Body.Close()
		}
		select {
		case <-exited:
			return errors.New("it ended")
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w", ctx.Err())
		}
	}
}

// scenarios are those of docs/performance.md.
var scenarios = map[string]scenario{
	"1x40": {Publishers: 1, Subscribers: 40, Video: "720p", Codec: "vp8", Layout: "speaker"},
	"6x20": {Publishers: 6, Subscribers: 20, Video: "720p", Codec: "vp8", Layout: "grid", Audio: true, Simulcast: true},
}

// rounds are the settings of a series of runs.
type rounds struct {
	Rounds    int           `default:"5" help:"Runs of each scenario on each server."`
	Scenarios []string      `default:"1x40,6x20" enum:"1x40,6x20" help:"Scenarios to run."`
	Duration  time.Duration `default:"15s" help:"Time measured in each run."`
	JSON      bool          `name:"json" help:"Print every result as a line of JSON instead of the table."`
}

// play runs one scenario once on one server.
func (r *rounds) play(ctx context.Context, c contender, name string) (*result, error) {
	t, stop, err := c.start(ctx)
	if err != nil {
		return nil, err
	}
	defer stop()
	s := scenarios[name]
	s.Duration, s.Warmup, s.JoinRate = r.Duration, 3*time.Second, 20
	return measure(ctx, t, s, impairment{})
}
