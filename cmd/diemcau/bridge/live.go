package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/account"
	"diemcau/meeting/air"
	"diemcau/meeting/conduct"
	"diemcau/meeting/live"
	"diemcau/signaling/session"
	"diemcau/signaling/token"
)

// doorPatience is how long somebody at the door waits for the meeting's answer.
const doorPatience = 10 * time.Second

// openMeetings makes the house of open meetings and opens those again that were
// going on. The sessions ask it at the door, so it comes after them.
func (b *Bridge) openMeetings(watchers ...live.Watcher) error {
	b.live = live.New(live.Settings{Store: b.store, Bridge: b.sessions, Log: b.log, Watchers: watchers, MayRecord: b.records.mayRecord, Now: b.clock})
	ctx, cancel := context.WithTimeout(context.Background(), openPatience)
	defer cancel()
	if err := b.live.Resume(ctx); err != nil {
		return fmt.Errorf("open meetings: %w", err)
	}
	return b.endRecordings(ctx)
}

// attend is the meetings' door, for the sessions.
func (b *Bridge) attend(id meeting.ID, g air.Guest) error {
	ctx, cancel := context.WithTimeout(context.Background(), doorPatience)
	defer cancel()
	guest, _ := air.GuestID(g.Point)
	device := g.Device
	if _, board := account.SessionOf(device); board && b.identify != nil {
		device = "" // whoever says otherwise who asks has sessions of his own
	}
	err := b.entrance.let(ctx, b.live.IsOpen(id), guest, device)
	if err == nil {
		err = b.live.Attend(ctx, id, g)
	}
	if err == nil {
		return nil
	}
	var p *meeting.Problem
	if !errors.As(err, &p) {
		b.log.Error("a meeting's door does not answer", "meeting", id, "error", err)
		return &session.Error{Status: http.StatusServiceUnavailable, Code: string(live.CodeUnkept), Text: "the meeting cannot be read"}
	}
	return &session.Error{Status: p.GetStatus(), Code: string(p.Code), Text: refusalText(p.Code)}
}

// refusalText is what people read whose client shows the body of a refusal.
func refusalText(c meeting.Code) string {
	texts := map[meeting.Code]string{
		conduct.CodeBanned:   "Điểm cầu đã bị ngắt kết nối khỏi cuộc họp (the point was disconnected from the meeting)",
		conduct.CodeLocked:   "Phòng họp đã khóa (the meeting is locked)",
		conduct.CodeFull:     "Cuộc họp đã đủ số điểm cầu (the meeting is full)",
		conduct.CodeClosed:   "Cuộc họp đã bế mạc (the meeting is closed)",
		account.CodeEnded:    "Máy hoặc phiên đăng nhập này đã bị kết thúc (this machine's pairing or this sign-in was ended)",
		account.CodeGuest:    "Khách chưa được hoặc không còn được vào phòng họp (the guest is not let in, or no longer)",
		conduct.CodeNotPoint: "Điểm cầu không thuộc thành phần cuộc họp (not a point of the meeting)",
	}
	if text, ok := texts[c]; ok {
		return text
	}
	return string(c)
}

// reported hands the meetings what happened in their rooms.
func (b *Bridge) reported(id meeting.ID, e air.Report) { b.live.Report(id, e) }

// entryToken lets somebody into a meeting: a point as itself, a board to look on.
func (b *Bridge) entryToken(e live.Entry) (string, error) {
	j := token.Join{Room: string(e.Meeting), Identity: string(e.Identity), Name: e.Name, Attributes: map[string]string{}}
	if e.Device != "" {
		j.Attributes[air.AttributeDevice] = string(e.Device)
	}
	j.Grant = meetingGrant(e)
	return b.keys.IssueJoin(j)
}

// Identify puts a handler before our own API that says who asks: it notes the
// account.Identity in the context of requests. Call it before Start.
func (b *Bridge) Identify(who func(http.Handler) http.Handler) { b.identify = who }
