package document

import (
	"fmt"
	"strings"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/document/layout"
	"diemcau/meeting/minutes"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/task"
	"diemcau/meeting/vote"
)

func minutesOf(n int) time.Duration { return time.Duration(n) * time.Minute }

// Minutes is the biên bản in the form of Mẫu 1.9 (MIN-01, MIN-02). A version that
// is not signed is marked on every page (MIN-04); a correction names what it
// replaces.
func Minutes(v minutes.Version) layout.Document {
	m := v.Fields
	h := head{above: m.Head.Above, host: m.Head.Host, number: m.Head.Number, code: "BB", kind: "BIÊN BẢN", about: m.Head.Title}
	d := layout.Document{Title: "Biên bản: " + m.Head.Title, Author: m.Head.Host, Made: m.Head.End, Mark: mark(v), Blocks: h.blocks()}
	if v.Corrects > 0 {
		d.Blocks = append(d.Blocks, text(italic(fmt.Sprintf("(Phiên bản %d, thay thế phiên bản %d đã ký. Lý do: %s.)", v.Number, v.Corrects, strings.TrimRight(v.Reason, ".")))))
	}
	d.Blocks = append(d.Blocks,
		field("Thời gian bắt đầu", fmt.Sprintf("%s, ngày %s.", hour(m.Head.Start), calendar.Of(m.Head.Start))),
		field("Địa điểm", fmt.Sprintf("%s (điểm cầu chính); trực tuyến tới %d điểm cầu.", m.Head.Place, m.Head.Remote)))
	d.Blocks = append(d.Blocks, attended(m)...)
	d.Blocks = append(d.Blocks, title("II. NỘI DUNG"))
	for _, it := range m.Items {
		d.Blocks = append(d.Blocks, item(it)...)
	}
	if len(m.Others) > 0 {
		d.Blocks = append(d.Blocks, title("Ý kiến ngoài chương trình"))
		d.Blocks = append(d.Blocks, speeches(m.Others)...)
	}
	if len(m.OtherVotes) > 0 {
		d.Blocks = append(d.Blocks, title("Biểu quyết ngoài chương trình"))
		for _, v := range m.OtherVotes {
			d.Blocks = append(d.Blocks, voted(v)...)
		}
	}
	d.Blocks = append(d.Blocks, concluded(m)...)
	d.Blocks = append(d.Blocks, minutesFoot(m)...)
	if v.Stage == minutes.Signed {
		signed := layout.Paragraph{Size: layout.Tiny, Before: 12, Runs: []layout.Run{italic(fmt.Sprintf(
			"Biên bản đã ký lúc %s, ngày %s, phiên bản %d. Mã băm SHA-256 của nội dung: %s", hour(v.Signed), calendar.Of(v.Signed), v.Number, v.Hash))}}
		d.Blocks = append(d.Blocks, signed)
	}
	return d
}

func mark(v minutes.Version) string {
	switch v.Stage {
	case minutes.Drafted:
		return fmt.Sprintf("DỰ THẢO %d", v.Number)
	case minutes.Submitted:
		return fmt.Sprintf("TRÌNH KÝ – DỰ THẢO %d", v.Number)
	}
	return ""
}

// attended is part I: who took part (fields 10 to 14).
func attended(m minutes.Minutes) []layout.Block {
	a := m.Attendance
	all := []layout.Block{title("I. THÀNH PHẦN THAM DỰ")}
	if len(a.Hall) > 0 {
		all = append(all, text(plain("1. Tại điểm cầu chính:")))
		for _, p := range a.Hall {
			all = append(all, text(plain("- "+person(p)+".")))
		}
	}
	keep := text(plain("Tại các điểm cầu:"))
	keep.Keep = true
	all = append(all, keep, rollTable(a.Points))
	if len(a.Guests) > 0 {
		all = append(all, text(plain("Khách mời:")))
		for _, p := range a.Guests {
			all = append(all, text(plain("- "+person(p)+".")))
		}
	}
	first := field("Chủ trì (chủ tọa)", person(m.Head.Chair)+".")
	first.Before = 8
	all = append(all, first,
		field("Thư ký (người ghi biên bản)", person(m.Head.Secretary)+"."),
		field("Kỹ thuật viên", person(m.Head.Technician)+"."), field("Kết quả điểm danh", totals(a.Totals)+"."))
	if s := quorum(a); s != "" {
		all = append(all, field("Thành viên có quyền biểu quyết", s+"."))
	}
	return all
}

