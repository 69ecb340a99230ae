package bridge

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/desk"
	"diemcau/recording/archive"
	"diemcau/recording/control"
	"diemcau/recording/recorder"
	"diemcau/signaling/token"
)

// The codes of the recordings' API.
const (
	codeRecordingActive    desk.Code = "recording.active"
	codeRecordingInactive  desk.Code = "recording.inactive"
	codeRecordingEncrypted desk.Code = "recording.encrypted"
	codeRecordingFailed    desk.Code = "recording.failed"
)

// hoursWarned is how few hours left are worth a warning before a start.
const hoursWarned = 8

// recordingAPI are the operations under /api/recordings. Servers call them with a
// token that grants roomRecord, as for a recorder of the protocol; people may
// look. People begin recordings by an act of the chair in the meeting, not here
// (ARC-01).
type recordingAPI struct {
	recordings *recordings
	keys       *token.Keys
	reserve    uint64 // bytes
	bitrate    uint64 // bit/s
	// conducted refuses for a room in which a meeting is held.
	conducted func(context.Context, meeting.ID) error
	// sights tells which meetings are whose.
	sights func(context.Context) (func(context.Context, meeting.ID) ([]meeting.Right, error), error)
}

// RecordingCaller is who calls.
type RecordingCaller struct {
	Authorization string `header:"Authorization" doc:"Bearer and a server's access token that grants roomRecord"`
}

type roomPath struct {
	RecordingCaller
	Room string `path:"room" maxLength:"256"`
}

type stateBody struct{ Body control.State }

type recordingOrder struct {
	RecordingCaller
	Body struct {
		Room  string `json:"room" maxLength:"256" doc:"name of an open room"`
		Title string `json:"title,omitempty" maxLength:"500"`
		Keep  bool   `json:"keep,omitempty" doc:"the recording outlives the room and goes on when it opens again"`
	}
}

// Register adds the operations.
func (a *recordingAPI) Register(api huma.API) {
	errs := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict}
	huma.Register(api, huma.Operation{
		OperationID: "start-recording", Method: http.MethodPost, Path: "/api/recordings", DefaultStatus: http.StatusCreated,
		Summary: "Record a room; for servers", Errors: errs, Metadata: account.Servers(),
	}, a.start)
	huma.Register(api, huma.Operation{
		OperationID: "recording-state", Method: http.MethodGet, Path: "/api/recordings/rooms/{room}",
		Summary: "How it stands with the recording of a room", Errors: errs, Metadata: account.Servers(lookers...),
	}, a.state)
	huma.Register(api, huma.Operation{
		OperationID: "stop-recording", Method: http.MethodPost, Path: "/api/recordings/rooms/{room}/stop",
		Summary: "End and seal the recording of a room; for servers", Errors: errs, Metadata: account.Servers(),
	}, a.stop)
	huma.Register(api, huma.Operation{
		OperationID: "recording-space", Method: http.MethodGet, Path: "/api/recordings/space",
		Summary: "How long can still be recorded", Errors: errs, Metadata: account.Servers(lookers...),
	}, a.space)
	huma.Register(api, huma.Operation{
		OperationID: "recordings", Method: http.MethodGet, Path: "/api/recordings",
		Summary: "All recordings of the archive, newest first", Errors: errs, Metadata: account.Servers(lookers...),
	}, a.list)
}

// server passes a server whose token grants recording; the name is for the log.
func (a *recordingAPI) server(b RecordingCaller) (string, error) {
	raw, ok := strings.CutPrefix(b.Authorization, "Bearer ")
	if !ok {
		return "", meeting.Refuse(account.CodeSignedOut, "")
	}
	claims, err := a.keys.Verify(raw)
	if err != nil {
		return "", meeting.Refuse(account.CodeSignedOut, "")
	}
	if v := claims.Video(); v == nil || !v.RoomRecord {
		return "", meeting.Refuse(meeting.CodeNoRight, "")
	}
	return "api:" + claims.APIKey, nil
}

// lookers keep meetings or the archive.
var lookers = []meeting.Right{meeting.Chair, meeting.Secretary, meeting.Technician, meeting.Archivist, meeting.Administrator}

// look passes servers and people who keep meetings or the archive.
func (a *recordingAPI) look(ctx context.Context, b RecordingCaller) error {
	rule, _ := account.RuleOf(account.Allow(lookers...))
	if _, known := account.Of(ctx); known {
		return rule.Check(ctx, time.Now())
	}
	_, err := a.server(b)
	return err
}

// sees tells of which meetings' recordings the caller is told: a server of all, people of
// those in which they hold one of the rights. Others are as if there were none.
func (a *recordingAPI) sees(ctx context.Context) (func(meeting.ID) (bool, error), error) {
	if _, person := account.Of(ctx); !person {
		return func(meeting.ID) (bool, error) { return true, nil }, nil
	}
	rights, err := a.sights(ctx)
	if err != nil {
		return nil, err
	}
	return func(id meeting.ID) (bool, error) {
		held, err := rights(ctx, id)
		return slices.ContainsFunc(held, func(r meeting.Right) bool { return slices.Contains(lookers, r) }), err
	}, nil
}

