package sfu

// Packet is one RTP packet of a source, parsed once for all sinks. Its memory
// belongs to the source's history: sinks read it and copy what they keep.
type Packet struct {
	Layer       int    // simulcast layer, index into SourceInfo.Layers; 0 for SVC and audio
	Sequence    uint64 // RTP sequence number of the layer, unwrapped; > 0
	Timestamp   uint32 // RTP timestamp as received
	Arrival     int64  // ns on the process's monotonic clock (sfu.Now)
	PayloadType uint8  // as received
	Marker      bool
	Keyframe    bool // the packet starts a keyframe of its layer
	FrameStart  bool // the packet starts a frame (of a spatial layer, for SVC)
	Recovered   bool // came by retransmission, FEC or RED

	// Payload is the RTP payload without padding. Empty for padding only.
	Payload []byte

	// Descriptor is the codec's payload descriptor as codec.Inspector read it.
	Descriptor Descriptor

	// Header extensions that are handed on. All others end here.
	DependencyDescriptor []byte // raw, nil if absent
	AbsCaptureTime       []byte // raw, nil if absent
	PlayoutDelay         []byte // raw, nil if absent
	AudioLevel           uint8  // -dBov, RFC 6464; valid with HasAudioLevel
	HasAudioLevel        bool
}

// Descriptor is what the forwarder must know of a payload: the VP8 payload
// descriptor of RFC 7741 section 4.2, or the layer indices of VP9 (RFC 9628) and
// of the AV1 dependency descriptor. Fields that a codec lacks are zero.
type Descriptor struct {
	Size       int // bytes of the descriptor at the start of the payload (VP8, VP9)
	PictureID  uint16
	TL0PicIdx  uint8
	KeyIdx     uint8
	TID        uint8 // temporal layer
	SID        uint8 // spatial layer within the stream
	HasPicture bool  // PictureID is present
	LongID     bool  // PictureID has 15 bits
	HasTL0     bool
	HasTID     bool
	HasKeyIdx  bool
	LayerSync  bool // Y of VP8, U (switching up point) of VP9
	InterPic   bool // P of VP9, any frame difference of the dependency descriptor
	InterLayer bool // D of VP9: predicted from the spatial layer below
	FrameEnd   bool // E of VP9, last packet of a frame with the dependency descriptor
	// Targets is a bit per decode target (bit SID*8+TID) that needs this frame;
	// 0 when no dependency descriptor told.
	Targets uint64
	// Switches is the decode targets at which a receiver may begin with this
	// frame, Active those that the encoder produces now (0: not told).
	Switches uint64
	Active   uint64
	// FrameNumber is that of the dependency descriptor.
	FrameNumber uint16
}