func totals(t rollcall.Totals) string {
	return fmt.Sprintf("%d điểm cầu, có mặt %d, vắng %d; đại biểu có mặt %d/%d", t.Points, t.Present, t.Excused+t.Absent+t.NotCalled, t.Heads, t.Expected)
}

func quorum(a minutes.Attendance) string {
	if a.Members == 0 {
		return ""
	}
	verdict := "đủ điều kiện tiến hành"
	if !a.Quorum {
		verdict = "không đủ điều kiện tiến hành"
	}
	return fmt.Sprintf("%d, có mặt %d; %s", a.Members, a.Voting, verdict)
}

// item is one item with its course, speeches and votes (fields 15 to 17).
func item(it minutes.Item) []layout.Block {
	last := it.Runs[len(it.Runs)-1]
	all := []layout.Block{title(fmt.Sprintf("%d. %s (%s–%s)", it.Number, it.Item.Title, calendar.Clock(it.Runs[0].Started), calendar.Clock(last.Finished)))}
	if it.Item.Presenter.Name != "" {
		all = append(all, text(plain("Người trình bày: "+join(" – ", person(it.Item.Presenter), it.PointName)+".")))
	}
	if n := len(it.Item.Papers); n > 0 {
		all = append(all, text(plain(fmt.Sprintf("Tài liệu kèm theo: %d.", n))))
	}
	if last.Fast {
		all = append(all, text(plain("Thông qua nhanh: không có ý kiến khác.")))
	}
	if it.Course != "" {
		all = append(all, text(plain(it.Course)))
	}
	all = append(all, speeches(it.Speeches)...)
	for _, v := range it.Votes {
		all = append(all, voted(v)...)
	}
	return all
}

func speeches(list []minutes.Speech) []layout.Block {
	var all []layout.Block
	for _, s := range list {
		line := join(": ", fmt.Sprintf("- %s, %s", calendar.Clock(s.Started), s.PointName), person(s.Speaker), s.Summary)
		all = append(all, text(plain(fmt.Sprintf("%s (thời lượng %s).", strings.TrimRight(line, "."), length(s.Spent(s.Ended))))))
	}
	return all
}

var (
	forms = map[vote.Form]string{vote.Named: "ghi tên trên hệ thống", vote.Hands: "giơ tay tại các điểm cầu"}
	bases = map[vote.Base]string{vote.OfAll: "tổng số", vote.OfPresent: "số có mặt"}
)

// verdict is whether a motion was carried.
func verdict(r vote.Result) string {
	if r.Passed {
		return "thông qua"
	}
	return "không thông qua"
}

// share writes tenths of a per cent with the decimal comma.
func share(perMille int) string { return fmt.Sprintf("%d,%d %%", perMille/10, perMille%10) }

func voted(v minutes.Vote) []layout.Block {
	r := v.Result
	all := []layout.Block{
		text(bold("Biểu quyết: "), plain(fmt.Sprintf("%s; hình thức: %s.", v.Motion.Title, forms[v.Motion.Form]))),
		text(plain(fmt.Sprintf("Tổng số %d; có mặt %d; tán thành %d; không tán thành %d; không biểu quyết %d; tỷ lệ tán thành %s %s; kết quả: %s.",
			r.Total, r.Present, r.For, r.Against, r.Abstain+r.Silent, share(r.PerMille), bases[v.Motion.Base], verdict(r)))),
	}
	if v.NoQuorum != "" {
		all = append(all, text(plain("Chủ tọa cho biểu quyết khi chưa đủ số người dự: "+v.NoQuorum+".")))
	}
	return all
}

