// Package depdesc reads the dependency descriptor, the RTP header extension of
// the AV1 RTP specification (appendix A) that tells forwarders which frames
// which viewers need. It is pure and allocates nothing: a Reader belongs to the
// goroutine of one RTP stream. It reads only what selecting layers takes and
// steps over the rest; it never writes descriptors.
package depdesc

import (
	"encoding/binary"
	"errors"
)

// ErrMalformed tells that a descriptor contradicts itself.
var ErrMalformed = errors.New("malformed dependency descriptor")

// ErrNoStructure tells that a descriptor refers to a template structure that
// has not arrived.
var ErrNoStructure = errors.New("dependency descriptor without its structure")

// Limits of the specification, appendix A.8.
const (
	maxTemplates  = 64
	maxTargets    = 32
	maxSpatialID  = 3
	maxTemporalID = 7
)

// Size is a resolution in pixels.
type Size struct{ Width, Height uint32 }

// Frame is what one packet's descriptor tells of its frame. Masks have a bit
// SID*8+TID per decode target, as in sfu.Descriptor.
type Frame struct {
	Number    uint16
	Start     bool // first packet of the frame
	End       bool // last packet of the frame
	Spatial   uint8
	Temporal  uint8
	Structure bool   // a template structure is attached: a keyframe
	Depends   bool   // the frame is predicted from another one
	Targets   uint64 // decode targets that need the frame
	Switches  uint64 // decode targets that can be joined with it
	Active    uint64 // decode targets that the encoder produces
}

// Reader reads the descriptors of one stream in order of arrival. The zero
// value is ready.
type Reader struct {
	current structure
	known   bool
	active  uint64
}

// indication is a decode target indication.
type indication uint8

const (
	notPresent indication = iota
	discardable
	switching
	required
)

type template struct {
	spatial, temporal uint8
	depends           bool
	targets, switches uint64
}

type structure struct {
	offset    uint8
	templates [maxTemplates]template
	count     int
	bits      [maxTargets]uint64 // mask of each decode target
	targets   int
	chains    int
	sizes     [maxSpatialID + 1]Size
	sized     bool
	spatial   int // number of spatial layers
}

// flags of the extended fields, in the order of their bits.
type flags struct{ structure, active, indications, differences, chains bool }

// Read reads one descriptor. Errors wrap ErrMalformed or ErrNoStructure and
// leave the Reader as it was. raw is not kept.
func (r *Reader) Read(raw []byte) (Frame, error) {
	if len(raw) < 3 {
		return Frame{}, ErrMalformed
	}
	f := Frame{
		Start:  raw[0]&0x80 != 0,
		End:    raw[0]&0x40 != 0,
		Number: binary.BigEndian.Uint16(raw[1:]),
	}
	id := raw[0] & 0x3f
	b := bitReader{data: raw[3:]}
	var has flags
	if len(raw) > 3 {
		has = flags{b.flag(), b.flag(), b.flag(), b.flag(), b.flag()}
	}
	if has.structure {
		return r.readAttached(f, &b, id, has)
	}
	if !r.known {
		return Frame{}, ErrNoStructure
	}
	f.Active = r.active
	if err := r.current.describe(&f, &b, id, has); err != nil {
		return Frame{}, err
	}
	r.active = f.Active
	return f, nil
}

// readAttached reads a descriptor that brings its own structure. It stands
// apart because the structure is large and keyframes are few.
func (r *Reader) readAttached(f Frame, b *bitReader, id uint8, has flags) (Frame, error) {
	var attached structure
	if err := attached.read(b); err != nil {
		return Frame{}, err
	}
	f.Structure, f.Active = true, attached.mask(^uint32(0))
	if err := attached.describe(&f, b, id, has); err != nil {
		return Frame{}, err
	}
	r.current, r.known, r.active = attached, true, f.Active
	return f, nil
}

// Sizes returns the resolution of each spatial layer, lowest first, and false
// when the stream has not told. n is the number of spatial layers.
func (r *Reader) Sizes() (sizes [4]Size, n int, ok bool) {
	return r.current.sizes, r.current.spatial, r.known && r.current.sized
}

// describe fills f from its template and from what the descriptor overrides.
func (s *structure) describe(f *Frame, b *bitReader, id uint8, has flags) error {
	if has.active {
		f.Active = s.mask(b.bits(s.targets))
	}
	index := int(id+maxTemplates-s.offset) % maxTemplates
	if index >= s.count {
		if f.Structure {
			return ErrMalformed
		}
		return ErrNoStructure // one that replaced ours has been lost
	}
	t := s.templates[index]
	if has.indications {
		t.targets, t.switches = 0, 0
		for i := range s.targets {
			t.indicate(indication(b.bits(2)), s.bits[i])
		}
	}
	if has.differences {
		t.depends = false
		for {
			size := int(b.bits(2))
			if size == 0 || b.failed {
				break
			}
			b.bits(4 * size)
			t.depends = true
		}
	}
	if has.chains {
		for range s.chains {
			b.bits(8)
		}
	}
	if b.failed {
		return ErrMalformed
	}
	f.Spatial, f.Temporal, f.Depends = t.spatial, t.temporal, t.depends
	f.Targets, f.Switches = t.targets, t.switches
	return nil
}

func (t *template) indicate(v indication, bit uint64) {
	if v != notPresent {
		t.targets |= bit
	}
	if v == switching {
		t.switches |= bit
	}
}

// mask translates a bit per decode target, the first in the lowest bit.
func (s *structure) mask(targets uint32) uint64 {
	var m uint64
	for i := range s.targets {
		if targets>>i&1 != 0 {
			m |= s.bits[i]
		}
	}
	return m
}
