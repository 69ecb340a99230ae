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
	refused, frames := uint64(0), uint64(0)
	for end := time.Now().Add(time.Minute); refused < 50 || frames < 20; { // a busy machine refuses few at a time
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		done, err := assault.Run(ctx, assault.Plan{URL: b.url, Tokens: []string{token}, Joins: 1000, Frames: 300, Lines: 8})
		cancel()
		if err != nil {
			t.Fatal(err)
		}
		if refused, frames = refused+done.Refused, frames+done.Frames; done.Admitted > 0 || time.Now().After(end) {
			t.Fatalf("%d refused and %d frames before the attack: %+v", refused, frames, done)
		}
	}
	v.more(t, 30)
	join(t, b, room, "newcomer").sees("speaker", cam, 5)
}
