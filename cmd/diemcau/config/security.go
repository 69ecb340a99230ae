package config

import (
	"fmt"
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
}

func defaultSecurity() Security {
	p := account.Default()
	return Security{
		PasswordLength: p.Shortest, AdminAge: p.AdminAge, LockAfter: p.LockAfter, LockFor: p.LockFor, IdleAfter: p.IdleAfter,
		SecondFactor: []string{"administrator"},
	}
}

// Policy is what the door is held to.
func (c *Config) Policy() (account.Policy, error) {
	p, s := account.Default(), c.Security
	p.Shortest, p.AdminAge, p.LockAfter, p.LockFor, p.IdleAfter = s.PasswordLength, s.AdminAge, s.LockAfter, s.LockFor, s.IdleAfter
	p.SecondFactor = nil
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
