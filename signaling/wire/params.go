package wire

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/livekit/protocol/livekit"

	"diemcau/signaling/session"
)

// maxName bounds identities and room names, bytes.
const maxName = 256

// admissible makes the session's Params of a request that brings a good token
// and readable parameters. The order of the checks is the protocol's: a client
// with several faults is told the same one by every server.
func (h *Handler) admissible(r *http.Request, v1 bool) (session.Params, error) {
	if err := h.limiter.allow(h.clientAddress(r)); err != nil {
		return session.Params{}, err
	}
	claims, err := h.settings.Tokens.FromRequest(r)
	if err != nil {
		return session.Params{}, err
	}
	if claims.Video() == nil {
		return session.Params{}, errNoGrant
	}
	if err := h.limiter.allowGood(); err != nil {
		return session.Params{}, err
	}
	params := session.Params{Claims: claims.Grants, APIKey: claims.APIKey, Expires: claims.Expires}
	if err := readParameters(r.URL.Query(), v1, &params); err != nil {
		return session.Params{}, err
	}
	if err := checkGrants(params); err != nil {
		return session.Params{}, err
	}
	if err := h.points.allow(nameOf(params)); err != nil {
		return session.Params{}, err
	}
	describeClient(params.Join.ClientInfo, r.UserAgent())
	params.Join.ClientInfo.Address = "" // not what the client says
	if address := h.clientAddress(r); address.IsValid() {
		params.Join.ClientInfo.Address = address.String()
	}
	return params, nil
}

// nameOf is the point that a token is for, also when it opens a second connection.
func nameOf(p session.Params) pointName {
	return pointName{p.Claims.Video.Room, p.Claims.Identity}
}

// readParameters reads either form of what the client wants. A join_request
// means one peer connection, also at /rtc, and then nothing else counts.
func readParameters(query url.Values, v1 bool, params *session.Params) error {
	wrapped := query.Get("join_request")
	if wrapped == "" {
		if v1 {
			return badRequest("join_request_missing", "join_request is required")
		}
		params.PublishSuffix = query.Get("publish")
		join, err := joinFromQuery(query)
		params.Join = join
		return err
	}
	join, err := DecodeJoinRequest(wrapped)
	if err != nil {
		return err
	}
	if join.ClientInfo == nil {
		join.ClientInfo = &livekit.ClientInfo{}
	}
	if join.ConnectionSettings == nil {
		join.ConnectionSettings = &livekit.ConnectionSettings{}
	}
	if join.ConnectionSettings.AutoSubscribeDataTrack == nil {
		join.ConnectionSettings.AutoSubscribeDataTrack = new(bool)
	}
	params.Join, params.Single = join, true
	return nil
}

func checkGrants(params session.Params) error {
	video, identity := params.Claims.Video, params.Claims.Identity
	switch {
	case !video.RoomJoin:
		return session.ErrMayNotJoin
	case identity == "":
		return errNoIdentity
	case len(identity) > maxName:
		return errLongIdentity
	case video.Room == "":
		return errNoRoomName
	case len(video.Room) > maxName:
		return errLongRoomName
	case params.PublishSuffix != "" && !video.GetCanPublish():
		return errMayNotPublish
	case len(identity)+len("#")+len(params.PublishSuffix) > maxName && params.PublishSuffix != "":
		return errLongIdentity
	}
	says := params.Join.Metadata != "" || len(params.Join.ParticipantAttributes) > 0
	if says && !video.GetCanUpdateOwnMetadata() {
		return session.ErrMayNotUpdate
	}
	return nil
}

// joinFromQuery reads the parameters of /rtc.
func joinFromQuery(query url.Values) (*livekit.JoinRequest, error) {
	settings := &livekit.ConnectionSettings{
		AutoSubscribe:          orTrue(query.Get("auto_subscribe")),
		AdaptiveStream:         isTrue(query.Get("adaptive_stream")),
		DisableIceLite:         isTrue(query.Get("disable_ice_lite")),
		SubscriberAllowPause:   optional(query.Get("subscriber_allow_pause")),
		AutoSubscribeDataTrack: optional(query.Get("auto_subscribe_data_track")),
	}
	if settings.AutoSubscribeDataTrack == nil {
		yes := true // older clients do not know the parameter and subscribe to all
		settings.AutoSubscribeDataTrack = &yes
	}
	join := &livekit.JoinRequest{ClientInfo: clientFromQuery(query), ConnectionSettings: settings}
	if attributes := query.Get("attributes"); attributes != "" {
		decoded, err := decodeAttributes(attributes)
		if err != nil {
			return nil, err
		}
		join.ParticipantAttributes = decoded
	}
	if isTrue(query.Get("reconnect")) {
		join.Reconnect = true
		join.ParticipantSid = query.Get("sid")
		join.ReconnectReason = livekit.ReconnectReason(number(query.Get("reconnect_reason")))
	}
	return join, nil
}

func clientFromQuery(query url.Values) *livekit.ClientInfo {
	info := &livekit.ClientInfo{
		Sdk:            sdkNamed(query.Get("sdk")),
		Version:        query.Get("version"),
		Protocol:       number(query.Get("protocol")),
		Os:             query.Get("os"),
		OsVersion:      query.Get("os_version"),
		DeviceModel:    query.Get("device_model"),
		Browser:        query.Get("browser"),
		BrowserVersion: query.Get("browser_version"),
		Network:        query.Get("network"),
		ClientProtocol: number(query.Get("client_protocol")),
	}
	for name := range strings.SplitSeq(query.Get("capabilities"), ",") {
		if v, known := livekit.ClientInfo_Capability_value[strings.TrimSpace(name)]; known {
			info.Capabilities = append(info.Capabilities, livekit.ClientInfo_Capability(v))
		}
	}
	return info
}

// sdkNamed knows the names that the SDKs give themselves: those of the enum
// without underscores, in lower case, and one that was renamed.
func sdkNamed(name string) livekit.ClientInfo_SDK {
	if name == "ios" {
		return livekit.ClientInfo_SWIFT
	}
	for value, known := range livekit.ClientInfo_SDK_name {
		if name == strings.ToLower(strings.ReplaceAll(known, "_", "")) {
			return livekit.ClientInfo_SDK(value)
		}
	}
	return livekit.ClientInfo_UNKNOWN
}

func isTrue(s string) bool { return s == "1" || s == "true" }

func orTrue(s string) bool { return s == "" || isTrue(s) }

func optional(s string) *bool {
	if s == "" {
		return nil
	}
	v := isTrue(s)
	return &v
}

// number reads a number; what is none counts as absent.
func number(s string) int32 {
	v, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		return 0
	}
	return int32(v)
}
