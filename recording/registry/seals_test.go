package registry_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/recording/archive"
	"diemcau/recording/registry"
	"diemcau/recording/specimen"
)

// BenchmarkKeeping asks for the archivist's table, and for one line of it, over an
// archive of 1,000 recordings: three a week for six years.
func BenchmarkKeeping(b *testing.B) {
	h := newHouse(b)
	fragments := specimen.Clusters(b, 3, 100)
	id := ""
	for n := range 1000 {
		about := specimen.About()
		about.Epoch = about.Epoch.AddDate(0, 0, -2*n)
		id = specimen.Seal(b, h.root, about, archive.Settings{}, fragments).About.ID
	}
	for name, path := range map[string]string{"all": "/api/keeping", "one": "/api/keeping/" + id} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				r := httptest.NewRequest(http.MethodGet, path, nil)
				rec := httptest.NewRecorder()
				h.handler.ServeHTTP(rec, r.WithContext(account.With(r.Context(), account.Identity{Person: "luu", Rights: []meeting.Right{meeting.Archivist}})))
				if rec.Code != http.StatusOK {
					b.Fatal(rec.Code, rec.Body)
				}
			}
		})
	}
}

// TestAFolderThatWasReplacedIsReadAnew: what is remembered of a seal holds for that
// seal only.
func TestAFolderThatWasReplacedIsReadAnew(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.sealed(2018)
	var before, after registry.Kept
	h.must(archivist, "GET", "/api/keeping/"+id, nil, &before)
	about := specimen.About()
	about.Title = "Một cuộc họp khác"
	other := specimen.Seal(t, t.TempDir(), about, archive.Settings{}, specimen.Clusters(t, 2, 100)).Dir
	dir := filepath.Join(h.root, "2018", "03", id)
	if err := errors.Join(os.Rename(dir, dir+".aside"), os.Rename(other, dir)); err != nil {
		t.Fatal(err)
	}
	h.must(archivist, "GET", "/api/keeping/"+id, nil, &after)
	if before.Title != "Giao ban" || after.Title != about.Title || after.Bytes == before.Bytes {
		t.Errorf("%+v, then %+v", before, after)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	h.refused(archivist, "GET", "/api/keeping/"+id, nil, "not_found")
}
