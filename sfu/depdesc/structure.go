package depdesc

// read reads a template dependency structure.
func (s *structure) read(b *bitReader) error {
	s.offset = uint8(b.bits(6))
	s.targets = int(b.bits(5)) + 1
	if err := s.readLayers(b); err != nil {
		return err
	}
	s.readIndications(b)
	for i := range s.count {
		for b.flag() { // a frame difference follows
			b.bits(4)
			s.templates[i].depends = true
		}
	}
	s.readChains(b)
	if s.sized = b.flag(); s.sized {
		for i := range s.spatial {
			s.sizes[i] = Size{b.bits(16) + 1, b.bits(16) + 1}
		}
	}
	if b.failed {
		return ErrMalformed
	}
	return nil
}

func (s *structure) readLayers(b *bitReader) error {
	var spatial, temporal uint8
	for {
		if s.count == maxTemplates || spatial > maxSpatialID || temporal > maxTemporalID || b.failed {
			return ErrMalformed
		}
		s.templates[s.count].spatial = spatial
		s.templates[s.count].temporal = temporal
		s.count++
		s.spatial = int(spatial) + 1
		switch b.bits(2) {
		case 1:
			temporal++
		case 2:
			spatial, temporal = spatial+1, 0
		case 3:
			return nil
		}
	}
}

// readIndications reads which decode targets need which template, and from that
// which layers each decode target comprises (appendix A.8.3).
func (s *structure) readIndications(b *bitReader) {
	var table [maxTemplates][maxTargets]indication
	var spatial, temporal [maxTargets]uint8
	var used [maxTargets]bool
	for i := range s.count {
		for j := range s.targets {
			v := indication(b.bits(2))
			table[i][j] = v
			if v != notPresent {
				used[j] = true
				spatial[j] = max(spatial[j], s.templates[i].spatial)
				temporal[j] = max(temporal[j], s.templates[i].temporal)
			}
		}
	}
	for j := range s.targets {
		if used[j] {
			s.bits[j] = 1 << (8*spatial[j] + temporal[j])
		}
	}
	for i := range s.count {
		for j := range s.targets {
			s.templates[i].indicate(table[i][j], s.bits[j])
		}
	}
}

func (s *structure) readChains(b *bitReader) {
	s.chains = int(b.nonSymmetric(s.targets + 1))
	if s.chains == 0 {
		return
	}
	for range s.targets {
		b.nonSymmetric(s.chains)
	}
	for range s.count * s.chains {
		b.bits(4)
	}
}
