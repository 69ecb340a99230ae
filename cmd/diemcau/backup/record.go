package backup

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"diemcau/meeting/calendar"
)

// Print writes the record as it is filed: Vietnamese, with the time of the place.
func (t *Trial) Print(out io.Writer) error {
	const layout = "02/01/2006 15:04:05"
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name string, value any) { fmt.Fprintf(w, "%s\t%v\n", name, value) }
	fmt.Fprintln(w, "BIÊN BẢN KIỂM TRA KHÔI PHỤC")
	row("Thời điểm kiểm tra", t.At.In(calendar.Zone()).Format(layout))
	row("Máy thực hiện", t.Machine)
	row("Bản sao lưu", t.Backup)
	row("Lập lúc", t.Made.In(calendar.Zone()).Format(layout))
	row("Phiên bản chương trình", t.Program)
	row("Thời gian khôi phục", t.Took)
	row("Tệp, dung lượng (byte)", fmt.Sprintf("%d, %d", t.Files, t.Bytes))
	row("Cuộc họp, tài khoản", fmt.Sprintf("%d, %d", t.Meetings, t.Accounts))
	if t.Audit != nil {
		row("Nhật ký kiểm toán", fmt.Sprintf("%d dòng, %d mốc ký khớp, %d lỗi", t.Audit.Lines, t.Audit.Heads, len(t.Audit.Bad)))
	}
	row("Bản ghi hình", fmt.Sprintf("%d trong bản sao lưu, %d trong danh mục, %d có bản sao", t.Recordings, t.Catalogued, t.Copied))
	row("Bản ghi đã đối chiếu toàn bộ", strings.Join(t.Checked, ", "))
	result := "ĐẠT"
	if !t.OK() {
		result = "KHÔNG ĐẠT"
	}
	row("Kết quả", result)
	for _, f := range t.Faults {
		row("Lỗi", f)
	}
	return w.Flush()
}
