package replay_test

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"net/http"
	"strings"
	"testing"

	"filippo.io/age"

	"diemcau/recording/archive"
)

// verified opens an answer as a clip and checks it with the bridge's key.
func verified(t *testing.T, body []byte) *archive.Report {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := archive.VerifyClip(z, archive.VerifySettings{Key: signing.Public().(ed25519.PublicKey)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestARC04_AClipTakenFromTheArchiveCarriesItsOwnEvidence(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	id, _ := h.recording(small(20))
	path := "/api/archive/recordings/" + id + "/clip"
	for query, legs := range map[string]int{"?from=4000&to=9000": 2, "?from=4000&to=9000&leg=2": 1} {
		w := h.get("secretary", path+query)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/zip" || !strings.Contains(w.Header().Get("Content-Disposition"), "2026-11-03-4-9.zip") {
			t.Fatalf("%s: %d %v %.200s", query, w.Code, w.Header(), w.Body)
		}
		if r := verified(t, w.Body.Bytes()); !r.OK() || !r.Trusted || r.Legs != legs {
			t.Errorf("%s: %+v", query, r)
		}
	}
	all, err := h.store.Viewings(t.Context(), id)
	if err != nil || len(all) == 0 || all[0].What != "export" || all[0].Detail != "clip 4000-9000" {
		t.Errorf("a clip that was taken is not in the log: %+v, %v", all, err)
	}
	for query, want := range map[string]int{
		"?from=9000&to=4000": http.StatusUnprocessableEntity, "?from=40000&to=50000": http.StatusUnprocessableEntity,
		"?from=0&to=4000&leg=9": http.StatusUnprocessableEntity, "?from=-1&to=4000": http.StatusUnprocessableEntity, "": http.StatusUnprocessableEntity,
	} {
		if w := h.get("secretary", path+query); w.Code != want {
			t.Errorf("%s: %d, want %d: %.200s", query, w.Code, want, w.Body)
		}
	}
}

func TestARC04_OfWhatCannotBeProvenThereIsNoClip(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	running, ciphered := small(12), small(6)
	running.running = true
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	keys := t.TempDir()
	ciphered.lasting = func(s archive.Settings) archive.Settings {
		s.Recipients, s.Keys = []age.Recipient{identity.Recipient()}, keys
		return s
	}
	for what, g := range map[string]generated{"a recording that goes on": running, "an encrypted one": ciphered} {
		id, _ := h.recording(g)
		w := h.get("archivist", "/api/archive/recordings/"+id+"/clip?from=0&to=3000")
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "archive.no_clip") {
			t.Errorf("%s: %d %.200s", what, w.Code, w.Body)
		}
	}
}
