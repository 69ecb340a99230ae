package estimate

import (
	"encoding/binary"
	"time"
)

// Arrival is what a receiver tells of one packet.
type Arrival struct {
	Number   uint16 // transport-wide sequence number
	Received bool
	At       int64 // ns on the receiver's clock; valid if Received
}

const (
	feedbackHeader = 20 // RTCP header, two SSRCs, base, count, reference time, counter
	referenceUnit  = int64(64 * time.Millisecond)
	deltaUnit      = int64(250 * time.Microsecond)

	// maxStatuses bounds what one message may tell: ten seconds of 10 Mbit/s. A
	// run-length chunk of two bytes can claim 8191 packets.
	maxStatuses = 10000
)

// Reader reads transport-wide congestion control feedback
// (draft-holmer-rmcat-transport-wide-cc-extensions-01, section 3.1). The zero
// value is ready; one goroutine. What it returns is valid until the next call.
type Reader struct {
	arrivals []Arrival
	symbols  []uint8
	begun    bool
	last     int32 // reference time as received
	time     int64 // the same, unwrapped
}

// Read returns what the first feedback in a compound RTCP packet says that is
// about one SSRC; false when there is none or it is malformed.
func (r *Reader) Read(compound []byte, ssrc uint32) ([]Arrival, bool) {
	for len(compound) >= 4 {
		size := 4 * (int(binary.BigEndian.Uint16(compound[2:])) + 1)
		if compound[0]>>6 != 2 || size > len(compound) {
			return nil, false
		}
		p := compound[:size]
		if p[0]&0x1f == 15 && p[1] == 205 && size >= feedbackHeader && binary.BigEndian.Uint32(p[8:]) == ssrc {
			return r.read(p)
		}
		compound = compound[size:]
	}
	return nil, false
}

// IsFeedbackOnly tells that an RTCP packet holds transport feedback and nothing
// that a stream must see.
func IsFeedbackOnly(compound []byte) bool {
	for len(compound) >= 4 {
		size := 4 * (int(binary.BigEndian.Uint16(compound[2:])) + 1)
		if compound[0]&0x1f != 15 || compound[1] != 205 || size > len(compound) {
			return false
		}
		compound = compound[size:]
	}
	return len(compound) == 0
}

func (r *Reader) read(p []byte) ([]Arrival, bool) {
	base := binary.BigEndian.Uint16(p[12:])
	count := int(binary.BigEndian.Uint16(p[14:]))
	if count > maxStatuses {
		return nil, false
	}
	body, ok := r.statuses(p[feedbackHeader:], count)
	if !ok {
		return nil, false
	}
	at := r.reference(p[16:]) * referenceUnit
	r.arrivals = r.arrivals[:0]
	for i, symbol := range r.symbols {
		a := Arrival{Number: base + uint16(i)} // wraps by definition
		switch symbol {
		case 1:
			if len(body) < 1 {
				return nil, false
			}
			at += int64(body[0]) * deltaUnit
			body = body[1:]
		case 2:
			if len(body) < 2 {
				return nil, false
			}
			at += int64(int16(binary.BigEndian.Uint16(body))) * deltaUnit // signed
			body = body[2:]
		}
		if symbol == 1 || symbol == 2 {
			a.Received, a.At = true, at
		}
		r.arrivals = append(r.arrivals, a)
	}
	return r.arrivals, true
}

// statuses reads the packet status chunks into symbols, and returns what follows.
func (r *Reader) statuses(b []byte, count int) ([]byte, bool) {
	r.symbols = r.symbols[:0]
	for len(r.symbols) < count {
		if len(b) < 2 {
			return nil, false
		}
		chunk := binary.BigEndian.Uint16(b)
		b = b[2:]
		switch {
		case chunk&0x8000 == 0: // run length
			for n := int(chunk & 0x1fff); n > 0 && len(r.symbols) < count; n-- {
				r.symbols = append(r.symbols, uint8(chunk>>13&3))
			}
			if chunk&0x1fff == 0 {
				return nil, false // a run of nothing would never end
			}
		case chunk&0x4000 == 0: // one bit each
			for shift := 13; shift >= 0 && len(r.symbols) < count; shift-- {
				r.symbols = append(r.symbols, uint8(chunk>>shift&1))
			}
		default: // two bits each
			for shift := 12; shift >= 0 && len(r.symbols) < count; shift -= 2 {
				r.symbols = append(r.symbols, uint8(chunk>>shift&3))
			}
		}
	}
	return b, true
}

// reference unwraps the 24 bits of reference time.
func (r *Reader) reference(b []byte) int64 {
	now := int32(uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2]))
	if r.begun {
		r.time += int64((now - r.last) << 8 >> 8) // the difference of 24 bits, signed
	} else {
		r.begun, r.time = true, int64(now)
	}
	r.last = now
	return r.time
}
