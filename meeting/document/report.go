package document

import (
	"fmt"
	"slices"

	"diemcau/meeting/calendar"
	"diemcau/meeting/document/layout"
	"diemcau/meeting/minutes"
	"diemcau/meeting/plan"
	"diemcau/meeting/rehearsal"
	"diemcau/meeting/rollcall"
	"diemcau/meeting/vote"
)

// status is a line of the roll in words.
func status(l rollcall.Line) string {
	switch l.Status {
	case rollcall.Present:
		if l.Phone {
			return "Có mặt (dự bằng điện thoại)"
		}
		return "Có mặt"
	case rollcall.Excused:
		return "Vắng có lý do: " + l.Reason
	case rollcall.Absent:
		return "Vắng không lý do"
	}
	return "Chưa điểm danh"
}

// remarks are what else the roll says of a point.
func remarks(l rollcall.Line) string {
	var sub, late, early string
	if l.Substitute != "" {
		sub = "dự thay " + l.Substitute + " (đã được đồng ý)"
	}
	if l.Late > 0 {
		late = "vào muộn " + calendar.Clock(l.Presence.Joined)
	}
	if !l.Presence.Left.IsZero() {
		early = join("; ", "về sớm "+calendar.Clock(l.Presence.Left)+", được chủ tọa đồng ý", l.Presence.Why)
	}
	return join("; ", sub, late, early)
}

func heads(l rollcall.Line) string { return fmt.Sprintf("%d/%d", l.Present, l.Expected) }

// rollTable is the roll as the minutes carry it.
func rollTable(lines []rollcall.Line) layout.Table {
	var rows [][]string
	for i, l := range lines {
		rows = append(rows, []string{fmt.Sprint(i + 1), l.Name, person(l.Leader), heads(l), join("; ", status(l), remarks(l))})
	}
	return columnsOf{
		names: []string{"TT", "Điểm cầu", "Người đứng đầu", "Có mặt/ triệu tập", "Kết quả điểm danh"}, widths: []float64{11, 38, 55, 21, 40},
		centered: []int{0, 3}, size: layout.Small,
	}.table(rows)
}

// Attendance is the attendance report with late arrivals, early leaves and every
// loss of a line (CON-08).
func Attendance(h minutes.Head, a minutes.Attendance, i Issue) layout.Document {
	top := head{above: h.Above, host: h.Host, number: i.Number, code: "BC", place: i.placed(), kind: "BÁO CÁO ĐIỂM DANH", about: h.Title}
	d := layout.Document{Title: "Báo cáo điểm danh: " + h.Title, Author: h.Host, Made: h.End, Blocks: top.blocks()}
	d.Blocks = append(d.Blocks,
		field("Thời gian", fmt.Sprintf("từ %s đến %s, ngày %s.", hour(h.Start), hour(h.End), calendar.Of(h.Start))),
		field("Địa điểm", fmt.Sprintf("%s (điểm cầu chính); trực tuyến tới %d điểm cầu.", h.Place, h.Remote)),
		field("Chủ trì", person(h.Chair)+"."), field("Thư ký", person(h.Secretary)+"."), field("Kết quả điểm danh", totals(a.Totals)+"."))
	if s := quorum(a); s != "" {
		d.Blocks = append(d.Blocks, field("Thành viên có quyền biểu quyết", s+"."))
	}
	var rows [][]string
	for n, l := range a.Points {
		lost := ""
		for _, x := range l.Presence.Drops {
			lost = join("; ", lost, fmt.Sprintf("mất tín hiệu %s–%s", calendar.Exact(x.From), calendar.Exact(x.Back)))
		}
		rows = append(rows, []string{fmt.Sprint(n + 1), l.Name, person(l.Leader), heads(l), calendar.Clock(l.Presence.Joined), join("; ", status(l), remarks(l), lost)})
	}
	d.Blocks = append(d.Blocks, columnsOf{
		names:  []string{"TT", "Điểm cầu", "Người đứng đầu", "Có mặt/ triệu tập", "Vào họp", "Kết quả, ghi chú"},
		widths: []float64{11, 32, 42, 20, 17, 43}, centered: []int{0, 3, 4}, size: layout.Small,
	}.table(rows))
	i.Signer, i.Authority = h.Secretary, []string{"NGƯỜI LẬP BÁO CÁO"}
	d.Blocks = append(d.Blocks, foot(i, "VT, Hồ sơ"))
	return d
}

var marks = map[rehearsal.Mark]string{rehearsal.NotChecked: "–", rehearsal.Pass: "Đạt", rehearsal.Fail: "Không đạt"}

