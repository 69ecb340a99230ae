// Package pdf draws a layout.Document as PDF with the shipped font embedded. The
// same document gives the same bytes. It breaks the lines itself, so that words of
// different cuts share a line; it holds nothing between calls and starts no
// goroutine.
package pdf

import (
	"fmt"
	"io"
	"strconv"

	"codeberg.org/go-pdf/fpdf"

	"diemcau/meeting/document/layout"
	"diemcau/meeting/document/typeface"
)

// leading is the height of a single line in parts of the letters' size: ascent,
// descent and gap of the font, as office programs reckon it.
const leading = 1.149

// ascent is the part of the letters' size above the base line.
const ascent = 0.891

// Write draws the document.
func Write(w io.Writer, d layout.Document) error {
	p := &page{f: blank(d)}
	p.f.SetHeaderFunc(func() { p.header(d.Mark) })
	p.f.AddPage()
	p.y = layout.MarginTop
	for i, b := range d.Blocks {
		switch b := b.(type) {
		case layout.Paragraph:
			p.paragraph(b, p.following(d.Blocks[i+1:]))
		case layout.Table:
			p.table(b)
		}
	}
	if err := p.f.Output(w); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	return nil
}

// blank is a file without pages: nothing in it depends on the hour or on the order
// of maps.
func blank(d layout.Document) *fpdf.Fpdf {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(d.Made.UTC())
	f.SetModificationDate(d.Made.UTC())
	f.SetProducer("diemcau", true)
	f.SetTitle(d.Title, true)
	f.SetAuthor(d.Author, true)
	f.SetLang("vi-VN")
	f.SetMargins(layout.MarginLeft, layout.MarginTop, layout.MarginRight)
	f.SetAutoPageBreak(false, 0)
	f.SetCellMargin(0)
	f.AddUTF8FontFromBytes(typeface.Name, "", typeface.Regular)
	f.AddUTF8FontFromBytes(typeface.Name, "B", typeface.Bold)
	f.AddUTF8FontFromBytes(typeface.Name, "I", typeface.Italic)
	f.AddUTF8FontFromBytes(typeface.Name, "BI", typeface.BoldItalic)
	f.SetLineWidth(0.2)
	return f
}

// page is the place on the paper where drawing goes on.
type page struct {
	f *fpdf.Fpdf
	y float64 // millimetres from the top edge
}

const bottom = layout.PageHeight - layout.MarginBottom

func (p *page) next() {
	p.f.AddPage()
	p.y = layout.MarginTop
}

// header draws the number from the second page on, and the mark on all.
func (p *page) header(mark string) {
	base := layout.NumberTop + layout.Millimetres(layout.Number)*ascent
	if n := p.f.PageNo(); n > 1 {
		p.font(layout.Run{}, layout.Number)
		text := strconv.Itoa(n)
		p.f.Text(layout.MarginLeft+(layout.Width-p.f.GetStringWidth(text))/2, base, text)
	}
	if mark != "" {
		p.font(layout.Run{Bold: true}, layout.Small)
		p.f.Text(layout.PageWidth-layout.MarginRight-p.f.GetStringWidth(mark), base, mark)
	}
}

func (p *page) font(r layout.Run, size float64) {
	style := ""
	if r.Bold {
		style += "B"
	}
	if r.Italic {
		style += "I"
	}
	p.f.SetFont(typeface.Name, style, size)
}

// following is the height of what a kept paragraph must share its page with: the
// first two lines of the next paragraph, or the first rows of a table.
func (p *page) following(rest []layout.Block) float64 {
	if len(rest) == 0 {
		return 0
	}
	switch b := rest[0].(type) {
	case layout.Paragraph:
		lines := p.lines(b, layout.Width)
		h := layout.Millimetres(b.Before)
		for i := range min(2, len(lines)) {
			h += lines[i].height
		}
		if b.Keep {
			h += p.following(rest[1:])
		}
		return h
	case layout.Table:
		h := layout.Millimetres(b.Before)
		for i := range min(b.Head+1, len(b.Rows)) {
			h += p.measure(b, b.Rows[i]).height
		}
		return h
	}
	return 0
}

// paragraph draws lines over as many pages as it takes. No page begins or ends
// with a single line of it.
func (p *page) paragraph(x layout.Paragraph, following float64) {
	lines := p.lines(x, layout.Width)
	if p.y > layout.MarginTop {
		p.y += layout.Millimetres(x.Before)
	}
	need := 0.0
	for _, l := range lines {
		need += l.height
	}
	if x.Keep && p.y+need+following > bottom && need+following < bottom-layout.MarginTop {
		p.next()
	}
	for i, l := range lines {
		left := len(lines) - i
		room := l.height
		if (i == 0 && left > 1) || left == 2 {
			room += lines[i+1].height
		}
		if p.y+room > bottom && p.y > layout.MarginTop {
			p.next()
		}
		p.line(l, layout.MarginLeft, p.y)
		p.y += l.height
	}
	p.y += p.rule(x, layout.MarginLeft, layout.Width, p.y) + layout.Millimetres(x.After)
}

// ruleSpace is what a line beneath a paragraph takes, in millimetres.
const ruleSpace = 1.6

// rule draws the line beneath a paragraph and gives its height.
func (p *page) rule(x layout.Paragraph, left, width, y float64) float64 {
	if x.Rule == 0 {
		return 0
	}
	from := left + (width-x.Rule)/2
	p.f.Line(from, y+0.6, from+x.Rule, y+0.6)
	return ruleSpace
}
