package bridge

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/livekit/protocol/livekit"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/sfu/engine"
)

// linesPatience is how long the lines' owners are waited for: a board asks again
// two seconds later, and would rather have most points now.
const linesPatience = time.Second

// linesAPI tells the technician's board what is measured of every point (CON-15).
// It joins what the session plane knows of a room, names and tracks, with what the
// media plane counts, and keeps nothing: rates over time are the board's sums.
type linesAPI struct {
	live *live.House
	linesReader
}

// linesReader looks at the lines of a meeting.
type linesReader struct {
	present func(context.Context, *livekit.ListParticipantsRequest) (*livekit.ListParticipantsResponse, error)
	measure func(context.Context, meeting.ID) ([]engine.LineSnapshot, int)
}

// Lines are the connections of a meeting's points.
type Lines struct {
	At      time.Time   `json:"at" doc:"when it was counted, by the bridge's clock"`
	Missing int         `json:"missing" doc:"connections that did not answer in time"`
	Items   []PointLine `json:"items"`
}

// PointLine is one connection of a point; a standby device or a machine that only
// shares content is another one of the same point.
type PointLine struct {
	Point     meeting.PointID `json:"point"`
	Session   string          `json:"session"`
	Joined    time.Time       `json:"joined"`
	Standby   bool            `json:"standby,omitempty" doc:"a second connection of the point"`
	Connected bool            `json:"connected"`
	RoundTrip float64         `json:"rttMs" doc:"0 while unknown"`
	Down      LineDown        `json:"down"`
	UpBudget  int64           `json:"upBudgetBps" doc:"bound of what the point sends; 0 is none"`
	Tracks    []TrackLine     `json:"tracks"`
}

// LineDown is the way from the bridge to a point.
type LineDown struct {
	Sending  int64   `json:"bps"`
	Estimate int64   `json:"estimateBps" doc:"what the line is believed to carry; 0 is no bound"`
	Budget   int64   `json:"budgetBps" doc:"what may be used of it; 0 is no bound"`
	Loss     float64 `json:"loss" doc:"0 to 1"`
	Held     int     `json:"held" doc:"pictures that wait for the line"`
}

// TrackLine is one track that a point sends. The counters only grow while the
// track lives.
type TrackLine struct {
	ID      string      `json:"id"`
	Source  string      `json:"source" enum:"camera,microphone,screen,screen-sound,other"`
	Muted   bool        `json:"muted"`
	Wanted  bool        `json:"wanted" doc:"somebody receives it; a picture that nobody wants stands still, and that is no fault"`
	Level   float32     `json:"level" doc:"loudness of a sound, 0 to 1, over the last 400 ms"`
	Packets uint64      `json:"packets"`
	Bytes   uint64      `json:"bytes" doc:"of payload"`
	Lost    uint64      `json:"lost"`
	Layers  []LayerLine `json:"layers" doc:"lowest first"`
}

// LayerLine is one layer of a track.
type LayerLine struct {
	Width   uint32 `json:"width"`
	Height  uint32 `json:"height"`
	Bitrate uint32 `json:"bps"`
	Live    bool   `json:"live"`
}

type linesInput struct {
	ID meeting.ID `path:"id" maxLength:"256"`
}

type linesOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         Lines
}

// Register adds the operation.
func (a *linesAPI) Register(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "meeting-lines", Method: http.MethodGet, Path: "/api/meetings/{id}/lines", Tags: []string{"live"},
		Summary: "What is measured of every point's line, for the technician's board", Metadata: account.SignedIn(),
		Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}, a.lines)
}

func (a *linesAPI) lines(ctx context.Context, in *linesInput) (*linesOutput, error) {
	if err := a.mayLook(ctx, in.ID); err != nil {
		return nil, err
	}
	lines, err := a.read(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &linesOutput{CacheControl: "no-store", Body: lines}, nil
}

// read looks at the lines now.
func (r linesReader) read(ctx context.Context, id meeting.ID) (Lines, error) {
	present, err := r.present(ctx, &livekit.ListParticipantsRequest{Room: string(id)})
	if err != nil {
		return Lines{}, err
	}
	patient, cancel := context.WithTimeout(ctx, linesPatience)
	defer cancel()
	lines, missing := r.measure(patient, id)
	return Lines{At: time.Now().UTC(), Missing: missing, Items: joinLines(present.Participants, lines)}, nil
}

// mayLook passes who sits at the technician's board of the meeting, and nobody
// else.
func (a *linesAPI) mayLook(ctx context.Context, id meeting.ID) error {
	who, _ := account.Of(ctx)
	err := a.live.Look(ctx, id, func(l *conduct.Live, _ time.Time) error {
		if who.Person == "" || l.State().Seats[meeting.Technician].Person.ID != who.Person {
			return meeting.Refuse(meeting.CodeNoRight, "meeting").With(string(meeting.Technician))
		}
		return nil
	})
	if err == nil || meeting.CodeOf(err) != "" || errors.Is(err, context.Canceled) {
		return err
	}
	return huma.Error500InternalServerError("the meeting could not be read", err)
}

// joinLines brings together who is in a room and what is measured of him. Boards
// and who has no media yet are left out.
func joinLines(present []*livekit.ParticipantInfo, lines []engine.LineSnapshot) []PointLine {
	measured := make(map[string]*engine.LineSnapshot, len(lines))
	for i := range lines {
		measured[string(lines[i].ID)] = &lines[i]
	}
	out := make([]PointLine, 0, len(present))
	for _, p := range present {
		identity := meeting.PointID(p.Identity)
		line := measured[p.Sid]
		if line == nil || air.IsBoard(identity) || p.Kind != livekit.ParticipantInfo_STANDARD {
			continue
		}
		base := air.BaseOf(identity)
		out = append(out, PointLine{
			Point: base, Session: p.Sid, Joined: time.UnixMilli(p.JoinedAtMs).UTC(), Standby: base != identity,
			Connected: line.Connected, RoundTrip: float64(line.RoundTrip.Microseconds()) / 1000,
			Down: LineDown{
				Sending: line.Down.Sending, Estimate: line.Down.Estimate, Budget: line.Down.Budget,
				Loss: line.Down.Loss, Held: line.Down.Held,
			},
			UpBudget: line.UpBudget, Tracks: joinTracks(p.Tracks, line.Up),
		})
	}
	return out
}

func joinTracks(published []*livekit.TrackInfo, measured []engine.SourceLine) []TrackLine {
	out := make([]TrackLine, 0, len(published))
	for _, t := range published {
		line := TrackLine{ID: t.Sid, Source: sourceName(t.Source), Muted: t.Muted, Layers: []LayerLine{}}
		for _, m := range measured {
			if string(m.ID) != t.Sid {
				continue
			}
			line.Muted, line.Wanted = t.Muted || m.Muted, m.Wanted
			line.Level, line.Packets, line.Bytes, line.Lost = m.Level, m.Packets, m.Bytes, m.Lost
			for _, l := range m.Layers {
				line.Layers = append(line.Layers, LayerLine{Width: l.Width, Height: l.Height, Bitrate: l.Bitrate, Live: l.Live})
			}
		}
		out = append(out, line)
	}
	return out
}

func sourceName(s livekit.TrackSource) string {
	switch s {
	case livekit.TrackSource_CAMERA:
		return "camera"
	case livekit.TrackSource_MICROPHONE:
		return "microphone"
	case livekit.TrackSource_SCREEN_SHARE:
		return "screen"
	case livekit.TrackSource_SCREEN_SHARE_AUDIO:
		return "screen-sound"
	}
	return "other"
}
