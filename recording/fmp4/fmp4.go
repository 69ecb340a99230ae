// Package fmp4 writes and scans the files of H264 tracks: an initialisation
// segment, then fragments (moof and mdat) of about a second with their absolute
// time, each followed by a free box that carries its CRC-32. Parameter sets also
// stay in the samples, so a publisher may change its resolution at any keyframe.
//
// It is pure: bytes in, bytes out. It starts no goroutine and opens no file.
package fmp4

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	mp4 "github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4/seekablebuffer"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4/codecs"

	"diemcau/recording"
)

// Timescale is how many units of media time make a second.
const Timescale = 90_000

const (
	trackID   = 1
	sumBytes  = 16 // the free box behind a fragment
	sumMarker = "dcrc"
)

// AppendInit appends the start of a file.
func AppendInit(b []byte, f recording.Format) ([]byte, error) {
	if f.Codec != recording.H264 {
		return b, fmt.Errorf("fmp4: no place for %s", f.Codec)
	}
	track := &mp4.InitTrack{ID: trackID, TimeScale: Timescale, Codec: &codecs.H264{SPS: f.SPS, PPS: f.PPS}}
	var out seekablebuffer.Buffer
	if err := (mp4.Init{Tracks: []*mp4.InitTrack{track}}).Marshal(&out); err != nil {
		return b, fmt.Errorf("fmp4: header: %w", err)
	}
	return append(b, out.Bytes()...), nil
}

// AppendFragment appends a fragment of frames, in order of time. Data is a
// sequence of NAL units, each behind its length in four bytes.
func AppendFragment(b []byte, number uint32, frames []recording.Frame) ([]byte, error) {
	if len(frames) == 0 {
		return b, errors.New("fmp4: a fragment of nothing")
	}
	samples := make([]*mp4.Sample, len(frames))
	base := ticks(frames[0].At)
	for i := range frames {
		f := &frames[i]
		end := f.At + f.Duration
		if i+1 < len(frames) {
			end = frames[i+1].At // a sample lasts until the next: the only time there is
		}
		samples[i] = &mp4.Sample{
			Duration: uint32(max(ticks(end)-ticks(f.At), 1)), // seconds, far below the limit
			Payload:  f.Data, IsNonSyncSample: !f.Key,
		}
	}
	var out seekablebuffer.Buffer
	part := mp4.Part{SequenceNumber: number, Tracks: []*mp4.PartTrack{{ID: trackID, BaseTime: uint64(base), Samples: samples}}}
	if err := part.Marshal(&out); err != nil {
		return b, fmt.Errorf("fmp4: fragment: %w", err)
	}
	b = append(b, out.Bytes()...)
	b = append(b, 0, 0, 0, sumBytes, 'f', 'r', 'e', 'e')
	b = append(b, sumMarker...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(out.Bytes())), nil
}

func ticks(us int64) int64 { return max(us, 0) * 9 / 100 }

func micros(ticks int64) int64 { return ticks * 100 / 9 }

// ParameterSets finds the first SPS and PPS among length-prefixed NAL units.
func ParameterSets(data []byte) (sps, pps []byte) {
	const typeSPS, typePPS = 7, 8
	for len(data) > 4 {
		n := int64(binary.BigEndian.Uint32(data))
		if n == 0 || n > int64(len(data)-4) {
			break
		}
		nal := data[4 : 4+n]
		switch {
		case nal[0]&0x1f == typeSPS && sps == nil:
			sps = bytes.Clone(nal)
		case nal[0]&0x1f == typePPS && pps == nil:
			pps = bytes.Clone(nal)
		}
		data = data[4+n:]
	}
	return sps, pps
}
