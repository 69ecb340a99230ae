package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"diemcau/meeting"
)

// Transcript is what was spoken in a recording, in one language. The cues are kept
// as the archive made them.
type Transcript struct {
	Language string          `json:"language" example:"vi"`
	File     string          `json:"file,omitempty" doc:"name of the file that was brought"`
	SHA256   string          `json:"sha256,omitempty" doc:"of that file"`
	Machine  bool            `json:"machine,omitempty" doc:"made by a machine and not looked through"`
	Count    int             `json:"count" doc:"of cues"`
	Name     string          `json:"name,omitempty" doc:"who brought it"`
	Removed  bool            `json:"removed,omitempty"`
	Cues     json.RawMessage `json:"cues,omitempty"`
}

// TranscriptsOf reads the newest transcripts of a recording, those that were removed
// left out.
func (s *Store) TranscriptsOf(ctx context.Context, recording string) ([]Document[Transcript], error) {
	all, err := All[Transcript](ctx, s, Transcripts, meeting.ID(recording))
	kept := all[:0]
	for _, d := range all {
		if !d.Body.Removed {
			kept = append(kept, d)
		}
	}
	return kept, err
}

// SaveTranscript keeps the newest transcript of its language.
func (s *Store) SaveTranscript(ctx context.Context, recording string, by meeting.PersonID, at time.Time, t Transcript) error {
	number := 0
	d, err := Get[Transcript](ctx, s, Transcripts, meeting.ID(recording), t.Language)
	switch {
	case err == nil:
		number = d.Number
	case meeting.CodeOf(err) != meeting.CodeUnknown:
		return err
	}
	return Put(ctx, s, Transcripts, Document[Transcript]{Owner: meeting.ID(recording), ID: t.Language, Number: number + 1, By: by, At: at, Body: t})
}

// ForgetTranscripts erases what was spoken in a recording that was disposed of.
func (s *Store) ForgetTranscripts(ctx context.Context, recording string) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM transcripts WHERE owner = $1`, recording)
	return err
}

// TranscriptRevisions returns how often transcripts of each recording were saved.
func (s *Store) TranscriptRevisions(ctx context.Context) (map[string]int, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT owner, COUNT(*) FROM transcripts GROUP BY owner`)
	if err != nil {
		return nil, err
	}
	all := map[string]int{}
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all[id] = n
	}
	return all, errors.Join(rows.Err(), rows.Close())
}
