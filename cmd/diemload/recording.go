package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// recordingCommand measures what recording costs (P8): each load without and with
// it in turn, on a bridge started afresh.
type recordingCommand struct {
	Rounds   int           `default:"3" help:"Pairs of runs of each load."`
	Duration time.Duration `default:"10m" help:"Time measured in each run."`
	Warmup   time.Duration `default:"5s" help:"Time before it."`
	JSON     bool          `name:"json" help:"Print every pair as a line of JSON instead of the table."`
	Bridge   string        `name:"server" aliases:"bridge" default:"bin/diemcau" help:"Program to measure."`
}

// recordingLoads are the loads of P8.
var recordingLoads = []struct {
	name   string
	tracks int
	scenario
}{
	{"12 pictures of 720p", 12, scenario{Publishers: 12, Subscribers: 2, Video: "720p", Codec: "vp8", Layout: "speaker"}},
	{"100 sounds", 100, scenario{Publishers: 100, Subscribers: 2, Video: "none", Codec: "vp8", Layout: "speaker", Audio: true}},
}

// recordedPair is the same load without and with recording.
type recordedPair struct {
	Load    string  `json:"load"`
	Round   int     `json:"round"`
	Without *result `json:"without"`
	With    *result `json:"with"`
	// PerTrack is the CPU time that recording took more, as a part of one core and for
	// one track.
	PerTrack float64 `json:"core_per_track"`
}

// Run says what it does as it goes, and prints the table of all runs at the end.
func (c *recordingCommand) Run(ctx context.Context) error {
	begun, busy := time.Now(), loadAverage()
	pairs := map[string][]recordedPair{}
	for _, l := range recordingLoads {
		for round := range c.Rounds {
			p := recordedPair{Load: l.name, Round: round + 1}
			// The order changes from round to round, so that a machine that gets busier
			// or calmer speaks for neither.
			for i := range 2 {
				record := i == 1 != (round%2 == 1)
				c.say("%s, round %d of %d, recording: %v, %v ...", l.name, p.Round, c.Rounds, record, c.Duration)
				res, err := c.play(ctx, l.scenario, record)
				if err != nil {
					return fmt.Errorf("%s, round %d, recording: %v: %w", l.name, p.Round, record, err)
				}
				if record {
					p.With = res
				} else {
					p.Without = res
				}
			}
			seconds := float64(l.tracks) * p.With.Seconds
			p.PerTrack = (server(p.With).CPUSeconds - server(p.Without).CPUSeconds) / seconds
			pairs[l.name] = append(pairs[l.name], p)
			if err := c.tell(p); err != nil {
				return err
			}
		}
	}
	if !c.JSON {
		c.table(os.Stdout, fmt.Sprintf("%s, %d cores, load average %s before, %d rounds of %v", begun.Format("2 January 2006"), runtime.NumCPU(), busy, c.Rounds, c.Duration), pairs)
	}
	return nil
}

func (c *recordingCommand) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}

// loadAverage is that of the last minute, where the system tells it.
func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if first, _, ok := strings.Cut(string(b), " "); err == nil && ok {
		return first
	}
	return "unknown"
}

// play runs a load once, and has what was recorded of it verified.
func (c *recordingCommand) play(ctx context.Context, s scenario, record bool) (_ *result, err error) {
	data, err := os.MkdirTemp("", "diemload")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(data) }() // it is only space
	own, _, err := ownBridge(c.Bridge, data, "")
	if err != nil {
		return nil, err
	}
	t, stop, err := own.start(ctx)
	if err != nil {
		return nil, err
	}
	s.Duration, s.Warmup, s.JoinRate, s.Record = c.Duration, c.Warmup, 20, record
	res, err := measure(ctx, t, s, impairment{})
	stop()
	if err != nil || !record {
		return res, err
	}
	if res.Recorded == nil {
		return nil, fmt.Errorf("the bridge says nothing of a recording")
	}
	check := exec.CommandContext(ctx, c.Bridge, "archive", "recheck", filepath.Join(data, "archive"))
	if said, err := check.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("what was recorded is not sound: %w: %s", err, said)
	}
	return res, nil
}

// tell prints a pair as JSON, when that is wanted.
func (c *recordingCommand) tell(p recordedPair) error {
	if !c.JSON {
		c.say("  %.2f %% of a core per track", 100*p.PerTrack)
		return nil
	}
	line, err := json.Marshal(p)
	if err == nil {
		fmt.Println(string(line))
	}
	return err
}

// recordingFigures are the lines of the table.
var recordingFigures = []struct {
	name   string
	digits int
	of     func(p recordedPair) float64
}{
	{"CPU of the bridge without, s", 2, func(p recordedPair) float64 { return server(p.Without).CPUSeconds }},
	{"with recording, s", 2, func(p recordedPair) float64 { return server(p.With).CPUSeconds }},
	{"CPU per recorded track, % of a core (P8: 3)", 2, func(p recordedPair) float64 { return 100 * p.PerTrack }},
	{"bytes written per byte received", 2, func(p recordedPair) float64 { return p.With.Recorded.PerByte }},
	{"packets dropped or lost by the recorder", 0, func(p recordedPair) float64 { return float64(p.With.Recorded.Dropped + p.With.Recorded.Lost) }},
	{"fragments dropped", 0, func(p recordedPair) float64 { return float64(p.With.Recorded.DroppedFragments) }},
	{"forwarding delay p50 without, ms (P4: 0.3)", 2, func(p recordedPair) float64 { return p.Without.DelayMS.P50 }},
	{"with recording, ms", 2, func(p recordedPair) float64 { return p.With.DelayMS.P50 }},
	{"forwarding delay p99 without, ms (P4: 2)", 2, func(p recordedPair) float64 { return p.Without.DelayMS.P99 }},
	{"with recording, ms", 2, func(p recordedPair) float64 { return p.With.DelayMS.P99 }},
	{"loss at the points without, %", 3, func(p recordedPair) float64 { return 100 * p.Without.Received.Loss }},
	{"with recording, %", 3, func(p recordedPair) float64 { return 100 * p.With.Received.Loss }},
	{"resident memory at the end without, MB", 0, func(p recordedPair) float64 { return mega(server(p.Without).RSSEnd) }},
	{"with recording, MB", 0, func(p recordedPair) float64 { return mega(server(p.With).RSSEnd) }},
}

// table prints medians with their extremes, for docs/performance.md.
func (c *recordingCommand) table(w io.Writer, head string, pairs map[string][]recordedPair) {
	fmt.Fprintf(w, "| %s |", head)
	for _, l := range recordingLoads {
		fmt.Fprintf(w, " %s |", l.name)
	}
	fmt.Fprintf(w, "\n%s|\n", strings.Repeat("|---", 1+len(recordingLoads)))
	for _, f := range recordingFigures {
		fmt.Fprintf(w, "| %s |", f.name)
		for _, l := range recordingLoads {
			var values []float64
			for _, p := range pairs[l.name] {
				values = append(values, f.of(p))
			}
			fmt.Fprintf(w, " %s |", spanOf(values, f.digits))
		}
		fmt.Fprintln(w)
	}
}
