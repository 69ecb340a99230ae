package config_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"diemcau/cmd/diemcau/config"
)

func TestTheAnnotatedSampleIsTheDefault(t *testing.T) {
	t.Parallel()
	got := config.Default()
	if err := got.ReadFile("../../../deploy/diemcau.yaml"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), got, cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Errorf("deploy/diemcau.yaml and the defaults differ (-default +sample):\n%s", diff)
	}
	if err := got.Check(); err != nil {
		t.Errorf("the sample does not pass the check: %v", err)
	}
}

func TestAMisspeltKeyStopsTheStart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "diemcau.yaml")
	if err := os.WriteFile(path, []byte("rtc:\n  udp_prot: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	err := c.ReadFile(path)
	if err == nil || !strings.Contains(err.Error(), "udp_prot") {
		t.Errorf("ReadFile = %v, want an error that names udp_prot", err)
	}
}

func TestSettingsThatCannotWorkAreNamed(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*config.Config){
		"neither http":        func(c *config.Config) { c.HTTP, c.HTTPS = "", "" },
		"loopback address":    func(c *config.Config) { c.HTTP, c.HTTPS = ":8080", "" },
		"limits.connections":  func(c *config.Config) { c.Limits.Connections = 0 },
		"certificate and key": func(c *config.Config) { c.TLS.Certificate = "x" },
		"rtc ports":           func(c *config.Config) { c.RTC.UDPPort = 70000 },
		"turn ports":          func(c *config.Config) { c.TURN.TLSPort = -1 },
		"webhook.key":         func(c *config.Config) { c.Webhook.URLs = []string{"http://127.0.0.1"} },
		"32 characters":       func(c *config.Config) { c.Keys = map[string]config.Secret{"k": "short"} },
	} {
		c := config.Default()
		spoil(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("Check = %v, want an error with %q", err, name)
		}
	}
}

func TestNoPrintShowsASecret(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Keys = map[string]config.Secret{"k": "tell-nobody"}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if s := fmt.Sprintf(verb, c); strings.Contains(s, "tell-nobody") {
			t.Errorf("%s shows the secret: %s", verb, s)
		}
	}
}

func TestSEC06_TheAuditLogIsKeptForTwelveMonthsAtLeast(t *testing.T) {
	t.Parallel()
	for months, fine := range map[int]bool{0: true, 12: true, 36: true, 11: false, 1: false, -1: false} {
		c := config.Default()
		c.Audit.KeepMonths = months
		if err := c.Check(); (err == nil) != fine || err != nil && !strings.Contains(err.Error(), "audit.keep_months") {
			t.Errorf("%d months: %v", months, err)
		}
	}
}
