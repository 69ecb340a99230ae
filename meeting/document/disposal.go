package document

import (
	"bytes"
	"fmt"
	"time"

	"diemcau/meeting/calendar"
	"diemcau/meeting/document/layout"
)

// Disposal is what the paper on the erasing of recordings says (ARC-06): the list
// while people decide on it, the biên bản hủy when all is gone.
type Disposal struct {
	ID     string
	Host   string
	Reason string
	// Proposed, Decided and Carried are who took which step; those not yet taken are
	// empty.
	Proposed, Decided, Carried Step
	Refused                    bool // Decided was a no
	Done                       bool // all that the list names is gone
	Items                      []Disposed
}

// Step is what one person did, and why where he had to say so.
type Step struct {
	Name   string
	At     time.Time
	Proved time.Time // when he had last proved who he is
	Reason string
}

// Disposed is one recording on the list.
type Disposed struct {
	ID     string
	Title  string
	Begun  time.Time
	Length time.Duration
	Bytes  int64
	Years  int
	Until  calendar.Date
	Root   string // of the seal: what tells which recording it was
	Erased []string
	Error  string
}

// places are where a recording was erased, as papers name them.
var places = map[string]string{
	"keys": "khóa mã hóa", "archive": "kho chính", "second copy": "bản sao thứ hai", "store": "kho đối tượng",
	"exports, mix and small pictures": "tệp xuất và tệp để xem",
}

// DisposalRecord is the list of recordings to be erased, or the record of their
// erasing.
func DisposalRecord(d Disposal, issue Issue) layout.Document {
	h := head{host: d.Host, number: issue.Number, code: "BB", place: issue.placed(), kind: "DANH MỤC", about: "Bản ghi cuộc họp hết thời hạn lưu trữ, đề nghị hủy"}
	out := layout.Document{Title: "Danh mục bản ghi đề nghị hủy", Author: d.Host, Made: d.Proposed.At}
	switch {
	case d.Done:
		h.kind, h.about = "BIÊN BẢN", "Hủy bản ghi cuộc họp hết thời hạn lưu trữ"
		out.Title, out.Made = "Biên bản hủy bản ghi cuộc họp", d.Carried.At
	case d.Refused:
		out.Mark = "KHÔNG DUYỆT"
	case !d.Carried.At.IsZero():
		out.Mark = "ĐANG HỦY"
	case !d.Decided.At.IsZero():
		out.Mark = "ĐÃ DUYỆT – CHƯA HỦY"
	default:
		out.Mark = "CHỜ DUYỆT"
	}
	out.Blocks = append(h.blocks(), field("Lý do", d.Reason))
	out.Blocks = append(out.Blocks, steps(d)...)
	out.Blocks = append(out.Blocks, title("Các bản ghi"), disposedTable(d.Items))
	out.Blocks = append(out.Blocks, traces(d)...)
	out.Blocks = append(out.Blocks, layout.Table{Columns: []float64{55, 55, 55}, Before: 12, Rows: []layout.Row{{Cells: []layout.Cell{
		{Paragraphs: signature([]string{"NGƯỜI ĐỀ NGHỊ"}, "", d.Proposed.Name)},
		{Paragraphs: signature([]string{"NGƯỜI DUYỆT"}, "", d.Decided.Name)},
		{Paragraphs: signature([]string{"NGƯỜI THỰC HIỆN"}, "", d.Carried.Name)},
	}}}})
	return out
}

// steps are who decided what and when.
func steps(d Disposal) []layout.Block {
	all := []layout.Block{field("Người đề nghị", d.Proposed.text())}
	if !d.Decided.At.IsZero() {
		label := "Người duyệt"
		if d.Refused {
			label = "Người không duyệt"
		}
		all = append(all, field(label, d.Decided.text()))
	}
	if !d.Carried.At.IsZero() {
		all = append(all, field("Người thực hiện", d.Carried.text()))
	}
	return all
}

func (s Step) text() string {
	at := fmt.Sprintf("%s, lúc %s, ngày %s", s.Name, hour(s.At), calendar.Of(s.At))
	if !s.Proved.IsZero() {
		at += fmt.Sprintf(", đã xác thực lại lúc %s", hour(s.Proved))
	}
	if s.Reason != "" {
		return at + ". " + s.Reason
	}
	return at + "."
}

// disposedTable is what the list names.
func disposedTable(items []Disposed) layout.Table {
	rows := make([][]string, 0, len(items))
	for n, i := range items {
		begun := i.Begun.In(calendar.Zone())
		rows = append(rows, []string{
			fmt.Sprint(n + 1), i.Title, begun.Format("02/01/2006 15:04"), i.Length.Round(time.Second).String(),
			fmt.Sprintf("%d năm, đến %s", i.Years, i.Until), i.outcome(),
		})
	}
	c := columnsOf{
		names:  []string{"TT", "Cuộc họp", "Ngày họp", "Độ dài", "Thời hạn", "Kết quả"},
		widths: []float64{10, 48, 25, 20, 30, 32}, centered: []int{0, 2, 3}, size: layout.Tiny,
	}
	return c.table(rows)
}

func (i Disposed) outcome() string {
	if i.Error != "" {
		return "Chưa hủy hết"
	}
	if len(i.Erased) == 0 {
		return "Chưa hủy"
	}
	names := make([]string, 0, len(i.Erased))
	for _, e := range i.Erased {
		if name, known := places[e]; known {
			e = name
		}
		names = append(names, e)
	}
	return "Đã hủy: " + join(", ", names...)
}

// traces tell which recordings they were when nothing else of them is left.
func traces(d Disposal) []layout.Block {
	all := []layout.Block{title("Dấu vết để đối chiếu")}
	for n, i := range d.Items {
		all = append(all, layout.Paragraph{Size: layout.Tiny, Before: 3, Runs: []layout.Run{
			plain(fmt.Sprintf("%d. Mã bản ghi %s; dung lượng %.1f MB; gốc niêm phong %s", n+1, i.ID, float64(i.Bytes)/1e6, i.Root)),
		}})
	}
	return append(all, layout.Paragraph{Size: layout.Tiny, Before: 3, Runs: []layout.Run{plain("Mã đợt hủy: " + d.ID)}})
}

// Draw makes the file of a document that is kept elsewhere than with a meeting.
func Draw(name string, f Format, d layout.Document) (*File, error) {
	var b bytes.Buffer
	if err := Write(&b, f, d); err != nil {
		return nil, err
	}
	return &File{Type: f.Type(), Disposition: `attachment; filename="` + name + "." + string(f) + `"`, Cache: "no-store", Body: b.Bytes()}, nil
}
