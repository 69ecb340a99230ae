package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"diemcau/meeting/desk"
	"diemcau/meeting/sample"
)

// gone is a client whose line breaks at the first byte of the answer.
type gone struct {
	httptest.ResponseRecorder
	hangUp context.CancelFunc
}

var errGone = errors.New("the line is broken")

// WriteHeader implements http.ResponseWriter.
func (g *gone) WriteHeader(int) { g.hangUp() }

// Write implements http.ResponseWriter.
func (g *gone) Write([]byte) (int, error) {
	g.hangUp()
	return 0, errGone
}

func TestAnActWhoseClientIsGoneIsAnsweredToHimWhenHeAsksAgainWithItsKey(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, h *house) {
		h.samples(t)
		p := sample.Briefing().At(sample.Briefing().Start.AddDate(0, 0, 6))
		body, err := json.Marshal(desk.NewMeeting{Plan: &p})
		if err != nil {
			t.Fatal(err)
		}
		ctx, hangUp := context.WithCancel(t.Context())
		defer hangUp()
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/meetings", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Who", "nhap")
		r.Header.Set("Idempotency-Key", "k-line")
		h.door.ServeHTTP(&gone{hangUp: hangUp}, r)
		if ctx.Err() == nil {
			t.Fatal("the client is still there")
		}
		again := h.ask(t, "nhap", "POST", "/api/meetings", body, "Idempotency-Key", "k-line")
		made := into[desk.MeetingView](t, again, 200)
		if again.header.Get("Idempotency-Replayed") != "true" || again.header.Get("ETag") == "" || made.Plan.Title != p.Title {
			t.Errorf("answered anew: %v %s", again.header, again.raw)
		}
		all := into[items[desk.MeetingLine]](t, h.ask(t, "nhap", "GET", "/api/meetings?q="+"giao%20ban", nil), 200).Items
		drafts := 0
		for _, m := range all {
			if m.State == "du-thao" && m.ID == made.ID {
				drafts++
			}
			if m.State == "du-thao" && m.ID != made.ID && m.Title == p.Title {
				t.Errorf("made twice: %s and %s", made.ID, m.ID)
			}
		}
		if drafts != 1 {
			t.Errorf("%d drafts of one act", drafts)
		}
	})
}
