package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"

	"codeberg.org/go-pdf/fpdf"

	"diemcau/meeting/document/layout"
)

// Room between the lines of a grid and the text, in millimetres; Word's own.
const (
	padSide = 1.9
	padEdge = 0.7
)

// piece is something of a cell that is not torn: a line with the spaces above and
// beneath it, or a picture.
type piece struct {
	line    *line
	picture *layout.Picture
	rule    layout.Paragraph
	above   float64
	height  float64 // with above and beneath
}

// box is a measured row: the pieces of each cell.
type box struct {
	cells  [][]piece
	left   []float64
	width  []float64
	height float64
}

func (p *page) measure(t layout.Table, r layout.Row) box {
	var b box
	x, column := layout.MarginLeft, 0
	for _, c := range r.Cells {
		width := 0.0
		for range c.Columns() {
			width += t.Columns[column]
			column++
		}
		pieces := p.cell(c, width-2*padSide)
		b.cells, b.left, b.width = append(b.cells, pieces), append(b.left, x), append(b.width, width)
		b.height = max(b.height, sum(pieces)+2*padEdge)
		x += width
	}
	return b
}

func sum(all []piece) float64 {
	h := 0.0
	for _, x := range all {
		h += x.height
	}
	return h
}

func (p *page) cell(c layout.Cell, width float64) []piece {
	var all []piece
	for _, x := range c.Paragraphs {
		lines := p.lines(x, width)
		for i := range lines {
			one := piece{line: &lines[i], height: lines[i].height}
			if i == 0 {
				one.above = layout.Millimetres(x.Before)
				one.height += one.above
			}
			if i == len(lines)-1 {
				one.height += layout.Millimetres(x.After)
				if x.Rule > 0 {
					one.rule = x
					one.height += ruleSpace
				}
			}
			all = append(all, one)
		}
	}
	if c.Picture != nil {
		all = append(all, piece{picture: c.Picture, above: 1, height: c.Picture.Size + 2})
	}
	return all
}

// table draws rows; those at the head come again on every page.
func (p *page) table(t layout.Table) {
	p.y += layout.Millimetres(t.Before)
	var head []box
	for i, r := range t.Rows {
		b := p.measure(t, r)
		if i < t.Head {
			head = append(head, b)
		}
		if p.y+b.height > bottom && p.y > layout.MarginTop {
			p.next()
			if i >= t.Head {
				for _, h := range head {
					p.row(t, h)
				}
			}
		}
		p.row(t, b)
	}
}

// row draws a row, over several pages when it is longer than one.
func (p *page) row(t layout.Table, b box) {
	for p.y+b.height > bottom {
		now, rest := b, b
		now.cells, rest.cells = make([][]piece, len(b.cells)), make([][]piece, len(b.cells))
		now.height, rest.height = bottom-p.y, 0
		took := false
		for i, pieces := range b.cells {
			n, h := 0, 2*padEdge
			for n < len(pieces) && h+pieces[n].height <= now.height {
				h += pieces[n].height
				n++
			}
			took = took || n > 0
			now.cells[i], rest.cells[i] = pieces[:n], pieces[n:]
			rest.height = max(rest.height, sum(rest.cells[i])+2*padEdge)
		}
		if !took {
			break // a piece higher than a page: drawn all the same
		}
		p.boxes(t, now)
		p.next()
		b = rest
	}
	p.boxes(t, b)
}

func (p *page) boxes(t layout.Table, b box) {
	for i, pieces := range b.cells {
		if t.Grid {
			p.f.Rect(b.left[i], p.y, b.width[i], b.height, "D")
		}
		left, width, y := b.left[i]+padSide, b.width[i]-2*padSide, p.y+padEdge
		for _, x := range pieces {
			switch {
			case x.picture != nil:
				p.picture(*x.picture, left+(width-x.picture.Size)/2, y+x.above)
			default:
				p.line(*x.line, left, y+x.above)
				p.rule(x.rule, left, width, y+x.above+x.line.height)
			}
			y += x.height
		}
	}
	p.y += b.height
}

func (p *page) picture(x layout.Picture, left, top float64) {
	sum := sha256.Sum256(x.PNG)
	name := hex.EncodeToString(sum[:])
	p.f.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(x.PNG))
	p.f.ImageOptions(name, left, top, x.Size, x.Size, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
}
