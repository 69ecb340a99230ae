package pdf

import (
	"strings"

	"diemcau/meeting/document/layout"
)

// word is what is never torn: letters of one cut up to a space. Words that follow
// without a space are glued.
type word struct {
	text  string
	run   layout.Run // its cut
	width float64
	// space is the width of the space behind it; 0 when the next is glued.
	space float64
	// torn allows a break behind it although the next follows without a space.
	torn bool
}

// line is one line ready to be drawn.
type line struct {
	words  []word
	size   float64
	height float64
	// indent moves it from the left edge of its room of the given width.
	indent float64
	width  float64
	align  layout.Align
	last   bool
}

// lines breaks a paragraph into lines of the width in millimetres. A paragraph
// without text is one empty line.
func (p *page) lines(x layout.Paragraph, width float64) []line {
	blank := line{
		size: x.Points(), height: layout.Millimetres(x.Points()) * leading * x.Lines(),
		indent: x.Indent + x.Sides, width: width - x.Indent - 2*x.Sides, align: x.Align,
	}
	cur := blank
	cur.indent, cur.width = blank.indent+x.First, blank.width-x.First
	var all []line
	used := 0.0
	words := p.words(x)
	for i := 0; i < len(words); {
		n, need := unit(words[i:])
		if len(cur.words) > 0 && used+need > cur.width {
			all = append(all, cur)
			cur, used = blank, 0
		}
		for _, w := range words[i : i+n] {
			cur.words = append(cur.words, w)
			used += w.width + w.space
		}
		i += n
	}
	cur.last = true
	return append(all, cur)
}

// unit is how many words from the first are glued together, and their width
// without the last space.
func unit(words []word) (n int, width float64) {
	for _, w := range words {
		n++
		width += w.width
		if w.space > 0 || w.torn {
			break
		}
	}
	return n, width
}

func (p *page) words(x layout.Paragraph) []word {
	var all []word
	for _, r := range x.Runs {
		p.font(r, x.Points())
		space := p.f.GetStringWidth(" ")
		for i, part := range strings.Split(r.Text, " ") {
			if i > 0 && len(all) > 0 && all[len(all)-1].space == 0 {
				all[len(all)-1].space = space
			}
			if part == "" {
				continue
			}
			pieces := pieces(part)
			for i, piece := range pieces {
				all = append(all, word{text: piece, run: r, width: p.f.GetStringWidth(piece), torn: i < len(pieces)-1})
			}
		}
	}
	return all
}

// longest is the number of letters after which a word may be torn, so that a hash or
// an address stays on the paper. It fits the narrowest column.
const longest = 12

// whole is how long a word must be to be torn at all.
const whole = 28

func pieces(text string) []string {
	letters := []rune(text)
	if len(letters) < whole {
		return []string{text}
	}
	var all []string
	for len(letters) > longest {
		all = append(all, string(letters[:longest]))
		letters = letters[longest:]
	}
	return append(all, string(letters))
}

// line draws a line whose left edge is at x and whose top is at y.
func (p *page) line(l line, x, y float64) {
	var natural float64
	gaps := 0
	for i, w := range l.words {
		natural += w.width
		if i < len(l.words)-1 {
			natural += w.space
			if w.space > 0 {
				gaps++
			}
		}
	}
	stretch := 0.0
	at := x + l.indent
	switch l.align {
	case layout.Center:
		at += (l.width - natural) / 2
	case layout.Right:
		at += l.width - natural
	case layout.Justify:
		if !l.last && gaps > 0 {
			stretch = (l.width - natural) / float64(gaps)
		}
	}
	// What a line is higher than its letters stands above them.
	base := y + l.height - layout.Millimetres(l.size)*(leading-ascent)
	for i, w := range l.words {
		p.font(w.run, l.size)
		text := w.text
		if w.space > 0 && i < len(l.words)-1 {
			text += " " // so that copied text keeps its spaces
		}
		p.f.Text(at, base, text)
		at += w.width
		if w.space > 0 {
			at += w.space + stretch
		}
	}
}
