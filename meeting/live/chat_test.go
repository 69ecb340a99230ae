package live_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/meeting/sample"
)

// readChat is the chat as a point's machine reads it over its own connection.
func (h *held) readChat(after int) (page live.ChatPage) {
	h.t.Helper()
	body, err := json.Marshal(map[string]any{"do": "read-chat", "with": map[string]int{"after": after}})
	if err != nil {
		h.t.Fatal(err)
	}
	var answer string
	h.house.Report(h.plan.ID, air.Call{Guest: air.Guest{Point: "LG-X1"}, Body: body, Answer: func(body string, err *air.CallError) {
		if err != nil {
			h.t.Errorf("%+v", err)
		}
		answer = body
	}})
	h.settle()
	if len(answer) > 15<<10 {
		h.t.Errorf("%d bytes do not fit into a call's answer", len(answer))
	}
	if err := json.Unmarshal([]byte(answer), &page); err != nil {
		h.t.Fatal(err)
	}
	return page
}

func TestMessagesReachEveryScreenAndOutliveARestart(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	h.arrive("LG-X1", "LG-X2")
	h.do(conduct.Actor{Point: "LG-X1"}, conduct.Say{Text: "một"})
	for _, text := range []string{"hai", "ba", "bốn"} {
		h.do(h.scribe(), conduct.Say{Text: text})
	}
	within(t, 5*time.Second, "everybody is told the newest", func() bool {
		c := h.bridge.state(t).Chat
		return c != nil && c.Count == 4 && len(c.Last) == 3 && c.Last[2].Text == "bốn"
	})
	h.do(h.chair(), conduct.WithdrawMessage{Number: 1})
	h.do(h.chair(), conduct.SetChat{Off: true})
	h.restart()
	got := h.readChat(0)
	if got.Count != 4 || got.Gone != 1 || !got.Off || len(got.Items) != 4 {
		t.Fatalf("%+v", got)
	}
	if m := got.Items[0]; !m.Withdrawn || m.Text != "" || m.Point != "LG-X1" || m.Name == "" {
		t.Errorf("a withdrawn message: %+v", m)
	}
	if m := h.readChat(3); len(m.Items) != 1 || m.Items[0].Text != "bốn" || m.Items[0].Right == "" {
		t.Errorf("after the third: %+v", m)
	}
}

func TestLongMessagesFitIntoTheStateAndIntoAnAnswer(t *testing.T) {
	t.Parallel()
	h := hold(t, sample.Briefing())
	long := strings.Repeat("ề", 1000)
	for _, by := range []conduct.Actor{h.chair(), h.scribe()} {
		for range 5 {
			h.do(by, conduct.Say{Text: long})
		}
	}
	state := h.do(h.chair(), conduct.SetChat{Off: true})
	if len(state.Chat.Last) != 0 || state.Chat.Count != 10 {
		t.Errorf("%d long messages go to everybody with every act", len(state.Chat.Last))
	}
	read := 0
	for read < 10 {
		page := h.readChat(read)
		if len(page.Items) == 0 {
			t.Fatal("reading does not go on")
		}
		read += len(page.Items)
	}
}
