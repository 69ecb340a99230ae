package live

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
)

// Entry is a token to be made for whoever enters a meeting.
type Entry struct {
	Meeting  meeting.ID
	Identity meeting.PointID
	Name     string
	Device   meeting.DeviceID
	// Watch means that it may publish nothing but a voice, and that only while the
	// meeting's orders let it: a board.
	Watch bool
}

// Register adds the operations of a live meeting.
func (h *House) Register(api huma.API, token func(Entry) (string, error)) {
	const tag = "live"
	huma.Register(api, huma.Operation{
		OperationID: "open-meeting", Method: http.MethodPost, Path: "/api/meetings/{id}/open", Tags: []string{tag},
		Summary: "Open a meeting before its time", Metadata: account.SignedIn(), DefaultStatus: http.StatusOK,
	}, h.openOperation)
	huma.Register(api, huma.Operation{
		OperationID: "act", Method: http.MethodPost, Path: "/api/meetings/{id}/acts", Tags: []string{tag},
		Summary: "Do something in a meeting that is open", Metadata: account.Known(), DefaultStatus: http.StatusOK, MaxBodyBytes: 256 << 10,
	}, h.actOperation)
	huma.Register(api, huma.Operation{
		OperationID: "meeting-state", Method: http.MethodGet, Path: "/api/meetings/{id}/state", Tags: []string{tag},
		Summary: "The whole meeting, for boards; of others their own point", Metadata: account.Known(),
	}, h.stateOperation)
	huma.Register(api, huma.Operation{
		OperationID: "meeting-log", Method: http.MethodGet, Path: "/api/meetings/{id}/log", Tags: []string{tag},
		Summary: "Every event of the meeting: who, at which device, when, what, before, after", Metadata: account.SignedIn(),
	}, h.logOperation)
	huma.Register(api, huma.Operation{
		OperationID: "meeting-chat", Method: http.MethodGet, Path: "/api/meetings/{id}/chat", Tags: []string{tag},
		Summary: "What was written to all in the meeting", Metadata: account.Known(),
	}, h.chatOperation)
	huma.Register(api, huma.Operation{
		OperationID: "enter-meeting", Method: http.MethodPost, Path: "/api/meetings/{id}/enter", Tags: []string{tag},
		Summary: "A token to join the meeting: as one's point, or as a board", Metadata: account.Known(), DefaultStatus: http.StatusOK,
	}, func(ctx context.Context, in *enterInput) (*enterOutput, error) {
		return h.enterOperation(ctx, in, token)
	})
}

type meetingInput struct {
	ID meeting.ID `path:"id" maxLength:"256"`
}

type actInput struct {
	ID   meeting.ID `path:"id" maxLength:"256"`
	Key  string     `header:"Idempotency-Key" maxLength:"128"`
	Body struct {
		Do   string         `json:"do" doc:"name of the deed" example:"invite"`
		With map[string]any `json:"with,omitempty" doc:"its fields"`
	}
}

type stateOutput struct {
	Body struct {
		Live State `json:"live"`
	}
}

func (h *House) openOperation(ctx context.Context, in *meetingInput) (*stateOutput, error) {
	who, _ := account.Of(ctx)
	if err := h.Open(ctx, in.ID, actorOf(who)); err != nil {
		return nil, answer500(err)
	}
	out := &stateOutput{}
	err := h.Look(ctx, in.ID, func(l *conduct.Live, now time.Time) error {
		out.Body.Live = NewState(l, now)
		return nil
	})
	return out, answer500(err)
}

func (h *House) actOperation(ctx context.Context, in *actInput) (*stateOutput, error) {
	who, _ := account.Of(ctx)
	with, err := json.Marshal(in.Body.With)
	if err != nil {
		return nil, meeting.Refuse(meeting.CodeInvalid, "with")
	}
	deed, err := conduct.ReadDeed(in.Body.Do, with)
	if err != nil {
		return nil, err
	}
	out := &stateOutput{}
	out.Body.Live, err = h.Act(ctx, in.ID, in.Key, actorOf(who), filled(deed))
	if err != nil {
		return nil, answer500(err)
	}
	return out, nil
}

type stateInput struct {
	ID          meeting.ID `path:"id" maxLength:"256"`
	IfNoneMatch string     `header:"If-None-Match"`
}

type boardOutput struct {
	ETag         string `header:"ETag"`
	CacheControl string `header:"Cache-Control"`
	Body         Board
}

func (h *House) stateOperation(ctx context.Context, in *stateInput) (*boardOutput, error) {
	who, _ := account.Of(ctx)
	out := &boardOutput{CacheControl: "no-cache"}
	err := h.Look(ctx, in.ID, func(l *conduct.Live, now time.Time) error {
		if !belongs(l, who) {
			return meeting.Refuse(meeting.CodeNoRight, "meeting")
		}
		out.ETag = strconv.Quote(strconv.Itoa(l.State().Seq))
		if in.IfNoneMatch == out.ETag {
			return huma.Status304NotModified()
		}
		board := NewBoard(l, who, now)
		text, err := json.Marshal(board) // the owner's state must not leave its goroutine
		if err != nil {
			return err
		}
		return json.Unmarshal(text, &out.Body)
	})
	if err != nil {
		return nil, answer500(err)
	}
	return out, nil
}

