package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"diemcau/internal/outward"
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
	// Export is the ffmpeg that exports are made with: "auto" takes that of the
	// system, "off" none. ExportThreads is how many threads it may have.
	Export        string `yaml:"export"`
	ExportThreads int    `yaml:"export_threads"`
	// ExportDays is how many days what was made is kept; 0 keeps it until somebody
	// removes it.
	ExportDays int `yaml:"export_days"`

	// Transcribe is the command that writes down what is spoken.
	Transcribe Transcribe `yaml:"transcribe"`

	// Second is the folder of a second copy.
	Second string `yaml:"second"`
	// CheckEvery is how often each recording is read and compared with its evidence,
	// CheckMBps at most how fast.
	CheckEvery time.Duration `yaml:"check_every"`
	CheckMBps  int64         `yaml:"check_mb_per_s"`
	Bucket     Bucket        `yaml:"bucket"`
	Timestamp  Timestamp     `yaml:"timestamp"`
}

// Transcribe is a command that makes captions of the sound of a recording, offline.
type Transcribe struct {
	// Command is a program and its arguments, of which {sound}, {language} and {threads}
	// are filled in; empty: nothing is transcribed.
	Command  []string `yaml:"command"`
	Language string   `yaml:"language"`
	// Slowest is how many times the length of the sound it may take.
	Slowest float64 `yaml:"slowest"`
}

var languageCode = regexp.MustCompile(`^[a-z]{2,3}$`)

func (t *Transcribe) check() error {
	switch {
	case len(t.Command) == 0:
		return nil
	case !filepath.IsAbs(t.Command[0]):
		return errors.New("configuration: recording.transcribe.command begins with the whole path of a program")
	case !slices.ContainsFunc(t.Command[1:], func(arg string) bool { return strings.Contains(arg, "{sound}") }):
		return errors.New("configuration: recording.transcribe.command has no argument with {sound}")
	case !languageCode.MatchString(t.Language):
		return errors.New("configuration: recording.transcribe.language is a code of two or three letters, as vi")
	case t.Slowest <= 0 || t.Slowest > 100:
		return errors.New("configuration: recording.transcribe.slowest is above 0 and at most 100")
	}
	return nil
}

// Bucket is a store of objects that keeps a copy of each recording: a folder, or a
// server that speaks S3.
type Bucket struct {
	Folder   string `yaml:"folder"`
	Endpoint string `yaml:"endpoint"`
	Region   string `yaml:"region"`
	Name     string `yaml:"name"`
	Prefix   string `yaml:"prefix"`
	Access   string `yaml:"access_key"`
	Secret   Secret `yaml:"secret_key"`
}

// Set reports whether there is one.
func (b Bucket) Set() bool { return b.Folder != "" || b.Endpoint != "" }

// Timestamp is an authority that stamps the time of seals (RFC 3161).
type Timestamp struct {
	URL string `yaml:"url"`
	// Authority is a file of certificates that the authority's own must lead to.
	Authority string `yaml:"authority"`
}

// DefaultRecording is what a bridge records with that nobody has configured.
func DefaultRecording() Recording {
	return Recording{ReserveMB: 2048, Bitrate: 20_000, Export: "auto", ExportThreads: 1, ExportDays: 30, Transcribe: Transcribe{Language: "vi", Slowest: 4}, CheckEvery: 7 * 24 * time.Hour, CheckMBps: 20}
}

// The keys of the store may come from the environment instead of the file.
const (
	bucketAccess = "DIEMCAU_BUCKET_ACCESS_KEY"
	bucketSecret = "DIEMCAU_BUCKET_SECRET_KEY" //nolint:gosec // the name of a variable
)

// RecordingBucket is the store, with its keys.
func (c *Config) RecordingBucket() Bucket {
	b := c.Recording.Bucket
	if access, secret := os.Getenv(bucketAccess), os.Getenv(bucketSecret); access != "" && secret != "" {
		b.Access, b.Secret = access, Secret(secret)
	}
	return b
}

// checkCopies reports what cannot work of copies and checks.
func (c *Config) checkCopies() error {
	r, b := c.Recording, c.RecordingBucket()
	for name, dir := range map[string]string{"recording.second": r.Second, "recording.bucket.folder": b.Folder} {
		if dir == "" {
			continue
		}
		if rel, err := filepath.Rel(c.ArchiveDir(), dir); err == nil && filepath.IsLocal(rel) {
			return fmt.Errorf("configuration: %s must lie outside the archive", name)
		}
	}
	if r.ExportDays < 0 || r.ExportDays > 3650 {
		return fmt.Errorf("recording.export_days: %d is not between 0 and 3650", r.ExportDays)
	}
	if r.CheckEvery < time.Hour {
		return errors.New("configuration: recording.check_every is at least 1h")
	}
	if r.CheckMBps < 0 {
		return errors.New("configuration: recording.check_mb_per_s cannot be negative; 0 is without bound")
	}
	if b.Folder != "" && b.Endpoint != "" {
		return errors.New("configuration: recording.bucket has either a folder or an endpoint")
	}
	if b.Endpoint != "" {
		if err := checkURL("recording.bucket.endpoint", b.Endpoint); err != nil {
			return err
		}
		if b.Name == "" || b.Access == "" || b.Secret == "" {
			return fmt.Errorf("configuration: recording.bucket needs name, access_key and secret_key (or %s and %s)", bucketAccess, bucketSecret)
		}
	}
	if r.Timestamp.URL != "" {
		return checkURL("recording.timestamp.url", r.Timestamp.URL)
	}
	return nil
}

func checkURL(name, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return fmt.Errorf("configuration: %s is no address of a server", name) // it may hold a password: not shown
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && outward.Forbidden(a) {
		return fmt.Errorf("configuration: %s: no server of a house stands at %s", name, a)
	}
	return nil
}

// checkServer refuses what is no host:port at which a server of a house may stand. Names
// are not looked up: a name server that is away must not keep the bridge from starting.
func checkServer(name, text string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return fmt.Errorf("configuration: %s is no host:port: %w", name, err)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("configuration: %s: %q is no port from 1 to 65535", name, port)
	}
	a, err := netip.ParseAddr(host)
	switch {
	case err == nil && outward.Forbidden(a):
		return fmt.Errorf("configuration: %s: no server of a house stands at %s", name, a)
	case err != nil && !hostName.MatchString(host):
		return fmt.Errorf("configuration: %s: %q is no name of a host", name, host)
	}
	return nil
}

// hostName is a name as RFC 1123 has it, with the underscore that some houses use.
var hostName = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$`)

// ArchiveDir is the folder of the recordings.
func (c *Config) ArchiveDir() string {
	if c.Recording.Dir != "" {
		return c.Recording.Dir
	}
	return filepath.Join(c.Data, "archive")
}

// ExportsDir and CompanionsDir are the folders of what is made of recordings and can be
// made again.
func (c *Config) ExportsDir() string { return filepath.Join(c.Data, "exports") }

// CompanionsDir is the folder of mixes of sound and small pictures.
func (c *Config) CompanionsDir() string { return filepath.Join(c.Data, "companions") }

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

// ExportCommand is the ffmpeg that exports are made with; "" without one.
func (c *Config) ExportCommand() string {
	switch c.Recording.Export {
	case "off":
		return ""
	case "", "auto":
		path, err := exec.LookPath("ffmpeg")
		if err != nil {
			return ""
		}
		return path
	}
	return c.Recording.Export
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
	if err := errors.Join(c.checkCopies(), c.Recording.Transcribe.check()); err != nil {
		return err
	}
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
