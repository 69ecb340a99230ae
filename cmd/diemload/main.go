// Command diemload drives a server of the conference protocol with synthetic
// points and measures what arrives and what it costs. It speaks the public
// protocol only, so that any two servers can be compared in one run.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

type cli struct {
	Run       runCommand       `cmd:"" default:"withargs" help:"Load one server (the default)."`
	Compare   compareCommand   `cmd:"" help:"Load two servers in turn and print the ratios."`
	Bench     benchCommand     `cmd:"" help:"Start the bridge itself, run the scenarios of docs/performance.md, print the table."`
	Recording recordingCommand `cmd:"" help:"Start the bridge itself and measure what recording 12 pictures and 100 sounds costs."`
	Attack    attackCommand    `cmd:"" help:"Start the bridge itself, hold a meeting, attack the bridge meanwhile, print delay and loss before and during."`
	Attacker  attackerCommand  `cmd:"" hidden:"" help:"The attacker of attack."`
	Soak      soakCommand      `cmd:"" help:"Start the bridge itself, let points come and go, and check that it ends with what it began with."`
}

// target is the server under load.
type target struct {
	URL       string `default:"ws://127.0.0.1:7880" help:"Server to load."`
	Key       string `default:"devkey" env:"DIEMLOAD_KEY" help:"API key."`
	Secret    string `default:"secret" env:"DIEMLOAD_SECRET" help:"API secret."`
	ServerPID int    `name:"server-pid" help:"Process whose CPU time and memory are measured."`
	Admin     string `name:"server-admin" help:"Admin address of a bridge, which tells how long packets stay in it."`
}

// scenario is what the points do.
type scenario struct {
	Scenario     string        `default:"none" enum:"none,grid,speaker,conference,churn,viewers" help:"A meeting as docs/performance.md describes it: ${enum}. It decides who sends what, and takes --points."`
	Points       int           `help:"Points that receive in a scenario; 0 means its own number."`
	HearAll      bool          `help:"Points of a conference subscribe to each other's muted microphones, too."`
	Publishers   int           `default:"1" help:"Points that send."`
	Subscribers  int           `default:"1" help:"Points that receive all senders."`
	Audio        bool          `help:"Publishers send sound."`
	Video        string        `default:"720p" enum:"none,180p,360p,720p" help:"Picture that publishers send: ${enum}."`
	Simulcast    bool          `help:"Send all layers up to the picture's size."`
	Codec        string        `default:"vp8" enum:"vp8,h264" help:"Video codec: ${enum}."`
	Layout       string        `default:"speaker" enum:"speaker,grid,conference" help:"Sizes that subscribers ask for: ${enum}."`
	Duration     time.Duration `default:"30s" help:"Time measured, after everyone has joined."`
	Warmup       time.Duration `default:"3s" help:"Time between the last join and the measurement."`
	JoinRate     float64       `default:"20" help:"Subscribers joining per second."`
	Room         string        `help:"Room name. Empty makes a new one."`
	MutedUplinks bool          `help:"Subscribers publish a muted microphone."`
	Churn        time.Duration `help:"One subscriber leaves and another joins this often."`
	Single       bool          `help:"One peer connection for both ways."`
	Record       bool          `help:"The server records the room."`
}

type runCommand struct {
	target
	scenario
	impairment
	JSON bool `name:"json" help:"Print the result as JSON."`
}

// Run loads one server once.
func (r *runCommand) Run(ctx context.Context) error {
	res, err := measure(ctx, r.target, r.scenario, r.impairment)
	if err != nil {
		return err
	}
	if r.JSON {
		return res.writeJSON(os.Stdout)
	}
	return res.writeText(os.Stdout)
}

func main() {
	debug.SetGCPercent(400) // the load shares the machine with the server: memory is cheaper than its time
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k := kong.Parse(&c, kong.Name("diemload"), kong.UsageOnError(),
		kong.Description("Load and comparison tool for servers of the conference protocol."))
	k.BindTo(ctx, (*context.Context)(nil))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "diemload:", err)
		stop()
		os.Exit(1)
	}
}
