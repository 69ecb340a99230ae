// Package docx writes a layout.Document as Office Open XML (ISO/IEC 29500,
// transitional), the part of it that state documents need: paragraphs, tables,
// pictures, page numbers. The elements are Go types that encoding/xml writes, the
// package is a zip; docs/decisions tells why no library does it. The same document
// gives the same bytes. It holds nothing between calls and starts no goroutine.
package docx

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"time"

	"diemcau/meeting/document/layout"
)

// Write writes the document.
func Write(w io.Writer, d layout.Document) error {
	b := &body{}
	main := b.document(d)
	parts := []part{
		{"[Content_Types].xml", contentTypes()},
		{"_rels/.rels", packageRelations()},
		{"docProps/core.xml", properties(d)},
		{"word/document.xml", main},
		{"word/styles.xml", styles()},
		{"word/settings.xml", settings()},
		{"word/header1.xml", header(d.Mark, true)},
		{"word/header2.xml", header(d.Mark, false)},
		{"word/_rels/document.xml.rels", documentRelations(len(b.pictures))},
	}
	z := zip.NewWriter(w)
	for _, p := range parts {
		f, err := create(z, p.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, xml.Header); err != nil {
			return fmt.Errorf("docx: %w", err)
		}
		if err := xml.NewEncoder(f).Encode(p.content); err != nil {
			return fmt.Errorf("docx: %s: %w", p.name, err)
		}
	}
	for i, png := range b.pictures {
		f, err := create(z, "word/"+pictureName(i))
		if err != nil {
			return err
		}
		if _, err := f.Write(png); err != nil {
			return fmt.Errorf("docx: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("docx: %w", err)
	}
	return nil
}

// part is one file of the package.
type part struct {
	name    string
	content any
}

// stamp is the time of all files in the zip, the first that it knows: the real one
// would change the bytes.
var stamp = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

func create(z *zip.Writer, name string) (io.Writer, error) {
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: stamp})
	if err != nil {
		return nil, fmt.Errorf("docx: %w", err)
	}
	return f, nil
}

func pictureName(i int) string { return fmt.Sprintf("media/image%d.png", i+1) }

// twips are twentieths of a point.
func twips(points float64) int { return int(math.Round(points * 20)) }

// wide is millimetres in twips.
func wide(mm float64) int { return int(math.Round(mm * 1440 / 25.4)) }

// emu is millimetres in the unit of pictures.
func emu(mm float64) int { return int(math.Round(mm * 36000)) }

// halves are half points, the unit of the size of letters.
func halves(points float64) int { return int(math.Round(points * 2)) }
