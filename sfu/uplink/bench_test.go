package uplink_test

import (
	"testing"

	"github.com/pion/rtp"

	"diemcau/sfu"
	"diemcau/sfu/downlink"
	"diemcau/sfu/uplink"
)

// discard is a writer that marshals, as Pion's would, and sends nothing.
type discard struct {
	buffer [1500]byte
	sent   int
}

func (d *discard) WriteRTP(h *rtp.Header, payload []byte) (int, error) {
	d.sent++
	n, err := h.MarshalTo(d.buffer[:])
	if err != nil {
		return 0, err
	}
	return n + copy(d.buffer[n:], payload), nil
}

// benchmarkForward counts one forwarded packet as one operation.
func benchmarkForward(b *testing.B, mime string, head []byte) {
	const sinks, burst = 40, 8
	now := int64(1_000_000_000)
	source := uplink.NewDirect(uplink.Settings{
		Info:     sfu.SourceInfo{Kind: sfu.Video, MIME: mime, Layers: make([]sfu.LayerInfo, 1)},
		Payloads: map[uint8]uplink.Payload{mediaPT: {MIME: mime}},
		NACK:     true,
		Now:      func() int64 { return now },
	})
	var writers [sinks]discard
	for i := range writers {
		source.Attach(downlink.NewSink(source, downlink.Settings{
			SSRC: outSSRC, PayloadType: outPT, RTXSSRC: outRTX, RTXPayloadType: outRPT, MIME: mime,
			Extensions: downlink.Extensions{AbsSendTime: 3, AbsCaptureTime: 5},
			Writer:     &writers[i], Now: func() int64 { return now },
		}))
	}
	payload := append(append([]byte{}, head...), make([]byte, 1100)...)
	raw, err := (&rtp.Packet{Header: rtp.Header{
		Version: 2, PayloadType: mediaPT, SSRC: 77,
	}, Payload: payload}).Marshal()
	if err != nil {
		b.Fatal(err)
	}
	sequence, picture, ts := uint16(0), uint16(0), uint32(0)
	send := func() {
		for i := range burst {
			sequence++
			raw[1] = mediaPT
			if i == burst-1 {
				raw[1] |= 0x80
			}
			raw[2], raw[3] = byte(sequence>>8), byte(sequence)
			raw[4], raw[5], raw[6], raw[7] = byte(ts>>24), byte(ts>>16), byte(ts>>8), byte(ts)
			raw[14], raw[15] = 0x80|byte(picture>>8), byte(picture)
			source.Write(0, raw, now)
		}
		ts += 3000
		picture = (picture + 1) & 0x7fff
		now += 33_333_333
		source.Step(now)
	}
	send() // a keyframe
	raw[12] &^= 0x10
	raw[12+len(head)-1] |= 1
	for range 100 {
		send()
	}
	before := writers[0].sent
	b.ReportAllocs()
	b.ResetTimer()
	packets := 0
	for ; packets < b.N; packets += sinks * burst {
		send()
	}
	b.StopTimer()
	if got := writers[0].sent - before; got*sinks < packets {
		b.Fatalf("%d of %d packets went out", got*sinks, packets)
	}
}

func BenchmarkForward40Sinks(b *testing.B) {
	b.Run("VP8", func(b *testing.B) {
		benchmarkForward(b, "video/VP8", []byte{0x90, 0xe0, 0x80, 0, 0, 0, 0})
	})
	b.Run("H264", func(b *testing.B) {
		benchmarkForward(b, "video/H264", []byte{0x67, 0x42, 0, 0, 0, 0, 0})
	})
}
