package config

import (
	"fmt"
	"net/netip"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// Security are the rules for accounts that an operator may set.
type Security struct {
	PasswordLength int           `yaml:"password_length"`
	AdminAge       time.Duration `yaml:"admin_password_age"`
	LockAfter      int           `yaml:"lock_after"`
	LockFor        time.Duration `yaml:"lock_for"`
	IdleAfter      time.Duration `yaml:"disable_idle_after"`
	SecondFactor   []string      `yaml:"second_factor"`
	WarnIdle       time.Duration `yaml:"warn_idle_before"`
	LockBoards     time.Duration `yaml:"lock_boards_after"`
	// Internal are the networks from which those may come who have no second factor.
	Internal []netip.Prefix `yaml:"internal_networks"`
}

func defaultSecurity() Security {
	p := account.Default()
	return Security{
		PasswordLength: p.Shortest, AdminAge: p.AdminAge, LockAfter: p.LockAfter, LockFor: p.LockFor, IdleAfter: p.IdleAfter,
		SecondFactor: []string{"administrator"}, WarnIdle: p.WarnBefore, LockBoards: p.LockBoards, Internal: privateNetworks(),
	}
}

// privateNetworks are the addresses that no line from outside has: the machine's own,
// those of RFC 1918 and 6598, and of RFC 4193 and 4291.
func privateNetworks() []netip.Prefix {
	var out []netip.Prefix
	for _, n := range []string{"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10"} {
		out = append(out, netip.MustParsePrefix(n))
	}
	return out
}

// Policy is what the door is held to.
func (c *Config) Policy() (account.Policy, error) {
	p, s := account.Default(), c.Security
	p.Shortest, p.AdminAge, p.LockAfter, p.LockFor, p.IdleAfter = s.PasswordLength, s.AdminAge, s.LockAfter, s.LockFor, s.IdleAfter
	p.SecondFactor, p.WarnBefore, p.LockBoards, p.Internal = nil, s.WarnIdle, s.LockBoards, s.Internal
	if p.LockBoards <= 0 || p.LockBoards > 15*time.Minute {
		return p, fmt.Errorf("configuration: security.lock_boards_after must be above 0 and at most 15m")
	}
	if len(p.Internal) == 0 { // nobody is inside
		p.Internal = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32")}
	}
	if p.Shortest < 8 || p.LockAfter < 1 || p.LockFor <= 0 || p.AdminAge < 0 || p.IdleAfter < 0 {
		return p, fmt.Errorf("configuration: security: password_length must be at least 8, lock_after at least 1, times not negative")
	}
	for _, role := range s.SecondFactor {
		rights, err := RightsOf(role)
		if err != nil {
			return p, err
		}
		p.SecondFactor = append(p.SecondFactor, rights...)
	}
	return p, nil
}

// RightsOf reads the role of a configured account.
func RightsOf(role string) ([]meeting.Right, error) {
	rights := map[string]meeting.Right{
		"chair": meeting.Chair, "secretary": meeting.Secretary, "technician": meeting.Technician, "point": meeting.Delegate,
		"delegate": meeting.Delegate, "archivist": meeting.Archivist, "administrator": meeting.Administrator,
	}
	if r, ok := rights[role]; ok {
		return []meeting.Right{r}, nil
	}
	return nil, fmt.Errorf("configuration: there is no role %q", role)
}
