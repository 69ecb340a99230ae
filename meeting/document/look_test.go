package document_test

import (
	"os"
	"path/filepath"
	"testing"

	"diemcau/meeting/document"
)

// TestPapersForTheEye writes all papers to the folder in DIEMCAU_DOCUMENTS, to be
// looked at.
func TestPapersForTheEye(t *testing.T) {
	folder := os.Getenv("DIEMCAU_DOCUMENTS")
	if folder == "" {
		t.Skip("DIEMCAU_DOCUMENTS names no folder")
	}
	for name, d := range papers(t) {
		for _, f := range []document.Format{document.PDF, document.DOCX} {
			out, err := os.Create(filepath.Join(folder, name+"."+string(f)))
			if err != nil {
				t.Fatal(err)
			}
			if err := document.Write(out, f, d); err != nil {
				t.Errorf("%s.%s: %v", name, f, err)
			}
			if err := out.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
