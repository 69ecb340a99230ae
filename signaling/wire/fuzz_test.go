package wire_test

import (
	"encoding/base64"
	"errors"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"

	"diemcau/signaling/session"
	"diemcau/signaling/wire"
)

func FuzzJoinRequest(f *testing.F) {
	raw := joinBytes(f, &livekit.JoinRequest{
		ClientInfo:       &livekit.ClientInfo{Sdk: livekit.ClientInfo_JS},
		AddTrackRequests: []*livekit.AddTrackRequest{{Cid: "1", Type: livekit.TrackType_VIDEO}},
		PublisherOffer:   &livekit.SessionDescription{Type: "offer", Sdp: "v=0\r\n"},
	})
	f.Add(wrap(f, livekit.WrappedJoinRequest_NONE, raw, base64.URLEncoding))
	f.Add(wrap(f, livekit.WrappedJoinRequest_GZIP, gzipped(f, raw), base64.RawURLEncoding))
	f.Add("")
	f.Fuzz(func(t *testing.T, parameter string) {
		join, err := wire.DecodeJoinRequest(parameter)
		if (join == nil) == (err == nil) {
			t.Fatal("neither a request nor an error, or both")
		}
		if refusal := (*session.Error)(nil); err != nil && (!errors.As(err, &refusal) || refusal.Status != 400) {
			t.Fatalf("error %v is no refusal", err)
		}
		if join != nil && proto.Size(join) > 4<<20 {
			t.Fatalf("a request of %d bytes", proto.Size(join))
		}
	})
}

func fuzzFrame(f *testing.F, frame int) {
	f.Fuzz(func(t *testing.T, payload []byte) {
		request, err := wire.DecodeRequest(frame, payload)
		if (request == nil) == (err == nil) {
			t.Fatal("neither a request nor an error, or both")
		}
		if err != nil {
			return
		}
		again, err := proto.Marshal(request)
		if err != nil {
			t.Fatalf("what was decoded cannot be encoded: %v", err)
		}
		back, err := wire.DecodeRequest(websocket.BinaryMessage, again)
		if err != nil || (request.Message == nil) != (back.Message == nil) {
			t.Fatalf("%v came back as %v, %v", request, back, err)
		}
	})
}

func FuzzSignalFrameProtobuf(f *testing.F) {
	for _, m := range []*livekit.SignalRequest{
		ping(1),
		{Message: &livekit.SignalRequest_Offer{Offer: &livekit.SessionDescription{Type: "offer", Sdp: "v=0\r\n", Id: 1}}},
		{Message: &livekit.SignalRequest_AddTrack{AddTrack: &livekit.AddTrackRequest{Cid: "c", SimulcastCodecs: []*livekit.SimulcastCodec{{Codec: "vp8"}}}}},
		{Message: &livekit.SignalRequest_SyncState{SyncState: &livekit.SyncState{PublishTracks: []*livekit.TrackPublishedResponse{{Cid: "c", Track: &livekit.TrackInfo{Sid: "TR_1"}}}}}},
	} {
		raw, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	fuzzFrame(f, websocket.BinaryMessage)
}

func FuzzSignalFrameJSON(f *testing.F) {
	for _, s := range []string{
		`{"ping":"1"}`, `{"offer":{"type":"offer","sdp":"v=0","id":1}}`, `{"addTrack":{"cid":"c","type":"VIDEO"}}`, `{"future":{}}`, `{}`, `null`,
	} {
		f.Add([]byte(s))
	}
	fuzzFrame(f, websocket.TextMessage)
}
