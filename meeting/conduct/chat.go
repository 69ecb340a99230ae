package conduct

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"diemcau/meeting"
)

// Codes of refusals of messages.
const (
	CodeChatOff  meeting.Code = "chat.off"
	CodeChatFast meeting.Code = "chat.too_fast"
	CodeChatFull meeting.Code = "chat.full"
)

// What a message may be, and how many: the state holds all of them, and every
// copy of it carries them.
const (
	longestMessage = 1000 // characters
	chatHolds      = 1000
	chatBurst      = 5 // by one author within chatSpan
	chatSpan       = 10 * time.Second
)

// Chat is what was written to all while the meeting ran. It is kept with the
// meeting: what is withdrawn is shown no more, and stays in the log.
type Chat struct {
	// Off lets only those with a seat write.
	Off      bool      `json:"off,omitempty"`
	Messages []Message `json:"messages,omitempty"`
	// Gone counts the messages that were withdrawn.
	Gone int `json:"gone,omitempty"`
}

// Message is one message, numbered from 1. Right is the seat of the author, or
// empty when a point wrote it.
type Message struct {
	Number      int              `json:"number"`
	At          time.Time        `json:"at"`
	By          Actor            `json:"by"`
	Right       meeting.Right    `json:"right,omitempty"`
	Name        string           `json:"name"`
	Text        string           `json:"text"`
	Withdrawn   time.Time        `json:"withdrawn,omitzero"`
	WithdrawnBy meeting.PersonID `json:"withdrawnBy,omitempty"`
}

// Say writes to everybody in the meeting.
type Say struct {
	Text string `json:"text"`
}

// Name implements Deed.
func (Say) Name() string { return "say" }

func (d Say) decide(l *Live, a Act) ([]Change, error) {
	m, err := l.author(a)
	if err != nil {
		return nil, err
	}
	if m.Text, err = readable(d.Text); err != nil {
		return nil, err
	}
	chat := &l.state.Chat
	switch {
	case chat.Off && m.Right == "":
		return nil, meeting.Refuse(CodeChatOff, "text")
	case len(chat.Messages) >= chatHolds:
		return nil, meeting.Refuse(CodeChatFull, "text")
	case chat.burst(m.By, a.At) >= chatBurst:
		return nil, meeting.Refuse(CodeChatFast, "text")
	}
	m.Number = len(chat.Messages) + 1
	return []Change{MessageSaid{m}}, nil
}

// author is the message of whoever acts, without its text: a seat before the
// point at whose machine it is used.
func (l *Live) author(a Act) (Message, error) {
	m := Message{At: a.At, By: a.By}
	if err := l.needRunning(); err != nil {
		return m, err
	}
	for _, r := range []meeting.Right{meeting.Chair, meeting.Secretary, meeting.Technician} {
		if seat := l.state.Seats[r]; a.By.Person != "" && seat.Person.ID == a.By.Person {
			m.Right, m.Name = r, seat.Person.Name
			return m, nil
		}
	}
	if a.By.Point == "" {
		return m, meeting.Refuse(meeting.CodeNoRight, "by")
	}
	if err := l.needJoined(a.By.Point); err != nil {
		return m, err
	}
	m.Name = l.opening.Plan.Name(a.By.Point)
	return m, nil
}

// readable is the text without blanks around it; one that is empty, too long, or
// holds what cannot be seen is refused.
func readable(text string) (string, error) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	switch {
	case text == "":
		return "", meeting.Refuse(meeting.CodeMissing, "text")
	case !utf8.ValidString(text), utf8.RuneCountInString(text) > longestMessage, strings.ContainsFunc(text, unseen):
		return "", meeting.Refuse(meeting.CodeInvalid, "text").With("1000")
	}
	return text, nil
}

// How much a point may write about itself, in characters: it goes to all screens and
// into the log.
const (
	longestID    = 128
	longestTopic = 500
	longestName  = 200
)

