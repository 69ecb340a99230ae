// Package layout is a document on A4 paper before it has a format: paragraphs,
// tables and pictures, measured in millimetres and points. DOCX and PDF are drawn
// from the same value, so that no field can differ between them. Margins and sizes
// are those of Decree 30/2020, annex I. It is pure.
package layout

import (
	"strings"
	"time"
)

// The page in millimetres: A4, margins within 20-25 top and bottom, 30-35 left and
// 15-20 right.
const (
	PageWidth    = 210.0
	PageHeight   = 297.0
	MarginTop    = 20.0
	MarginBottom = 20.0
	MarginLeft   = 30.0
	MarginRight  = 15.0
	// Width is what is left for text.
	Width = PageWidth - MarginLeft - MarginRight
	// NumberTop is how far the page number stands below the edge of the page.
	NumberTop = 10.0
)

// Sizes of letters in points.
const (
	Body   = 14.0
	Small  = 12.0
	Tiny   = 11.0
	Number = 13.0 // of pages
)

// Document is one document.
type Document struct {
	Title  string
	Author string
	Made   time.Time
	Blocks []Block
	// Mark stands at the top right of every page: "DỰ THẢO". Empty for none.
	Mark string
}

// Block is a Paragraph or a Table.
type Block interface{ block() }

// Align is how the lines of a paragraph stand.
type Align int

// The alignments; Left is the usual one.
const (
	Left Align = iota
	Center
	Right
	Justify
)

// Run is a piece of text of one cut.
type Run struct {
	Text   string
	Bold   bool
	Italic bool
}

// Paragraph is lines of text.
type Paragraph struct {
	Runs  []Run
	Align Align
	// Size of the letters in points; 0 is Body.
	Size float64
	// First and Indent move the first line and all lines, in millimetres.
	First  float64
	Indent float64
	// Sides moves both edges inwards, in millimetres.
	Sides float64
	// Before and After are points of space. Line is the height of lines in parts of
	// a single line; 0 is 1.
	Before float64
	After  float64
	Line   float64
	// Keep holds it on the page of what follows.
	Keep bool
	// Rule is the length in millimetres of a line in the middle beneath it; 0 is none.
	Rule float64
}

// Table is rows of cells.
type Table struct {
	// Columns are their widths in millimetres.
	Columns []float64
	Rows    []Row
	// Grid draws the lines between cells.
	Grid bool
	// Head is how many rows are repeated at the top of each page.
	Head int
	// Before is points of space above it.
	Before float64
}

// Row is one row. It is not torn over two pages unless it is longer than a page.
type Row struct{ Cells []Cell }

// Cell is paragraphs and at most one picture beneath them.
type Cell struct {
	Paragraphs []Paragraph
	Picture    *Picture
	// Span is how many columns it takes; 0 is one.
	Span int
}

// Picture is a PNG in the middle of its cell.
type Picture struct {
	PNG []byte
	// Size is width and height in millimetres.
	Size float64
	// Text says what it shows.
	Text string
}

func (Paragraph) block() {}
func (Table) block()     {}

// Points is the size of the letters.
func (p Paragraph) Points() float64 {
	if p.Size == 0 {
		return Body
	}
	return p.Size
}

// Lines is the height of lines in parts of a single one.
func (p Paragraph) Lines() float64 {
	if p.Line == 0 {
		return 1
	}
	return p.Line
}

// Text is the paragraph without its form.
func (p Paragraph) Text() string {
	var b strings.Builder
	for _, r := range p.Runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// Columns is how many columns the cell takes.
func (c Cell) Columns() int { return max(1, c.Span) }

// Text is the whole document without its form, a line for each paragraph.
func (d Document) Text() string {
	var b strings.Builder
	for _, x := range d.Blocks {
		switch x := x.(type) {
		case Paragraph:
			b.WriteString(x.Text() + "\n")
		case Table:
			for _, r := range x.Rows {
				for _, c := range r.Cells {
					for _, p := range c.Paragraphs {
						b.WriteString(p.Text() + "\n")
					}
				}
			}
		}
	}
	return b.String()
}

// Millimetres turns points into millimetres.
func Millimetres(points float64) float64 { return points * 25.4 / 72 }
