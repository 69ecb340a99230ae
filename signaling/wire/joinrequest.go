package wire

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"

	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"

	"diemcau/signaling/session"
)

// maxJoinRequest bounds a join_request after it was inflated, bytes.
const maxJoinRequest = 1 << 20

var (
	errJoinBase64    = badRequest("join_request_base64", "cannot base64 decode wrapped join request")
	errJoinWrapper   = badRequest("join_request_wrapper", "cannot unmarshal wrapped join request")
	errJoinGzip      = badRequest("join_request_gzip", "cannot read decompressed join request")
	errJoinRequest   = badRequest("join_request_invalid", "cannot unmarshal join request")
	errJoinTooLarge  = badRequest("join_request_too_large", "join request too large")
	errJoinPacking   = badRequest("join_request_compression", "unknown compression of the join request")
	errBadAttributes = badRequest("attributes_invalid", "cannot decode attributes")
)

// DecodeJoinRequest reads the join_request parameter: base64url of a
// WrappedJoinRequest that may be compressed. What inflates to more than 1 MiB
// is refused before it fills memory. The error is a *session.Error.
func DecodeJoinRequest(parameter string) (*livekit.JoinRequest, error) {
	raw, err := decodeBase64(parameter)
	if err != nil {
		return nil, errJoinBase64
	}
	wrapped := &livekit.WrappedJoinRequest{}
	if err := proto.Unmarshal(raw, wrapped); err != nil {
		return nil, errJoinWrapper
	}
	packed, refusal := unpack(wrapped)
	if refusal != nil {
		return nil, refusal
	}
	join := &livekit.JoinRequest{}
	if err := (proto.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(packed, join); err != nil {
		return nil, errJoinRequest
	}
	return join, nil
}

func unpack(wrapped *livekit.WrappedJoinRequest) ([]byte, *session.Error) {
	switch wrapped.Compression {
	case livekit.WrappedJoinRequest_NONE:
		if len(wrapped.JoinRequest) > maxJoinRequest {
			return nil, errJoinTooLarge
		}
		return wrapped.JoinRequest, nil
	case livekit.WrappedJoinRequest_GZIP:
		return gunzip(wrapped.JoinRequest)
	default:
		return nil, errJoinPacking
	}
}

func gunzip(packed []byte) ([]byte, *session.Error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errJoinGzip
	}
	raw, err := io.ReadAll(io.LimitReader(z, maxJoinRequest+1))
	if err != nil {
		return nil, errJoinGzip
	}
	if len(raw) > maxJoinRequest {
		return nil, errJoinTooLarge
	}
	return raw, nil
}

// decodeAttributes reads the attributes parameter: base64url of a JSON object
// of strings.
func decodeAttributes(parameter string) (map[string]string, error) {
	raw, err := decodeBase64(parameter)
	if err != nil {
		return nil, errBadAttributes
	}
	var attributes map[string]string
	if err := json.Unmarshal(raw, &attributes); err != nil {
		return nil, errBadAttributes
	}
	return attributes, nil
}

// decodeBase64 reads base64url (RFC 4648 section 5) with or without padding,
// and the standard alphabet too: not every SDK is careful which one it takes.
func decodeBase64(s string) ([]byte, error) {
	s = strings.TrimRight(s, "=")
	if strings.ContainsAny(s, "+/ ") {
		// A `+` that was not escaped in the query arrives as a space.
		return base64.RawStdEncoding.DecodeString(strings.ReplaceAll(s, " ", "+"))
	}
	return base64.RawURLEncoding.DecodeString(s)
}
