package config

import (
	"fmt"

	"diemcau/meeting/audit"
)

// Audit is where lines of the audit log are sent besides the database, and how long
// they are kept there.
type Audit struct {
	// KeepMonths is after how many months lines go into a file; 0 is never.
	KeepMonths int    `yaml:"keep_months"`
	Syslog     Syslog `yaml:"syslog"`
}

// Syslog is a collector of the house.
type Syslog struct {
	Network   string `yaml:"network"`
	Address   string `yaml:"address"`
	Format    string `yaml:"format"`
	Authority string `yaml:"authority"`
}

func (c *Config) checkAudit() error {
	if k := c.Audit.KeepMonths; k != 0 && k < audit.LeastMonths {
		return fmt.Errorf("configuration: audit.keep_months is 0 (everything stays) or at least %d, not %d", audit.LeastMonths, k)
	}
	s := c.Audit.Syslog
	if s.Address == "" {
		return nil
	}
	if err := checkServer("audit.syslog.address", s.Address); err != nil {
		return err
	}
	if s.Network != "udp" && s.Network != "tcp" && s.Network != "tls" {
		return fmt.Errorf("configuration: audit.syslog.network is udp, tcp or tls, not %q", s.Network)
	}
	if s.Format != "syslog" && s.Format != "cef" {
		return fmt.Errorf("configuration: audit.syslog.format is syslog or cef, not %q", s.Format)
	}
	return nil
}
