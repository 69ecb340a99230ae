package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"diemcau/meeting"
)

// Recording is a recording in the catalogue: all of it comes from its folder.
type Recording struct {
	ID      string
	Meeting meeting.ID
	Title   string
	Unit    meeting.UnitID // that held the meeting; "" for a room of no meeting
	Begun   time.Time
	Length  int64 // ms
	Bytes   int64
	Points  int
	Sealed  bool
	Flawed  bool
	// Origin is the recording of which this is a redacted version; "" for an original.
	Origin string
	// Stamp changes when the folder does: the catalogue is then made anew.
	Stamp string
}

// Passage is a place in a recording with the words by which it is found.
type Passage struct {
	At   int64 // ms
	Kind PassageKind
	Ref  string // id of what it is: a point, an item
	Said string
}

// PassageKind says what the words of a passage are.
type PassageKind string

// The kinds of passages.
const (
	TitlePassage   PassageKind = "title"
	ItemPassage    PassageKind = "item"
	SpeakerPassage PassageKind = "speaker"
	MarkPassage    PassageKind = "mark"
	VotePassage    PassageKind = "vote"
	MinutesPassage PassageKind = "minutes"
	PointPassage   PassageKind = "point"
	ChatPassage    PassageKind = "chat"
	SpokenPassage  PassageKind = "spoken" // words of a transcript
)

// SaveRecording puts a recording into the catalogue, in place of what was known of
// it.
func (s *Store) SaveRecording(ctx context.Context, r Recording, passages []Passage) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := s.forget(ctx, tx, r.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO recordings (id, meeting, title, unit, begun, length, bytes, points, sealed, flawed, gone, stamp, origin)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12) ON CONFLICT (id) DO UPDATE SET meeting = excluded.meeting, title = excluded.title,
			unit = excluded.unit, begun = excluded.begun, length = excluded.length, bytes = excluded.bytes, points = excluded.points,
			sealed = excluded.sealed, flawed = excluded.flawed, gone = 0, stamp = excluded.stamp, origin = excluded.origin`,
			r.ID, string(r.Meeting), clean(r.Title), string(r.Unit), instant(r.Begun), r.Length, r.Bytes, r.Points, bit(r.Sealed), bit(r.Flawed), r.Stamp, r.Origin)
		if err != nil {
			return err
		}
		return s.savePassages(ctx, tx, r, passages)
	})
}

// clean takes out what no database keeps.
func clean(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "\uFFFD")
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// savePassages adds the passages of a recording, numbered by what they count and
// when they were said.
func (s *Store) savePassages(ctx context.Context, tx *sql.Tx, r Recording, passages []Passage) error {
	var rows passageRows
	next := map[int]int64{}
	for _, p := range passages {
		class := classOf(p.Kind)
		if _, known := next[class]; !known {
			first, last := numbers(class, r.Begun)
			var taken sql.NullInt64 // by another recording that began in the same second
			if err := tx.QueryRowContext(ctx, `SELECT MAX(id) FROM passages WHERE id BETWEEN $1 AND $2`, first, last).Scan(&taken); err != nil {
				return err
			}
			next[class] = max(first, taken.Int64+1)
		}
		words := Words(p.Said)
		if r.Unit != "" {
			words = append(words, ofUnit(r.Unit))
		}
		rows.add(next[class], p, strings.Join(words, " "))
		next[class]++
	}
	if s.postgres {
		if _, err := tx.ExecContext(ctx, `INSERT INTO passage_vocabulary (word) SELECT unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING`, rows.vocabulary()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO passages (id, recording, at, kind, ref, said, words)
			SELECT id, $1, at, kind, ref, said, array_to_tsvector(array_remove(string_to_array(words, ' '), ''))
			FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[]) AS x (id, at, kind, ref, said, words)`,
			r.ID, rows.ids, rows.ats, rows.kinds, rows.refs, rows.said, rows.words)
		return err
	}
	return rows.insert(ctx, tx, r.ID)
}

// passageRows are rows of passages, column by column.
type passageRows struct {
	ids, ats                 []int64
	kinds, refs, said, words []string
}

func (p *passageRows) add(id int64, x Passage, words string) {
	p.ids, p.ats = append(p.ids, id), append(p.ats, x.At)
	p.kinds, p.refs = append(p.kinds, string(x.Kind)), append(p.refs, clean(x.Ref))
	p.said, p.words = append(p.said, clean(x.Said)), append(p.words, words)
}

// vocabulary are the words of all rows, each once.
func (p *passageRows) vocabulary() []string {
	words := strings.Fields(strings.Join(p.words, " "))
	slices.Sort(words)
	return slices.Compact(words)
}

// insert adds the rows to a SQLite database.
func (p *passageRows) insert(ctx context.Context, tx *sql.Tx, recording string) (err error) {
	row, err := tx.PrepareContext(ctx, `INSERT INTO passages (id, recording, at, kind, ref, said) VALUES ($1, $2, $3, $4, $5, $6)`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, row.Close()) }()
	index, err := tx.PrepareContext(ctx, `INSERT INTO passage_words (rowid, words) VALUES ($1, $2)`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, index.Close()) }()
	if err := p.learn(ctx, tx); err != nil {
		return err
	}
	for i, id := range p.ids {
		if _, err := row.ExecContext(ctx, id, recording, p.ats[i], p.kinds[i], p.refs[i], p.said[i]); err != nil {
			return err
		}
		if _, err := index.ExecContext(ctx, id, p.words[i]); err != nil {
			return err
		}
	}
	return nil
}

