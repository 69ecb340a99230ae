package estimate_test

import (
	"testing"
	"time"

	"diemcau/sfu/estimate"

	"github.com/pion/interceptor/pkg/twcc"
	"pgregory.net/rapid"
)

// What Pion's recorder reports, the reader reads.
func TestAReportIsReadAsItWasMeant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		recorder := twcc.NewRecorder(5)
		number := uint16(rapid.IntRange(0, 65535).Draw(r, "first"))
		at := int64(rapid.IntRange(1, 1<<40).Draw(r, "time")) // microseconds
		want := map[uint16]int64{}
		for range rapid.IntRange(1, 300).Draw(r, "packets") {
			recorder.Record(99, number, at)
			want[number] = at
			number += uint16(rapid.SampledFrom([]int{1, 1, 1, 1, 2, 9, 40}).Draw(r, "gap"))
			at += int64(rapid.SampledFrom([]int{0, 250, 1000, 20000, 90000}).Draw(r, "pause"))
		}
		var reader estimate.Reader
		var first int64
		var begun bool
		got := 0
		for _, packet := range recorder.BuildFeedbackPacket() {
			raw, err := packet.Marshal()
			if err != nil {
				r.Fatal(err)
			}
			if _, ok := reader.Read(raw, 98); ok {
				r.Fatal("about another stream, and yet read")
			}
			list, ok := reader.Read(raw, 99)
			if !ok {
				r.Fatal("not read")
			}
			if !estimate.IsFeedbackOnly(raw) {
				r.Fatal("not known as feedback")
			}
			for _, a := range list {
				if !a.Received {
					continue
				}
				got++
				us, ok := want[a.Number]
				if !ok {
					r.Fatalf("%d was never received", a.Number)
				}
				if !begun {
					begun, first = true, a.At-us*1000
				}
				if d := a.At - us*1000 - first; d > int64(time.Millisecond) || d < -int64(time.Millisecond) {
					r.Fatalf("%d is %v off", a.Number, time.Duration(d))
				}
			}
		}
		if got != len(want) {
			r.Fatalf("%d of %d arrivals read", got, len(want))
		}
	})
}

func FuzzReader(f *testing.F) {
	recorder := twcc.NewRecorder(5)
	for i := range 40 {
		recorder.Record(99, uint16(65520+2*i), int64(i)*9000)
	}
	for _, packet := range recorder.BuildFeedbackPacket() {
		if raw, err := packet.Marshal(); err == nil {
			f.Add(raw)
			f.Add(append(raw, raw...))
			f.Add(raw[:len(raw)-4])
		}
	}
	f.Add([]byte{0x8f, 205, 0, 5, 0, 0, 0, 1, 0, 0, 0, 99, 0, 1, 0xff, 0xff, 0, 0, 1, 0, 0x3f, 0xff, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r estimate.Reader
		e := estimate.New()
		for i := range 50 {
			e.Sent(1200, int64(i)*ms)
		}
		for _, ssrc := range []uint32{99, 0} {
			if list, ok := r.Read(raw, ssrc); ok {
				e.Feedback(list, 100*ms)
			}
		}
		if b := e.Bitrate(); b < estimate.Floor {
			t.Errorf("estimate %d", b)
		}
		estimate.IsFeedbackOnly(raw)
	})
}
