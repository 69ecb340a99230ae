package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"diemcau/meeting"
)

// RecordingQuery chooses recordings; zero fields choose all.
type RecordingQuery struct {
	Text     string
	From, To time.Time // begun in [From, To)
	Meeting  meeting.ID
	Unit     meeting.UnitID
	Point    meeting.PointID
	Speaker  string
	State    RecordingState
	Limit    int
}

// Hit is a place in a recording that a search is about.
type Hit struct {
	At   int64       `json:"at" doc:"ms since the recording began"`
	Kind PassageKind `json:"kind" enum:"title,item,speaker,mark,vote,minutes,point,chat,spoken"`
	Text string      `json:"text"`

	score float64
}

// FoundRecording is a recording with its places, best first.
type FoundRecording struct {
	Recording
	Hits []Hit

	score float64
}

// Bounds of one search. A word that is in more passages than a search looks at is
// ranked among the best kinds and the latest of them.
const (
	rowsAtOnce   = 500
	choice       = 3 // times the limit is ranked
	hitsShown    = 5
	hitsScored   = 20 // of a recording; more would not change its place
	listedAtOnce = 1000
)

// FindRecordings lists recordings, latest first, or searches them, best first. may
// is asked for each meeting; what it refuses is left out, as if it was not there.
func (s *Store) FindRecordings(ctx context.Context, q RecordingQuery, may func(recording string, of meeting.ID) (bool, error)) ([]FoundRecording, error) {
	q.Limit = max(q.Limit, 1)
	f := &finder{store: s, q: q, may: may, sought: seek(q.Text), found: map[string]*FoundRecording{}}
	err := f.narrow(ctx)
	switch {
	case err != nil:
	case len(f.sought.terms) > 0:
		err = f.search(ctx)
	case strings.TrimSpace(q.Text) == "":
		err = f.list(ctx)
	} // else signs only: nothing is found
	if err != nil {
		return nil, err
	}
	return f.ranked(), nil
}

// finder is one search.
type finder struct {
	sought
	store *Store
	q     RecordingQuery
	may   func(recording string, of meeting.ID) (bool, error)
	found map[string]*FoundRecording
	// only are the recordings in which somebody spoke or a point was; nil for all.
	only  map[string]bool
	place [2]string // begin and id of the last recording looked at
}

// conditions are the filters as SQL, numbered after args.
func (f *finder) conditions(args []any) (string, []any) {
	var b strings.Builder
	where := func(condition string, v any) {
		args = append(args, v)
		b.WriteString(" AND " + strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1))
	}
	if !f.q.From.IsZero() {
		where(`r.begun >= ?`, instant(f.q.From))
	}
	if !f.q.To.IsZero() {
		where(`r.begun < ?`, instant(f.q.To))
	}
	if f.q.Meeting != "" {
		where(`r.meeting = ?`, string(f.q.Meeting))
	}
	if f.q.Unit != "" {
		where(`r.unit = ?`, string(f.q.Unit))
	}
	return b.String() + conditionOf(f.q.State), args
}

const recordingColumns = `r.id, r.meeting, r.title, r.unit, r.begun, r.length, r.bytes, r.points, r.sealed, r.flawed, r.origin`

// list reads recordings, latest first.
func (f *finder) list(ctx context.Context) error {
	for {
		filter, args := f.conditions(nil)
		if f.place[1] != "" {
			args = append(args, f.place[0], f.place[1])
			filter += fmt.Sprintf(" AND (r.begun, r.id) < ($%d, $%d)", len(args)-1, len(args))
		}
		n, err := f.read(ctx, `SELECT `+recordingColumns+`, 0, '', '' FROM recordings r WHERE r.gone = 0`+filter+
			fmt.Sprintf(` ORDER BY r.begun DESC, r.id DESC LIMIT %d`, listedAtOnce), args)
		if err != nil || n < listedAtOnce || len(f.found) >= f.q.Limit {
			return err
		}
	}
}

// rows asks what was put together of this package's own words; what people typed is in
// the arguments.
func (f *finder) rows(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	return f.store.db.QueryContext(ctx, query, args...)
}

// read takes the rows of a query, and counts them.
func (f *finder) read(ctx context.Context, query string, args []any) (n int, err error) {
	rows, err := f.rows(ctx, query, args)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		n++
		if len(f.terms) == 0 && len(f.found) >= f.q.Limit {
			return n, nil
		}
		if err := f.take(rows); err != nil {
			return n, err
		}
	}
	return n, rows.Err()
}

// take reads one row.
func (f *finder) take(rows *sql.Rows) error {
	var r Recording
	var h Hit
	var begun string
	var sealed, flawed int
	err := rows.Scan(&r.ID, &r.Meeting, &r.Title, &r.Unit, &begun, &r.Length, &r.Bytes, &r.Points, &sealed, &flawed, &r.Origin, &h.At, &h.Kind, &h.Text)
	if err != nil {
		return err
	}
	f.place = [2]string{begun, r.ID}
	if f.only != nil && !f.only[r.ID] {
		return nil
	}
	at := f.found[r.ID]
	if at == nil {
		if ok, err := f.may(r.ID, r.Meeting); err != nil || !ok {
			return err
		}
		if r.Begun, err = time.Parse(layout, begun); err != nil {
			return fmt.Errorf("store: recording %s: %w", r.ID, err)
		}
		r.Sealed, r.Flawed = sealed != 0, flawed != 0
		at = &FoundRecording{Recording: r}
		f.found[r.ID] = at
	}
	if len(f.terms) > 0 && len(at.Hits) < hitsScored {
		h.score = f.score(&h)
		at.score = max(at.score, h.score)
		at.Hits = append(at.Hits, h)
	}
	return nil
}

// weights are how much a word counts by where it stands.
var weights = map[PassageKind]float64{TitlePassage: 3, ItemPassage: 3, VotePassage: 2.5, MarkPassage: 2.5, SpeakerPassage: 2, MinutesPassage: 2, ChatPassage: 1, SpokenPassage: 1, PointPassage: 1}

// score is how well a passage answers: where the words stand, whether they stand
// together, and whether their marks are those that were typed.
func (f *finder) score(h *Hit) float64 {
	score := weights[h.Kind]
	said, typed := strings.Join(split(h.Text), " "), strings.Join(f.typed, " ")
	if strings.Contains(Fold(said), Fold(typed)) {
		score *= 2
	}
	if strings.Contains(said, typed) {
		score *= 1.5
	}
	return score
}

// ranked are the best recordings with their best places.
func (f *finder) ranked() []FoundRecording {
	all := make([]FoundRecording, 0, len(f.found))
	for _, r := range f.found {
		slices.SortStableFunc(r.Hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.At, b.At)) })
		r.Hits = r.Hits[:min(len(r.Hits), hitsShown)]
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b FoundRecording) int {
		return cmp.Or(cmp.Compare(b.score, a.score), b.Begun.Compare(a.Begun), cmp.Compare(b.ID, a.ID))
	})
	return all[:min(len(all), f.q.Limit)]
}