// short refuses a text that is too long or holds what cannot be seen.
func short(field meeting.Field, text string, longest int) error {
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > longest || strings.ContainsFunc(text, unseen) {
		return meeting.Refuse(meeting.CodeInvalid, field).With(strconv.Itoa(longest))
	}
	return nil
}

func shortPerson(field meeting.Field, p meeting.Person) error {
	return all(short(field+".id", string(p.ID), longestID), short(field+".name", p.Name, longestName),
		short(field+".position", p.Position, longestName), short(field+".unit", p.Unit, longestName))
}

// unseen are control signs but the end of a line, and those that turn the
// direction of writing: with them a line reads otherwise than it is kept.
func unseen(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// burst counts what the author wrote within the last chatSpan.
func (c *Chat) burst(by Actor, now time.Time) (n int) {
	for _, m := range slices.Backward(c.Messages) {
		if now.Sub(m.At) >= chatSpan {
			break
		}
		if m.By.Person == by.Person && m.By.Point == by.Point {
			n++
		}
	}
	return n
}

// WithdrawMessage takes a message off all screens.
type WithdrawMessage struct {
	Number int `json:"number"`
}

// Name implements Deed.
func (WithdrawMessage) Name() string { return "withdraw-message" }

func (d WithdrawMessage) decide(l *Live, a Act) ([]Change, error) {
	if err := l.need(a.By, meeting.Secretary, meeting.Chair); err != nil {
		return nil, err
	}
	if d.Number < 1 || d.Number > len(l.state.Chat.Messages) {
		return nil, meeting.Refuse(meeting.CodeUnknown, "number")
	}
	if !l.state.Chat.Messages[d.Number-1].Withdrawn.IsZero() {
		return nil, nil
	}
	return []Change{MessageWithdrawn{Number: d.Number, By: a.By.Person}}, nil
}

// SetChat opens the chat to points, or closes it.
type SetChat struct {
	Off bool `json:"off"`
}

// Name implements Deed.
func (SetChat) Name() string { return "set-chat" }

func (d SetChat) decide(l *Live, a Act) ([]Change, error) {
	if err := all(l.needRunning(), l.need(a.By, meeting.Chair, meeting.Secretary)); err != nil {
		return nil, err
	}
	if l.state.Chat.Off == d.Off {
		return nil, nil
	}
	return []Change{ChatSet(d)}, nil
}

// MessageSaid is a message that was written.
type MessageSaid struct {
	Message Message `json:"message"`
}

// Kind implements Change.
func (MessageSaid) Kind() Kind { return "chat.said" }
func (c MessageSaid) apply(s *State, at time.Time) {
	c.Message.At = at
	s.Chat.Messages = append(s.Chat.Messages, c.Message)
}
func (MessageSaid) prior(*State) Change { return nil }

// MessageWithdrawn is a message that is shown no more.
type MessageWithdrawn struct {
	Number int              `json:"number"`
	By     meeting.PersonID `json:"by,omitempty"`
}

// Kind implements Change.
func (MessageWithdrawn) Kind() Kind { return "chat.withdrawn" }
func (c MessageWithdrawn) apply(s *State, at time.Time) {
	if c.Number < 1 || c.Number > len(s.Chat.Messages) {
		return
	}
	s.Chat.Messages = slices.Clone(s.Chat.Messages)
	m := &s.Chat.Messages[c.Number-1]
	m.Withdrawn, m.WithdrawnBy = at, c.By
	s.Chat.Gone++
}
func (MessageWithdrawn) prior(*State) Change { return nil }

// ChatSet is who may write.
type ChatSet struct {
	Off bool `json:"off"`
}

// Kind implements Change.
func (ChatSet) Kind() Kind                    { return "chat.set" }
func (c ChatSet) apply(s *State, _ time.Time) { s.Chat.Off = c.Off }
func (ChatSet) prior(s *State) Change         { return ChatSet{s.Chat.Off} }
