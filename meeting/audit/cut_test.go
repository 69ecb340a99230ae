package audit_test

import (
	"strings"
	"testing"

	"diemcau/meeting/audit"
)

func FuzzCutsAreReadOrRefused(f *testing.F) {
	f.Add(`{"seq":9,"hash":"ab","file":"x","key":"00","signature":"00"}` + "\n")
	f.Add("{}\n\nnull\n")
	f.Fuzz(func(t *testing.T, text string) {
		cuts, err := audit.ReadCuts(strings.NewReader(text))
		if err == nil && len(cuts) > strings.Count(text, "\n")+1 {
			t.Error("more cuts than lines")
		}
		c := audit.NewChecker("", nil)
		c.Cut(cuts...)
		for _, r := range chain(t, 3) {
			c.Row(r)
		}
		c.Done()
	})
}

func FuzzExportsAreCheckedOrRefused(f *testing.F) {
	var out strings.Builder
	w := audit.NewWriter("json", &out)
	for _, r := range chain(f, 2) {
		if err := w.Row(r); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(out.String())
	f.Add(`{"seq":5,"line":{},"hash":""}`)
	f.Fuzz(func(t *testing.T, text string) {
		c := audit.NewChecker("", nil)
		if c.File(strings.NewReader(text)) == nil {
			c.Done()
		}
	})
}
