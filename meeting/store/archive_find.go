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
	Unit     meeting.UnitID
	Point    meeting.PointID
	Speaker  string
	Limit    int
}

// Hit is a place in a recording that a search is about.
type Hit struct {
	At   int64       `json:"at" doc:"ms since the recording began"`
	Kind PassageKind `json:"kind" enum:"title,item,speaker,mark,vote,minutes,point"`
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
// ranked among the latest of them.
const (
	passagesAtOnce = 1000
	batchesAtMost  = 20
	hitsShown      = 5
	hitsScored     = 20 // of a recording; more would not change its place
)

// FindRecordings lists recordings, latest first, or searches them, best first. may
// is asked for each meeting; what it refuses is left out, as if it was not there.
func (s *Store) FindRecordings(ctx context.Context, q RecordingQuery, may func(meeting.ID) (bool, error)) ([]FoundRecording, error) {
	words := split(q.Text)
	if strings.TrimSpace(q.Text) != "" && len(words) == 0 {
		return nil, nil // signs only
	}
	f := &finder{store: s, q: q, may: may, words: words, found: map[string]*FoundRecording{}}
	for range batchesAtMost {
		more, err := f.batch(ctx)
		if err != nil {
			return nil, err
		}
		if !more || len(f.found) >= max(q.Limit, 1) {
			break
		}
	}
	return f.ranked(), nil
}

// finder is one search.
type finder struct {
	store *Store
	q     RecordingQuery
	may   func(meeting.ID) (bool, error)
	words []string
	found map[string]*FoundRecording
	last  int64     // id of the last passage looked at
	place [2]string // begin and id of the last recording looked at
}

// matching is the text of a search for the index: all words, the last of which may
// be the beginning of one.
func (s *Store) matching(words []string) string {
	terms := make([]string, len(words))
	for i, w := range words {
		prefix := i == len(words)-1 && (i > 0 || len([]rune(w)) > 1)
		switch {
		case s.postgres && prefix:
			terms[i] = "'" + w + "':*"
		case s.postgres:
			terms[i] = "'" + w + "'"
		case prefix:
			terms[i] = `"` + w + `"*`
		default:
			terms[i] = `"` + w + `"`
		}
	}
	if s.postgres {
		return strings.Join(terms, " & ")
	}
	return strings.Join(terms, " AND ")
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
	if f.q.Unit != "" {
		where(`r.unit = ?`, string(f.q.Unit))
	}
	if f.q.Point != "" {
		where(`EXISTS (SELECT 1 FROM passages x WHERE x.recording = r.id AND x.kind = 'point' AND x.ref = ?)`, string(f.q.Point))
	}
	if words := split(f.q.Speaker); len(words) > 0 {
		match := f.store.matching(words)
		if f.store.postgres {
			where(`r.id IN (SELECT x.recording FROM passages x WHERE x.kind = 'speaker' AND x.words @@ to_tsquery('simple', ?))`, match)
		} else {
			where(`r.id IN (SELECT x.recording FROM passages x WHERE x.kind = 'speaker' AND x.id IN (SELECT rowid FROM passage_words WHERE passage_words MATCH ?))`, match)
		}
	}
	return b.String(), args
}

const recordingColumns = `r.id, r.meeting, r.title, r.unit, r.begun, r.length, r.bytes, r.points, r.sealed, r.flawed`

// batch looks at the next passages, or at the next recordings when there is no text.
func (f *finder) batch(ctx context.Context) (more bool, err error) {
	query, args := f.listing()
	if len(f.words) > 0 {
		query, args = f.searching()
	}
	rows, err := f.store.db.QueryContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	n := 0
	for rows.Next() {
		n++
		if len(f.words) == 0 && len(f.found) >= max(f.q.Limit, 1) {
			return false, nil
		}
		if err := f.take(rows); err != nil {
			return false, err
		}
	}
	return n == passagesAtOnce, rows.Err()
}

func (f *finder) listing() (string, []any) {
	filter, args := f.conditions(nil)
	if f.place[1] != "" {
		args = append(args, f.place[0], f.place[1])
		filter += fmt.Sprintf(" AND (r.begun, r.id) < ($%d, $%d)", len(args)-1, len(args))
	}
	return `SELECT ` + recordingColumns + `, 0, 0, '', '' FROM recordings r WHERE r.gone = 0` + filter +
		fmt.Sprintf(` ORDER BY r.begun DESC, r.id DESC LIMIT %d`, passagesAtOnce), args
}

func (f *finder) searching() (string, []any) {
	args := []any{f.store.matching(f.words)}
	from := `passage_words w JOIN passages p ON p.id = w.rowid JOIN recordings r ON r.id = p.recording WHERE passage_words MATCH $1`
	id := "w.rowid"
	if f.store.postgres {
		from, id = `passages p JOIN recordings r ON r.id = p.recording WHERE p.words @@ to_tsquery('simple', $1)`, "p.id"
	}
	filter, args := f.conditions(args)
	if f.last > 0 {
		args = append(args, f.last)
		filter += fmt.Sprintf(" AND %s < $%d", id, len(args))
	}
	return `SELECT ` + recordingColumns + `, p.id, p.at, p.kind, p.said FROM ` + from + filter +
		fmt.Sprintf(` ORDER BY %s DESC LIMIT %d`, id, passagesAtOnce), args
}

// take reads one row.
func (f *finder) take(rows *sql.Rows) error {
	var r Recording
	var h Hit
	var begun string
	var sealed, flawed int
	err := rows.Scan(&r.ID, &r.Meeting, &r.Title, &r.Unit, &begun, &r.Length, &r.Bytes, &r.Points, &sealed, &flawed, &f.last, &h.At, &h.Kind, &h.Text)
	if err != nil {
		return err
	}
	f.place = [2]string{begun, r.ID}
	at := f.found[r.ID]
	if at == nil {
		if ok, err := f.may(r.Meeting); err != nil || !ok {
			return err
		}
		if r.Begun, err = time.Parse(layout, begun); err != nil {
			return fmt.Errorf("store: recording %s: %w", r.ID, err)
		}
		r.Sealed, r.Flawed = sealed != 0, flawed != 0
		at = &FoundRecording{Recording: r}
		f.found[r.ID] = at
	}
	if len(f.words) > 0 && len(at.Hits) < hitsScored {
		h.score = f.score(&h)
		at.score = max(at.score, h.score)
		at.Hits = append(at.Hits, h)
	}
	return nil
}

// weights are how much a word counts by where it stands.
var weights = map[PassageKind]float64{TitlePassage: 3, ItemPassage: 3, VotePassage: 2.5, MarkPassage: 2.5, SpeakerPassage: 2, MinutesPassage: 2, PointPassage: 1}

// score is how well a passage answers: where the words stand, whether they stand
// together, and whether their marks are those that were typed.
func (f *finder) score(h *Hit) float64 {
	score := weights[h.Kind]
	said, typed := strings.Join(split(h.Text), " "), strings.Join(f.words, " ")
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
	return all[:min(len(all), max(f.q.Limit, 1))]
}
