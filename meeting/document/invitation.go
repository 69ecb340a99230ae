package document

import (
	"fmt"

	"diemcau/meeting/calendar"
	"diemcau/meeting/document/layout"
	"diemcau/meeting/plan"
	"diemcau/meeting/schedule"
)

// Addressee is the point that an invitation is for.
type Addressee struct {
	Point plan.Point
	// Link opens the point's page, QR is the same as a picture (PNG). Both may be
	// empty.
	Link string
	QR   []byte
}

// Invitation is the giấy mời of a version of a meeting (SCH-10): to one point, or
// to all when to is nil. Of a version that postpones or cancels it tells that.
func Invitation(v schedule.Version, i Issue, to *Addressee) layout.Document {
	p := v.Plan
	h := head{above: p.Above, host: p.Host, number: i.Number, code: "GM", place: i.placed(), kind: "GIẤY MỜI", about: p.Title}
	d := layout.Document{Title: "Giấy mời: " + p.Title, Author: p.Host, Made: v.Change.At}
	switch v.State {
	case schedule.Cancelled:
		h.code, h.kind, h.about = "TB", "THÔNG BÁO", "Về việc hủy: "+p.Title
		d.Title = h.about
		d.Blocks = append(h.blocks(), calledOff(v, "hủy")...)
	case schedule.Postponed:
		h.code, h.kind, h.about = "TB", "THÔNG BÁO", "Về việc hoãn: "+p.Title
		d.Title = h.about
		d.Blocks = append(h.blocks(), calledOff(v, "hoãn")...)
	default:
		d.Blocks = append(h.blocks(), invited(v, to)...)
	}
	d.Blocks = append(d.Blocks, foot(i, "VT, Hồ sơ"))
	if to != nil && to.Link != "" {
		d.Blocks = append(d.Blocks, linked(*to))
	}
	return d
}

// reasons of changes in words.
var reasons = map[schedule.Why]string{
	schedule.Disaster: "bất khả kháng", schedule.Order: "theo chỉ đạo của cấp trên", schedule.NotReady: "chưa chuẩn bị xong",
	schedule.Chairman: "người chủ trì bận công tác khác", schedule.Clash: "trùng lịch",
}

func reason(c schedule.Change) string { return join("; ", reasons[c.Why], c.Text) }

func calledOff(v schedule.Version, what string) []layout.Block {
	p := v.Plan
	return []layout.Block{
		text(plain(fmt.Sprintf("%s thông báo %s: %s, dự kiến tổ chức lúc %s.", p.Host, what, p.Title, when(p)))),
		field("Lý do", reason(v.Change)+"."),
		text(plain("Đề nghị các cơ quan, đơn vị, điểm cầu biết, thực hiện./.")),
	}
}

func when(p plan.Plan) string {
	day := calendar.Of(p.Start)
	return fmt.Sprintf("%s, %s, ngày %s", hour(p.Start), weekdays[day.Weekday()], day)
}

func invited(v schedule.Version, to *Addressee) []layout.Block {
	p := v.Plan
	var all []layout.Block
	if v.Number > 1 {
		all = append(all, text(italic(fmt.Sprintf("(Giấy mời này thay thế giấy mời lần %d. Lý do thay đổi: %s.)", v.Number-1, reason(v.Change)))))
	}
	all = append(all, field(p.Host+" trân trọng kính mời", guests(p, to)))
	all = append(all, field("Tới dự", p.Title+"."), field("Chủ trì", comrade(p.People.Chair)+"."))
	for _, c := range p.People.CoChairs {
		all = append(all, field("Đồng chủ trì", comrade(c)+"."))
	}
	all = append(all, field("Thời gian", fmt.Sprintf("%s (dự kiến kết thúc %s).", when(p), hour(p.End))), field("Địa điểm", place(p, to)))
	if to == nil {
		all = append(all, title("Thành phần tại các điểm cầu:"), pointsTable(p))
	}
	all = append(all, title("Chương trình:"), agendaTable(p), title("Lưu ý:"))
	for _, n := range notes(p) {
		all = append(all, text(plain("- "+n)))
	}
	return all
}

