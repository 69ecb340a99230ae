package document_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"diemcau/meeting/document"
	"diemcau/meeting/document/layout"
)

// between are the bounds of the form in millimetres: margins above and below, left,
// right.
var between = struct{ edge, left, right [2]float64 }{[2]float64{20, 25}, [2]float64{30, 35}, [2]float64{15, 20}}

func within(t *testing.T, what string, mm float64, bounds [2]float64) {
	t.Helper()
	if mm < bounds[0]-0.1 || mm > bounds[1]+0.1 {
		t.Errorf("%s is %.1f mm, the form asks for %v", what, mm, bounds)
	}
}

func attribute(t *testing.T, text, element, name string) float64 {
	t.Helper()
	found := regexp.MustCompile(`<w:` + element + ` [^>]*w:` + name + `="(\d+)"`).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("%s has no %s", element, name)
	}
	twips, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return twips / 1440 * 25.4
}

func part(t *testing.T, raw []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestMIN02_ThePaperAndItsMarginsAreThoseOfTheForm(t *testing.T) {
	t.Parallel()
	d := papers(t)["draft"]
	raw := write(t, document.DOCX, d)
	body := part(t, raw, "word/document.xml")
	within(t, "width", attribute(t, body, "pgSz", "w"), [2]float64{210, 210})
	within(t, "height", attribute(t, body, "pgSz", "h"), [2]float64{297, 297})
	within(t, "upper margin", attribute(t, body, "pgMar", "top"), between.edge)
	within(t, "lower margin", attribute(t, body, "pgMar", "bottom"), between.edge)
	within(t, "left margin", attribute(t, body, "pgMar", "left"), between.left)
	within(t, "right margin", attribute(t, body, "pgMar", "right"), between.right)
	if styles := part(t, raw, "word/styles.xml"); !regexp.MustCompile(`w:ascii="Times New Roman"`).MatchString(styles) {
		t.Errorf("the letters of the DOCX are not Times New Roman: %.300s", styles)
	}
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, write(t, document.PDF, d), 0o600); err != nil {
		t.Fatal(err)
	}
	words := regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">`).FindAllStringSubmatch(run(t, "pdftotext", "-bbox", path, "-"), -1)
	if len(words) < 500 {
		t.Fatalf("%d words", len(words))
	}
	left, right, below := layout.PageWidth, 0.0, 0.0
	for _, w := range words {
		var box [4]float64
		for i := range box {
			points, err := strconv.ParseFloat(w[i+1], 64)
			if err != nil {
				t.Fatal(err)
			}
			box[i] = points / 72 * 25.4
		}
		if box[3] < layout.MarginTop { // number and mark in the margin
			continue
		}
		left, right, below = min(left, box[0]), max(right, box[2]), max(below, box[3])
	}
	within(t, "left margin of the PDF", left, between.left)
	within(t, "right margin of the PDF", layout.PageWidth-right, between.right)
	if below > layout.PageHeight-between.edge[0]+0.5 {
		t.Errorf("words stand down to %.1f mm", below)
	}
}
