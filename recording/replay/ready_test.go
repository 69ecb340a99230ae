package replay_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/recording/archive"
	"diemcau/recording/replay"
)

// readyWithin is how soon after its end a meeting has to be there to be watched.
const readyWithin = 10 * time.Second

func TestARC02_AMeetingIsReadyToWatchWithinTenSecondsOfItsEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	g := small(20)
	g.running = true
	dir := generate(t, h.root, g)
	id := filepath.Base(dir)
	// The keeper looks as often as that of a bridge, and knows the recording already.
	k := replay.NewKeeper(replay.KeeperSettings{
		Root: h.root, Catalogue: h.store, Log: slog.New(slog.DiscardHandler),
		House: func(context.Context, meeting.ID) (replay.Record, error) { return replay.Record{Unit: "VP"}, nil },
	})
	if err := k.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.Start()
	defer k.Close()
	e, _, err := archive.Open(dir, archive.Settings{Key: signing})
	if err != nil {
		t.Fatal(err)
	}
	ended := time.Now()
	if err := e.Seal(20_000); err != nil {
		t.Fatal(err)
	}
	for {
		var list struct {
			Items []replay.Found `json:"items"`
		}
		w := h.get("secretary", "/api/archive/recordings?q=kinh+te")
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
		if len(list.Items) == 1 && list.Items[0].Sealed && len(list.Items[0].Hits) > 0 {
			break
		}
		if time.Since(ended) > readyWithin {
			t.Fatalf("after %v it is not found as ended: %s", readyWithin, w.Body)
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		}
	}
	d := h.detail(id)
	if d.Running || d.Index.Seal.Manifest == "" || len(d.Tracks) != 2 {
		t.Fatalf("it is found and not whole: %+v", d)
	}
	if w := h.get("secretary", "/api/archive/recordings/"+id+"/tracks/1/file"); w.Code != http.StatusOK || w.Body.Len() == 0 {
		t.Errorf("its picture is not given: %d", w.Code)
	}
	if took := time.Since(ended); took > readyWithin {
		t.Errorf("ready after %v", took)
	}
}
