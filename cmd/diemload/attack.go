package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"diemcau/cmd/diemload/assault"
	"diemcau/internal/lkclient"
)

type attackCommand struct {
	Bridge   string        `name:"server" aliases:"bridge" default:"bin/diemcau" help:"Program to attack; it is started afresh."`
	Points   int           `default:"10" help:"Points of the meeting."`
	Duration time.Duration `default:"20s" help:"Time measured, once before and once during the attack."`
	Rounds   int           `default:"3" help:"Pairs of before and during; the medians of their ratios count."`
	Control  bool          `help:"Attack another bridge on this machine, too, in turn with that of the meeting: what then happens to the meeting is the machine's doing."`
	Profile  string        `help:"Folder for CPU profile and execution trace of the bridge, taken during the first attack."`
	violence
}

// violence is how much of it.
type violence struct {
	Joins      int `default:"10000" help:"Bad joins a second."`
	Frames     int `default:"1000" help:"Malformed frames a second."`
	Datagrams  int `default:"0" help:"Datagrams a second to the port for media that no client sends."`
	Identities int `default:"1" help:"Tokens that send the frames."`
}

// attackerCommand is the attacker as a process of its own, so that its work is not
// that of the points that measure.
type attackerCommand struct {
	target
	violence
	Media string        `help:"Address of the port for media."`
	Time  time.Duration `name:"time"`
}

// Run prints what the bridge answered as JSON.
func (a *attackerCommand) Run(ctx context.Context) error {
	// On a machine that is attacker and bridge at once the attacker yields: a real one
	// takes nothing of the bridge's processors.
	idles()
	var tokens []string
	for i := range a.Identities {
		token, err := lkclient.Token(a.Key, a.Secret, "assault-"+uuid.NewString()[:8], fmt.Sprintf("assault-%d", i), nil)
		if err != nil {
			return err
		}
		tokens = append(tokens, token)
	}
	ctx, cancel := context.WithTimeout(ctx, a.Time)
	defer cancel()
	done, err := assault.Run(ctx, assault.Plan{
		URL: a.URL, Tokens: tokens, Joins: a.Joins, Frames: a.Frames, JoinsFrom: "127.0.0.2", FramesFrom: "127.0.0.3",
		Media: a.Media, Datagrams: a.Datagrams,
	})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(done)
}

// attacked is a bridge of its own that runs.
type attacked struct {
	target
	media, admin string
	stop         func()
}

// open starts one in a folder below dir.
func (a *attackCommand) open(ctx context.Context, dir, name string) (*attacked, error) {
	data := filepath.Join(dir, name)
	if err := os.Mkdir(data, 0o700); err != nil {
		return nil, err
	}
	own, admin, err := ownBridge(a.Bridge, data, "limits: {loopback: true}\n") // like addresses from outside
	if err != nil {
		return nil, err
	}
	t, stop, err := own.start(ctx)
	if err != nil {
		return nil, err
	}
	return &attacked{t, own.media(), admin, stop}, nil
}

// Run holds a meeting of talking points, attacks the bridge meanwhile, and prints
// delay and loss before and during.
func (a *attackCommand) Run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "diemload")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	b, err := a.open(ctx, dir, "meeting")
	if err != nil {
		return err
	}
	defer b.stop()
	victims := []*attacked{b}
	if a.Control {
		other, err := a.open(ctx, dir, "other")
		if err != nil {
			return err
		}
		defer other.stop()
		victims = append(victims, other)
	}
	l, err := a.meet(ctx, b.target)
	if err != nil {
		return err
	}
	defer l.close()
	pairs := make([][]pair, len(victims))
	for round := range a.Rounds {
		for i, v := range victims {
			took := func() {}
			if a.Profile != "" && i == 0 && round == 0 {
				took = a.profile(ctx, b.admin)
			}
			p, err := a.round(ctx, l, v)
			took()
			if err != nil {
				return err
			}
			pairs[i] = append(pairs[i], p)
		}
	}
	for i, name := range []string{"the bridge of the meeting", "another bridge on the machine"}[:len(victims)] {
		report(os.Stdout, name, pairs[i])
	}
	return nil
}

