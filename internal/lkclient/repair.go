package lkclient

import (
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
)

// repairNames names the retransmissions of simulcast layers. Pion repeats the
// header extensions of the packet that was lost, so a retransmission would
// claim to be the layer itself; RFC 8852 section 3.2 wants repaired-rtp-stream-id.
// It must be registered before the NACK responder, to be nearer to the wire.
type repairNames struct{ interceptor.NoOp }

// NewInterceptor implements interceptor.Factory.
func (*repairNames) NewInterceptor(string) (interceptor.Interceptor, error) {
	return &repairNames{}, nil
}

// BindLocalStream implements interceptor.Interceptor.
func (*repairNames) BindLocalStream(info *interceptor.StreamInfo, next interceptor.RTPWriter) interceptor.RTPWriter {
	var rid, repaired uint8
	for _, x := range info.RTPHeaderExtensions {
		switch x.URI {
		case uriRID:
			rid = uint8(x.ID)
		case uriRepairedRID:
			repaired = uint8(x.ID)
		}
	}
	if rid == 0 || repaired == 0 || info.SSRCRetransmission == 0 {
		return next
	}
	return interceptor.RTPWriterFunc(func(h *rtp.Header, payload []byte, a interceptor.Attributes) (int, error) {
		if h.SSRC == info.SSRCRetransmission {
			if name := h.GetExtension(rid); name != nil {
				named := h.Clone()
				_ = named.DelExtension(rid)            // it is there
				_ = named.SetExtension(repaired, name) // as legal as rid was
				h = &named
			}
		}
		return next.Write(h, payload, a)
	})
}
