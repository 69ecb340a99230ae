package webm

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// The elements of RFC 8794 and RFC 9559 that are written.
const (
	idEBML            = 0x1A45DFA3
	idEBMLVersion     = 0x4286
	idEBMLReadVersion = 0x42F7
	idEBMLMaxID       = 0x42F2
	idEBMLMaxSize     = 0x42F3
	idDocType         = 0x4282
	idDocVersion      = 0x4287
	idDocReadVersion  = 0x4285
	idSegment         = 0x18538067
	idInfo            = 0x1549A966
	idTimestampScale  = 0x2AD7B1
	idDateUTC         = 0x4461
	idMuxingApp       = 0x4D80
	idWritingApp      = 0x5741
	idTracks          = 0x1654AE6B
	idTrackEntry      = 0xAE
	idTrackNumber     = 0xD7
	idTrackUID        = 0x73C5
	idTrackType       = 0x83
	idFlagLacing      = 0x9C
	idCodecID         = 0x86
	idCodecPrivate    = 0x63A2
	idCodecDelay      = 0x56AA
	idSeekPreRoll     = 0x56BB
	idVideo           = 0xE0
	idPixelWidth      = 0xB0
	idPixelHeight     = 0xBA
	idAudio           = 0xE1
	idSampling        = 0xB5
	idChannels        = 0x9F
	idCluster         = 0x1F43B675
	idCRC32           = 0xBF
	idTimestamp       = 0xE7
	idSimpleBlock     = 0xA3
	idBlockGroup      = 0xA0
	idBlock           = 0xA1
	idBlockDuration   = 0x9B
	idReferenceBlock  = 0xFB
)

// sizeBytes is the width in which sizes of masters are written, so that they
// can be filled in afterwards.
const sizeBytes = 4

func appendID(b []byte, id uint32) []byte {
	for n := (bits.Len32(id) + 7) / 8; n > 0; n-- {
		b = append(b, byte(id>>(8*(n-1)))) // the low byte of the shifted value
	}
	return b
}

// appendSize appends a data size in as few bytes as it fits.
func appendSize(b []byte, size int) []byte {
	n := 1
	for size >= 1<<(7*n)-1 {
		n++
	}
	v := uint64(size) | 1<<(7*n)
	for ; n > 0; n-- {
		b = append(b, byte(v>>(8*(n-1)))) // the low byte of the shifted value
	}
	return b
}

func appendUint(b []byte, id uint32, v uint64) []byte {
	n := max((bits.Len64(v)+7)/8, 1)
	b = appendSize(appendID(b, id), n)
	for ; n > 0; n-- {
		b = append(b, byte(v>>(8*(n-1)))) // the low byte of the shifted value
	}
	return b
}

func appendInt64(b []byte, id uint32, v int64) []byte {
	return binary.BigEndian.AppendUint64(appendSize(appendID(b, id), 8), uint64(v)) // two's complement
}

func appendFloat(b []byte, id uint32, v float64) []byte {
	return binary.BigEndian.AppendUint64(appendSize(appendID(b, id), 8), math.Float64bits(v))
}

func appendBytes(b []byte, id uint32, v []byte) []byte {
	return append(appendSize(appendID(b, id), len(v)), v...)
}

// open begins a master whose size close fills in; at is where its data begins.
func open(b []byte, id uint32) (_ []byte, at int) {
	b = append(appendID(b, id), 0, 0, 0, 0)
	return b, len(b)
}

func closeMaster(b []byte, at int) {
	binary.BigEndian.PutUint32(b[at-sizeBytes:], 1<<28|uint32(len(b)-at)) // fragments are far below 2^28
}