func guests(p plan.Plan, to *Addressee) string {
	if to == nil {
		return fmt.Sprintf("đại biểu tại %d điểm cầu (%d đại biểu).", len(p.Points), p.Invited())
	}
	x := to.Point
	who := person(x.Leader)
	if who == "" {
		who = "Lãnh đạo " + x.Name
	}
	if x.Expected > 0 {
		who = fmt.Sprintf("%s và các đại biểu tại điểm cầu %s (%02d đại biểu)", who, x.Name, x.Expected)
	}
	return who + "."
}

func place(p plan.Plan, to *Addressee) string {
	main := p.Place
	if main == "" {
		main = p.Name(p.Main)
	}
	s := fmt.Sprintf("%s (điểm cầu chính); trực tuyến tới %02d điểm cầu.", main, len(p.Points)-1)
	if to != nil && to.Point.ID != p.Main {
		s = fmt.Sprintf("Điểm cầu %s, trực tuyến với điểm cầu chính tại %s.", to.Point.Name, main)
	}
	return s
}

func pointsTable(p plan.Plan) layout.Table {
	var rows [][]string
	for n, x := range p.Points {
		name := x.Name
		if x.ID == p.Main {
			name += " (điểm cầu chính)"
		}
		rows = append(rows, []string{fmt.Sprint(n + 1), name, person(x.Leader), fmt.Sprint(x.Expected)})
	}
	return columnsOf{
		names: []string{"TT", "Điểm cầu", "Chủ trì tại điểm cầu", "Đại biểu"}, widths: []float64{11, 52, 82, 20},
		centered: []int{0, 3}, size: layout.Small,
	}.table(rows)
}

func agendaTable(p plan.Plan) layout.Table {
	var rows [][]string
	for n, it := range p.Agenda {
		at := calendar.Clock(it.Start)
		if it.Minutes > 0 && !it.Start.IsZero() {
			at += "–" + calendar.Clock(it.Start.Add(minutesOf(it.Minutes)))
		}
		who := person(it.Presenter)
		if it.Point != "" {
			who = join("\u00a0– ", who, p.Name(it.Point))
		}
		if who == "" {
			who = "Các điểm cầu"
		}
		rows = append(rows, []string{fmt.Sprint(n + 1), at, it.Title, who})
	}
	return columnsOf{
		names: []string{"TT", "Thời gian", "Nội dung", "Người thực hiện"}, widths: []float64{11, 29, 63, 62},
		centered: []int{0, 1}, size: layout.Small,
	}.table(rows)
}

func notes(p plan.Plan) []string {
	all := []string{
		"Đề nghị các điểm cầu phản hồi tham dự hoặc cử người dự thay trước khi họp; tài liệu họp có trên hệ thống.",
		"Cán bộ kỹ thuật tại điểm cầu có mặt trước giờ họp ít nhất 60 phút, kết nối và kiểm tra hình ảnh, âm thanh; micro chỉ bật khi được mời phát biểu.",
	}
	if t := join(", điện thoại ", person(p.People.Technician), p.People.Phone); t != "" {
		all = append(all, "Đầu mối kỹ thuật: "+t+".")
	}
	if p.Conduct.Record {
		all = append(all, "Cuộc họp được ghi âm, ghi hình theo quyết định của người chủ trì.")
	}
	return append(all, "Nội dung cuộc họp không chứa bí mật nhà nước. Đề nghị đại biểu dự đúng thành phần, đúng giờ./.")
}

// linked is the way in: the address and its picture.
func linked(to Addressee) layout.Table {
	words := []layout.Paragraph{
		{Runs: []layout.Run{bold("Vào họp tại điểm cầu " + to.Point.Name)}, Size: layout.Small},
		{Runs: []layout.Run{plain("Mở địa chỉ sau trên máy của điểm cầu, hoặc quét mã bên cạnh:")}, Size: layout.Tiny, Before: 2},
		{Runs: []layout.Run{plain(to.Link)}, Size: layout.Tiny, Before: 2},
	}
	cell := layout.Cell{}
	if len(to.QR) > 0 {
		cell.Picture = &layout.Picture{PNG: to.QR, Size: 26, Text: "Mã QR: " + to.Link}
	}
	return layout.Table{Columns: []float64{131, 34}, Grid: true, Before: 14, Rows: []layout.Row{{Cells: []layout.Cell{{Paragraphs: words}, cell}}}}
}
