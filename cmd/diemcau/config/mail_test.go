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