type logInput struct {
	ID    meeting.ID `path:"id" maxLength:"256"`
	After int        `query:"after" minimum:"0" doc:"only events after this number"`
	Limit int        `query:"limit" minimum:"0" maximum:"1000" default:"200"`
}

type logOutput struct {
	Body struct {
		Items []json.RawMessage `json:"items" doc:"events as they are kept"`
		Last  int               `json:"last" doc:"number of the last event of the meeting"`
	}
}

func (h *House) logOperation(ctx context.Context, in *logInput) (*logOutput, error) {
	who, _ := account.Of(ctx)
	if err := h.Look(ctx, in.ID, func(l *conduct.Live, _ time.Time) error {
		if len(you(l.State(), who).Seats) == 0 && (who.Person == "" || !who.Has(meeting.Archivist)) {
			return meeting.Refuse(meeting.CodeNoRight, "meeting").With(string(meeting.Secretary))
		}
		return nil
	}); err != nil {
		return nil, answer500(err)
	}
	_, log, err := h.settings.Store.Load(ctx, in.ID)
	if err != nil {
		return nil, answer500(err)
	}
	out := &logOutput{}
	out.Body.Last = len(log)
	from := min(in.After, len(log))
	for _, e := range log[from:min(len(log), from+in.Limit)] {
		text, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		out.Body.Items = append(out.Body.Items, text)
	}
	out.Body.Items = some(out.Body.Items)
	return out, nil
}

type enterInput struct {
	ID   meeting.ID `path:"id" maxLength:"256"`
	Body struct {
		Board bool `json:"board,omitempty" doc:"as a board, also where the machine is a point's"`
	}
}

type enterOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		Room     string          `json:"room"`
		Identity meeting.PointID `json:"identity"`
		Name     string          `json:"name"`
		Token    string          `json:"token"`
	}
}

// enterOperation lets the machine of a point in as the point, and who sits at a
// board as a board.
func (h *House) enterOperation(ctx context.Context, in *enterInput, token func(Entry) (string, error)) (*enterOutput, error) {
	who, _ := account.Of(ctx)
	p, err := h.planOf(ctx, in.ID)
	if err != nil {
		return nil, answer500(err)
	}
	e := Entry{Meeting: in.ID, Device: Device(who)}
	point, atPoint := p.Plan().Point(who.Point)
	switch {
	case atPoint && !in.Body.Board:
		e.Identity, e.Name = point.ID, point.Name
	case seated(p, who) && e.Device != "":
		e.Identity, e.Name, e.Watch = air.Board(e.Device), who.Name, true
	default:
		return nil, meeting.Refuse(meeting.CodeNoRight, "meeting")
	}
	if err := h.Attend(ctx, in.ID, air.Guest{Point: e.Identity, Device: e.Device}); err != nil {
		return nil, answer500(err)
	}
	out := &enterOutput{CacheControl: "no-store"}
	out.Body.Room, out.Body.Identity, out.Body.Name = string(in.ID), e.Identity, e.Name
	out.Body.Token, err = token(e)
	return out, answer500(err)
}

// planOf is the meeting as it is, or as it would be opened: for the test run.
func (h *House) planOf(ctx context.Context, id meeting.ID) (*conduct.Live, error) {
	var seen *conduct.Live
	err := h.Look(ctx, id, func(l *conduct.Live, _ time.Time) error {
		s, err := l.Snapshot()
		if err == nil {
			seen, err = conduct.At(l.Opening(), s)
		}
		return err
	})
	again := err == nil && seen.State().CalledOff // it may be announced anew
	if !again && meeting.CodeOf(err) != meeting.CodeUnknown {
		return seen, err
	}
	opening, err := h.settings.Store.Prepare(ctx, id)
	if again && (err != nil || opening.Version <= seen.Opening().Version) {
		return seen, nil
	}
	if err != nil {
		return nil, err
	}
	return conduct.New(opening)
}

// seated tells whether he has a board: who holds a seat, or may take one.
func seated(l *conduct.Live, who account.Identity) bool {
	return len(you(l.State(), who).Seats) > 0 || who.Person != "" &&
		slices.ContainsFunc(l.Plan().People.CoChairs, func(p meeting.Person) bool { return p.ID == who.Person })
}

// answer500 hides what is no refusal behind CodeUnkept; refusals go as they are.
func answer500(err error) error {
	var status huma.StatusError
	if err == nil || meeting.CodeOf(err) != "" || errors.As(err, &status) || errors.Is(err, context.Canceled) {
		return err
	}
	return huma.Error500InternalServerError("the meeting could not be read", err)
}
