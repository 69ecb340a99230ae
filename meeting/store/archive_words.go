package store

import (
	"context"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"diemcau/meeting"
)

// Words are what a text is found by: each word as it is written, and once more
// without its marks when it has any.
func Words(text string) []string {
	var out []string
	for _, w := range split(text) {
		out = append(out, w)
		if f := Fold(w); f != w {
			out = append(out, f)
		}
	}
	return out
}

// split takes a text apart into words as they are compared: small letters, composed,
// the mark of the tone where the newer spelling has it.
func split(text string) []string {
	words := strings.FieldsFunc(strings.ToLower(norm.NFC.String(clean(text))), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		words[i] = spelling.Replace(w + endOfWord)
		words[i] = strings.TrimSuffix(words[i], endOfWord)
	}
	return words
}

const endOfWord = "\x00"

// spelling brings hoà, khoẻ and thuỷ, as older texts write them, to hòa, khỏe, thủy.
var spelling = func() *strings.Replacer {
	var pairs []string
	for _, of := range []struct{ first, second, marked, moved string }{
		{"o", "a", "àáảãạ", "òóỏõọ"}, {"o", "e", "èéẻẽẹ", "òóỏõọ"}, {"u", "y", "ỳýỷỹỵ", "ùúủũụ"},
	} {
		moved := []rune(of.moved)
		for i, r := range []rune(of.marked) {
			pairs = append(pairs, of.first+string(r)+endOfWord, string(moved[i])+of.second+endOfWord)
		}
	}
	return strings.NewReplacer(pairs...)
}()

// ofUnit is the word by which the passages of a unit's recordings are found. It begins
// with a letter of no language that is written here, so that no beginning of a word
// finds it.
func ofUnit(unit meeting.UnitID) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(unit)) // cannot fail
	return "ʘ" + strconv.FormatUint(h.Sum64(), 36)
}

// A search asks for so many words at most; more would only narrow what a few have
// found.
const wordsAtMost = 16

// sought is a search as the index is asked.
type sought struct {
	typed []string // all words, for the ranking
	terms []term
}

// term is a word that must be there, or one that begins so. The words that do come
// from the vocabulary; when they are too many, the index is asked by the beginning.
type term struct {
	word   string
	prefix bool
	begun  []string
}

// seek reads what was typed. The last word may be the beginning of one, from two
// letters on: one letter begins every other word, so it only ranks what the words
// before it find. Alone it is looked for as a word.
func seek(text string) sought {
	words := split(text)
	if len(words) > wordsAtMost {
		words = words[:wordsAtMost]
	}
	s := sought{typed: words}
	for i, w := range words {
		last, letters := i == len(words)-1, len([]rune(w))
		if last && i > 0 && letters == 1 && unicode.IsLetter([]rune(w)[0]) {
			continue
		}
		t := term{word: w, prefix: last && letters > 1}
		if !slices.ContainsFunc(s.terms, func(o term) bool { return o.word == t.word && o.prefix == t.prefix }) {
			s.terms = append(s.terms, t)
		}
	}
	return s
}

// begunAtMost is how many words may begin as the last one that was typed for the index
// to be asked for each of them. To bring together what begins with a few letters costs
// the index more than to look for words that it has.
const begunAtMost = 200

// complete looks up the words that begin as the last of the terms. What begins with
// two letters is a word to the index of SQLite.
func (s *Store) complete(ctx context.Context, terms []term) ([]term, error) {
	if len(terms) == 0 || !terms[len(terms)-1].prefix {
		return terms, nil
	}
	terms = slices.Clone(terms)
	last := &terms[len(terms)-1]
	words, err := column(ctx, s.db, `SELECT word FROM passage_vocabulary WHERE word >= $1 AND word < $2 ORDER BY word LIMIT $3`, last.word, last.word+"\U0010FFFF", begunAtMost+1)
	if err == nil && len(words) <= begunAtMost {
		last.begun = append(words, last.word)
	}
	return terms, err
}

// match is the search in the language of the index.
func (s *Store) match(terms []term) string {
	out := make([]string, len(terms))
	for i, t := range terms {
		quote, or, and, begins := `"`, " OR ", " AND ", "*"
		if s.postgres {
			quote, or, and, begins = "'", " | ", " & ", ":*"
		}
		switch {
		case len(t.begun) > 0:
			out[i] = "(" + quote + strings.Join(slices.Compact(t.begun), quote+or+quote) + quote + ")"
		case t.prefix:
			out[i] = quote + t.word + quote + begins
		default:
			out[i] = quote + t.word + quote
		}
		if i > 0 {
			out[i] = and + out[i]
		}
	}
	return strings.Join(out, "")
}
