package replay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/caption"
)

// CodeNoCaptions says that a file is neither WebVTT nor SubRip, or has no words.
const CodeNoCaptions meeting.Code = "archive.no_captions"

// scribes are who may bring what was spoken, by their rights in the meeting.
var scribes = []meeting.Right{meeting.Archivist, meeting.Secretary, meeting.Chair}

// TranscriptLine is a transcript without its words.
type TranscriptLine struct {
	Language string    `json:"language"`
	File     string    `json:"file,omitempty"`
	SHA256   string    `json:"sha256,omitempty"`
	Machine  bool      `json:"machine,omitempty"`
	Count    int       `json:"count"`
	Name     string    `json:"name,omitempty"`
	At       time.Time `json:"at"`
}

func transcriptLine(t store.Transcript, at time.Time) TranscriptLine {
	return TranscriptLine{Language: t.Language, File: t.File, SHA256: t.SHA256, Machine: t.Machine, Count: t.Count, Name: t.Name, At: at}
}

// OfTranscript names a transcript in a path.
type OfTranscript struct {
	OfRecording
	Language string `path:"language" pattern:"^[a-z]{2,3}$" doc:"ISO 639"`
}

func (d *Desk) registerTranscripts(api huma.API, errs []int) {
	const one = base + "/{recording}/transcripts/{language}"
	op := func(method, path, id, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: method, Path: path, Summary: summary, Errors: errs, Metadata: account.SignedIn()}
	}
	huma.Register(api, op(http.MethodGet, base+"/{recording}/transcripts", "archiveTranscripts", "What was spoken: the transcripts there are"), d.transcripts)
	huma.Register(api, op(http.MethodGet, one, "archiveTranscript", "The cues of a transcript"), d.transcript)
	huma.Register(api, op(http.MethodGet, one+"/file", "archiveTranscriptFile", "A transcript as WebVTT"), d.transcriptFile)
	bring := op(http.MethodPut, one, "bringTranscript", "Bring a transcript, WebVTT or SubRip; it takes the place of that in its language")
	bring.MaxBodyBytes = caption.LargestFile
	bring.BodyReadTimeout = time.Minute
	bring.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
	bring.SkipValidateBody = true
	huma.Register(api, bring, d.bring)
	huma.Register(api, op(http.MethodDelete, one, "removeTranscript", "Take a transcript away; what it was stays in the log"), d.remove)
}

func (d *Desk) transcripts(ctx context.Context, in *OfRecording) (*private[listed[TranscriptLine]], error) {
	item, err := d.Item(ctx, in.Recording, "open", "")
	if err != nil {
		return nil, err
	}
	all, err := d.Book.TranscriptsOf(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	lines := make([]TranscriptLine, 0, len(all))
	for _, t := range all {
		v, err := viewOf(&item, t)
		if err != nil {
			return nil, err
		}
		lines = append(lines, v.TranscriptLine)
	}
	return give(listed[TranscriptLine]{lines}), nil
}

// Told are those of the cues of a recording that the one who asks may know of: for other
// parts that give words of it away.
func (d *Desk) Told(ctx context.Context, recording string, cues []caption.Cue) ([]caption.Cue, error) {
	item, err := d.Item(ctx, recording, "open", "")
	if err != nil {
		return nil, err
	}
	return Outside(cues, nil, item.Withheld...), nil
}

// TranscriptView is a transcript.
type TranscriptView struct {
	TranscriptLine
	Cues []caption.Cue `json:"cues" nullable:"false"`
}

// viewOf is a transcript as somebody may know of it who may know of item.
func viewOf(item *archive.Item, t store.Document[store.Transcript]) (TranscriptView, error) {
	v := TranscriptView{TranscriptLine: transcriptLine(t.Body, t.At), Cues: []caption.Cue{}}
	if err := json.Unmarshal(t.Body.Cues, &v.Cues); err != nil {
		return v, fmt.Errorf("replay: transcript of %s: %w", item.About.ID, err)
	}
	v.Cues = Outside(v.Cues, nil, item.Withheld...)
	v.Count = len(v.Cues)
	return v, nil
}

func (d *Desk) cues(ctx context.Context, in *OfTranscript) (TranscriptView, error) {
	item, err := d.Item(ctx, in.Recording, "open", "")
	if err != nil {
		return TranscriptView{}, err
	}
	all, err := d.Book.TranscriptsOf(ctx, in.Recording)
	if err != nil {
		return TranscriptView{}, err
	}
	for _, t := range all {
		if t.ID == in.Language {
			return viewOf(&item, t)
		}
	}
	return TranscriptView{}, meeting.Refuse(meeting.CodeUnknown, "transcript").With(in.Language)
}

func (d *Desk) transcript(ctx context.Context, in *OfTranscript) (*private[TranscriptView], error) {
	v, err := d.cues(ctx, in)
	if err != nil {
		return nil, err
	}
	return give(v), nil
}

func (d *Desk) transcriptFile(ctx context.Context, in *OfTranscript) (*huma.StreamResponse, error) {
	v, err := d.cues(ctx, in)
	if err != nil {
		return nil, err
	}
	b := caption.VTT(v.Cues)
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		hctx.SetHeader("Content-Disposition", "attachment; filename="+strconv.Quote("loi-noi."+in.Language+".vtt"))
		Raw("text/vtt; charset=utf-8", b).Body(hctx)
	}}, nil
}

