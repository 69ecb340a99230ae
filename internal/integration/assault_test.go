package integration

import (
	"context"
	"testing"
	"time"

	"diemcau/cmd/diemload/assault"
	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
)

// The figures of an attack are diemload's (`diemload attack`); here only that nothing
// bad comes in, and that the meeting goes on and takes newcomers.
func TestSEC07_BadJoinsAndMalformedFramesLetNobodyInAndEndNoMeeting(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	room := newRoom()
	speaker, watcher := join(t, b, room, "speaker"), join(t, b, room, "watcher")
	speaker.camera(samples.VP8)
	v := watcher.sees("speaker", cam, 5)
	v.forget()
	token, err := lkclient.Token(b.key, b.secret, newRoom(), "assault", nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	done, err := assault.Run(ctx, assault.Plan{URL: b.url, Token: token, Joins: 1000, Frames: 300, Lines: 8})
	if err != nil {
		t.Fatal(err)
	}
	if done.Admitted > 0 || done.Refused < 50 || done.Frames < 20 {
		t.Errorf("the attack: %+v", done)
	}
	v.more(t, 30)
	join(t, b, room, "newcomer").sees("speaker", cam, 5)
}
