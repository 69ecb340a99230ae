package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// The id of a passage is its place in the order of answers: three bits say what
// kind it is, 32 how long before the far end of time its recording began, 28 count.
// Both databases give the first of many in this order without looking at all.
const (
	classes   = 4
	classBits = 60
	countBits = 28
)

// classOf tells how much the kind of a passage counts; 0 is best.
func classOf(k PassageKind) int {
	switch k {
	case TitlePassage, ItemPassage, VotePassage, MarkPassage:
		return 0
	case SpeakerPassage, MinutesPassage:
		return 1
	case PointPassage:
		return 3
	}
	return 2
}

// second is the place of a time: later times are first.
func second(t time.Time) int64 {
	return min(max(math.MaxUint32-t.Unix(), 0), math.MaxUint32)
}

// numbers are the ids of the passages of one class that recordings begun in one
// second have.
func numbers(class int, begun time.Time) (first, last int64) {
	first = int64(class)<<classBits | second(begun)<<countBits
	return first, first | (1<<countBits - 1)
}

// group is what the passages of a class in a recording have in common.
func group(id int64) int64 { return id >> countBits }

// span are the ids of a class that the dates of the search allow.
func (f *finder) span(class int) (first, last int64) {
	first, last = int64(class)<<classBits, int64(class+1)<<classBits-1
	if !f.q.To.IsZero() {
		first, _ = numbers(class, f.q.To)
	}
	if !f.q.From.IsZero() {
		_, last = numbers(class, f.q.From)
	}
	return first, last
}

// Bounds of what the index is asked.
const (
	idsAtMost = 20_000 // of one class; matches beyond are the oldest
	idsKnown  = 4_000  // PostgreSQL: of all, in any order, besides the latest
	window    = 5_000  // passages of a class that are looked through first
	// windowAtMost is how many are looked through in order, where that finds enough.
	windowAtMost = 80_000
	// alternatives is how many words may stand for each other: with more, as the begin of
	// a word has, looking at each passage costs more than the index.
	alternatives = 8
)

// search looks for the words class by class, the best first, until it has enough to
// choose from.
func (f *finder) search(ctx context.Context) error {
	terms, err := f.store.complete(ctx, f.terms)
	if err != nil {
		return err
	}
	if f.q.Unit != "" {
		terms = append([]term{{word: ofUnit(f.q.Unit)}}, terms...)
	}
	only, err := f.seconds(ctx)
	if err != nil {
		return err
	}
	match := f.store.match(terms)
	if f.store.postgres {
		return f.searchPostgres(ctx, match, only)
	}
	for class := range classes {
		ids, err := f.sqlite(ctx, class, match)
		if err != nil {
			return err
		}
		if err := f.look(ctx, few(ids, only)); err != nil {
			return err
		}
		if f.enough() {
			break
		}
	}
	return nil
}

// enough answers whether as many recordings were found as are ranked.
func (f *finder) enough() bool { return len(f.found) >= choice*f.q.Limit }

// narrow finds the recordings that a point was in, and those that somebody spoke in.
func (f *finder) narrow(ctx context.Context) error {
	within := func(query string, args ...any) error {
		all, err := column(ctx, f.store.db, query, args...)
		if err != nil {
			return err
		}
		before := f.only
		f.only = map[string]bool{}
		for _, id := range all {
			if before == nil || before[id] {
				f.only[id] = true
			}
		}
		return nil
	}
	if f.q.Point != "" {
		if err := within(`SELECT DISTINCT recording FROM passages WHERE kind = 'point' AND ref = $1`, string(f.q.Point)); err != nil {
			return err
		}
	}
	terms, err := f.store.complete(ctx, seek(f.q.Speaker).terms)
	if err != nil || len(terms) == 0 {
		return err
	}
	query := `SELECT DISTINCT x.recording FROM passage_words w CROSS JOIN passages x ON x.id = w.rowid WHERE passage_words MATCH $1 AND w.rowid BETWEEN $2 AND $3 AND x.kind = 'speaker'`
	if f.store.postgres {
		query = `SELECT DISTINCT recording FROM passages WHERE words @@ $1::tsquery AND id BETWEEN $2 AND $3 AND kind = 'speaker'`
	}
	first, last := f.span(classOf(SpeakerPassage))
	return within(query, f.store.match(terms), first, last)
}

// seconds are those in which the recordings began that are searched; nil for all.
func (f *finder) seconds(ctx context.Context) (map[int64]bool, error) {
	if f.only == nil {
		return nil, nil
	}
	rows, err := f.store.db.QueryContext(ctx, `SELECT id, begun FROM recordings WHERE gone = 0`)
	if err != nil {
		return nil, err
	}
	out := map[int64]bool{}
	for rows.Next() {
		var id, begun string
		if err := rows.Scan(&id, &begun); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		if !f.only[id] {
			continue
		}
		t, err := time.Parse(layout, begun)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("store: recording %s: %w", id, err), rows.Close())
		}
		out[second(t)] = true
	}
	return out, errors.Join(rows.Err(), rows.Close())
}

// few leaves of each recording as many passages as can change its place.
func few(ids []int64, only map[int64]bool) []int64 {
	var out []int64
	n, last := 0, int64(-1)
	for _, id := range ids {
		if only != nil && !only[group(id)&math.MaxUint32] {
			continue
		}
		if group(id) != last {
			n, last = 0, group(id)
		}
		if n++; n <= hitsScored {
			out = append(out, id)
		}
	}
	return out
}

