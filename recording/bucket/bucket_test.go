package bucket_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diemcau/internal/leaktest"
	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/bucket"
	"diemcau/recording/evidence"
	"diemcau/recording/webm"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// versitygw is a foreign server that speaks S3; deploy/test-tools.sh builds it.
const versitygw = "../../.tools/versitygw-v1.8.0"

// server starts it over a folder and returns the settings of a bucket there, and
// the folder. It listens on a socket in the file system: no port can be taken.
func server(t *testing.T) (bucket.Settings, string) {
	t.Helper()
	if _, err := os.Stat(versitygw); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("deploy/test-tools.sh has not built the S3 server")
		}
		t.Skip("deploy/test-tools.sh builds the S3 server")
	}
	dir, err := os.MkdirTemp("", "s3") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.MkdirAll(filepath.Join(dir, "data", "ban-ghi"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "meta"), 0o700); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s3")
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, versitygw, "--port", socket, "--quiet", "posix", "--sidecar", filepath.Join(dir, "meta"), filepath.Join(dir, "data"))
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY=kho", "ROOT_SECRET_KEY="+secret)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
		cmd.Wait()
		if t.Failed() {
			t.Logf("the server said: %s", said.String())
		}
	})
	for deadline := time.Now().Add(60 * time.Second); ; {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the server does not listen")
		}
		time.Sleep(20 * time.Millisecond)
	}
	return bucket.Settings{
		Endpoint: "http://s3.test", Name: "ban-ghi", Prefix: "tinh", Access: "kho", Secret: secret, Client: &http.Client{Transport: transport},
	}, filepath.Join(dir, "data", "ban-ghi")
}

const secret = "bi-mat-cua-kho"

// each runs a test against a folder and a server.
func each(t *testing.T, test func(t *testing.T, s bucket.Settings, dir string)) {
	t.Run("folder", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		test(t, bucket.Settings{Folder: dir}, dir)
	})
	t.Run("S3", func(t *testing.T) {
		t.Parallel()
		s, dir := server(t)
		test(t, s, filepath.Join(dir, "tinh"))
	})
}

