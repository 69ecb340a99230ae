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

// vp8 is one packet of a picture in a stream of two packets a picture.
func vp8(sequence uint64, tid uint8, start bool) *sfu.Packet {
	return &sfu.Packet{
		Sequence: sequence, Timestamp: uint32((sequence - 1) / 2), FrameStart: start,
		Keyframe: sequence == 1, Descriptor: sfu.Descriptor{HasTID: true, TID: tid},
	}
}

func TestHolesInAFilteredStreamCanBeFilled(t *testing.T) {
	t.Parallel()
	s := NewSelector("video/VP8")
	s.Want(0, 0)
	for _, step := range []struct {
		why  string
		p    *sfu.Packet
		want bool
	}{
		{"base layer", vp8(1, 0, true), true},
		{"base layer", vp8(2, 0, false), true},
		{"filtered", vp8(3, 2, true), false},
		{"filtered", vp8(4, 2, false), false},
		{"its start is missing, so its number is taken", vp8(6, 2, false), true},
		{"the missing start fills the hole", vp8(5, 2, true), true},
		{"filtered after all was complete", vp8(7, 2, true), false},
		// 8, the rest of it, is late; 9 and 10 are a whole picture, late too.
		{"a hole before a start says nothing of this picture", vp8(11, 2, true), false},
		{"late, of a picture that was filtered", vp8(8, 2, false), false},
		{"late, of a picture nobody has seen", vp8(9, 2, true), true},
		{"late, of the same", vp8(10, 2, false), true},
		{"in order again", vp8(12, 2, false), false},
	} {
		if got, _ := s.Select(step.p); got != step.want {
			t.Errorf("packet %d (%s): forward %v", step.p.Sequence, step.why, got)
		}
	}
}

func TestStreamsWithoutLayersPassWhole(t *testing.T) {
	t.Parallel()
	for _, mime := range []string{"video/H264", "video/VP8", "video/VP9", "video/AV1"} {
		s := NewSelector(mime)
		s.Want(0, 0)
		for n := range uint64(9) {
			p := &sfu.Packet{Sequence: n + 1, Timestamp: uint32(n), Marker: true}
			if forward, end := s.Select(p); !forward || end {
				t.Errorf("%s: forward %v, end %v", mime, forward, end)
			}
		}
		if s.NeedKeyframe() {
			t.Errorf("%s: asks for a keyframe", mime)
		}
	}
}
