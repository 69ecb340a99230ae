package archive_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diemcau/recording/archive"
)

// A disk that says it has written and has not leaves a hole, and whole seconds behind it.
// They do not fit the index any more, but are not thrown away.
func TestARC02_WhatADiskLostTakesNothingBehindItAlong(t *testing.T) {
	t.Parallel()
	e := create(t, archive.Settings{})
	legs(t, e, 0, 12)
	if err := e.Sync(); err != nil {
		t.Fatal(err)
	}
	e.Close()
	dir := e.Dir
	var name string
	var whole []byte
	for path, b := range files(t, dir) {
		switch {
		case strings.HasSuffix(path, "TR_a.webm"):
			name, whole = path, b
		case filepath.Base(path) == "index.bin": // its end was never written
			if err := os.Truncate(path, 10*80); err != nil {
				t.Fatal(err)
			}
		}
	}
	middle := len(whole) / 2
	holed := bytes.Clone(whole)
	clear(holed[middle : middle+300])
	if err := os.WriteFile(name, holed, 0o640); err != nil {
		t.Fatal(err)
	}
	again, mended, err := archive.Open(dir, archive.Settings{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Seal(12_000); err != nil {
		t.Fatal(err)
	}
	aside, err := filepath.Glob(filepath.Join(dir, "*TR_a.webm.damaged-*"))
	if err != nil || len(aside) != 1 || len(mended.Damaged) != 1 {
		t.Fatalf("%v, %v, %+v", aside, err, mended)
	}
	left, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := os.ReadFile(aside[0])
	if err != nil || !bytes.Equal(append(left, rest...), holed) {
		t.Errorf("%d and %d bytes of %d: %v", len(left), len(rest), len(holed), err)
	}
	for _, p := range verify(t, dir).Problems { // checkpoints have signed more of the index
		if p.File != "index.bin" {
			t.Errorf("%v", p)
		}
	}
}

// counted counts the bytes that are read.
type counted struct {
	io.ReaderAt
	n int64
}

func (c *counted) ReadAt(b []byte, at int64) (int, error) {
	c.n += int64(len(b))
	return c.ReaderAt.ReadAt(b, at)
}

// A publisher chooses the bytes of its pictures: nothing but heads of clusters, each of
// which says that it reaches to the end, had each read to there.
func TestARC02_AHostileTailIsKeptWithoutReadingItForEachOfItsBytes(t *testing.T) {
	t.Parallel()
	tail := make([]byte, 8<<20)
	for at := 0; at+8 <= len(tail); at += 8 {
		copy(tail[at:], "\x1f\x43\xb6\x75")
		binary.BigEndian.PutUint32(tail[at+4:], 1<<28|uint32(len(tail)-at-8))
	}
	f := &counted{ReaderAt: bytes.NewReader(tail)}
	more, err := archive.HoldsMore(f, "TR_a.webm", 1, int64(len(tail)))
	if !more || err != nil {
		t.Errorf("%v, %v: what could not be looked through is cut off", more, err)
	}
	if most := 6 * int64(len(tail)); f.n > most {
		t.Errorf("%d bytes were read of %d", f.n, len(tail))
	}
	if more, err := archive.HoldsMore(bytes.NewReader(make([]byte, 1<<20)), "TR_a.webm", 1, 1<<20); more || err != nil {
		t.Errorf("nothing but zeros: %v, %v", more, err)
	}
}
