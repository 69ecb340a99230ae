// Package config reads what the operator has set: defaults, then a YAML file,
// then environment variables, then flags, each over the one before. It starts
// nothing and opens nothing but the file.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"time"

	"gopkg.in/yaml.v3"
)

// Config is everything that can be set. Every key is explained in
// deploy/diemcau.yaml.
type Config struct {
	Data      string            `yaml:"data"`
	Database  Secret            `yaml:"database"` // its address may hold a password
	HTTP      string            `yaml:"http"`
	HTTPS     string            `yaml:"https"`
	Admin     string            `yaml:"admin"`
	Hosts     []string          `yaml:"hosts"`
	TLS       TLS               `yaml:"tls"`
	RTC       RTC               `yaml:"rtc"`
	TURN      TURN              `yaml:"turn"`
	Keys      map[string]Secret `yaml:"keys"`
	Webhook   Webhook           `yaml:"webhook"`
	Room      Room              `yaml:"room"`
	Recording Recording         `yaml:"recording"`
	Security  Security          `yaml:"security"`
	OpenID    OpenID            `yaml:"openid"`
	Accounts  []Account         `yaml:"accounts"`
	Meetings  []Meeting         `yaml:"meetings"`
	Papers    Papers            `yaml:"papers"`
	Mail      Mail              `yaml:"mail"`
	Audit     Audit             `yaml:"audit"`
	Limits    Limits            `yaml:"limits"`
	Log       Log               `yaml:"log"`

	Dev  bool `yaml:"-"`
	Demo bool `yaml:"-"`
}

// TLS is a certificate of the operator's own; empty means that the bridge makes
// one with its own certificate authority.
type TLS struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
}

// RTC is where media arrives.
type RTC struct {
	UDPPort   int          `yaml:"udp_port"`
	TCPPort   int          `yaml:"tcp_port"`
	Addresses []netip.Addr `yaml:"addresses"`
	Loopback  bool         `yaml:"loopback"`
	ICELite   bool         `yaml:"ice_lite"`
	Codecs    []string     `yaml:"codecs"`
}

// TURN is the relay inside the bridge; a port of 0 switches a transport off.
type TURN struct {
	Host    string `yaml:"host"`
	UDPPort int    `yaml:"udp_port"`
	TCPPort int    `yaml:"tcp_port"`
	TLSPort int    `yaml:"tls_port"`
}

// Webhook is where events are reported.
type Webhook struct {
	URLs []string `yaml:"urls"`
	Key  string   `yaml:"key"`
}

// Room are the defaults of a new room.
type Room struct {
	AutoCreate        bool          `yaml:"auto_create"`
	EmptyTimeout      time.Duration `yaml:"empty_timeout"`
	DepartureTimeout  time.Duration `yaml:"departure_timeout"`
	MaxParticipants   uint32        `yaml:"max_participants"`
	RemoteUnmute      bool          `yaml:"remote_unmute"`
	LineKbps          int           `yaml:"line_kbps"`
	SimulateScenarios bool          `yaml:"simulate_scenarios"`
}

// Account is taken over into the database at the first start that sees it; later
// changes are made there.
type Account struct {
	User     string `yaml:"user"`
	Password Secret `yaml:"password"` // argon2id in PHC form, from `diemcau account hash`
	Role     string `yaml:"role"`
	Person   string `yaml:"person"`
	Name     string `yaml:"name"`
	Position string `yaml:"position"`
	Unit     string `yaml:"unit"`
}

// Meeting is a standing meeting room.
type Meeting struct {
	ID     string  `yaml:"id"`
	Title  string  `yaml:"title"`
	Points []Point `yaml:"points"`
}

// Point is one room on a meeting.
type Point struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	Kind string `yaml:"kind"`
}

// Limits protect the bridge from too many at once.
type Limits struct {
	JoinsPerSecond float64        `yaml:"joins_per_second"`
	JoinBurst      float64        `yaml:"join_burst"`
	Sessions       int            `yaml:"sessions"`
	TrustedProxies []netip.Prefix `yaml:"trusted_proxies"`
	// Connections at a time to the web ports, in all and from one address.
	Connections           int `yaml:"connections"`
	ConnectionsPerAddress int `yaml:"connections_per_address"`
	// ConnectionsPerSecond are new ones from one address.
	ConnectionsPerSecond float64 `yaml:"connections_per_second"`
	// Loopback makes the bounds by address hold for the machine's own addresses too.
	Loopback bool `yaml:"loopback"`
}

