package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
)

type benchCommand struct {
	rounds
	Bridge      string `name:"server" aliases:"bridge" default:"bin/diemcau" help:"Program to measure."`
	PeerURL     string `name:"peer-url" help:"Another server, measured side by side."`
	PeerPID     int    `name:"peer-pid" help:"Its process."`
	PeerCommand string `name:"peer-command" help:"Command that starts it afresh for each run, instead of --peer-pid."`
	PeerKey     string `name:"peer-key" default:"devkey" env:"DIEMLOAD_KEY" help:"Its API key."`
	PeerSecret  string `name:"peer-secret" default:"secret" env:"DIEMLOAD_SECRET" help:"Its API secret."`
}

// Run starts the bridge for each run on free ports and prints the tables.
func (b *benchCommand) Run(ctx context.Context) error {
	data, err := os.MkdirTemp("", "diemload")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(data) }()
	own, _, err := ownBridge(b.Bridge, data, "")
	if err != nil {
		return err
	}
	contenders := []contender{own}
	if b.PeerURL != "" {
		contenders = append(contenders, contender{
			"peer", target{URL: b.PeerURL, Key: b.PeerKey, Secret: b.PeerSecret, ServerPID: b.PeerPID}, strings.Fields(b.PeerCommand),
		})
	}
	return b.series(ctx, contenders)
}

// ownBridge is the bridge on free ports, and its admin address. Settings are
// lines of YAML.
func ownBridge(program, data, settings string) (contender, string, error) {
	ports, err := freePorts(4)
	if err != nil {
		return contender{}, "", err
	}
	address, admin := fmt.Sprintf("127.0.0.1:%d", ports[0]), fmt.Sprintf("127.0.0.1:%d", ports[3])
	config := data + "/bench.yaml" // as in production: no debug log
	if err := os.WriteFile(config, []byte("log: {level: warn}\nturn: {udp_port: 0}\n"+settings), 0o600); err != nil {
		return contender{}, "", err
	}
	return contender{
		name:   "diemcau",
		target: target{URL: "ws://" + address, Key: "devkey", Secret: "secret"},
		command: []string{
			program, "serve", "--dev", "--config", config, "--data", data, "--http", address, "--admin", admin,
			"--rtc-udp", fmt.Sprint(ports[1]), "--rtc-tcp", fmt.Sprint(ports[2]),
		},
	}, admin, nil
}

// freePorts are free for a moment; the server takes them in the next.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = l.Close() }() // all at once, so that no port comes twice
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
