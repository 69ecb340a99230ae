package bridge

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diemcau/meeting/account"
	"diemcau/recording/archive"
	"diemcau/recording/bag"
	"diemcau/recording/specimen"
)

// take gets a bag as a browser does.
func (h *archiveHouse) take(t *testing.T, who account.Identity) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/api/archive/recordings/"+h.recording+"/bag", nil)
	h.mux.ServeHTTP(w, r.WithContext(account.With(t.Context(), who)))
	return w
}

func TestARC03_AnArchivistTakesTheBagInTheBrowserAndItIsNoted(t *testing.T) {
	t.Parallel()
	h := newArchiveHouse(t)
	who := archiveRoles()["archivist"]
	w := h.take(t, who)
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/zip" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	z, err := zip.NewReader(bytes.NewReader(w.Body.Bytes()), int64(w.Body.Len()))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := os.CopyFS(root, z); err != nil {
		t.Fatal(err)
	}
	inside, err := os.ReadDir(root)
	if err != nil || len(inside) != 1 {
		t.Fatalf("%v, %v", inside, err)
	}
	dir := filepath.Join(root, inside[0].Name())
	if problems, err := bag.Check(t.Context(), dir, nil); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
	if report, err := archive.Verify(filepath.Join(dir, bag.Recording), archive.VerifySettings{}); err != nil || !report.OK() || !report.Sealed {
		t.Errorf("%+v, %v", report, err)
	}
	var fields bag.Fields
	b, err := os.ReadFile(filepath.Join(dir, "data", "description.json"))
	if err != nil || json.Unmarshal(b, &fields) != nil || fields.Code != h.recording {
		t.Errorf("%s, %v", b, err)
	}
	if info, err := os.ReadFile(filepath.Join(dir, "bag-info.txt")); err != nil || !strings.Contains(string(info), "Contact-Name: "+who.Name) {
		t.Errorf("%s, %v", info, err)
	}
	if _, text := h.ask(who, http.MethodGet, "/api/archive/recordings/"+h.recording+"/viewings", ""); !strings.Contains(text, `"bag"`) {
		t.Errorf("it is not noted: %s", text)
	}
	specimen.Flip(t, specimen.Track(t, h.dir))
	if w := h.take(t, who); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "archive.changed") {
		t.Errorf("of a changed recording: %d %s", w.Code, w.Body)
	}
}