// Log says what is written to standard error.
type Log struct {
	Level  slog.Level `yaml:"level"`
	Format string     `yaml:"format"`
}

// Secret is text that no log and no print shows.
type Secret string

// String hides the secret from fmt.
func (Secret) String() string { return "(hidden)" }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return "(hidden)" }

// LogValue hides the secret from log/slog.
func (Secret) LogValue() slog.Value { return slog.StringValue("(hidden)") }

// Default is the configuration of a bridge that nobody has configured.
func Default() Config {
	return Config{
		Data:  "data",
		HTTPS: ":7443",
		Admin: "127.0.0.1:7889",
		RTC:   RTC{UDPPort: 7882, TCPPort: 7881},
		TURN:  TURN{UDPPort: 3478},
		Mail:  Mail{Security: "starttls"},
		Audit: Audit{Syslog: Syslog{Network: "tls", Format: "syslog"}},
		Room: Room{
			AutoCreate:       true,
			EmptyTimeout:     5 * time.Minute,
			DepartureTimeout: 20 * time.Second,
		},
		Recording: DefaultRecording(),
		Security:  defaultSecurity(),
		OpenID:    defaultOpenID(),
		Limits:    Limits{JoinsPerSecond: 50, JoinBurst: 200, Sessions: 2000, Connections: 10_000, ConnectionsPerAddress: 1000, ConnectionsPerSecond: 50},
		Log:       Log{Level: slog.LevelInfo, Format: "text"},
	}
}

// ReadFile lays the YAML file over c. An unknown key is an error: a misspelt
// setting must not be silently without effect.
func (c *Config) ReadFile(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("configuration %s: %w", path, err)
	}
	return nil
}

// Check reports the first setting that cannot work.
func (c *Config) Check() error {
	switch {
	case c.HTTP == "" && c.HTTPS == "":
		return errors.New("configuration: neither http nor https has an address")
	case c.HTTPS == "" && !c.Dev && !onLoopback(c.HTTP) && len(c.Limits.TrustedProxies) == 0:
		return errors.New("configuration: http without https must listen on a loopback address, or name the proxies before it in limits.trusted_proxies")
	case c.Limits.Connections < 1 || c.Limits.ConnectionsPerAddress < 1 || c.Limits.ConnectionsPerSecond < 1:
		return errors.New("configuration: limits.connections, limits.connections_per_address and limits.connections_per_second must be at least 1")
	case (c.TLS.Certificate == "") != (c.TLS.Key == ""):
		return errors.New("configuration: tls needs both certificate and key")
	case badPort(c.RTC.UDPPort) || badPort(c.RTC.TCPPort):
		return errors.New("configuration: rtc ports must lie between 0 and 65535")
	case badPort(c.TURN.UDPPort) || badPort(c.TURN.TCPPort) || badPort(c.TURN.TLSPort):
		return errors.New("configuration: turn ports must lie between 0 and 65535")
	case len(c.Webhook.URLs) > 0 && c.Keys[c.Webhook.Key] == "":
		return errors.New("configuration: webhook.key must name one of keys")
	}
	for _, address := range c.Webhook.URLs {
		if err := checkURL("webhook.urls", address); err != nil {
			return err
		}
	}
	if err := c.checkRecording(); err != nil {
		return err
	}
	if err := c.checkMail(); err != nil {
		return err
	}
	if err := c.checkAudit(); err != nil {
		return err
	}
	if err := c.checkOpenID(); err != nil {
		return err
	}
	if _, err := c.Policy(); err != nil {
		return err
	}
	for _, a := range c.Accounts {
		if _, err := RightsOf(a.Role); err != nil {
			return err
		}
	}
	for name, secret := range c.Keys {
		if !c.Dev && len(secret) < 32 {
			return fmt.Errorf("configuration: the secret of key %q is shorter than 32 characters", name)
		}
	}
	return nil
}

// onLoopback answers whether an address to listen on can be reached from this
// machine only.
func onLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func badPort(p int) bool { return p < 0 || p > 65535 }
