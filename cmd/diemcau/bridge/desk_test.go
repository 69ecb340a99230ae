package bridge

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"diemcau/meeting"
	"diemcau/signaling/wire"
)

func TestPapersPassTheLimitOfOtherBodies(t *testing.T) {
	t.Parallel()
	read := 0
	h := limitBodies(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		_, _ = b.ReadFrom(r.Body)
		read = b.Len()
	}))
	for path, want := range map[string]int{"/api/meetings/giao-ban/papers": wire.MaxBody + 1, "/api/meetings": 0, "/api/meetings/x/papers/recall": 0} {
		read = 0
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, bytes.NewReader(make([]byte, wire.MaxBody+1))))
		if read != want || (want == 0) != (w.Code == http.StatusRequestEntityTooLarge) {
			t.Errorf("%s: %d bytes read, status %d", path, read, w.Code)
		}
	}
}

func TestABridgeWithSampleDataHoldsTheThreeMeetings(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	b.cfg.Demo = true
	for range 2 { // loading them again changes nothing
		if _, err := b.office(); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"giao-ban", "tong-ket-cds-2026", "hop-khan-bao-15"} {
		if e, err := b.store.Entry(t.Context(), meeting.ID(id)); err != nil || len(e.Versions) != 1 {
			t.Errorf("%s: %d versions, %v", id, len(e.Versions), err)
		}
	}
}