func (a *recordingAPI) start(ctx context.Context, in *recordingOrder) (*stateBody, error) {
	by, err := a.server(in.RecordingCaller)
	if err != nil {
		if _, person := account.Of(ctx); person {
			return nil, meeting.Refuse(meeting.CodeNoRight, "")
		}
		return nil, err
	}
	if err := a.conducted(ctx, meeting.ID(in.Body.Room)); err != nil {
		return nil, err
	}
	s, err := a.recordings.Start(ctx, control.Order{Meeting: meeting.ID(in.Body.Room), Title: in.Body.Title, By: by, Keep: in.Body.Keep})
	return &stateBody{s}, recordingProblem(err)
}

func (a *recordingAPI) stop(ctx context.Context, in *roomPath) (*stateBody, error) {
	by, err := a.server(in.RecordingCaller)
	if err != nil {
		return nil, err
	}
	if err := a.conducted(ctx, meeting.ID(in.Room)); err != nil {
		return nil, err
	}
	s, err := a.recordings.Stop(ctx, meeting.ID(in.Room), by)
	return &stateBody{s}, recordingProblem(err)
}

func (a *recordingAPI) state(ctx context.Context, in *roomPath) (*stateBody, error) {
	if err := a.look(ctx, in.RecordingCaller); err != nil {
		return nil, err
	}
	sees, err := a.sees(ctx)
	if err != nil {
		return nil, err
	}
	if may, err := sees(meeting.ID(in.Room)); err != nil || !may {
		return nil, cmp.Or(err, recordingProblem(control.ErrNoRoom))
	}
	s, err := a.recordings.State(ctx, meeting.ID(in.Room))
	return &stateBody{s}, recordingProblem(err)
}

// recordingProblem gives an error of the recorder its stable code.
func recordingProblem(err error) error {
	say := func(status int, code desk.Code) error {
		return &desk.Problem{Status: status, Title: http.StatusText(status), Code: code, Detail: err.Error()}
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, control.ErrActive):
		return say(http.StatusConflict, codeRecordingActive)
	case errors.Is(err, control.ErrInactive):
		return say(http.StatusConflict, codeRecordingInactive)
	case errors.Is(err, control.ErrEncrypted):
		return say(http.StatusConflict, codeRecordingEncrypted)
	case errors.Is(err, control.ErrNoRoom):
		return say(http.StatusNotFound, desk.UnknownRoom)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return say(http.StatusServiceUnavailable, codeRecordingFailed)
}

// RecordingSpace says how long can still be recorded.
type recordingSpace struct {
	Size    uint64  `json:"size" doc:"bytes of the disk"`
	Free    uint64  `json:"free" doc:"bytes"`
	Used    float64 `json:"used" doc:"share of the disk, 0 to 1"`
	Hours   float64 `json:"hours" doc:"of one meeting, at the reckoned bitrate"`
	Bitrate uint64  `json:"bitrate" doc:"bit/s that a meeting is reckoned to take"`
	Warning bool    `json:"warning" doc:"80 % of the disk are taken, or only a few hours are left"`
}

func (a *recordingAPI) space(ctx context.Context, in *RecordingCaller) (*struct{ Body recordingSpace }, error) {
	if err := a.look(ctx, *in); err != nil {
		return nil, err
	}
	s, err := recorder.SpaceOf(a.recordings.root)
	if err != nil {
		return nil, recordingProblem(err)
	}
	hours := s.Left(a.reserve, a.bitrate).Hours()
	return &struct{ Body recordingSpace }{recordingSpace{
		Size: s.Size, Free: s.Free, Used: s.Used(), Hours: hours, Bitrate: a.bitrate,
		Warning: s.Used() >= recorder.WarnAt || hours < hoursWarned,
	}}, nil
}

// recordingEntry is a recording in a list.
type recordingEntry struct {
	ID        string    `json:"id"`
	Meeting   string    `json:"meeting"`
	Title     string    `json:"title,omitempty"`
	Begun     time.Time `json:"begun"`
	Seconds   float64   `json:"seconds"`
	Bytes     int64     `json:"bytes"`
	Tracks    int       `json:"tracks"`
	Sealed    bool      `json:"sealed"`
	Encrypted bool      `json:"encrypted"`
	Trouble   []string  `json:"trouble,omitempty"`
}

func (a *recordingAPI) list(ctx context.Context, in *RecordingCaller) (*struct{ Body []recordingEntry }, error) {
	if err := a.look(ctx, *in); err != nil {
		return nil, err
	}
	sees, err := a.sees(ctx)
	if err != nil {
		return nil, err
	}
	items, err := archive.Rebuild(a.recordings.root)
	if err != nil {
		return nil, recordingProblem(err)
	}
	out := make([]recordingEntry, 0, len(items))
	for _, i := range slices.Backward(items) {
		if may, err := sees(meeting.ID(i.About.Meeting)); err != nil {
			return nil, err
		} else if !may {
			continue
		}
		out = append(out, recordingEntry{
			ID: i.About.ID, Meeting: i.About.Meeting, Title: i.About.Title, Begun: i.About.Epoch, Seconds: float64(i.Length) / 1000,
			Bytes: i.Bytes, Tracks: len(i.Tracks), Sealed: i.Sealed, Encrypted: i.About.Encrypted, Trouble: i.Trouble,
		})
	}
	return &struct{ Body []recordingEntry }{out}, nil
}
