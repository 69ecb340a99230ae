package integration

import (
	"log/slog"
	"strings"
	"testing"

	"diemcau/cmd/diemcau/bridge"
	"diemcau/cmd/diemcau/config"
)

// startOwn starts diemcau in this process on free ports.
func startOwn(t *testing.T, set ...func(*config.Config)) *server {
	t.Helper()
	cfg := config.Default()
	cfg.Dev = true
	cfg.ForDevelopment()
	cfg.Data = t.TempDir()
	cfg.HTTP, cfg.Admin = "127.0.0.1:0", "127.0.0.1:0"
	cfg.RTC.UDPPort, cfg.RTC.TCPPort = 0, 0
	cfg.TURN = config.TURN{}
	for _, f := range set {
		f(&cfg)
	}
	own, err := bridge.New(cfg, slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Close(); err != nil {
			t.Errorf("closing the bridge: %v", err)
		}
	})
	if err := own.Start(); err != nil {
		t.Fatal(err)
	}
	return &server{
		url: strings.Replace(own.URL(), "http", "ws", 1), key: "devkey", secret: string(cfg.Keys["devkey"]),
		admin: own.Admin(), stop: own.Close,
	}
}
