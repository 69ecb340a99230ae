package config

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"diemcau/meeting"
)

// OpenID is the provider of the house at which people may sign in; without an issuer
// there is none.
type OpenID struct {
	Issuer string `yaml:"issuer"`
	Client string `yaml:"client_id"`
	Secret Secret `yaml:"client_secret"`
	// Name stands on the button.
	Name      string   `yaml:"name"`
	Scopes    []string `yaml:"scopes"`
	Claim     string   `yaml:"claim"`
	Factors   []string `yaml:"second_factor"`
	Hosts     []string `yaml:"hosts"`
	Authority string   `yaml:"authority"`
	Leave     bool     `yaml:"leave"`
	// Newcomers says what is made of somebody whom the house does not know yet.
	Newcomers Newcomers `yaml:"newcomers"`
}

// Newcomers are accounts that the provider's word is enough for; without a role none
// is made.
type Newcomers struct {
	Role      string `yaml:"role"`
	Unit      string `yaml:"unit"`
	UnitClaim string `yaml:"unit_claim"`
}

func defaultOpenID() OpenID {
	return OpenID{Name: "Đăng nhập một lần", Scopes: []string{"profile"}, Claim: "preferred_username", Leave: true}
}

// Rights are those of newcomers.
func (n Newcomers) Rights() ([]meeting.Right, error) {
	if n.Role == "" {
		return nil, nil
	}
	return RightsOf(n.Role)
}

// openIDSecret names the variable that the client's secret may stand in instead of the
// file.
const openIDSecret = "DIEMCAU_OPENID_SECRET" //nolint:gosec // the name of a variable

// ClientSecret is that of the environment if there is one, else the file's.
func (o OpenID) ClientSecret() Secret {
	if s := os.Getenv(openIDSecret); s != "" {
		return Secret(s)
	}
	return o.Secret
}

// Trust are the authorities that the provider's certificate may lead to; nil are those
// of the system.
func (o OpenID) Trust() (*x509.CertPool, error) { return poolOf("openid.authority", o.Authority) }

// poolOf reads a PEM file of authorities; without a file it is nil.
func poolOf(key, path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %s: %w", key, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("configuration: %s holds no certificate", key)
	}
	return pool, nil
}

func (c *Config) checkOpenID() error {
	o := c.OpenID
	if o.Issuer == "" {
		return nil
	}
	if err := checkAsked("openid.issuer", o.Issuer); err != nil {
		return err
	}
	if o.Client == "" || o.Claim == "" || o.Name == "" {
		return errors.New("configuration: openid needs client_id, claim and name")
	}
	rights, err := o.Newcomers.Rights()
	if err != nil {
		return err
	}
	if len(rights) > 0 && (rights[0] == meeting.Administrator || o.Newcomers.Unit == "" && o.Newcomers.UnitClaim == "") {
		return errors.New("configuration: openid.newcomers: nobody becomes administrator, or somebody without a unit, by himself")
	}
	_, err = o.Trust()
	return err
}

// checkAsked holds the address of a server that the bridge asks to what the bridge may
// ask: a name or address of a server, by HTTPS unless it stands on this machine, and
// nothing secret in it.
func checkAsked(key, address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return fmt.Errorf("configuration: %s is no address of a server", key)
	case u.User != nil:
		return fmt.Errorf("configuration: %s must hold no password", key)
	case u.Scheme != "https" && (u.Scheme != "http" || !ownHost(u.Hostname())):
		return fmt.Errorf("configuration: %s must be https://, or http:// to this machine itself", key)
	}
	return checkURL(key, address)
}

func ownHost(host string) bool {
	a, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && a.IsLoopback()
}
