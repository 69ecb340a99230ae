package render_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/recording/render"
)

func TestARC06_OnlyWhoAskedForAnExportOrDecidesAboutTheRecordingRemovesItAndThatIsNoted(t *testing.T) {
	t.Parallel()
	q := open(t, sounded(t), t.TempDir(), nil)
	mux := http.NewServeMux()
	var noted []string
	gate := func(ctx context.Context, _, what, detail string) (int64, error) {
		who, _ := account.Of(ctx)
		noted = append(noted, string(who.Person)+" "+what+" "+detail)
		return 4000, nil
	}
	governs := func(ctx context.Context, _ string) (bool, error) {
		who, _ := account.Of(ctx)
		return who.Person == "archivist", nil
	}
	render.NewDesk(q, gate, gate, nil, governs).Register(humago.New(mux, huma.DefaultConfig("test", "1")))
	cancel := func(who meeting.PersonID, id string) (status int) {
		r := httptest.NewRequestWithContext(account.With(t.Context(), account.Identity{Person: who}), http.MethodPost, "/api/archive/recordings/r/exports/"+id+"/cancel", nil)
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		return w.Code
	}
	made := func(by meeting.PersonID) render.Job {
		j, err := q.Add(render.Job{Recording: "r", Layout: render.Sound, By: by}, 4000)
		if err != nil {
			t.Fatal(err)
		}
		return reaches(t, q, j.ID, render.Done)
	}
	of := made("archivist")
	if status := cancel("delegate", of.ID); status < 400 {
		t.Errorf("a delegate removes it: %d", status)
	}
	if f, err := q.File(of); err != nil {
		t.Error("it is gone")
	} else if err := f.Close(); err != nil {
		t.Error(err)
	}
	mine := made("delegate")
	for who, id := range map[meeting.PersonID]string{"delegate": mine.ID, "archivist": of.ID} {
		if status := cancel(who, id); status >= 300 {
			t.Errorf("%s: %d", who, status)
		}
		if j, err := q.Job("r", id); err != nil || j.State != render.Cancelled || !slices.Contains(noted, string(who)+" export removed "+id) {
			t.Errorf("%+v, %v, %v", j, err, noted)
		}
	}
}