// Checks are the check sheets of the test runs of a meeting (SCH-06), one row for
// each point and try in the order of time; points never tested stand at the end.
func Checks(p plan.Plan, sheets []rehearsal.Sheet, i Issue) layout.Document {
	top := head{above: p.Above, host: p.Host, number: i.Number, code: "PKT", place: i.placed(), kind: "PHIẾU KIỂM TRA ĐIỂM CẦU", about: p.Title}
	d := layout.Document{Title: "Phiếu kiểm tra điểm cầu: " + p.Title, Author: p.Host, Made: p.Start, Blocks: top.blocks()}
	d.Blocks = append(d.Blocks, field("Thời gian họp", when(p)+"."), field("Điểm cầu chính", p.Name(p.Main)+"."),
		field("Kỹ thuật viên", join(", điện thoại ", person(p.People.Technician), p.People.Phone)+"."))
	sheets = slices.Clone(sheets)
	slices.SortStableFunc(sheets, func(a, b rehearsal.Sheet) int { return a.At.Compare(b.At) })
	var rows [][]string
	for _, s := range sheets {
		c := s.Checks
		by := join("; ", join(", ", s.By.Name, calendar.Clock(s.At)+" ngày "+calendar.Of(s.At).String()), s.Note)
		rows = append(rows, []string{fmt.Sprint(len(rows) + 1), p.Name(s.Point), marks[c.Picture], marks[c.Mic], marks[c.Speaker], marks[c.Content], marks[c.Line], marks[s.Verdict()], by})
	}
	for _, x := range p.Points {
		if !slices.ContainsFunc(sheets, func(s rehearsal.Sheet) bool { return s.Point == x.ID }) {
			rows = append(rows, []string{fmt.Sprint(len(rows) + 1), x.Name, "–", "–", "–", "–", "–", "–", "Chưa chạy thử"})
		}
	}
	d.Blocks = append(d.Blocks, columnsOf{
		names:  []string{"TT", "Điểm cầu", "Hình ảnh", "Micro", "Loa", "Trình chiếu", "Đường truyền", "Kết quả", "Người kiểm tra, giờ, ghi chú"},
		widths: []float64{9, 30, 14, 14, 14, 15, 15, 16, 38}, centered: []int{0, 2, 3, 4, 5, 6, 7}, size: 10,
	}.table(rows))
	i.Signer = p.People.Technician
	d.Blocks = append(d.Blocks, foot(i, "VT, Hồ sơ"))
	return d
}

// Votes are the results of all votes that were closed, those by show of hands with
// the counts of each point.
func Votes(h minutes.Head, p plan.Plan, votes []vote.Vote, i Issue) layout.Document {
	top := head{above: h.Above, host: h.Host, number: i.Number, code: "BC", place: i.placed(), kind: "KẾT QUẢ BIỂU QUYẾT", about: h.Title}
	d := layout.Document{Title: "Kết quả biểu quyết: " + h.Title, Author: h.Host, Made: h.End, Blocks: top.blocks()}
	n := 0
	for _, v := range votes {
		if v.Phase != vote.Closed {
			continue
		}
		n++
		d.Blocks = append(d.Blocks, result(n, p, v)...)
	}
	if n == 0 {
		d.Blocks = append(d.Blocks, text(plain("Cuộc họp không có nội dung biểu quyết.")))
	}
	signs := minutesFoot(minutes.Minutes{Head: h, Recipients: i.Recipients})
	d.Blocks = append(d.Blocks, signs...)
	return d
}

func result(n int, p plan.Plan, v vote.Vote) []layout.Block {
	r, m := v.Tally(), v.Motion
	rule := fmt.Sprintf("trên %d/%d %s", m.Threshold.Num, m.Threshold.Den, bases[m.Base])
	if m.AtLeast {
		rule = fmt.Sprintf("từ %d/%d %s trở lên", m.Threshold.Num, m.Threshold.Den, bases[m.Base])
	}
	all := []layout.Block{
		title(fmt.Sprintf("%d. %s", n, m.Title)),
		text(plain(fmt.Sprintf("Hình thức: %s; điều kiện thông qua: %s; mở lúc %s, đóng lúc %s.", forms[m.Form], rule, calendar.Clock(v.Opened), calendar.Clock(v.Ended)))),
		columnsOf{
			names:  []string{"Tổng số", "Có mặt", "Tán thành", "Không tán thành", "Không biểu quyết", "Tỷ lệ tán thành", "Kết quả"},
			widths: []float64{20, 20, 22, 25, 25, 27, 26}, centered: []int{0, 1, 2, 3, 4, 5, 6}, size: layout.Small,
		}.table([][]string{{
			fmt.Sprint(r.Total), fmt.Sprint(r.Present), fmt.Sprint(r.For), fmt.Sprint(r.Against), fmt.Sprint(r.Abstain + r.Silent),
			share(r.PerMille) + " " + bases[m.Base], capital(verdict(r)),
		}}),
	}
	if v.NoQuorum != "" {
		all = append(all, text(plain("Chủ tọa cho biểu quyết khi chưa đủ số người dự: "+v.NoQuorum+".")))
	}
	if v.ChairSays != "" {
		all = append(all, text(plain("Số tán thành và không tán thành bằng nhau: theo ý kiến của chủ tọa.")))
	}
	if m.Form == vote.Hands {
		keep := text(plain("Kiểm đếm tại các điểm cầu:"))
		keep.Keep = true
		all = append(all, keep, counted(p, v))
	}
	return all
}

// counted is the newest count of each point; a corrected one keeps its former
// value beside it (VOT-02).
func counted(p plan.Plan, v vote.Vote) layout.Table {
	var rows [][]string
	for _, x := range p.Points {
		last := v.Last(x.ID)
		if last < 0 {
			continue
		}
		note := ""
		for i, e := range v.Entries {
			if e.Point == x.ID && i != last {
				note = join("; ", note, fmt.Sprintf("đã sửa, số cũ %d/%d/%d", e.Counts.For, e.Counts.Against, e.Counts.Abstain))
			}
		}
		c := v.Entries[last].Counts
		rows = append(rows, []string{x.Name, fmt.Sprint(c.For), fmt.Sprint(c.Against), fmt.Sprint(c.Abstain), note})
	}
	return columnsOf{
		names: []string{"Điểm cầu", "Tán thành", "Không tán thành", "Không biểu quyết", "Ghi chú"}, widths: []float64{50, 22, 25, 25, 43},
		centered: []int{1, 2, 3}, size: layout.Small,
	}.table(rows)
}
