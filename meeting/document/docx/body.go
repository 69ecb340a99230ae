package docx

import (
	"fmt"
	"strconv"

	"diemcau/meeting/document/layout"
)

// body turns blocks into elements and gathers the pictures on the way.
type body struct{ pictures [][]byte }

func (b *body) document(d layout.Document) xmlDocument {
	x := xmlDocument{
		Main: nsMain, Relation: nsRelation, Drawing: nsDrawing, Graphic: nsGraphic, Picture: nsPicture,
		Section: section{
			Headers: []reference{{"first", "rId3"}, {"default", "rId4"}},
			Size:    pageSize{wide(layout.PageWidth), wide(layout.PageHeight)},
			Margins: margins{
				Top: wide(layout.MarginTop), Right: wide(layout.MarginRight), Bottom: wide(layout.MarginBottom),
				Left: wide(layout.MarginLeft), Header: wide(layout.NumberTop), Footer: wide(layout.NumberTop),
			},
		},
	}
	afterTable := false
	for _, block := range d.Blocks {
		switch block := block.(type) {
		case layout.Paragraph:
			x.Content = append(x.Content, anyOf(b.paragraph(block, layout.Width))...)
			afterTable = false
		case layout.Table:
			if afterTable || block.Before > 0 {
				// Two tables in a row would become one; a table has no space above.
				x.Content = append(x.Content, gap(block.Before))
			}
			x.Content = append(x.Content, b.table(block))
			afterTable = true
		}
	}
	if afterTable {
		x.Content = append(x.Content, gap(0)) // a body ends with a paragraph
	}
	return x
}

func anyOf(all []paragraph) []any {
	list := make([]any, len(all))
	for i, p := range all {
		list[i] = p
	}
	return list
}

// gap is an empty paragraph of the height in points.
func gap(points float64) paragraph {
	return paragraph{Properties: paraProps{Spacing: spacing{Line: max(20, twips(points)), Rule: "exact"}}}
}

// ruleHeight is the height in points of the empty paragraph that carries a line.
const ruleHeight = 2

// paragraph gives the paragraph and, when it has a line beneath, another that
// carries it. Width is that of its room in millimetres.
func (b *body) paragraph(p layout.Paragraph, width float64) []paragraph {
	x := paragraph{Properties: paraProps{
		Spacing: spacing{Before: twips(p.Before), After: twips(p.After), Line: int(240 * p.Lines()), Rule: "auto"},
		Justify: justify(p.Align),
	}}
	if p.Keep {
		x.Properties.KeepNext = &flag{}
	}
	if p.First != 0 || p.Indent != 0 || p.Sides != 0 {
		x.Properties.Indent = &indent{Left: wide(p.Indent + p.Sides), Right: wide(p.Sides), First: wide(max(0, p.First)), Hanging: wide(max(0, -p.First))}
	}
	for _, r := range p.Runs {
		x.Runs = append(x.Runs, run{Properties: style(r, p.Points()), Text: &text{"preserve", r.Text}})
	}
	if p.Rule == 0 {
		return []paragraph{x}
	}
	x.Properties.Spacing.After = 0
	x.Properties.KeepNext = &flag{}
	side := wide((width - p.Rule) / 2)
	under := paragraph{Properties: paraProps{
		Borders: &borders{border{"single", 6, 0, "000000"}},
		Spacing: spacing{After: twips(p.After + ruleHeight), Line: twips(ruleHeight), Rule: "exact"},
		Indent:  &indent{Left: side, Right: side},
	}}
	return []paragraph{x, under}
}

func justify(a layout.Align) *value {
	switch a {
	case layout.Center:
		return &value{"center"}
	case layout.Right:
		return &value{"right"}
	case layout.Justify:
		return &value{"both"}
	}
	return nil
}

func style(r layout.Run, size float64) runProps {
	s := &value{strconv.Itoa(halves(size))}
	x := runProps{SizeValue: s, SizeScript: s}
	if r.Bold {
		x.Bold = &flag{}
	}
	if r.Italic {
		x.Italic = &flag{}
	}
	return x
}

// Room between the lines of a grid and the text, in millimetres: Word's own.
const (
	padSide = 1.9
	padEdge = 0.7
)

func (b *body) table(t layout.Table) table {
	total := 0.0
	x := table{Properties: tableProps{
		Layout: layoutType{"fixed"},
		Cells:  cellMargins{measure{wide(padEdge), "dxa"}, measure{wide(padSide), "dxa"}, measure{wide(padEdge), "dxa"}, measure{wide(padSide), "dxa"}},
		Indent: measure{0, "dxa"},
	}}
	for _, w := range t.Columns {
		x.Columns = append(x.Columns, column{wide(w)})
		total += w
	}
	x.Properties.Width = measure{wide(total), "dxa"}
	if t.Grid {
		l := border{"single", 4, 0, "000000"}
		x.Properties.Borders = &tableBorders{l, l, l, l, l, l}
	}
	for i, r := range t.Rows {
		row := row{Properties: rowProps{Whole: &flag{}}}
		if i < t.Head {
			row.Properties.Head = &flag{}
		}
		at := 0
		for _, c := range r.Cells {
			width := 0.0
			for range c.Columns() {
				width += t.Columns[at]
				at++
			}
			row.Cells = append(row.Cells, b.cell(c, width))
		}
		x.Rows = append(x.Rows, row)
	}
	return x
}

func (b *body) cell(c layout.Cell, width float64) cell {
	x := cell{Properties: cellProps{Width: measure{wide(width), "dxa"}}}
	if c.Span > 1 {
		x.Properties.Span = &value{strconv.Itoa(c.Span)}
	}
	for _, p := range c.Paragraphs {
		x.Paragraphs = append(x.Paragraphs, b.paragraph(p, width-2*padSide)...)
	}
	if c.Picture != nil {
		b.pictures = append(b.pictures, c.Picture.PNG)
		x.Paragraphs = append(x.Paragraphs, paragraph{
			Properties: paraProps{Spacing: spacing{Before: 57, After: 57, Line: 240, Rule: "auto"}, Justify: &value{"center"}},
			Runs:       []run{{Drawing: draw(*c.Picture, len(b.pictures))}},
		})
	}
	if len(x.Paragraphs) == 0 {
		x.Paragraphs = []paragraph{gap(0)}
	}
	return x
}

// pictureID is the relation of the picture with the number, from 1.
func pictureID(n int) string { return fmt.Sprintf("rId%d", n+4) }
