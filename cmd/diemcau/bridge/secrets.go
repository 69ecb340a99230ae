package bridge

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"diemcau/cmd/diemcau/config"
	"diemcau/internal/certs"
	"diemcau/signaling/token"
)

// apiKeys returns the configured keys; without any, those kept in the data
// folder, made at the first start.
func apiKeys(cfg config.Config) (*token.Keys, error) {
	secrets := make(map[string]string, len(cfg.Keys))
	for name, secret := range cfg.Keys {
		secrets[name] = string(secret)
	}
	if len(secrets) == 0 {
		kept, err := keptKeys(filepath.Join(cfg.Data, "keys.yaml"))
		if err != nil {
			return nil, fmt.Errorf("API keys: %w", err)
		}
		secrets = kept
	}
	keys, err := token.NewKeys(secrets, "")
	if err != nil {
		return nil, fmt.Errorf("API keys: %w", err)
	}
	return keys, nil
}

func keptKeys(path string) (map[string]string, error) {
	var kept struct {
		Keys map[string]string `yaml:"keys"`
	}
	raw, err := os.ReadFile(path)
	if err == nil {
		if err := yaml.Unmarshal(raw, &kept); err != nil {
			return nil, err
		}
		if len(kept.Keys) == 0 {
			return nil, fmt.Errorf("%s holds no key", path)
		}
		return kept.Keys, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	kept.Keys = map[string]string{"API" + rand.Text()[:12]: rand.Text() + rand.Text()}
	if raw, err = yaml.Marshal(kept); err != nil {
		return nil, err
	}
	return kept.Keys, os.WriteFile(path, raw, 0o600)
}

// tlsConfig returns what HTTPS and the relay are served with: the operator's
// certificate, or one of our own authority's. Without HTTPS it is nil.
func tlsConfig(cfg config.Config, log *slog.Logger) (*tls.Config, error) {
	if cfg.HTTPS == "" && cfg.TLS.Certificate == "" {
		return nil, nil
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}} // WebSocket upgrades are HTTP/1.1
	if cfg.TLS.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(cfg.TLS.Certificate, cfg.TLS.Key)
		if err != nil {
			return nil, fmt.Errorf("certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
		return c, nil
	}
	dir := filepath.Join(cfg.Data, "ca")
	authority, err := certs.OpenAuthority(dir)
	if err != nil {
		return nil, err
	}
	hosts := cfg.Hosts
	if len(hosts) == 0 {
		hosts = certs.LocalHosts()
	}
	pair, err := authority.Issue(hosts)
	if err != nil {
		return nil, err
	}
	log.Info("serving HTTPS with a certificate of our own; install the authority in the rooms", "authority", filepath.Join(dir, "ca.crt"), "hosts", hosts)
	c.Certificates = []tls.Certificate{*pair}
	return c, nil
}
