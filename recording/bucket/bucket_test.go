package bucket_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diemcau/internal/leaktest"
	"diemcau/recording/archive"
	"diemcau/recording/bucket"
	"diemcau/recording/specimen"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// server is a foreign one, where recordings lie in a folder of the bucket.
func server(t *testing.T) (bucket.Settings, string) {
	t.Helper()
	s, dir := specimen.S3(t)
	s.Prefix = "tinh"
	return s, dir
}

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
	e := specimen.Seal(t, root, specimen.About(), archive.Settings{}, specimen.Clusters(t, 5, 300_000))
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
		specimen.Flip(t, specimen.Track(t, there))
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
		os.Remove(specimen.Track(t, there))
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
		specimen.Flip(t, specimen.Track(t, dir))
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