// look reads passages in their order until there are enough recordings.
func (f *finder) look(ctx context.Context, ids []int64) error {
	for batch := range slices.Chunk(ids, rowsAtOnce) {
		if len(f.found) >= choice*f.q.Limit {
			return nil
		}
		list := strings.Trim(strings.ReplaceAll(fmt.Sprint(batch), " ", ","), "[]")
		filter, args := f.conditions(nil)
		_, err := f.read(ctx, `SELECT `+recordingColumns+`, p.at, p.kind, p.said FROM passages p JOIN recordings r ON r.id = p.recording
			WHERE p.id IN (`+list+`)`+filter+` ORDER BY p.id`, args)
		if err != nil {
			return err
		}
	}
	return nil
}

// sqlite asks the index of words, which gives ids in their order.
func (f *finder) sqlite(ctx context.Context, class int, match string) ([]int64, error) {
	first, last := f.span(class)
	return numbersOf(ctx, f.store.db, `SELECT rowid FROM passage_words WHERE passage_words MATCH $1 AND rowid BETWEEN $2 AND $3 ORDER BY rowid LIMIT $4`,
		match, first, last, idsAtMost)
}

// searchPostgres looks through the latest passages of each class in order, as many as
// should hold enough, which costs less than the index when words are common: the
// index gives nothing before it has gathered everything. Where words are rare, or who
// asks may see little of what was found, the index is asked; the best class has a small
// one of its own, in which words that are common elsewhere are not.
func (f *finder) searchPostgres(ctx context.Context, match string, only map[int64]bool) error {
	seen := map[int64]bool{}
	look := func(ids []int64) error {
		fresh := slices.DeleteFunc(ids, func(id int64) bool { return seen[id] })
		for _, id := range fresh {
			seen[id] = true
		}
		return f.look(ctx, fresh)
	}
	scanned := 0 // classes that were looked through in order alone
	var known []int64
	asked := false
	rest := func(class int) ([]int64, error) {
		if class == 0 {
			all, err := f.store.unordered(ctx, match, ofBest)
			return f.spanned(all, class), err
		}
		if !asked {
			var err error
			if known, err = f.store.unordered(ctx, match, ofAll); err != nil {
				return nil, err
			}
			asked = true
		}
		return f.spanned(known, class), nil
	}
	for class := range classes {
		ids, whole, err := f.latest(ctx, class, match, only)
		if err != nil {
			return err
		}
		if !whole && (class == 0 || len(f.found) < f.q.Limit) {
			// Where there is enough to show, what is older and counts less is not worth the
			// wait for an index of words that are common there.
			more, err := rest(class)
			if err != nil {
				return err
			}
			ids = append(ids, more...)
			slices.Sort(ids)
			ids = few(slices.Compact(ids), only)
		} else if whole {
			scanned++
		}
		if err := look(ids); err != nil {
			return err
		}
		if f.enough() {
			return nil
		}
	}
	for class := 0; class < classes && scanned > 0 && len(f.found) < f.q.Limit; class++ {
		ids, err := rest(class)
		if err != nil {
			return err
		}
		if err := look(few(ids, only)); err != nil {
			return err
		}
	}
	return nil
}

// spanned are those of a class that the dates allow, in order; all is sorted by it.
func (f *finder) spanned(all []int64, class int) []int64 {
	slices.Sort(all)
	first, last := f.span(class)
	from, _ := slices.BinarySearch(all, first)
	to, _ := slices.BinarySearch(all, last+1)
	return slices.Clone(all[from:max(to, from)])
}

// latest are the latest passages of a class that fit; whole says that there are enough
// of them, and that what is older need not be looked for.
func (f *finder) latest(ctx context.Context, class int, match string, only map[int64]bool) (ids []int64, whole bool, err error) {
	first, last := f.span(class)
	want := choice * f.q.Limit
	many := strings.Count(match, "|") > alternatives
	begin := window
	if many {
		begin /= 10
	}
	for n := begin; ; {
		ids, err = numbersOf(ctx, f.store.db, `SELECT id FROM (SELECT id, words FROM passages WHERE id BETWEEN $1 AND $2 ORDER BY id LIMIT $3) AS latest
			WHERE words @@ $4::tsquery ORDER BY id`, first, last, n, match)
		if err != nil {
			return nil, false, err
		}
		ids = few(ids, only)
		of := recordings(ids)
		if of >= want {
			return ids, true, nil
		}
		wider := 0
		if of > 0 {
			wider = n * want / of * 5 / 4
		}
		if n > begin || of == 0 || wider > windowAtMost || many {
			return ids, false, nil
		}
		n = wider
	}
}

// recordings counts those that passages of one class, in their order, are of.
func recordings(ids []int64) (n int) {
	last := int64(-1)
	for _, id := range ids {
		if group(id) != last {
			n, last = n+1, group(id)
		}
	}
	return n
}

// What unordered looks through: the condition of the index of the best class has to be in
// the text of the query for PostgreSQL to see that it fits.
const (
	ofAll  = ""
	ofBest = " AND id < 1152921504606846976"
)

// unordered returns ids of passages with the words, one more than are all that
// there are. The plan is prescribed: what the planner makes of the number of
// common words that stand together reads the whole table.
func (s *Store) unordered(ctx context.Context, match, of string) (all []int64, err error) {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	if _, err := tx.ExecContext(ctx, `SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off`); err != nil {
		return nil, err
	}
	return numbersOf(ctx, tx, `SELECT id FROM passages WHERE words @@ $1::tsquery`+of+` LIMIT $2`, match, idsKnown+1)
}

// numbersOf reads the one column of numbers of a query.
func numbersOf(ctx context.Context, from querier, query string, args ...any) (all []int64, err error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		all = append(all, id)
	}
	return all, rows.Err()
}
