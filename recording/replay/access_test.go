package replay_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// send asks with a body.
func (h *house) send(who, method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Who", who)
	r.Header.Set("Content-Type", "application/json")
	if strings.Contains(path, "/transcripts/") {
		r.Header.Set("Content-Type", "application/octet-stream")
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// finds answers whether a recording is given to somebody, and stands in his list.
func (h *house) finds(who, id string) bool {
	h.t.Helper()
	one := h.get(who, "/api/archive/recordings/"+id).Code == http.StatusOK
	if listed := strings.Contains(h.get(who, "/api/archive/recordings").Body.String(), id); listed != one {
		h.t.Errorf("%s may open it: %v; it stands in his list: %v", who, one, listed)
	}
	return one
}

func TestSEC02_WhoMayWatchIsChangedForOneRecordingByArchivistOrChairAndNoted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	id, _ := h.recording(small(4))
	path := "/api/archive/recordings/" + id + "/access"
	for _, c := range []struct {
		who, body string
		want      int
		sees      string
	}{
		{"secretary", `{"level":"meeting","readers":[],"reason":"thử","changes":0}`, 403, "archivist secretary chair"},
		{"delegate", `{"level":"meeting","readers":[],"reason":"thử","changes":0}`, 404, "archivist secretary chair"},
		{"chair", `{"level":"meeting","readers":[],"changes":0}`, 422, "archivist secretary chair"},
		{"chair", `{"level":"meeting","readers":[],"reason":"phổ biến","changes":0}`, 200, "archivist secretary chair technician delegate"},
		{"archivist", `{"level":"closed","readers":[],"reason":"chậm một bước","changes":0}`, 412, "archivist secretary chair technician delegate"},
		{"archivist", `{"level":"closed","readers":[{"person":"stranger","name":"Thanh tra"}],"reason":"bí mật nhà nước","changes":1}`, 200, "archivist chair stranger"},
		{"stranger", `{"level":"office","readers":[],"reason":"thử","changes":2}`, 403, "archivist chair stranger"},
		{"archivist", `{"level":"office","readers":[],"reason":"xong","changes":2}`, 200, "archivist secretary chair"},
	} {
		if w := h.send(c.who, http.MethodPut, path, c.body); w.Code != c.want {
			t.Errorf("%s sends %s: %d, want %d: %s", c.who, c.body, w.Code, c.want, w.Body)
		}
		var sees []string
		for _, who := range []string{"archivist", "secretary", "chair", "technician", "delegate", "administrator", "stranger"} {
			if h.finds(who, id) {
				sees = append(sees, who)
			}
		}
		if got := strings.Join(sees, " "); got != c.sees {
			t.Errorf("after %s: %q see it, not %q", c.body, got, c.sees)
		}
	}
	all, err := h.store.Viewings(t.Context(), id)
	noted := 0
	for _, v := range all {
		if v.What == "access" {
			noted++
		}
	}
	if err != nil || noted != 4 { // the one that came late is noted too: it was tried
		t.Errorf("%d changes are noted, %v", noted, err)
	}
}

func TestARC08_WhatWasSpokenIsBroughtFoundAtItsSecondAndTakenAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	id, _ := h.recording(small(70))
	path := "/api/archive/recordings/" + id + "/transcripts/vi"
	const srt = "1\n00:00:10,000 --> 00:00:12,000\nNguồn vốn đối ứng\n\n2\n00:00:12,500 --> 00:00:15,000\ncủa công trình thoát lũ\n\n3\n01:00:00,000 --> 01:00:01,000\nsau khi hết\n"
	for _, c := range []struct {
		who, path, body string
		want            int
	}{
		{"delegate", path, srt, 404},
		{"archivist", path, "%PDF-1.7", 422},
		{"archivist", path + "?shift=80000000", srt, 422},
		{"archivist", path + "-x", srt, 422},
		{"secretary", path + "?shift=2000&file=loi.srt", srt, 200},
	} {
		if w := h.send(c.who, http.MethodPut, c.path, c.body); w.Code != c.want {
			t.Errorf("%s brings %.20q: %d, want %d: %s", c.who, c.body, w.Code, c.want, w.Body)
		}
	}
	if text := h.get("chair", path).Body.String(); !strings.Contains(text, `"at":12000,"to":14000,"text":"Nguồn vốn đối ứng"`) || strings.Contains(text, "sau khi hết") {
		t.Errorf("%s", text)
	}
	if w := h.get("chair", path+"/file"); !strings.Contains(w.Body.String(), "00:00:12.000 --> 00:00:14.000\nNguồn vốn đối ứng") || w.Header().Get("Content-Type") != "text/vtt; charset=utf-8" {
		t.Errorf("%s %v", w.Body, w.Header())
	}
	find := func() string {
		if err := h.keeper.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		return h.get("chair", "/api/archive/recordings?q=doi+ung+cua+cong+trinh").Body.String()
	}
	if text := find(); !strings.Contains(text, `"at":12000,"kind":"spoken"`) {
		t.Errorf("words that a cue divides are not found: %s", text)
	}
	if w := h.send("secretary", http.MethodDelete, path, ""); w.Code != http.StatusNoContent {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if text := find(); strings.Contains(text, id) || h.get("chair", path).Code != http.StatusNotFound {
		t.Errorf("what was taken away is found: %s", text)
	}
}
