package integration

import (
	"net/http"
	"path/filepath"
	"strings"

	"diemcau/meeting/desk"
	"diemcau/recording/archive"
)

// checkNamed finds the recording in the minutes by its name and hash (MIN-01).
func (h *hall) checkNamed() {
	dir, _ := only(h.t, h.archive())
	seal, err := archive.SealOf(dir, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	var drawn desk.MinutesView
	eventually(h.t, soonLimit, "the recording in the minutes", func() bool {
		h.secretary().must(http.MethodPost, "/api/meetings/"+string(h.plan.ID)+"/minutes/draft", nil, &drawn)
		return drawn.Fields.Recordings[0].File != ""
	})
	want := "người quyết định: " + h.plan.People.Chair.Name + "; tệp: " + filepath.Base(dir) + "; mã băm SHA-256: " + seal.Root
	if !strings.Contains(drawn.Text, want) {
		h.t.Errorf("the minutes lack %q:\n%s", want, drawn.Text)
	}
}
