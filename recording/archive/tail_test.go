package archive_test

import (
	"bytes"
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
