package wire_test

import (
	"testing"
)

func TestAClientJoinsAndIsAnsweredInOrder(t *testing.T) {
	t.Parallel()
	s := serve(t, nil)
	ws, seat := s.join(t, "/rtc?protocol=17&sdk=go")
	const n = 500
	for i := int64(1); i <= n; i++ {
		send(t, ws, ping(i))
	}
	for i := int64(1); i <= n; i++ {
		if got := receive(t, ws).GetPong(); got != i {
			t.Fatalf("pong %d, want %d", got, i)
		}
	}
	_ = ws.Close()
	wait(t, seat.gone, "the session to be told of the end")
}
