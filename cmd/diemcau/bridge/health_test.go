package bridge

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"gopkg.in/yaml.v3"

	"diemcau/cmd/diemcau/config"
)

func TestABridgeWhoseDatabaseIsAwayLivesButIsNotReady(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	if text, err := Look(t.Context(), b.Admin(), true); err != nil || text != "ready\ndatabase: ok\ndisk: ok\nmedia: ok\ncertificate: ok\n" {
		t.Fatalf("%q, %v", text, err)
	}
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	status, text := ask(b.adminRoutes(), "/readyz")
	if status != http.StatusServiceUnavailable || text != "not ready\ndatabase: does not answer\n" {
		t.Errorf("%d %q", status, text)
	}
	if _, err := Look(t.Context(), b.Admin(), true); err == nil {
		t.Error("the command calls it ready")
	}
	if text, err := Look(t.Context(), b.Admin(), false); err != nil || text != "OK\n" {
		t.Errorf("health: %q, %v", text, err)
	}
}

func TestAFullDiskIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := roomOn(dir, 1); err != nil {
		t.Error(err)
	}
	if err := roomOn(dir, 1<<62); err == nil {
		t.Error("4 EiB are free")
	}
	if err := roomOn(filepath.Join(dir, "gone"), 1); err == nil {
		t.Error("a folder that is not there has room")
	}
}

func TestOPS_TheReserveOfADiskOfRecordingsIsNotAskedOfTheDiskOfPapersAndExports(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("a folder that is surely on another disk is known of Linux only")
	}
	b := &Bridge{cfg: config.Default()}
	b.cfg.Data, b.cfg.Recording.ReserveMB = t.TempDir(), 1<<40
	for dir, want := range map[string]bool{"": false, t.TempDir(): false, "/proc": true} {
		b.cfg.Recording.Dir = dir
		if room, err := b.room(); err != nil || room > 0 != want {
			t.Errorf("recordings in %q: %d bytes, %v", dir, room, err)
		}
	}
}

var fqName = regexp.MustCompile(`fqName: "([^"]+)"`)

// deployed are the files for operators that name metrics.
const deployed = "../../../deploy/"

var metricName = regexp.MustCompile(`\b(?:diemcau|process|go)_[a-z0-9_]+`)

// expressions takes what Prometheus is asked out of alarms and dashboards.
func expressions(t *testing.T) (named map[string]string) {
	t.Helper()
	named = map[string]string{}
	note := func(file, expression string) {
		for _, name := range metricName.FindAllString(expression, -1) {
			named[name] = file
		}
	}
	var rules struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string } `yaml:"rules"`
		} `yaml:"groups"`
	}
	raw, err := os.ReadFile(deployed + "prometheus/diemcau.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(raw, &rules); err != nil {
		t.Fatal(err)
	}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			note(r.Alert, r.Expr)
		}
	}
	boards, err := filepath.Glob(deployed + "grafana/dashboards/*.json")
	if err != nil || len(boards) == 0 {
		t.Fatalf("dashboards: %v, %v", boards, err)
	}
	for _, file := range boards {
		var board struct {
			Panels []struct {
				Title   string
				Targets []struct{ Expr string }
			}
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &board); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, p := range board.Panels {
			for _, target := range p.Targets {
				note(filepath.Base(file)+" "+p.Title, target.Expr)
			}
		}
	}
	return named
}

func TestAlarmsAndDashboardsNameMetricsThatTheBridgeHas(t *testing.T) {
	t.Parallel()
	b := newBridge(t, func(c *config.Config) {
		c.Audit.Syslog = config.Syslog{Network: "udp", Address: "127.0.0.1:9", Format: "syslog"}
	})
	// Descriptions and not values: what has labels has none before something happens.
	known := map[string]bool{}
	for _, c := range b.collectors() {
		descs := make(chan *prometheus.Desc)
		go func() { defer close(descs); c.Describe(descs) }()
		for d := range descs {
			known[fqName.FindStringSubmatch(d.String())[1]] = true
		}
	}
	named := expressions(t)
	if len(named) < 40 {
		t.Errorf("only %d metrics are looked at", len(named))
	}
	for name, where := range named {
		if !known[name] {
			t.Errorf("%s: there is no metric %s", where, name)
		}
	}
}

func TestEachAlarmStandsInTheOperatorsBook(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(deployed + "prometheus/diemcau.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	book, err := os.ReadFile("../../../docs/operation.md")
	if err != nil {
		t.Fatal(err)
	}
	alarms := regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(string(raw), -1)
	if len(alarms) < 10 {
		t.Fatalf("only %d alarms", len(alarms))
	}
	for _, a := range alarms {
		if !strings.Contains(string(book), "`"+a[1]+"`") {
			t.Errorf("docs/operation.md does not say what to do at %s", a[1])
		}
	}
}
