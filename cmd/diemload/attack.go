package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/google/uuid"

	"diemcau/cmd/diemload/assault"
	"diemcau/internal/lkclient"
)

type attackCommand struct {
	Bridge   string        `name:"server" aliases:"bridge" default:"bin/diemcau" help:"Program to attack; it is started afresh."`
	Points   int           `default:"10" help:"Points of the meeting."`
	Duration time.Duration `default:"20s" help:"Time measured, once before and once during the attack."`
	Joins    int           `default:"10000" help:"Bad joins a second."`
	Frames   int           `default:"1000" help:"Malformed frames a second."`
	Rounds   int           `default:"3" help:"Pairs of before and during; the medians count."`
}

// attackerCommand is the attacker as a process of its own, so that its work is not
// that of the points that measure.
type attackerCommand struct {
	target
	Joins  int
	Frames int
	Time   time.Duration `name:"time"`
}

// Run prints what the bridge answered as JSON.
func (a *attackerCommand) Run(ctx context.Context) error {
	token, err := lkclient.Token(a.Key, a.Secret, "assault-"+uuid.NewString()[:8], "assault", nil)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, a.Time)
	defer cancel()
	done, err := assault.Run(ctx, assault.Plan{URL: a.URL, Token: token, Joins: a.Joins, Frames: a.Frames, JoinsFrom: "127.0.0.2", FramesFrom: "127.0.0.3"})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(done)
}

// Run holds a meeting of talking points, attacks the bridge meanwhile, and prints
// delay and loss before and during.
func (a *attackCommand) Run(ctx context.Context) error {
	data, err := os.MkdirTemp("", "diemload")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	own, _, err := ownBridge(a.Bridge, data, "limits: {loopback: true}\n") // like addresses from outside
	if err != nil {
		return err
	}
	t, stop, err := own.start(ctx)
	if err != nil {
		return err
	}
	defer stop()
	s := scenario{Scenario: "speaker", Points: a.Points, Codec: "vp8", Duration: a.Duration, Warmup: 3 * time.Second, JoinRate: 20, Room: "meeting"}
	s.complete()
	l := &load{target: t, scenario: s, streams: newStreams()}
	defer l.close()
	if err := l.joinPublishers(ctx); err != nil {
		return err
	}
	l.joinSubscribers(ctx)
	l.settle(ctx)
	if err := sleep(ctx, s.Warmup); err != nil {
		return err
	}
	var ratios []float64
	for range a.Rounds {
		ratio, err := a.round(ctx, l, t)
		if err != nil {
			return err
		}
		ratios = append(ratios, ratio)
	}
	fmt.Printf("delay during / before: %.2f (median of %d; goal at most 1.10)\n", describe(ratios).P50, len(ratios))
	return nil
}

func (a *attackCommand) round(ctx context.Context, l *load, t target) (ratio float64, err error) {
	before := l.interval(ctx)
	l.streams.delay.clear()
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	attacker := exec.CommandContext(ctx, self, "attacker", "--url", t.URL, "--key", t.Key, "--secret", t.Secret,
		"--joins", fmt.Sprint(a.Joins), "--frames", fmt.Sprint(a.Frames), "--time", (a.Duration + time.Second).String())
	attacker.Stderr = os.Stderr
	out, err := attacker.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := attacker.Start(); err != nil {
		return 0, err
	}
	// On a machine that is attacker and bridge at once the attacker yields: a real one
	// takes nothing of the bridge's processors.
	yields(attacker.Process.Pid)
	during := l.interval(ctx)
	l.streams.delay.clear()
	var done assault.Done
	err = errors.Join(json.NewDecoder(out).Decode(&done), attacker.Wait())
	if err != nil {
		return 0, fmt.Errorf("attacker: %w", err)
	}
	seconds := (a.Duration + time.Second).Seconds()
	fmt.Printf("attack: bad joins a second %.0f refused, %.0f left waiting, %.0f turned away unread; %d admitted; %.0f malformed frames a second, %d sockets cut, %d connections failed; attacker %.2f CPU s\n",
		float64(done.Refused)/seconds, float64(done.Left)/seconds, float64(done.Turned)/seconds, done.Admitted, float64(done.Frames)/seconds, done.Cut, done.Failed,
		(attacker.ProcessState.UserTime() + attacker.ProcessState.SystemTime()).Seconds())
	for name, r := range map[string]*result{"before": before, "during": during} {
		fmt.Printf("%s: delay p50 %.2f ms, p99 %.2f ms, lost %d (%.4f %%) of %d packets, server %.2f CPU s\n",
			name, r.DelayMS.P50, r.DelayMS.P99, r.Received.Lost, 100*r.Received.Loss, r.Received.Packets, r.Server.CPUSeconds)
	}
	if done.Admitted > 0 {
		return 0, fmt.Errorf("%d bad joins were admitted", done.Admitted)
	}
	return during.DelayMS.P50 / before.DelayMS.P50, nil
}
