package minutes

import (
	"fmt"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/task"
	"diemcau/meeting/vote"
)

// Text is the minutes as plain text in the wording of Mẫu 1.9: what the documents
// say, without their layout.
func (m Minutes) Text() string {
	w := &writer{}
	m.head(w)
	m.people(w)
	w.line("II. NỘI DUNG")
	for _, it := range m.Items {
		it.text(w)
	}
	if len(m.Others) > 0 {
		w.line("Ý kiến ngoài chương trình:")
		speeches(w, m.Others)
	}
	if len(m.OtherVotes) > 0 {
		w.line("Biểu quyết ngoài chương trình:")
		for _, v := range m.OtherVotes {
			v.text(w)
		}
	}
	m.tail(w)
	return w.b.String()
}

type writer struct{ b strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

func hour(t time.Time) string { return t.In(calendar.Zone()).Format("15 giờ 04") }

func person(p meeting.Person) string {
	return strings.Join(nonEmpty(p.Name, p.Position, p.Unit), ", ")
}

func nonEmpty(all ...string) []string {
	var out []string
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (m Minutes) head(w *writer) {
	h := m.Head
	if h.Above != "" {
		w.line("%s", strings.ToUpper(h.Above))
	}
	w.line("%s", strings.ToUpper(h.Host))
	w.line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
	w.line("Độc lập - Tự do - Hạnh phúc")
	number := h.Number
	if number == "" {
		number = "…/BB-…"
	}
	w.line("Số: %s", number)
	w.line("BIÊN BẢN")
	w.line("%s", h.Title)
	w.line("Thời gian bắt đầu: %s, ngày %s", hour(h.Start), calendar.Of(h.Start))
	w.line("Địa điểm: %s (điểm cầu chính); trực tuyến tới %d điểm cầu", h.Place, h.Remote)
}

func (m Minutes) people(w *writer) {
	a := m.Attendance
	w.line("I. THÀNH PHẦN THAM DỰ")
	for _, p := range a.Hall {
		w.line("- Tại điểm cầu chính: %s", person(p))
	}
	for _, l := range a.Points {
		w.line("- %s: %s", l.Name, strings.Join(nonEmpty(present(l)...), "; "))
	}
	for _, p := range a.Guests {
		w.line("- Khách mời: %s", person(p))
	}
	w.line("Chủ trì (chủ tọa): %s", person(m.Head.Chair))
	w.line("Thư ký (người ghi biên bản): %s", person(m.Head.Secretary))
	w.line("Kỹ thuật viên: %s", person(m.Head.Technician))
	t := a.Totals
	w.line("Kết quả điểm danh: %d điểm cầu, có mặt %d, vắng %d; đại biểu có mặt %d/%d",
		t.Points, t.Present, t.Excused+t.Absent+t.NotCalled, t.Heads, t.Expected)
	verdict := "đủ điều kiện tiến hành"
	if !a.Quorum {
		verdict = "không đủ điều kiện tiến hành"
	}
	if a.Members > 0 {
		w.line("Thành viên có quyền biểu quyết: %d, có mặt %d; %s", a.Members, a.Voting, verdict)
	}
}

// present is what the roll says of one point.
func present(l rollcall.Line) []string {
	var late, early, sub string
	if l.Late > 0 {
		late = "vào muộn " + calendar.Clock(l.Presence.Joined)
	}
	if !l.Presence.Left.IsZero() {
		early = fmt.Sprintf("về sớm %s được chủ tọa đồng ý (%s)", calendar.Clock(l.Presence.Left), l.Presence.Why)
	}
	if l.Substitute != "" {
		sub = "dự thay " + l.Substitute + " (đã được đồng ý)"
	}
	switch l.Status {
	case rollcall.Present:
		by := ""
		if l.Phone {
			by = "dự bằng điện thoại"
		}
		return []string{person(l.Leader), sub, fmt.Sprintf("có mặt %d/%d", l.Present, l.Expected), by, late, early}
	case rollcall.Excused:
		return []string{"vắng có lý do: " + l.Reason}
	case rollcall.Absent:
		return []string{"vắng không lý do"}
	}
	return []string{"chưa điểm danh"}
}

func (it Item) text(w *writer) {
	last := it.Runs[len(it.Runs)-1]
	w.line("%d. %s (%s–%s)", it.Number, it.Item.Title, calendar.Clock(it.Runs[0].Started), calendar.Clock(last.Finished))
	if it.Item.Presenter.Name != "" {
		w.line("   Người trình bày: %s", strings.Join(nonEmpty(person(it.Item.Presenter), it.PointName), " – "))
	}
	if len(it.Item.Papers) > 0 {
		w.line("   Tài liệu kèm theo: %d", len(it.Item.Papers))
	}
	if last.Fast {
		w.line("   Thông qua nhanh: không có ý kiến khác.")
	}
	if it.Course != "" {
		w.line("   %s", it.Course)
	}
	speeches(w, it.Speeches)
	for _, v := range it.Votes {
		v.text(w)
	}
}

func speeches(w *writer, all []Speech) {
	for _, s := range all {
		spent := s.Spent(s.Ended).Round(time.Second)
		line := fmt.Sprintf("   - %s, %s: %s", calendar.Clock(s.Started), s.PointName, person(s.Speaker))
		if s.Summary != "" {
			line += ": " + s.Summary
		}
		w.line("%s (thời lượng %02d:%02d)", line, int(spent.Minutes()), int(spent.Seconds())%60)
	}
}

func (v Vote) text(w *writer) {
	form := map[vote.Form]string{vote.Named: "ghi tên trên hệ thống", vote.Hands: "giơ tay tại các điểm cầu"}[v.Motion.Form]
	base := map[vote.Base]string{vote.OfAll: "tổng số", vote.OfPresent: "số có mặt"}[v.Motion.Base]
	verdict := "không thông qua"
	if v.Result.Passed {
		verdict = "thông qua"
	}
	r := v.Result
	w.line("   Biểu quyết: %s; hình thức: %s", v.Motion.Title, form)
	w.line("   Tổng số %d; có mặt %d; tán thành %d; không tán thành %d; không biểu quyết %d; tỷ lệ tán thành %s %% %s; kết quả: %s",
		r.Total, r.Present, r.For, r.Against, r.Abstain+r.Silent, percent(r.PerMille), base, verdict)
	if v.NoQuorum != "" {
		w.line("   Chủ tọa cho biểu quyết khi chưa đủ số người dự: %s", v.NoQuorum)
	}
}

// percent writes tenths of a per cent with the Vietnamese decimal comma.
func percent(perMille int) string { return fmt.Sprintf("%d,%d", perMille/10, perMille%10) }

func (m Minutes) tail(w *writer) {
	if len(m.Awards) > 0 {
		w.line("III. KHEN THƯỞNG")
		for _, g := range m.Awards {
			w.line("- %s: %s (%s) tại %s", g.To, g.Award.Award, g.Decision, g.PointName)
		}
	}
	w.line("KẾT LUẬN CỦA NGƯỜI CHỦ TRÌ")
	if m.Remark != "" {
		w.line("%s", m.Remark)
	}
	tasks(w, m.Tasks)
	for _, t := range m.Troubles {
		w.line("%s", strings.Join(nonEmpty(fmt.Sprintf("Sự cố kỹ thuật: %s, từ %s đến %s", t.PointName, calendar.Exact(t.From), calendar.Exact(t.To)), t.Handling), "; "))
	}
	if len(m.Recordings) == 0 {
		w.line("Ghi âm, ghi hình: không")
	}
	for _, r := range m.Recordings {
		line := fmt.Sprintf("Ghi âm, ghi hình: có, từ %s đến %s; người quyết định: %s", calendar.Clock(r.From), calendar.Clock(r.To), r.By)
		if r.File != "" {
			line += "; tệp: " + r.File + "; mã băm SHA-256: " + r.SHA256
		}
		w.line("%s", line)
	}
	end := m.Head.End.In(calendar.Zone())
	if !m.ReadBack.IsZero() {
		w.line("Biên bản đã được đọc lại và thông qua.")
	}
	w.line("Cuộc họp kết thúc vào %s, ngày %02d tháng %02d năm %d./.", hour(end), end.Day(), int(end.Month()), end.Year())
	w.line("THƯ KÝ: %s | CHỦ TỌA: %s", m.Head.Secretary.Name, m.Head.Chair.Name)
	w.line("Nơi nhận: - %s.", strings.Join(m.Recipients, "; - "))
}

func tasks(w *writer, all []task.Task) {
	for i, t := range all {
		support := ""
		if len(t.Support) > 0 {
			support = ", phối hợp với " + strings.Join(t.Support, ", ")
		}
		w.line("%d. Giao %s chủ trì%s: %s; thời hạn %s.", i+1, t.Lead, support, t.Content, t.Due)
	}
}

// Text is the notice as plain text.
func (n Notice) Text() string {
	w := &writer{}
	w.line("THÔNG BÁO")
	w.line("Kết luận của %s tại %s", person(n.Head.Chair), n.Head.Title)
	if n.Remark != "" {
		w.line("I. Đánh giá chung")
		w.line("%s", n.Remark)
	}
	w.line("II. Nhiệm vụ")
	tasks(w, n.Tasks)
	return w.b.String()
}