// writes lets a scribe at a recording.
func (d *Desk) writes(ctx context.Context, recording string) (*contents, error) {
	c, err := d.opened(ctx, recording)
	if err != nil {
		return nil, err
	}
	rights, err := d.rights(ctx, meeting.ID(c.About.Meeting))
	if err == nil && !holds(rights, scribes) {
		err = meeting.Refuse(meeting.CodeNoRight, "").With(string(scribes[0]))
	}
	return c, err
}

// AdmitScribe lets at a recording, like Admit, only who may bring what was spoken in it.
func (d *Desk) AdmitScribe(ctx context.Context, recording, what, detail string) (length int64, err error) {
	if _, err := d.writes(ctx, recording); err != nil {
		return 0, err
	}
	return d.Admit(ctx, recording, what, detail)
}

func (d *Desk) bring(ctx context.Context, in *struct {
	OfTranscript
	File    string `query:"file" maxLength:"200" doc:"its name"`
	Shift   int64  `query:"shift" minimum:"-86400000" maximum:"86400000" doc:"ms that the cues are moved by: where the file was made of a recording that began elsewhere"`
	Machine bool   `query:"machine" doc:"made by a machine and not looked through"`
	RawBody []byte
},
) (*private[TranscriptLine], error) {
	c, err := d.writes(ctx, in.Recording)
	if err != nil {
		return nil, err
	}
	cues, err := caption.Read(in.RawBody)
	if errors.Is(err, caption.ErrNotText) || errors.Is(err, caption.ErrNoCues) || errors.Is(err, caption.ErrTooLarge) {
		return nil, meeting.Refuse(CodeNoCaptions, "file")
	}
	if err != nil {
		return nil, err
	}
	cues = slices.DeleteFunc(caption.Shift(cues, in.Shift), func(q caption.Cue) bool { return q.At >= c.Length })
	cues = Outside(cues, c.About.Redaction)
	if len(cues) == 0 {
		return nil, meeting.Refuse(CodeNoCaptions, "shift")
	}
	text, err := json.Marshal(cues)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(in.RawBody)
	who, _ := account.Of(ctx)
	now := d.Now().UTC()
	t := store.Transcript{
		Language: in.Language, File: in.File, SHA256: hex.EncodeToString(sum[:]), Machine: in.Machine, Count: len(cues), Name: who.Name, Cues: text,
	}
	if err := d.note(ctx, in.Recording, "transcript", fmt.Sprintf("%s %s %s", in.Language, t.SHA256, now.Format(time.RFC3339))); err != nil {
		return nil, err
	}
	return give(transcriptLine(t, now)), d.Book.SaveTranscript(ctx, in.Recording, who.Person, now, t)
}

func (d *Desk) remove(ctx context.Context, in *OfTranscript) (*struct{}, error) {
	if _, err := d.writes(ctx, in.Recording); err != nil {
		return nil, err
	}
	if _, err := d.cues(ctx, in); err != nil {
		return nil, err
	}
	now := d.Now().UTC()
	if err := d.note(ctx, in.Recording, "transcript", in.Language+" removed "+now.Format(time.RFC3339)); err != nil {
		return nil, err
	}
	who, _ := account.Of(ctx)
	return nil, d.Book.SaveTranscript(ctx, in.Recording, who.Person, now, store.Transcript{Language: in.Language, Name: who.Name, Removed: true})
}
