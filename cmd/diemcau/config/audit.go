package config

import (
	"fmt"
	"net"
)

// Audit is where lines of the audit log are sent besides the database. How long they
// are kept is no setting: they are never taken away.
type Audit struct {
	Syslog Syslog `yaml:"syslog"`
}

// Syslog is a collector of the house.
type Syslog struct {
	Network   string `yaml:"network"`
	Address   string `yaml:"address"`
	Format    string `yaml:"format"`
	Authority string `yaml:"authority"`
}

func (c *Config) checkAudit() error {
	s := c.Audit.Syslog
	if s.Address == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(s.Address); err != nil {
		return fmt.Errorf("configuration: audit.syslog.address: %w", err)
	}
	if s.Network != "udp" && s.Network != "tcp" && s.Network != "tls" {
		return fmt.Errorf("configuration: audit.syslog.network is udp, tcp or tls, not %q", s.Network)
	}
	if s.Format != "syslog" && s.Format != "cef" {
		return fmt.Errorf("configuration: audit.syslog.format is syslog or cef, not %q", s.Format)
	}
	return nil
}
