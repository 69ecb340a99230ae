package codec

import "diemcau/sfu"

// ddState turns dependency descriptors into what sinks need of them.
type ddState struct{}

func (s *ddState) refine(*sfu.Packet) error { return nil }
