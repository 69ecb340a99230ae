// Package caption reads caption files that people bring: WebVTT (W3C) and SubRip
// (.srt). It takes out what was said, when and by whom, and leaves styles, places on
// the screen and markup aside. It is pure.
package caption

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Cue is what was said between two times.
type Cue struct {
	At   int64  `json:"at" doc:"ms"`
	To   int64  `json:"to" doc:"ms"`
	Who  string `json:"who,omitempty"`
	Text string `json:"text"`
}

// Bounds of a file: a meeting of a day has less.
const (
	LargestFile = 8 << 20
	mostCues    = 100_000
	longestText = 4_000 // characters of a cue
	latest      = 48 * 3600 * 1000
)

// What is wrong with a file.
var (
	ErrNotText  = errors.New("caption: not UTF-8 text")
	ErrNoCues   = errors.New("caption: no cue was found")
	ErrTooLarge = errors.New("caption: too large")
)

// Read takes the cues out of a file, in order of time. Cues that are malformed are
// left out, as players do.
func Read(b []byte) ([]Cue, error) {
	if len(b) > LargestFile {
		return nil, ErrTooLarge
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		return nil, ErrNotText
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(b))
	var cues []Cue
	for block := range strings.SplitSeq(text, "\n\n") {
		c, ok := read(block)
		if !ok {
			continue
		}
		if cues = append(cues, c); len(cues) > mostCues {
			return nil, ErrTooLarge
		}
	}
	if len(cues) == 0 {
		return nil, ErrNoCues
	}
	slices.SortStableFunc(cues, func(a, b Cue) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.To, b.To)) })
	return cues, nil
}

// read reads one block: an optional name, the times, lines of text.
func read(block string) (Cue, bool) {
	lines := strings.Split(strings.Trim(block, "\n"), "\n")
	for i, line := range lines[:min(2, len(lines))] { // the times stand first, or behind a number or name
		from, rest, arrow := strings.Cut(line, "-->")
		if !arrow {
			continue
		}
		at, ok := timeOf(from)
		to, okTo := timeOf(rest)
		if !ok || !okTo || to <= at {
			return Cue{}, false
		}
		c := Cue{At: at, To: to}
		c.Who, c.Text = spoken(lines[i+1:])
		return c, c.Text != ""
	}
	return Cue{}, false
}

// timeOf reads 1:02:03.456, 02:03.456, or with a comma as SubRip has it; what
// follows it, such as places on the screen, is not looked at.
func timeOf(s string) (int64, bool) {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	s, _, _ = strings.Cut(s, "\t")
	whole, part, _ := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	fields := strings.Split(whole, ":")
	if len(fields) < 2 || len(fields) > 3 || len(part) > 3 {
		return 0, false
	}
	var seconds int64
	for i, f := range fields {
		n, err := strconv.ParseUint(f, 10, 16)
		if err != nil || i > 0 && n > 59 {
			return 0, false
		}
		seconds = seconds*60 + int64(n)
	}
	ms, err := strconv.ParseUint((part + "000")[:3], 10, 16)
	if err != nil {
		return 0, false
	}
	at := seconds*1000 + int64(ms)
	return at, at < latest
}

// spoken is the text of a cue without markup, and whose voice it is.
func spoken(lines []string) (who, text string) {
	var b strings.Builder
	for _, line := range lines {
		for line != "" {
			before, rest, tag := strings.Cut(line, "<")
			b.WriteString(before)
			if !tag {
				break
			}
			name, after, closed := strings.Cut(rest, ">")
			if !closed { // a sign of its own
				b.WriteString("<" + rest)
				break
			}
			if kind, voice, _ := strings.Cut(name, " "); who == "" && (kind == "v" || strings.HasPrefix(kind, "v.")) {
				who = plain(voice)
			}
			line = after
		}
		b.WriteByte(' ')
	}
	text = plain(b.String())
	if utf8.RuneCountInString(text) > longestText {
		text = string([]rune(text)[:longestText])
	}
	return who, text
}

// plain is text on one line without signs that cannot be seen or that turn the
// direction of writing.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == 0xa0:
			return ' '
		case r < ' ', r >= 0x7f && r <= 0x9f, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
			return -1
		}
		return r
	}, html.UnescapeString(s))
	return strings.Join(strings.Fields(s), " ")
}

// Shift moves cues in time; those that would lie before the begin are left out, and
// those that reach over it begin there.
func Shift(cues []Cue, by int64) []Cue {
	var out []Cue
	for _, c := range cues {
		if c.At, c.To = max(c.At+by, 0), c.To+by; c.To > 0 {
			out = append(out, c)
		}
	}
	return out
}

// Passages joins cues that follow each other into pieces of some sentences, so that
// words are found together although a cue ends between them. A piece begins at its
// first cue.
func Passages(cues []Cue) []Cue {
	const longest, letters, pause = 20_000, 240, 2_000
	var out []Cue
	for _, c := range cues {
		n := len(out)
		if n > 0 && out[n-1].Who == c.Who && c.At-out[n-1].To < pause && c.To-out[n-1].At <= longest && len(out[n-1].Text)+len(c.Text) < letters {
			out[n-1].Text += " " + c.Text
			out[n-1].To = max(out[n-1].To, c.To)
			continue
		}
		out = append(out, c)
	}
	return out
}

// VTT writes cues as WebVTT.
func VTT(cues []Cue) []byte {
	b := []byte("WEBVTT\n")
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for _, c := range cues {
		b = append(b, '\n')
		b = append(b, clock(c.At)+" --> "+clock(c.To)+"\n"...)
		if c.Who != "" {
			b = append(b, "<v "+escape.Replace(c.Who)+">"...)
		}
		b = append(b, escape.Replace(c.Text)+"\n"...)
	}
	return b
}

func clock(ms int64) string {
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
