package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// Recording is where recordings are kept, and how.
type Recording struct {
	Dir        string   `yaml:"dir"`
	ReserveMB  uint64   `yaml:"reserve_mb"`
	Bitrate    uint64   `yaml:"bitrate_kbps"`
	Recipients []string `yaml:"recipients"`
	Keys       string   `yaml:"keys"`
	// Identity is a file of age identities that open encrypted recordings for those
	// who may see them; a bridge that only records needs none.
	Identity string `yaml:"identity"`
}

// DefaultRecording is what a bridge records with that nobody has configured.
func DefaultRecording() Recording { return Recording{ReserveMB: 2048, Bitrate: 20_000} }

// ArchiveDir is the folder of the recordings.
func (c *Config) ArchiveDir() string {
	if c.Recording.Dir != "" {
		return c.Recording.Dir
	}
	return filepath.Join(c.Data, "archive")
}

// RecordingKeysDir is the folder of the wrapped keys of encrypted recordings.
func (c *Config) RecordingKeysDir() string {
	if c.Recording.Keys != "" {
		return c.Recording.Keys
	}
	return filepath.Join(c.Data, "recording", "keys")
}

// RecordingRecipients are who can open encrypted recordings; none: they are not
// encrypted.
func (c *Config) RecordingRecipients() ([]age.Recipient, error) {
	var out []age.Recipient
	for _, text := range c.Recording.Recipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, fmt.Errorf("configuration: recording.recipients: %w", err)
		}
		out = append(out, r)
	}
	return out, nil
}

// RecordingIdentities are what opens encrypted recordings here.
func (c *Config) RecordingIdentities() ([]age.Identity, error) {
	if c.Recording.Identity == "" {
		return nil, nil
	}
	f, err := os.Open(c.Recording.Identity)
	if err != nil {
		return nil, fmt.Errorf("configuration: recording.identity: %w", err)
	}
	defer f.Close()
	ids, err := age.ParseIdentities(f)
	if err != nil {
		return nil, fmt.Errorf("configuration: recording.identity: %w", err)
	}
	return ids, nil
}

func (c *Config) checkRecording() error {
	if _, err := c.RecordingRecipients(); err != nil {
		return err
	}
	if len(c.Recording.Recipients) > 0 && c.Recording.Keys != "" {
		if rel, err := filepath.Rel(c.ArchiveDir(), c.Recording.Keys); err == nil && filepath.IsLocal(rel) {
			return errors.New("configuration: recording.keys must lie outside the archive: whoever takes the one must not have the other")
		}
	}
	return nil
}
