package config

import (
	"strings"
	"testing"
)

func TestAMailServerThatCannotWorkIsNamedAtTheStart(t *testing.T) {
	t.Parallel()
	good := Default()
	good.Hosts = []string{"hop.lamgiang.example"}
	good.Mail = Mail{Server: "thu.lamgiang.example:587", Security: "starttls", User: "hop", Password: "x", From: "Văn phòng <hop@lamgiang.example>"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*Config){
		"mail.server":   func(c *Config) { c.Mail.Server = "thu" },
		"mail.from":     func(c *Config) { c.Mail.From = "" },
		"mail.security": func(c *Config) { c.Mail.Security = "ssl" },
		"password":      func(c *Config) { c.Mail.Password = "" },
		"papers.url":    func(c *Config) { c.Hosts = nil },
		"no address":    func(c *Config) { c.Papers.URL = "hop" },
	} {
		c := good
		spoil(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestLinksLeadWhereRoomsReachTheBridge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{Papers: Papers{URL: "https://hop.example/"}}, "https://hop.example"},
		{Config{HTTPS: ":7443", Hosts: []string{"hop.example"}}, "https://hop.example:7443"},
		{Config{HTTPS: ":443", Hosts: []string{"hop.example"}}, "https://hop.example"},
		{Config{HTTP: "127.0.0.1:7880"}, "http://127.0.0.1:7880"},
		{Config{HTTPS: "0.0.0.0:7443"}, "https://localhost:7443"},
	} {
		if got := c.cfg.Address(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestOPS_AnAddressAtWhichNoServerCanStandStopsTheStart(t *testing.T) {
	t.Parallel()
	for address, fine := range map[string]bool{
		"thu.lamgiang.example:587": true, "10.0.0.5:25": true, "[fd00::1]:6514": true, "localhost:25": true, "may_chu:514": true,
		"thu.lamgiang.example": false, "thu.lamgiang.example:": false, "thu.lamgiang.example:0": false, "thu.lamgiang.example:70000": false, "thu.lamgiang.example:smtp": false,
		":25": false, "169.254.169.254:25": false, "0.0.0.0:25": false, "[ff02::1]:514": false, "https://thu.lamgiang.example:25": false, "hai từ:25": false,
	} {
		mail, log := Default(), Default()
		mail.Hosts = []string{"cau.lamgiang.example"}
		mail.Mail.Server, mail.Mail.From = address, "cau@lamgiang.example"
		log.Audit.Syslog.Address = address
		for name, c := range map[string]Config{"mail.server": mail, "audit.syslog.address": log} {
			if err := c.Check(); (err == nil) != fine || err != nil && !strings.Contains(err.Error(), name) {
				t.Errorf("%s %q: %v", name, address, err)
			}
		}
	}
}