func open(t *testing.T, s bucket.Settings) *bucket.Bucket {
	t.Helper()
	b, err := bucket.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// sealed makes a recording of some seconds below root and returns its name there.
func sealed(t testing.TB, root string) string {
	t.Helper()
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{5}, 32))
	e, err := archive.Create(root, archive.About{Meeting: "giao-ban", Epoch: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)}, archive.Settings{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	header, err := webm.AppendHeader(nil, recording.Format{Codec: recording.VP8, Width: 64, Height: 36}, e.About.Epoch, 1)
	if err != nil {
		t.Fatal(err)
	}
	leg, err := e.NewLeg(0, archive.Opening{Codec: recording.VP8, Source: archive.Source{Track: "TR_a", Point: "LG-00"}}, header)
	if err != nil {
		t.Fatal(err)
	}
	for s := range int64(5) {
		b, err := webm.AppendCluster(nil, []recording.Frame{{At: s * 1e6, Duration: 1e6, Key: true, Held: true, Data: bytes.Repeat([]byte{byte(s)}, 300_000)}})
		if err != nil {
			t.Fatal(err)
		}
		if err := leg.Append(archive.Fragment{At: s * 1e6, Duration: 1e6, Flags: evidence.FlagKey, Data: b}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Seal(5000); err != nil {
		t.Fatal(err)
	}
	name, err := filepath.Rel(root, e.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(name)
}

func headOf(t testing.TB, dir string) string {
	t.Helper()
	m, err := archive.SealOf(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m.Head
}

// flip changes one bit in the middle of a file.
func flip(t testing.TB, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func track(t testing.TB, dir string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "tracks", "*.webm"))
	if err != nil || len(paths) != 1 {
		t.Fatalf("%v, %v", paths, err)
	}
	return paths[0]
}

func TestARC04_ARecordingGoesToTheStoreAndComesBackAsItWas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s bucket.Settings, dir string) {
		b, root := open(t, s), t.TempDir()
		name := sealed(t, root)
		n, err := b.Send(t.Context(), filepath.Join(root, name), name)
		if err != nil || n < 1_500_000 {
			t.Fatal(n, err)
		}
		if names, err := b.Names(t.Context()); err != nil || len(names) != 1 || names[0] != name {
			t.Fatal(names, err)
		}
		if err := b.Verify(t.Context(), name, headOf(t, filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
		if err := b.Verify(t.Context(), name, strings.Repeat("0", 64)); !errors.Is(err, bucket.ErrChanged) {
			t.Errorf("another recording under its name: %v", err)
		}
		to := filepath.Join(t.TempDir(), "back")
		if err := b.Fetch(t.Context(), name, to); err != nil {
			t.Fatal(err)
		}
		if report, err := archive.Verify(to, archive.VerifySettings{}); err != nil || !report.OK() {
			t.Errorf("what came back: %+v %v", report, err)
		}
		if err := b.Erase(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		if err := b.Verify(t.Context(), name, ""); !errors.Is(err, bucket.ErrMissing) {
			t.Errorf("erased, and yet: %v", err)
		}
		if err := b.Erase(t.Context(), name); err != nil {
			t.Errorf("a second erasing: %v", err)
		}
	})
}

func TestARC04_AChangedByteInTheStoreIsFoundAndSentAnew(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s bucket.Settings, dir string) {
		b, root := open(t, s), t.TempDir()
		name := sealed(t, root)
		here, there := filepath.Join(root, name), filepath.Join(dir, name)
		if _, err := b.Send(t.Context(), here, name); err != nil {
			t.Fatal(err)
		}
		flip(t, track(t, there))
		if err := b.Verify(t.Context(), name, ""); !errors.Is(err, bucket.ErrChanged) || !strings.Contains(err.Error(), "tracks/") {
			t.Fatalf("a flipped bit: %v", err)
		}
		if err := b.Fetch(t.Context(), name, filepath.Join(t.TempDir(), "back")); !errors.Is(err, bucket.ErrChanged) {
			t.Errorf("a changed recording came back: %v", err)
		}
		if _, err := b.Send(t.Context(), here, name); err != nil {
			t.Fatal(err)
		}
		if err := b.Verify(t.Context(), name, ""); err != nil {
			t.Error(err)
		}
		os.Remove(track(t, there))
		if err := b.Verify(t.Context(), name, ""); !errors.Is(err, bucket.ErrChanged) {
			t.Errorf("a lost file: %v", err)
		}
	})
}

func TestARC04_WhatIsNoLongerAsItWasSealedIsNotSent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s bucket.Settings, _ string) {
		b, root := open(t, s), t.TempDir()
		name := sealed(t, root)
		dir := filepath.Join(root, name)
		flip(t, track(t, dir))
		if _, err := b.Send(t.Context(), dir, name); !errors.Is(err, bucket.ErrChanged) {
			t.Fatalf("changed before it was sent: %v", err)
		}
		if names, err := b.Names(t.Context()); err != nil || len(names) != 0 {
			t.Errorf("the store has %v, %v", names, err)
		}
		for path := range map[string]bool{"": true, "../x": true} {
			if err := b.Erase(t.Context(), path); err == nil {
				t.Errorf("erased %q", path)
			}
		}
	})
}

func TestAWrongKeyOpensNoStoreAndIsNotRepeated(t *testing.T) {
	t.Parallel()
	s, _ := server(t)
	s.Secret = "mot-khoa-khac"
	root := t.TempDir()
	name := sealed(t, root)
	_, err := open(t, s).Send(t.Context(), filepath.Join(root, name), name)
	if err == nil || errors.Is(err, bucket.ErrChanged) || errors.Is(err, bucket.ErrMissing) {
		t.Fatalf("a wrong key: %v", err)
	}
	if strings.Contains(err.Error(), s.Secret) {
		t.Errorf("the error tells the key: %v", err)
	}
	s.Secret = ""
	if _, err := bucket.Open(t.Context(), s); err == nil {
		t.Error("a store without a key is opened")
	}
}
