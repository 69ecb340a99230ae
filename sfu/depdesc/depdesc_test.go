package depdesc

import (
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Descriptors that Chromium sent for VP9 L3T3_KEY.
const capturedStructure = "c1017280081485214eafffaaaa863cf0430c10c302afc0aaa0063c00430010c002a000a80006000040001d954926e082b04a0941b820ac1282503157f974000ca864330e222222eca8655304224230eca877530077004200ef008601df010d"

func TestABrowsersDescriptorsAreUnderstood(t *testing.T) {
	t.Parallel()
	const (
		s0, s1, s2 = uint64(0x07), uint64(0x0700), uint64(0x070000)
		all        = s0 | s1 | s2
	)
	steps := []struct {
		raw  string
		want Frame
	}{
		{capturedStructure, Frame{
			Number: 0x172, Start: true, End: true, Structure: true,
			Targets: all, Switches: all, Active: all,
		}},
		{"86017340fc", Frame{Number: 0x173, Start: true, Spatial: 1, Depends: true, Targets: s1 | s2, Switches: s1 | s2, Active: s0 | s1}},
		{"46017340fc", Frame{Number: 0x173, End: true, Spatial: 1, Depends: true, Targets: s1 | s2, Switches: s1 | s2, Active: s0 | s1}},
		{"460173", Frame{Number: 0x173, End: true, Spatial: 1, Depends: true, Targets: s1 | s2, Switches: s1 | s2, Active: s0 | s1}},
	}
	var r Reader
	for _, step := range steps {
		raw, _ := hex.DecodeString(step.raw)
		got, err := r.Read(raw)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%.10s: %s", step.raw, diff)
		}
	}
	sizes, n, ok := r.Sizes()
	t.Log(sizes, n, ok)
}
