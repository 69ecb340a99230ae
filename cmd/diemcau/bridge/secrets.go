package bridge

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"diemcau/cmd/diemcau/config"
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