// concluded is everything after the items (fields 18 to 22).
func concluded(m minutes.Minutes) []layout.Block {
	var all []layout.Block
	part := "III"
	if len(m.Awards) > 0 {
		all = append(all, title("III. KHEN THƯỞNG"))
		for _, g := range m.Awards {
			line := fmt.Sprintf("- %s: %s (%s), tại %s", g.To, g.Award.Award, g.Decision, g.PointName)
			all = append(all, text(plain(join("; người trao: ", line, person(g.Presenter))+".")))
		}
		part = "IV"
	}
	all = append(all, title(part+". KẾT LUẬN CỦA NGƯỜI CHỦ TRÌ"))
	if m.Remark != "" {
		all = append(all, text(plain(m.Remark)))
	}
	all = append(all, tasks(m.Tasks)...)
	for _, t := range m.Troubles {
		all = append(all, text(bold("Sự cố kỹ thuật: "), plain(join("; ", fmt.Sprintf("%s, từ %s đến %s", t.PointName, calendar.Exact(t.From), calendar.Exact(t.To)), t.Handling)+".")))
	}
	if len(m.Recordings) == 0 {
		all = append(all, field("Ghi âm, ghi hình", "không."))
	}
	for _, r := range m.Recordings {
		s := fmt.Sprintf("có, từ %s đến %s; người quyết định: %s", calendar.Clock(r.From), calendar.Clock(r.To), r.By)
		if r.File != "" {
			s += "; tệp: " + r.File
		}
		if r.SHA256 != "" {
			s += "; mã băm SHA-256: " + r.SHA256
		}
		all = append(all, field("Ghi âm, ghi hình", s+"."))
	}
	if !m.ReadBack.IsZero() {
		all = append(all, text(plain("Biên bản đã được đọc lại và thông qua.")))
	}
	return append(all, text(plain(fmt.Sprintf("Cuộc họp kết thúc vào %s, %s./.", hour(m.Head.End), longDate(calendar.Of(m.Head.End))))))
}

// tasks are the lines of a conclusion with who does what until when (MIN-05).
func tasks(list []task.Task) []layout.Block {
	var all []layout.Block
	for i, t := range list {
		support := ""
		if len(t.Support) > 0 {
			support = ", phối hợp với " + strings.Join(t.Support, ", ")
		}
		all = append(all, text(plain(fmt.Sprintf("%d. Giao %s chủ trì%s: %s; thời hạn hoàn thành: %s.", i+1, t.Lead, support, strings.TrimRight(t.Content, "."), t.Due))))
	}
	return all
}

// minutesFoot are the two signatures, the secretary's on the left and the chair's
// on the right (fields 23 to 25).
func minutesFoot(m minutes.Minutes) []layout.Block {
	half := []float64{layout.Width / 2, layout.Width / 2}
	signs := layout.Table{Columns: half, Before: 12, Rows: []layout.Row{{Cells: []layout.Cell{
		{Paragraphs: signature([]string{"THƯ KÝ"}, "(Chữ ký, họ tên)", m.Head.Secretary.Name)},
		{Paragraphs: signature([]string{"CHỦ TỌA"}, "(Chữ ký, dấu hoặc chữ ký số)", m.Head.Chair.Name)},
	}}}}
	all := []layout.Block{signs}
	to, filing := filed(m.Recipients)
	for i, p := range recipients(to, filing) {
		if i == 0 {
			p.Before = 10
		}
		p.Keep = i <= len(to)
		all = append(all, p)
	}
	return all
}

// filed parts the line of filing from the other recipients.
func filed(all []string) (to []string, filing string) {
	filing = "VT, Hồ sơ"
	for _, r := range all {
		if rest, ok := strings.CutPrefix(r, "Lưu: "); ok {
			filing = rest
			continue
		}
		to = append(to, r)
	}
	return to, filing
}

// Notice is the thông báo kết luận (MIN-05).
func Notice(n minutes.Notice, i Issue) layout.Document {
	chair := n.Head.Chair
	h := head{
		above: n.Head.Above, host: n.Head.Host, number: i.Number, code: "TB", place: i.placed(), kind: "THÔNG BÁO",
		about: fmt.Sprintf("Kết luận của %s tại %s", person(chair), n.Head.Title),
	}
	d := layout.Document{Title: "Thông báo kết luận: " + n.Head.Title, Author: n.Head.Host, Made: n.Head.End, Blocks: h.blocks()}
	d.Blocks = append(d.Blocks, text(plain(fmt.Sprintf("Ngày %s, tại %s, %s chủ trì %s, trực tuyến tới %d điểm cầu. Sau khi nghe báo cáo và ý kiến của các đại biểu, người chủ trì kết luận như sau:",
		calendar.Of(n.Head.Start), n.Head.Place, comradeInside(chair), n.Head.Title, n.Head.Remote))))
	part := "I"
	if n.Remark != "" {
		d.Blocks = append(d.Blocks, title("I. ĐÁNH GIÁ CHUNG"), text(plain(n.Remark)))
		part = "II"
	}
	d.Blocks = append(d.Blocks, title(part+". NHIỆM VỤ"))
	d.Blocks = append(d.Blocks, tasks(n.Tasks)...)
	d.Blocks = append(d.Blocks, text(plain(n.Head.Host+" thông báo để các cơ quan, đơn vị biết, thực hiện./.")), foot(i, "VT, Hồ sơ"))
	return d
}

func comradeInside(p meeting.Person) string { return "đồng chí " + person(p) }
