package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

type compareCommand struct {
	rounds
	AURL     string `name:"a-url" default:"ws://127.0.0.1:7880" help:"First server."`
	APID     int    `name:"a-pid" help:"Its process."`
	ACommand string `name:"a-command" help:"Command that starts it afresh for each run, instead of --a-pid."`
	BURL     string `name:"b-url" required:"" help:"Second server."`
	BPID     int    `name:"b-pid" help:"Its process."`
	BCommand string `name:"b-command" help:"Command that starts it afresh for each run, instead of --b-pid."`
	Key      string `default:"devkey" env:"DIEMLOAD_KEY" help:"API key of both."`
	Secret   string `default:"secret" env:"DIEMLOAD_SECRET" help:"API secret of both."`
}

// Run alternates A B A B.
func (c *compareCommand) Run(ctx context.Context) error {
	a := contender{"A", target{URL: c.AURL, Key: c.Key, Secret: c.Secret, ServerPID: c.APID}, strings.Fields(c.ACommand)}
	b := contender{"B", target{URL: c.BURL, Key: c.Key, Secret: c.Secret, ServerPID: c.BPID}, strings.Fields(c.BCommand)}
	return c.series(ctx, []contender{a, b})
}

// series runs every scenario on every contender in turn and prints as it goes.
func (r *rounds) series(ctx context.Context, contenders []contender) error {
	for _, name := range r.Scenarios {
		var all [][]*result
		for round := range r.Rounds {
			var pair []*result
			for _, c := range contenders {
				res, err := r.play(ctx, c, name)
				if err != nil {
					return fmt.Errorf("%s, round %d, %s: %w", name, round+1, c.name, err)
				}
				r.print(name, round, c, res)
				pair = append(pair, res)
			}
			all = append(all, pair)
		}
		if !r.JSON {
			summarise(name, contenders, all)
		}
	}
	return nil
}

func (r *rounds) print(name string, round int, c contender, res *result) {
	if r.JSON {
		line, err := json.Marshal(struct {
			Scenario string  `json:"scenario"`
			Round    int     `json:"round"`
			Server   string  `json:"server_name"`
			Result   *result `json:"result"`
		}{name, round + 1, c.name, res})
		if err == nil { // the struct has nothing that fails
			fmt.Println(string(line))
		}
		return
	}
	fmt.Fprintf(os.Stdout, "%s round %d %-8s", name, round+1, c.name)
	for _, f := range figures {
		fmt.Printf("  %s %.*f %s", f.name, f.digits, f.of(res), f.unit)
	}
	fmt.Println()
}

// figures are what is compared.
var figures = []struct {
	name, unit string
	digits     int
	of         func(*result) float64
}{
	{"CPU", "us/packet", 2, func(r *result) float64 { return server(r).CPUPerPkt }},
	{"memory", "kB/subscriber", 0, func(r *result) float64 { return server(r).PerListener / 1e3 }},
	{"peak", "MB", 1, func(r *result) float64 { return mega(server(r).RSSPeak) }},
	{"delay p50", "ms", 2, func(r *result) float64 { return r.DelayMS.P50 }},
	{"p99", "ms", 2, func(r *result) float64 { return r.DelayMS.P99 }},
	{"join p50", "ms", 0, func(r *result) float64 { return r.JoinMS.P50 }},
	{"first packet", "ms", 0, func(r *result) float64 { return r.FirstMS.P50 }},
	{"loss", "%", 3, func(r *result) float64 { return 100 * r.Received.Loss }},
	{"received", "Mbit/s", 1, func(r *result) float64 { return r.Received.Bitrate / 1e6 }},
}

func server(r *result) expenses {
	if r.Server == nil {
		return expenses{}
	}
	return *r.Server
}

// summarise prints medians with their spread and, of two servers, the ratios
// pair by pair.
func summarise(name string, contenders []contender, all [][]*result) {
	fmt.Printf("\n| %s | ", name)
	for _, c := range contenders {
		fmt.Printf("%s | ", c.name)
	}
	if len(contenders) == 2 {
		fmt.Printf("%s / %s, pair by pair | ", contenders[0].name, contenders[1].name)
	}
	fmt.Printf("\n%s\n", strings.Repeat("|---", 2*len(contenders))+"|")
	for _, f := range figures {
		fmt.Printf("| %s, %s | ", f.name, f.unit)
		for i := range contenders {
			var values []float64
			for _, pair := range all {
				values = append(values, f.of(pair[i]))
			}
			fmt.Printf("%s | ", spanOf(values, f.digits))
		}
		if len(contenders) == 2 {
			var ratios []float64
			for _, pair := range all {
				if b := f.of(pair[1]); b > 0 {
					ratios = append(ratios, f.of(pair[0])/b)
				}
			}
			fmt.Printf("%s | ", spanOf(ratios, 2))
		}
		fmt.Println()
	}
	fmt.Println()
}

// spanOf is the median and the extremes.
func spanOf(values []float64, digits int) string {
	if len(values) == 0 {
		return "-"
	}
	slices.Sort(values)
	return fmt.Sprintf("%.*f (%.*f to %.*f)", digits, values[len(values)/2], digits, values[0], digits, values[len(values)-1])
}