// meet opens the meeting.
func (a *attackCommand) meet(ctx context.Context, t target) (*load, error) {
	s := scenario{Scenario: "speaker", Points: a.Points, Codec: "vp8", Duration: a.Duration, Warmup: 3 * time.Second, JoinRate: 20, Room: "meeting"}
	s.complete()
	l := &load{target: t, scenario: s, streams: newStreams()}
	if err := l.joinPublishers(ctx); err != nil {
		l.close()
		return nil, err
	}
	l.joinSubscribers(ctx)
	l.settle(ctx)
	if err := sleep(ctx, s.Warmup); err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// pair is a meeting without and with the attack, right after one another.
type pair struct{ before, during *result }

func (a *attackCommand) round(ctx context.Context, l *load, victim *attacked) (pair, error) {
	p := pair{before: l.interval(ctx)}
	l.streams.delay.clear()
	self, err := os.Executable()
	if err != nil {
		return p, err
	}
	lasts := a.Duration + time.Second
	attacker := exec.CommandContext(ctx, self, "attacker", "--url", victim.URL, "--key", victim.Key, "--secret", victim.Secret,
		"--joins", fmt.Sprint(a.Joins), "--frames", fmt.Sprint(a.Frames), "--identities", fmt.Sprint(a.Identities),
		"--datagrams", fmt.Sprint(a.Datagrams), "--media", victim.media, "--time", lasts.String())
	attacker.Stderr = os.Stderr
	out, err := attacker.StdoutPipe()
	if err != nil {
		return p, err
	}
	suffered := usageOf(victim)
	if err := attacker.Start(); err != nil {
		return p, err
	}
	p.during = l.interval(ctx)
	l.streams.delay.clear()
	var done assault.Done
	if err := errors.Join(json.NewDecoder(out).Decode(&done), attacker.Wait()); err != nil {
		return p, fmt.Errorf("attacker: %w", err)
	}
	suffered = usageOf(victim) - suffered
	told(done, lasts, attacker.ProcessState.UserTime()+attacker.ProcessState.SystemTime(), suffered)
	p.tell()
	if done.Admitted > 0 {
		return p, fmt.Errorf("%d bad joins were admitted", done.Admitted)
	}
	return p, sleep(ctx, time.Second) // what waits for an answer is gone before the next
}

func usageOf(b *attacked) time.Duration {
	u, err := processUsage(b.ServerPID)
	if err != nil {
		return 0
	}
	return u.cpu
}

func told(d assault.Done, lasts, cost, suffered time.Duration) {
	per := func(n uint64) float64 { return float64(n) / lasts.Seconds() }
	fmt.Printf("attack: bad joins a second %.0f refused, %.0f left waiting, %.0f turned away unread, %.0f unheard; %d admitted; %.0f malformed frames a second, %d sockets cut, %d failed; %.0f datagrams a second; attacker %.2f, attacked bridge %.2f CPU s\n",
		per(d.Refused), per(d.Left), per(d.Turned), per(d.Unheard), d.Admitted, per(d.Frames), d.Cut, d.Failed, per(d.Thrown), cost.Seconds(), suffered.Seconds())
}

func (p pair) tell() {
	for _, of := range []struct {
		name string
		*result
	}{{"before", p.before}, {"during", p.during}} {
		fmt.Printf("%s: delay p50 %.3f, p95 %.3f, p99 %.3f ms, lost %d (%.4f %%) of %d packets, server %.2f CPU s\n",
			of.name, of.DelayMS.P50, of.DelayMS.P95, of.DelayMS.P99, of.Received.Lost, 100*of.Received.Loss, of.Received.Packets, of.Server.CPUSeconds)
	}
}

// report prints the medians of the ratios of all pairs.
func report(w io.Writer, name string, pairs []pair) {
	median := func(f func(r *result) float64) float64 {
		var all []float64
		for _, p := range pairs {
			all = append(all, f(p.during)/f(p.before))
		}
		return describe(all).P50
	}
	var lost [2]int64
	for _, p := range pairs {
		lost[0], lost[1] = lost[0]+p.before.Received.Lost, lost[1]+p.during.Received.Lost
	}
	fmt.Fprintf(w, "attacking %s: delay during / before p50 %.2f, p95 %.2f, p99 %.2f (medians of %d pairs; goal at most 1.10); packets lost %d before, %d during; CPU of the meeting's bridge %.2f times\n",
		name, median(func(r *result) float64 { return r.DelayMS.P50 }), median(func(r *result) float64 { return r.DelayMS.P95 }),
		median(func(r *result) float64 { return r.DelayMS.P99 }), len(pairs), lost[0], lost[1], median(func(r *result) float64 { return r.Server.CPUSeconds }))
}

// profile fetches what the bridge is busy with while it is attacked, and returns what
// waits for the end of that. What goes wrong is only said: the figures count.
func (a *attackCommand) profile(ctx context.Context, admin string) func() {
	done := make(chan error, 1)
	go func() {
		if err := sleep(ctx, a.Duration); err != nil { // what comes before the attack
			done <- err
			return
		}
		trace := make(chan error, 1)
		go func() {
			trace <- fetch(ctx, "http://"+admin+"/debug/pprof/trace?seconds=1", filepath.Join(a.Profile, "attack.trace"))
		}()
		done <- errors.Join(
			fetch(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", admin, max(1, int(a.Duration.Seconds())-1)), filepath.Join(a.Profile, "attack.cpu")),
			<-trace)
	}()
	return func() {
		if err := <-done; err != nil {
			fmt.Fprintln(os.Stderr, "profile:", err)
		}
	}
}

func fetch(ctx context.Context, url, file string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, answer.Body)
	return errors.Join(err, f.Close())
}
