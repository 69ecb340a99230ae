package document

import (
	"strings"

	"diemcau/meeting"
	"diemcau/meeting/document/layout"
)

// The parts of the form that all papers share, after annex I of Decree 30/2020.

// Widths of the two halves of heading and foot in millimetres.
var halves = []float64{68, 97}

// firstLine is how far the first line of body paragraphs is moved.
const firstLine = 10.0

// head is what stands above the body.
type head struct {
	above, host string
	// number is "12/BB-VP" or "", code the letters of its type ("BB").
	number, code string
	// place is the line of place and date; "" for papers that have none.
	place string
	// kind is the name of the type and about the subject.
	kind, about string
}

// numbered is the number, with room for one that is not yet given.
func (h head) numbered() string {
	if h.number == "" {
		return "Số: …/" + h.code + "-…"
	}
	return "Số: " + h.number
}

// blocks are the heading: issuing body and number on the left, the name of the
// state and place and date on the right, then type and subject.
func (h head) blocks() []layout.Block {
	center := func(size float64, r layout.Run) layout.Paragraph {
		return layout.Paragraph{Runs: []layout.Run{r}, Align: layout.Center, Size: size}
	}
	var left []layout.Paragraph
	if h.above != "" {
		left = append(left, center(layout.Small, layout.Run{Text: strings.ToUpper(h.above)}))
	}
	host := center(layout.Small, layout.Run{Text: strings.ToUpper(h.host), Bold: true})
	host.Rule = 22
	left = append(left, host)
	motto := center(13, layout.Run{Text: "Độc lập - Tự do - Hạnh phúc", Bold: true})
	motto.Rule = 58
	right := []layout.Paragraph{center(layout.Small, layout.Run{Text: "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Bold: true}), motto}
	numbered := center(13, layout.Run{Text: h.numbered()})
	rows := []layout.Row{
		{Cells: []layout.Cell{{Paragraphs: left}, {Paragraphs: right}}},
		{Cells: []layout.Cell{{Paragraphs: []layout.Paragraph{numbered}}, {}}},
	}
	if h.place != "" {
		rows[1].Cells[1].Paragraphs = []layout.Paragraph{center(13, layout.Run{Text: h.place, Italic: true})}
	}
	kind := center(15, layout.Run{Text: h.kind, Bold: true})
	kind.Before, kind.Keep = 14, true
	about := center(layout.Body, layout.Run{Text: h.about, Bold: true})
	about.Rule, about.Sides, about.After = 40, 14, 4
	return []layout.Block{layout.Table{Columns: halves, Rows: rows}, kind, about}
}

// text is a paragraph of the body.
func text(runs ...layout.Run) layout.Paragraph {
	return layout.Paragraph{Runs: runs, Align: layout.Justify, First: firstLine, Before: 6, Line: 1.05}
}

func plain(s string) layout.Run  { return layout.Run{Text: s} }
func bold(s string) layout.Run   { return layout.Run{Text: s, Bold: true} }
func italic(s string) layout.Run { return layout.Run{Text: s, Italic: true} }

// field is a label with its value.
func field(label, value string) layout.Paragraph {
	return text(bold(label+":"), plain(" "+value))
}

// title is the heading of a part; it stays with what follows.
func title(s string) layout.Paragraph {
	p := text(bold(s))
	p.Keep, p.Before = true, 9
	return p
}

// columnsOf are tables with a grid: names of columns and their widths.
type columnsOf struct {
	names  []string
	widths []float64
	// centered are the columns whose text stands in the middle.
	centered []int
	size     float64
}

// table makes the table of the rows.
func (c columnsOf) table(rows [][]string) layout.Table {
	t := layout.Table{Columns: c.widths, Grid: true, Head: 1, Before: 5}
	cell := func(s string, b, mid bool) layout.Cell {
		p := layout.Paragraph{Runs: []layout.Run{{Text: s, Bold: b}}, Size: c.size}
		if mid {
			p.Align = layout.Center
		}
		return layout.Cell{Paragraphs: []layout.Paragraph{p}}
	}
	var first layout.Row
	for _, n := range c.names {
		first.Cells = append(first.Cells, cell(n, true, true))
	}
	t.Rows = append(t.Rows, first)
	for _, r := range rows {
		var row layout.Row
		for i, s := range r {
			mid := false
			for _, x := range c.centered {
				mid = mid || x == i
			}
			row.Cells = append(row.Cells, cell(s, false, mid))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// room is the points of space for a signature and a stamp.
const room = 62

// signature is a block of lines above the name: authority, position, room, name.
func signature(lines []string, hint, name string) []layout.Paragraph {
	var all []layout.Paragraph
	for _, l := range lines {
		all = append(all, layout.Paragraph{Runs: []layout.Run{bold(l)}, Align: layout.Center})
	}
	if hint != "" {
		all = append(all, layout.Paragraph{Runs: []layout.Run{italic(hint)}, Align: layout.Center, Size: layout.Small})
	}
	return append(all, layout.Paragraph{Runs: []layout.Run{bold(name)}, Align: layout.Center, Before: room})
}

// recipients is nơi nhận.
func recipients(all []string, filing string) []layout.Paragraph {
	list := []layout.Paragraph{{Runs: []layout.Run{{Text: "Nơi nhận:", Bold: true, Italic: true}}, Size: layout.Small}}
	for _, r := range all {
		list = append(list, layout.Paragraph{Runs: []layout.Run{plain("- " + r + ";")}, Size: layout.Tiny})
	}
	return append(list, layout.Paragraph{Runs: []layout.Run{plain("- Lưu: " + filing + ".")}, Size: layout.Tiny})
}

// foot is nơi nhận on the left and the signature on the right.
func foot(i Issue, filing string) layout.Table {
	lines := append([]string{}, i.Authority...)
	if i.Signer.Position != "" {
		lines = append(lines, strings.ToUpper(i.Signer.Position))
	}
	return layout.Table{Columns: halves, Before: 12, Rows: []layout.Row{{Cells: []layout.Cell{
		{Paragraphs: recipients(i.Recipients, filing)},
		{Paragraphs: signature(lines, "", i.Signer.Name)},
	}}}}
}

// placed is the line of place and date.
func (i Issue) placed() string {
	place := i.Place
	if place == "" {
		place = "…"
	}
	return place + ", " + longDate(i.Date)
}

// comrade is how a person is called in a sentence.
func comrade(p meeting.Person) string { return "Đồng chí " + person(p) }
