package room_test

import (
	"testing"
	"testing/synctest"
	"time"

	"diemcau/signaling"
	"diemcau/signaling/server"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// everyRequest has one message of each kind that there is, empty and filled.
func everyRequest() []*livekit.SignalRequest {
	var out []*livekit.SignalRequest
	fields := (&livekit.SignalRequest{}).ProtoReflect().Descriptor().Oneofs().Get(0).Fields()
	for i := range fields.Len() {
		empty, full := &livekit.SignalRequest{}, &livekit.SignalRequest{}
		f := fields.Get(i)
		empty.ProtoReflect().Set(f, empty.ProtoReflect().NewField(f))
		full.ProtoReflect().Set(f, fill(full.ProtoReflect(), f, 4))
		out = append(out, empty, full)
	}
	return out
}

// fill makes a value for a field, with all fields of a message set.
func fill(m protoreflect.Message, f protoreflect.FieldDescriptor, depth int) protoreflect.Value {
	v := m.NewField(f)
	switch {
	case f.IsList():
		if f.Kind() == protoreflect.MessageKind {
			v.List().Append(filled(v.List().NewElement(), depth))
		} else {
			v.List().Append(scalar(f))
		}
	case f.IsMap():
		if f.MapValue().Kind() != protoreflect.MessageKind {
			v.Map().Set(scalar(f.MapKey()).MapKey(), scalar(f.MapValue()))
		}
	case f.Kind() == protoreflect.MessageKind:
		return filled(v, depth)
	default:
		return scalar(f)
	}
	return v
}

func filled(v protoreflect.Value, depth int) protoreflect.Value {
	if depth == 0 {
		return v
	}
	m := v.Message()
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		m.Set(fields.Get(i), fill(m, fields.Get(i), depth-1))
	}
	return v
}

func scalar(f protoreflect.FieldDescriptor) protoreflect.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString("TR_x")
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte{1})
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(1)
	case protoreflect.Int64Kind:
		return protoreflect.ValueOfInt64(1)
	case protoreflect.Uint32Kind:
		return protoreflect.ValueOfUint32(1)
	case protoreflect.Uint64Kind:
		return protoreflect.ValueOfUint64(1)
	}
	return f.Default()
}

func TestEveryKindOfRequestIsSurvived(t *testing.T) {
	t.Parallel()
	for _, req := range everyRequest() {
		inHouse(t, simulating, func(h *house) {
			a, b := h.active("a"), h.active("b")
			a.publish(livekit.TrackSource_CAMERA)
			a.send(req)
			b.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Ping{Ping: 1}})
			if last(b, (*livekit.SignalResponse).GetRoomUpdate) == nil && len(b.kinds()) == 0 {
				t.Errorf("after %v nobody answers", req)
			}
		})
	}
}

// FuzzRequests plays a client that sends anything, over the signalling socket
// and over its data channels, with another one looking on.
func FuzzRequests(f *testing.F) {
	var long []byte
	for _, req := range everyRequest() {
		frame, err := proto.Marshal(req)
		if err != nil || len(frame) > 255 {
			continue
		}
		one := append([]byte{byte(len(frame))}, frame...)
		long = append(long, one...)
		f.Add(one)
	}
	f.Add(long)
	f.Fuzz(func(t *testing.T, data []byte) {
		yes := true
		synctest.Test(t, func(t *testing.T) {
			h := &house{t: t, media: newMedia()}
			s := server.Settings{Media: h.media, Tokens: h, Events: h.emit, AutoCreate: true}
			simulating(&s)
			h.server = server.New(s)
			p := params("a")
			p.Claims.Video = &auth.VideoGrant{RoomJoin: true, Room: "xa", CanUpdateOwnMetadata: &yes}
			b := h.active("b")
			cam := b.publish(livekit.TrackSource_CAMERA)
			a := h.active("a")
			own := a.publish(livekit.TrackSource_MICROPHONE)
			frames := 0
			for len(data) > 0 && frames < 200 {
				n := min(int(data[0]), len(data)-1)
				frame := data[1 : 1+n]
				data = data[1+n:]
				frames++
				req := &livekit.SignalRequest{}
				if proto.Unmarshal(frame, req) == nil {
					name(req, string(own), string(cam), frames)
					a.ticket.Receive(req)
				}
				a.peer.say(signaling.MediaData{Kind: signaling.DataKind(frames & 1), Labelled: frames&2 == 0, Payload: frame})
			}
			synctest.Wait()
			time.Sleep(time.Second)
			b.forget()
			b.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Ping{Ping: 1}})
			if len(b.kinds()) == 0 {
				t.Error("the other client gets no answer any more")
			}
			if err := h.server.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
}

// name puts real track ids where random bytes would never hit one.
func name(req *livekit.SignalRequest, own, other string, n int) {
	sid := own
	if n%2 == 0 {
		sid = other
	}
	switch v := req.Message.(type) {
	case *livekit.SignalRequest_Mute:
		v.Mute.Sid = own
	case *livekit.SignalRequest_Subscription:
		v.Subscription.TrackSids = append(v.Subscription.TrackSids, sid)
	case *livekit.SignalRequest_TrackSetting:
		v.TrackSetting.TrackSids = append(v.TrackSetting.TrackSids, sid)
	case *livekit.SignalRequest_UpdateAudioTrack:
		v.UpdateAudioTrack.TrackSid = own
	case *livekit.SignalRequest_AddTrack:
		v.AddTrack.Sid = ""
	}
}
