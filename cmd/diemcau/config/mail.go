package config

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strings"
)

// Papers are what the papers of meetings carry besides the meeting's own fields.
type Papers struct {
	Place string `yaml:"place"`
	URL   string `yaml:"url"`
}

// Mail is the server through which invitations leave; none without Server.
type Mail struct {
	Server    string `yaml:"server"`
	Security  string `yaml:"security"`
	Authority string `yaml:"authority"`
	User      string `yaml:"user"`
	Password  Secret `yaml:"password"`
	From      string `yaml:"from"`
}

// Address is where rooms reach the bridge, for links on papers and in letters,
// without a slash at the end: the one that is set, or the first of hosts.
func (c *Config) Address() string {
	if c.Papers.URL != "" {
		return strings.TrimRight(c.Papers.URL, "/")
	}
	scheme, at := "https", c.HTTPS
	if at == "" {
		scheme, at = "http", c.HTTP
	}
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		return ""
	}
	if len(c.Hosts) > 0 {
		host = c.Hosts[0]
	} else if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	if scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		return scheme + "://" + host
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// checkMail reports what cannot work of the sending of letters.
func (c *Config) checkMail() error {
	if u, err := url.Parse(c.Papers.URL); c.Papers.URL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("configuration: papers.url %q is no address of a bridge", c.Papers.URL)
	}
	m := c.Mail
	if m.Server == "" {
		return nil
	}
	if err := checkServer("mail.server", m.Server); err != nil {
		return err
	}
	if _, err := mail.ParseAddress(m.From); err != nil {
		return fmt.Errorf("configuration: mail.from: %w", err)
	}
	switch {
	case m.Security != "tls" && m.Security != "starttls" && m.Security != "none":
		return errors.New("configuration: mail.security is tls, starttls or none")
	case (m.User == "") != (m.Password == ""):
		return errors.New("configuration: mail needs both user and password, or neither")
	case c.Papers.URL == "" && len(c.Hosts) == 0 && !c.Dev:
		return errors.New("configuration: letters carry links: set papers.url or hosts")
	}
	return nil
}
