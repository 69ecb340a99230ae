package conduct_test

import (
	"strings"
	"testing"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/conduct"
)

func (p *play) chat() conduct.Chat { return p.live.State().Chat }

func TestAMessageIsKeptWithWhoWroteItWhereAndWhen(t *testing.T) {
	t.Parallel()
	p := running(t, opening(2))
	p.do(at("P1"), conduct.Say{Text: "  <img src=x onerror=alert(1)>\r\nđề nghị gửi lại phụ lục 2 "})
	p.do(scribe, conduct.Say{Text: "Đã gửi"})
	got := p.chat().Messages
	if len(got) != 2 || got[0].Number != 1 || got[0].By.Point != "P1" || got[0].By.Device == "" || got[0].Right != "" || got[0].At.IsZero() ||
		got[0].Text != "<img src=x onerror=alert(1)>\nđề nghị gửi lại phụ lục 2" {
		t.Errorf("%+v", got)
	}
	if got[1].Right != meeting.Secretary || got[1].Name == "" {
		t.Errorf("the secretary: %+v", got[1])
	}
}

func TestMessagesThatNobodyCouldReadOrKeepAreRefused(t *testing.T) {
	t.Parallel()
	p := start(t, opening(3))
	p.do(bridge, conduct.Join{Point: "P1"})
	p.refused(meeting.CodeMissing, at("P1"), conduct.Say{Text: " \n "})
	for _, text := range []string{"a\x00b", "a\u202eb", "a\u2066b", "a\xffb", strings.Repeat("đ", 1001)} {
		p.refused(meeting.CodeInvalid, at("P1"), conduct.Say{Text: text})
	}
	p.do(at("P1"), conduct.Say{Text: strings.Repeat("đ", 1000)})
	p.refused(conduct.CodeNotJoined, at("P2"), conduct.Say{Text: "chưa vào"})
	p.refused(conduct.CodeNotPoint, at("P9"), conduct.Say{Text: "lạ"})
	p.refused(meeting.CodeNoRight, conduct.Actor{Person: "stranger"}, conduct.Say{Text: "lạ"})
}

func TestAnAuthorWritesFiveMessagesInTenSeconds(t *testing.T) {
	t.Parallel()
	p := running(t, opening(3))
	for range 5 {
		p.do(at("P1"), conduct.Say{Text: "x"})
	}
	p.refused(conduct.CodeChatFast, at("P1"), conduct.Say{Text: "x"})
	p.do(at("P2"), conduct.Say{Text: "others are not held up"})
	p.now = p.now.Add(10 * time.Second)
	p.do(at("P1"), conduct.Say{Text: "x"})
}

func TestChairAndSecretarySwitchTheChatOffAndWithdrawMessages(t *testing.T) {
	t.Parallel()
	p := running(t, opening(2))
	p.do(at("P1"), conduct.Say{Text: "sai"})
	for _, by := range []conduct.Actor{at("P1"), tech} {
		p.refused(meeting.CodeNoRight, by, conduct.SetChat{Off: true})
		p.refused(meeting.CodeNoRight, by, conduct.WithdrawMessage{Number: 1})
	}
	p.refused(meeting.CodeUnknown, chair, conduct.WithdrawMessage{Number: 2})
	p.do(scribe, conduct.WithdrawMessage{Number: 1})
	p.do(chair, conduct.WithdrawMessage{Number: 1}) // once is enough
	p.do(chair, conduct.SetChat{Off: true})
	p.refused(conduct.CodeChatOff, at("P1"), conduct.Say{Text: "x"})
	p.do(tech, conduct.Say{Text: "a seat still writes"})
	if c := p.chat(); c.Gone != 1 || c.Messages[0].WithdrawnBy != "scribe" || c.Messages[0].Text != "sai" || len(c.Messages) != 2 {
		t.Errorf("%+v", c)
	}
	p.do(chair, conduct.SetPhase{Phase: conduct.Closed})
	p.refused(conduct.CodeClosed, chair, conduct.Say{Text: "x"})
}
