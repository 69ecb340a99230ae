package codec

import (
	"errors"

	"diemcau/sfu"
	"diemcau/sfu/depdesc"
)

// ddState turns dependency descriptors into what sinks need of them.
type ddState struct {
	reader depdesc.Reader
}

// refine adds to p what its dependency descriptor tells. One that refers to a
// structure not seen tells nothing and is no error: the keyframe that brings it
// was lost, or the stream was joined in the middle.
func (s *ddState) refine(p *sfu.Packet) error {
	if len(p.DependencyDescriptor) == 0 {
		return nil
	}
	f, err := s.reader.Read(p.DependencyDescriptor)
	if errors.Is(err, depdesc.ErrNoStructure) {
		return nil
	}
	if err != nil {
		return errDescriptor
	}
	d := &p.Descriptor
	p.FrameStart, d.FrameEnd = f.Start, f.End
	p.Keyframe = f.Structure && f.Start && !f.Depends
	d.HasTID, d.TID, d.SID = true, f.Temporal, f.Spatial
	d.InterPic, d.FrameNumber = f.Depends, f.Number
	d.Targets, d.Switches, d.Active = f.Targets, f.Switches, f.Active
	return nil
}
