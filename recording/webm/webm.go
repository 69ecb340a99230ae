// Package webm writes and scans the files of VP8, VP9, AV1 and Opus tracks: a
// header, then clusters of about a second. Each cluster is one piece of memory
// for one write, has a known size, a CRC-32 and the absolute time in the
// meeting, so a file that is cut anywhere plays up to its last whole cluster
// and a scan finds the first damaged one.
//
// It is pure: bytes in, bytes out. It starts no goroutine, opens no file and
// cannot panic on what it is given to read.
package webm

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"diemcau/recording"
)

// Limits of a cluster. A block's time is a signed 16-bit number of ms.
const (
	MaxSpan     = 30 * int64(time.Second/time.Microsecond) // µs from the first frame to the last
	millisecond = 1000                                     // µs
	maxCluster  = 1<<28 - 2                                // bytes
)

// MIME types by kind of track, with the names RFC 9559 and the WebM project
// give the codecs.
var codecIDs = map[recording.Codec]string{
	recording.VP8: "V_VP8", recording.VP9: "V_VP9", recording.AV1: "V_AV1", recording.Opus: "A_OPUS",
}

// matroskaEpoch is what DateUTC counts from.
var matroskaEpoch = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

// AppendHeader appends the start of a file. epoch is that of the meeting and so
// the same in all its files: Chromium refuses to play sources together whose
// DateUTC differ.
func AppendHeader(b []byte, f recording.Format, epoch time.Time, uid uint64) ([]byte, error) {
	name, ok := codecIDs[f.Codec]
	if !ok {
		return b, fmt.Errorf("webm: no place for %s", f.Codec)
	}
	b, at := open(b, idEBML)
	b = appendUint(b, idEBMLVersion, 1)
	b = appendUint(b, idEBMLReadVersion, 1)
	b = appendUint(b, idEBMLMaxID, 4)
	b = appendUint(b, idEBMLMaxSize, 8)
	b = appendBytes(b, idDocType, []byte("webm"))
	b = appendUint(b, idDocVersion, 4)
	b = appendUint(b, idDocReadVersion, 2)
	closeMaster(b, at)
	// A segment of unknown size: clusters are appended until the track ends.
	b = append(appendID(b, idSegment), 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	b, at = open(b, idInfo)
	b = appendUint(b, idTimestampScale, 1_000_000)
	b = appendInt64(b, idDateUTC, int64(epoch.Sub(matroskaEpoch)))
	b = appendBytes(b, idMuxingApp, []byte("diemcau"))
	b = appendBytes(b, idWritingApp, []byte("diemcau"))
	closeMaster(b, at)
	b, tracks := open(b, idTracks)
	b, at = open(b, idTrackEntry)
	b = appendTrack(b, f, name, uid)
	closeMaster(b, at)
	closeMaster(b, tracks)
	return b, nil
}

func appendTrack(b []byte, f recording.Format, name string, uid uint64) []byte {
	const video, audio = 1, 2
	b = appendUint(b, idTrackNumber, 1)
	b = appendUint(b, idTrackUID, max(uid, 1))
	b = appendUint(b, idFlagLacing, 0)
	b = appendBytes(b, idCodecID, []byte(name))
	if f.Codec.Video() {
		b = appendUint(b, idTrackType, video)
		if len(f.Private) > 0 {
			b = appendBytes(b, idCodecPrivate, f.Private)
		}
		b, at := open(b, idVideo)
		b = appendUint(b, idPixelWidth, uint64(max(f.Width, 1)))
		b = appendUint(b, idPixelHeight, uint64(max(f.Height, 1)))
		closeMaster(b, at)
		return b
	}
	channels := min(max(f.Channels, 1), 2)
	b = appendUint(b, idTrackType, audio)
	b = appendBytes(b, idCodecPrivate, opusHead(channels))
	// The stream is cut out of a running one: there is nothing to skip at its
	// start, so the time in the file is the time of the sound.
	b = appendUint(b, idCodecDelay, 0)
	b = appendUint(b, idSeekPreRoll, uint64(80*time.Millisecond))
	b, at := open(b, idAudio)
	b = appendFloat(b, idSampling, 48_000)
	b = appendUint(b, idChannels, uint64(channels))
	closeMaster(b, at)
	return b
}

// opusHead is the identification header of RFC 7845, section 5.1.
func opusHead(channels int) []byte {
	b := append([]byte("OpusHead"), 1, byte(channels), 0, 0) // 1 or 2 channels, no pre-skip
	b = binary.LittleEndian.AppendUint32(b, 48_000)
	return append(b, 0, 0, 0) // gain, mapping family
}

// AppendCluster appends a cluster of frames, which are in order of time and
// within MaxSpan of the first.
func AppendCluster(b []byte, frames []recording.Frame) ([]byte, error) {
	if len(frames) == 0 {
		return b, fmt.Errorf("webm: a cluster of nothing")
	}
	start := len(b)
	base := max(frames[0].At, 0) / millisecond
	b, at := open(b, idCluster)
	b = appendBytes(b, idCRC32, []byte{0, 0, 0, 0})
	sum := len(b)
	b = appendUint(b, idTimestamp, uint64(base))
	for i := range frames {
		f := &frames[i]
		relative := f.At/millisecond - base
		if f.At-frames[0].At > MaxSpan || relative < 0 {
			return b[:start], fmt.Errorf("webm: frame %d is %d ms into its cluster", i, relative)
		}
		b = appendFrame(b, f, int16(relative)) // <= MaxSpan
	}
	if len(b)-at > maxCluster {
		return b[:start], fmt.Errorf("webm: a cluster of %d bytes", len(b)-at)
	}
	closeMaster(b, at)
	binary.LittleEndian.PutUint32(b[sum-4:], crc32.ChecksumIEEE(b[sum:]))
	return b, nil
}

// appendFrame writes a SimpleBlock, or a BlockGroup where the duration matters:
// players then bridge the time to the next frame.
func appendFrame(b []byte, f *recording.Frame, relative int16) []byte {
	if !f.Held {
		b = appendSize(appendID(b, idSimpleBlock), len(f.Data)+4)
		flags := byte(0)
		if f.Key {
			flags = 0x80
		}
		return append(append(b, 0x81, byte(relative>>8), byte(relative), flags), f.Data...)
	}
	b, at := open(b, idBlockGroup)
	b = appendSize(appendID(b, idBlock), len(f.Data)+4)
	b = append(append(b, 0x81, byte(relative>>8), byte(relative), 0), f.Data...)
	b = appendUint(b, idBlockDuration, uint64(max(f.Duration/millisecond, 1)))
	if !f.Key {
		b = appendBytes(b, idReferenceBlock, []byte{0xff}) // -1 ms: what exactly is not known
	}
	closeMaster(b, at)
	return b
}
