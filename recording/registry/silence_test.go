package registry_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"diemcau/recording/bucket"
	"diemcau/recording/lifetime"
	"diemcau/recording/specimen"
)

// TestARC06_AStoreThatHangsStopsADisposalSoonAndLeavesTheOtherRecordingsWhole: a
// person carries it out again when the store answers.
func TestARC06_AStoreThatHangsStopsADisposalSoonAndLeavesTheOtherRecordingsWhole(t *testing.T) {
	t.Parallel()
	var silent atomic.Bool
	var unanswered atomic.Int32
	over := make(chan struct{})
	s, _ := specimen.S3Behind(t, func(_ http.ResponseWriter, r *http.Request) bool {
		if !silent.Load() {
			return true
		}
		unanswered.Add(1)
		select {
		case <-r.Context().Done():
		case <-over:
		}
		return false
	})
	t.Cleanup(func() { close(over) })
	s.Patience = bucket.Patience{Silence: 300 * time.Millisecond, Tries: 2, Pause: time.Millisecond}
	h := newHouseWith(t, &s)
	ids := []string{h.sealed(2017), h.sealed(2018)}
	for _, id := range ids {
		h.must(archivist, "PUT", "/api/keeping/"+id+"/period", m{"class": "so-ket", "why": "sơ kết"}, nil)
	}
	var d lifetime.Disposal
	h.must(archivist, "POST", "/api/disposals", m{"recordings": ids, "reason": "hết hạn"}, &d)
	path := "/api/disposals/" + d.ID
	h.must(chair, "POST", path+"/approve", nil, nil)

	silent.Store(true)
	h.must(archivist, "POST", path+"/carry-out", nil, &d)
	if d.Stage != lifetime.Begun || d.Items[0].Error == "" || d.Items[1].Error != "" || len(d.Items[1].Erased) > 0 {
		t.Errorf("%+v", d)
	}
	if len(h.places(ids[1])) < 2 {
		t.Error("the second is not whole any more")
	}
	if n := unanswered.Load(); n != 2 {
		t.Errorf("%d requests were waited for", n)
	}
	silent.Store(false)
	d = lifetime.Disposal{}
	h.must(archivist, "POST", path+"/carry-out", nil, &d)
	if d.Stage != lifetime.Done || len(h.places(ids[0]))+len(h.places(ids[1])) > 0 {
		t.Errorf("%+v", d)
	}
}
