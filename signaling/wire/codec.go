package wire

import (
	"errors"
	"fmt"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// errFrame is a frame that holds no message.
var errFrame = errors.New("frame holds no signal request")

// DecodeRequest reads one frame: a binary one as protobuf, a text one as the
// protobuf JSON mapping. Fields that a newer client knows and we do not are
// dropped; a message of a newer kind gives a request whose Message is nil.
func DecodeRequest(frame int, payload []byte) (*livekit.SignalRequest, error) {
	request := &livekit.SignalRequest{}
	var err error
	switch frame {
	case websocket.BinaryMessage:
		// Unknown fields stay: data inside may be forwarded to a client that
		// knows them.
		err = proto.Unmarshal(payload, request)
	case websocket.TextMessage:
		err = protojson.UnmarshalOptions{DiscardUnknown: true}.Unmarshal(payload, request)
	default:
		return nil, errFrame
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errFrame, err)
	}
	return request, nil
}

// EncodeResponse writes one message and tells the kind of frame for it.
func EncodeResponse(response *livekit.SignalResponse, asJSON bool) (frame int, payload []byte, err error) {
	if asJSON {
		payload, err = protojson.Marshal(response)
		return websocket.TextMessage, payload, err
	}
	payload, err = proto.Marshal(response)
	return websocket.BinaryMessage, payload, err
}

// opens tells whether a message may be the first on a socket. Clients give up
// when anything else comes before a join, and ignore what comes before a
// reconnect.
func opens(response *livekit.SignalResponse) bool {
	switch response.Message.(type) {
	case *livekit.SignalResponse_Join, *livekit.SignalResponse_Reconnect, *livekit.SignalResponse_Leave:
		return true
	}
	return false
}
