package sequence_test

import (
	"testing"

	"pgregory.net/rapid"

	"diemcau/sfu/sequence"
)

func TestAnUnwrapperFollowsAnyNumberOfLaps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var u sequence.Unwrapper
		truth := uint64(1<<20 + rapid.IntRange(0, 65535).Draw(t, "first"))
		first, ok := u.Unwrap(uint16(truth))
		if !ok || first < 1<<15 {
			t.Fatalf("first number became %d, %v", first, ok)
		}
		base, highest := truth-first, truth
		for range rapid.IntRange(1, 300).Draw(t, "packets") {
			truth = highest + uint64(rapid.IntRange(-900, 2900).Draw(t, "step"))
			highest = max(highest, truth)
			got, ok := u.Unwrap(uint16(truth))
			if !ok || got != truth-base || u.Highest() != highest-base {
				t.Fatalf("number %d became %d, %v; highest %d", truth-base, got, ok, u.Highest())
			}
		}
	})
}

func TestALonelyNumberFarAwayIsNotBelieved(t *testing.T) {
	t.Parallel()
	var u sequence.Unwrapper
	a, _ := u.Unwrap(100)
	if _, ok := u.Unwrap(40000); ok {
		t.Error("a jump was believed at once")
	}
	if b, ok := u.Unwrap(101); !ok || b != a+1 {
		t.Errorf("the old run went on with %d, %v", b, ok)
	}
	u.Unwrap(20000)
	c, ok := u.Unwrap(20001)
	if !ok || c < a+sequence.Restart || uint16(c) != 20001 {
		t.Errorf("two numbers in a row gave %d, %v, want a new run", c, ok)
	}
}

func TestARestartBeginsFarAboveEverythingBefore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var u sequence.Unwrapper
		u.Unwrap(rapid.Uint16().Draw(t, "first"))
		before := u.Highest()
		u.Restart()
		if _, ok := u.Locate(uint16(before)); ok {
			t.Fatal("a retransmission was placed between two runs")
		}
		number := rapid.Uint16().Draw(t, "second")
		got, ok := u.Unwrap(number)
		if !ok || got < before+sequence.Restart || uint16(got) != number {
			t.Fatalf("%d after %d", got, before)
		}
	})
}

func FuzzUnwrapper(f *testing.F) {
	f.Add([]byte{0, 1, 0, 2, 255, 255, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var u sequence.Unwrapper
		for ; len(b) >= 2; b = b[2:] {
			number := uint16(b[0])<<8 | uint16(b[1])
			before := u.Highest()
			got, ok := u.Unwrap(number)
			if ok && (got == 0 || uint16(got) != number) {
				t.Fatalf("%d became %d", number, got)
			}
			if u.Highest() < before || (!ok && u.Highest() != before) {
				t.Fatalf("highest went from %d to %d", before, u.Highest())
			}
		}
	})
}
