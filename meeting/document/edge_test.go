package document_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diemcau/meeting/document"
	"diemcau/meeting/document/layout"
)

// TestMIN02_NothingIsLostOnPapersThatAreLong draws what is longer than a page or
// wider than a line: 140 points, a cell of several pages, a word without a space.
func TestMIN02_NothingIsLostOnPapersThatAreLong(t *testing.T) {
	t.Parallel()
	h := briefing(t)
	a := h.minutes.Attendance
	for i := range 140 {
		l := a.Points[3]
		l.Name = fmt.Sprintf("Xã thứ %03d", i)
		a.Points = append(a.Points, l)
	}
	long := layout.Paragraph{Align: layout.Justify}
	for i := range 900 {
		long.Runs = append(long.Runs, layout.Run{Text: fmt.Sprintf("từ%d ", i), Bold: i%7 == 0})
	}
	letters := strings.Repeat("a1b2c3d4", 40)
	docs := []layout.Document{
		document.Attendance(h.minutes.Head, a, issue),
		{Blocks: []layout.Block{long, layout.Table{Columns: []float64{40, 125}, Grid: true, Head: 1, Rows: []layout.Row{
			{Cells: []layout.Cell{{Paragraphs: []layout.Paragraph{{Runs: []layout.Run{{Text: "Đầu"}}}}}, {}}},
			{Cells: []layout.Cell{{Paragraphs: []layout.Paragraph{{Runs: []layout.Run{{Text: letters}}}}}, {Paragraphs: []layout.Paragraph{long, long}}}},
		}}}},
		{Blocks: []layout.Block{layout.Paragraph{}, layout.Table{Columns: []float64{165}, Rows: []layout.Row{{Cells: []layout.Cell{{}}}}}}},
	}
	for i, d := range docs {
		path := filepath.Join(t.TempDir(), "x.pdf")
		if err := os.WriteFile(path, write(t, document.PDF, d), 0o600); err != nil {
			t.Fatal(err)
		}
		write(t, document.DOCX, d)
		got := map[string]int{}
		for _, w := range words(read(t, path)) {
			got[w]++
		}
		want := map[string]int{}
		for _, w := range words(d.Text()) {
			if len(w) < 28 {
				want[w]++
			}
		}
		for w, n := range want {
			if got[w] < n {
				t.Errorf("document %d: %q stands %d times, want %d", i, w, got[w], n)
			}
		}
		// What is outside the margins is cut away by this look.
		inside := run(t, "pdftotext", "-enc", "UTF-8", "-r", "72", "-x", "84", "-y", "50", "-W", "471", "-H", "740", path, "-")
		if packed(inside) != packed(read(t, path)) {
			t.Errorf("document %d: something stands outside the margins", i)
		}
		if i == 1 && strings.Count(packed(inside), "a1b2c3d4") < 20 {
			t.Error("the word without a space is cut off")
		}
	}
}
