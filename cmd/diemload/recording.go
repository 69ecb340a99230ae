package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

// Run prints as it goes.
func (c *recordingCommand) Run(ctx context.Context) error {
	for _, l := range recordingLoads {
		for round := range c.Rounds {
			p := recordedPair{Load: l.name, Round: round + 1}
			var err error
			if p.Without, err = c.play(ctx, l.scenario, false); err != nil {
				return fmt.Errorf("%s, round %d, without: %w", l.name, p.Round, err)
			}
			if p.With, err = c.play(ctx, l.scenario, true); err != nil {
				return fmt.Errorf("%s, round %d, with recording: %w", l.name, p.Round, err)
			}
			seconds := float64(l.tracks) * p.With.Seconds
			p.PerTrack = (server(p.With).CPUSeconds - server(p.Without).CPUSeconds) / seconds
			c.print(p)
		}
	}
	return nil
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

func (c *recordingCommand) print(p recordedPair) {
	if c.JSON {
		if line, err := json.Marshal(p); err == nil { // the struct has nothing that fails
			fmt.Println(string(line))
		}
		return
	}
	r := p.With.Recorded
	fmt.Printf("%s, round %d, %.0f s: %.2f %% of a core per track; written per byte received %.2f; %d fragments, packets dropped %d, lost %d, fragments dropped %d\n",
		p.Load, p.Round, p.With.Seconds, 100*p.PerTrack, r.PerByte, r.Fragments, r.Dropped, r.Lost, r.DroppedFragments)
	for _, each := range []struct {
		name string
		*result
	}{{"without", p.Without}, {"with", p.With}} {
		fmt.Printf("  %-8s CPU %.2f s, delay p50 %.2f, p99 %.2f ms, memory %.0f MB at the end, loss %.3f %%\n",
			each.name, server(each.result).CPUSeconds, each.DelayMS.P50, each.DelayMS.P99, mega(server(each.result).RSSEnd), 100*each.Received.Loss)
	}
}
