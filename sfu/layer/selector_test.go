package layer

import (
	"testing"

	"pgregory.net/rapid"

	"diemcau/sfu"
)

// A picture is decodable when the pictures it is predicted from were forwarded.
// The temporal pattern of three layers, with sync points as encoders set them.
var pattern = []struct {
	tid  uint8
	sync bool // Y of VP8
	refs []int
}{
	{0, false, []int{-4}},
	{2, true, []int{-1}},
	{1, true, []int{-2}},
	{2, false, []int{-3, -1}}, // on the first layer-1 and base pictures of its group
}

func TestTemporalVP8StaysDecodable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := NewSelector("video/VP8")
		sent := map[int]bool{}
		want := AllTemporal
		for n := range rapid.IntRange(8, 120).Draw(t, "pictures") {
			if rapid.IntRange(0, 7).Draw(t, "change") == 0 {
				want = rapid.IntRange(0, 2).Draw(t, "want")
				s.Want(AllSpatial, want)
			}
			step := pattern[n%4]
			p := &sfu.Packet{
				Sequence: uint64(n + 1), Timestamp: uint32(n) * 3000, FrameStart: true, Keyframe: n == 0,
				Descriptor: sfu.Descriptor{HasTID: true, TID: step.tid, LayerSync: step.sync},
			}
			forward, _ := s.Select(p)
			if forward && int(step.tid) > want {
				t.Fatalf("picture %d of layer %d with %d wanted", n, step.tid, want)
			}
			if !forward && step.tid == 0 {
				t.Fatalf("base layer picture %d was held back", n)
			}
			sent[n] = forward
			for _, ref := range step.refs {
				if forward && n > 3 && !sent[n+ref] {
					t.Fatalf("picture %d needs %d, which was held back", n, n+ref)
				}
			}
		}
	})
}
