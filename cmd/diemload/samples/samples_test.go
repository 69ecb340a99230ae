package samples_test

import (
	"context"
	"testing"
	"time"

	"diemcau/cmd/diemload/samples"
	"diemcau/internal/leaktest"
	"diemcau/sfu"
	"diemcau/sfu/codec"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func TestEveryLayerRunsASecondAtItsRate(t *testing.T) {
	t.Parallel()
	for _, mime := range []string{samples.VP8, samples.H264} {
		set, err := samples.Load(mime)
		if err != nil {
			t.Fatal(err)
		}
		for _, clip := range set.Layers {
			bits := 0
			for _, f := range clip.Frames {
				for _, p := range f.Payloads {
					bits += 8 * len(p)
				}
			}
			if len(clip.Frames) != 30 || bits < int(clip.Bitrate)*3/4 || bits > int(clip.Bitrate)*5/4 {
				t.Errorf("%s %s: %d frames of %d bit, want 30 of about %d", mime, clip.RID, len(clip.Frames), bits, clip.Bitrate)
			}
		}
	}
}

func TestALayerBeginsWithItsOnlyKeyframe(t *testing.T) {
	t.Parallel()
	for _, mime := range []string{samples.VP8, samples.H264} {
		set, err := samples.Load(mime)
		if err != nil {
			t.Fatal(err)
		}
		for _, clip := range set.Layers {
			inspector := codec.NewInspector(mime, false)
			for i, frame := range clip.Frames {
				key := false
				for _, payload := range frame.Payloads {
					p := &sfu.Packet{Payload: payload}
					if err := inspector.Inspect(p); err != nil {
						t.Fatal(err)
					}
					key = key || p.Keyframe
				}
				if key != (i == 0) {
					t.Errorf("%s %s: frame %d: keyframe %v", mime, clip.RID, i, key)
				}
			}
		}
	}
}

func TestNearlyEveryPayloadIsRecognisedAfterItsDescriptorChanged(t *testing.T) {
	t.Parallel()
	for _, mime := range []string{samples.VP8, samples.H264, samples.Opus} {
		set, err := samples.Load(mime)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for l, clip := range set.Layers {
			for f, frame := range clip.Frames {
				for i, payload := range frame.Payloads {
					got := append([]byte(nil), payload...)
					got[0] ^= 0xff
					ref, ok := set.Find(got)
					if !ok {
						continue
					}
					found++
					if ref.Layer != l || ref.Frame != f || ref.Packet != i {
						t.Fatalf("%s: layer %d frame %d packet %d taken for %+v", mime, l, f, i, ref)
					}
				}
			}
		}
		if found*100 < set.Packets*95 {
			t.Errorf("%s: %d of %d payloads recognised", mime, found, set.Packets)
		}
	}
}

type record struct {
	packets chan []byte
}

func (r record) WriteRTP(_ int, _ uint32, _ bool, payload []byte) error {
	r.packets <- append([]byte(nil), payload...)
	return nil
}

func TestAPlayerStartsAnewWhenAskedForAKeyframe(t *testing.T) {
	t.Parallel()
	set, err := samples.Load(samples.VP8)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out := record{packets: make(chan []byte, 1000)}
	p := samples.NewPlayer(set, out, 0)
	go p.Play(ctx)
	keyframes := 0
	for i := 0; keyframes < 3; i++ {
		select {
		case payload := <-out.packets:
			if payload[4]&1 == 0 && payload[0]&0x10 != 0 { // RFC 7741: S bit, then P of the frame tag
				keyframes++
				p.RequestKeyframe(0)
			}
		case <-ctx.Done():
			t.Fatal("no keyframes")
		}
		if i > 20 {
			t.Fatal("keyframes come by the loop only")
		}
	}
}