// learn adds the words to the vocabulary of a SQLite database.
func (p *passageRows) learn(ctx context.Context, tx *sql.Tx) (err error) {
	word, err := tx.PrepareContext(ctx, `INSERT OR IGNORE INTO passage_vocabulary (word) VALUES ($1)`)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, word.Close()) }()
	for _, w := range p.vocabulary() {
		if _, err := word.ExecContext(ctx, w); err != nil {
			return err
		}
	}
	return nil
}

// forget takes the passages of a recording out.
func (s *Store) forget(ctx context.Context, tx *sql.Tx, recording string) error {
	if !s.postgres {
		if _, err := tx.ExecContext(ctx, `DELETE FROM passage_words WHERE rowid IN (SELECT id FROM passages WHERE recording = $1)`, recording); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM passages WHERE recording = $1`, recording)
	return err
}

// GoneRecording takes a recording whose folder is no longer there out of lists and
// searches. That there was one, and who viewed it, stays.
func (s *Store) GoneRecording(ctx context.Context, id string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := s.forget(ctx, tx, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE recordings SET gone = 1, stamp = '' WHERE id = $1`, id)
		return err
	})
}

// KnownRecording is what the catalogue was made from.
type KnownRecording struct {
	Meeting meeting.ID
	Stamp   string
}

// KnownRecordings returns the recordings that are there, by their ids.
func (s *Store) KnownRecordings(ctx context.Context) (map[string]KnownRecording, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, meeting, stamp FROM recordings WHERE gone = 0`)
	if err != nil {
		return nil, err
	}
	all := map[string]KnownRecording{}
	for rows.Next() {
		var id string
		var k KnownRecording
		if err := rows.Scan(&id, &k.Meeting, &k.Stamp); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all[id] = k
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// RecordingOfMeeting is a recording of the catalogue, or one that there was.
type RecordingOfMeeting struct {
	Recording
	Gone bool
}

// RecordingsOf lists the recordings of a meeting in order of their begin, those that
// were disposed of among them.
func (s *Store) RecordingsOf(ctx context.Context, id meeting.ID) (all []RecordingOfMeeting, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT id, title, unit, begun, length, bytes, points, sealed, flawed, gone, origin FROM recordings WHERE meeting = $1 ORDER BY begun, id`, string(id))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r := RecordingOfMeeting{Recording: Recording{Meeting: id}}
		var begun string
		var sealed, flawed, gone int
		if err := rows.Scan(&r.ID, &r.Title, &r.Unit, &begun, &r.Length, &r.Bytes, &r.Points, &sealed, &flawed, &gone, &r.Origin); err != nil {
			return nil, err
		}
		if r.Begun, err = time.Parse(layout, begun); err != nil {
			return nil, fmt.Errorf("store: recording %s: %w", r.ID, err)
		}
		r.Sealed, r.Flawed, r.Gone = sealed != 0, flawed != 0, gone != 0
		all = append(all, r)
	}
	return all, rows.Err()
}

// MinutesRevisions returns how often the minutes of each meeting were saved.
func (s *Store) MinutesRevisions(ctx context.Context) (map[meeting.ID]int, error) {
	return s.counts(ctx, `SELECT owner, COUNT(*) FROM minutes GROUP BY owner`)
}

// counts takes the rows of a query that names meetings and counts something of each.
func (s *Store) counts(ctx context.Context, query string) (map[meeting.ID]int, error) {
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	all := map[meeting.ID]int{}
	for rows.Next() {
		var id meeting.ID
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all[id] = n
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// Viewing is one look at a recording, or the refusal of one.
type Viewing struct {
	Recording string           `json:"recording"`
	Person    meeting.PersonID `json:"person"`
	Name      string           `json:"name,omitempty"`
	Session   string           `json:"-"`
	At        time.Time        `json:"at"`
	What      string           `json:"what" doc:"open, refused, or what was taken away: track, export, bag"`
	Detail    string           `json:"detail,omitempty"`
}

// NoteViewing adds a viewing.
func (s *Store) NoteViewing(ctx context.Context, v Viewing) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO viewings (recording, person, name, session, at, what, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		v.Recording, string(v.Person), clean(v.Name), v.Session, instant(v.At), v.What, clean(v.Detail))
	return err
}

// Viewings reads who viewed a recording, latest first.
func (s *Store) Viewings(ctx context.Context, recording string) (all []Viewing, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT person, name, at, what, detail FROM viewings WHERE recording = $1 ORDER BY at DESC LIMIT 1000`, recording)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v := Viewing{Recording: recording}
		var at string
		if err := rows.Scan(&v.Person, &v.Name, &at, &v.What, &v.Detail); err != nil {
			return nil, err
		}
		if v.At, err = time.Parse(layout, at); err != nil {
			return nil, fmt.Errorf("store: viewing: %w", err)
		}
		all = append(all, v)
	}
	return all, rows.Err()
}
