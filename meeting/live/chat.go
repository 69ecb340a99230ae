package live

import (
	"context"
	"encoding/json"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
)

// What of the chat goes to everybody with the state: the newest messages, so
// that nobody has to ask while the meeting runs. Who comes later asks for the rest.
const (
	chatTail      = 3
	chatTailBytes = 2 << 10
)

// What one answer holds at most: a call's answer must fit into one message.
const (
	chatPage      = 200
	chatCallBytes = 12 << 10
)

// StateChat is how far the chat has come. Who knows fewer messages than Count,
// and finds them not in Last, asks for them; so does who knows another Gone.
type StateChat struct {
	Off   bool           `json:"off,omitempty"`
	Count int            `json:"count"`
	Gone  int            `json:"gone,omitempty" doc:"how many were withdrawn"`
	Last  []StateMessage `json:"last,omitempty"`
}

// StateMessage is one message as it is shown. The text is plain, and that of a
// withdrawn one is not told.
type StateMessage struct {
	Number    int             `json:"number"`
	At        int64           `json:"at"`
	Point     meeting.PointID `json:"point,omitempty"`
	Right     meeting.Right   `json:"right,omitempty" doc:"the seat of who wrote it, where no point did"`
	Name      string          `json:"name"`
	Text      string          `json:"text,omitempty"`
	Withdrawn bool            `json:"withdrawn,omitempty"`
}

func stateMessage(m conduct.Message) StateMessage {
	out := StateMessage{Number: m.Number, At: millis(m.At), Right: m.Right, Name: m.Name, Text: m.Text}
	if m.Right == "" {
		out.Point = m.By.Point
	}
	if !m.Withdrawn.IsZero() {
		out.Text, out.Withdrawn = "", true
	}
	return out
}

func stateChat(c *conduct.Chat) *StateChat {
	if len(c.Messages) == 0 && !c.Off {
		return nil
	}
	out := &StateChat{Off: c.Off, Count: len(c.Messages), Gone: c.Gone}
	from, size := len(c.Messages), 0
	for from > 0 && len(c.Messages)-from < chatTail {
		size += len(c.Messages[from-1].Text)
		if size > chatTailBytes {
			break
		}
		from--
	}
	for _, m := range c.Messages[from:] {
		out.Last = append(out.Last, stateMessage(m))
	}
	return out
}

// ChatPage is a part of the chat.
type ChatPage struct {
	Items []StateMessage `json:"items"`
	Count int            `json:"count" doc:"messages of the meeting, withdrawn ones among them"`
	Gone  int            `json:"gone"`
	Off   bool           `json:"off"`
}

// page is what follows a number, as much as fits.
func page(c *conduct.Chat, after, limit, bytes int) ChatPage {
	out := ChatPage{Items: []StateMessage{}, Count: len(c.Messages), Gone: c.Gone, Off: c.Off}
	for _, m := range c.Messages[min(max(after, 0), len(c.Messages)):] {
		bytes -= len(m.Text) + len(m.Name) + 128
		if len(out.Items) == limit || len(out.Items) > 0 && bytes < 0 {
			break
		}
		out.Items = append(out.Items, stateMessage(m))
	}
	return out
}

type chatInput struct {
	ID    meeting.ID `path:"id" maxLength:"256"`
	After int        `query:"after" minimum:"0" doc:"only messages after this number"`
	Limit int        `query:"limit" minimum:"1" maximum:"200" default:"200"`
}

type chatOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         ChatPage
}

func (h *House) chatOperation(ctx context.Context, in *chatInput) (*chatOutput, error) {
	who, _ := account.Of(ctx)
	out := &chatOutput{CacheControl: "no-store"}
	err := h.Look(ctx, in.ID, func(l *conduct.Live, _ time.Time) error {
		if !belongs(l, who) {
			return meeting.Refuse(meeting.CodeNoRight, "meeting")
		}
		out.Body = page(&l.State().Chat, in.After, in.Limit, chatPage*longestInPage)
		return nil
	})
	if err != nil {
		return nil, answer500(err)
	}
	return out, nil
}

// longestInPage is more than any message takes.
const longestInPage = 8 << 10

// readChatCall tells whether a call asks for messages: a point's machine needs
// no sign-in to read what was written in the meeting it sits in.
func readChatCall(body []byte) (after int, asked bool) {
	var head struct {
		Do   string `json:"do"`
		With struct {
			After int `json:"after"`
		} `json:"with"`
	}
	if err := json.Unmarshal(body, &head); err != nil || head.Do != "read-chat" {
		return 0, false
	}
	return head.With.After, true
}

func chatAnswer(l *conduct.Live, after int) (string, *air.CallError) {
	body, err := json.Marshal(page(&l.State().Chat, after, chatPage, chatCallBytes))
	if err != nil {
		return "", callError(err)
	}
	return string(body), nil
}
