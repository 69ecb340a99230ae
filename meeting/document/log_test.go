package document_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/calendar"
	"diemcau/meeting/document"
	"diemcau/meeting/document/layout"
	"diemcau/meeting/sample"
)

// opened is the document as a foreign program reads it from the PDF, without
// spaces.
func opened(t *testing.T, d layout.Document) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, write(t, document.PDF, d), 0o600); err != nil {
		t.Fatal(err)
	}
	return packed(read(t, path))
}

func wantAll(t *testing.T, name, text string, fields ...string) {
	t.Helper()
	for _, f := range fields {
		if !strings.Contains(text, packed(f)) {
			t.Errorf("%s lacks %q", name, f)
		}
	}
}

func TestMIN01_EveryFieldOfTheMinutesEqualsTheLog(t *testing.T) {
	t.Parallel()
	h := briefing(t)
	s, p := h.live.State(), h.live.Plan()
	got := opened(t, papers(t)["draft"])
	wantAll(t, "minutes", got, strings.ToUpper(p.Above), strings.ToUpper(p.Host), "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
		"BIÊN BẢN", p.Title, "Thời gian bắt đầu: "+s.Opened.In(calendar.Zone()).Format("15 giờ 04, ngày 02/01/2006"),
		p.Place+" (điểm cầu chính); trực tuyến tới 10 điểm cầu", "THƯ KÝ", "CHỦ TỌA",
		"kết thúc vào "+s.Ended.In(calendar.Zone()).Format("15 giờ 04, ngày 02 tháng 1 năm 2006./."), "Lưu: VT, Hồ sơ.")
	for seat, label := range map[meeting.Right]string{meeting.Chair: "Chủ trì (chủ tọa):", meeting.Secretary: "Thư ký (người ghi biên bản):", meeting.Technician: "Kỹ thuật viên:"} {
		x := s.Seats[seat].Person
		wantAll(t, "minutes", got, fmt.Sprintf("%s %s, %s, %s.", label, x.Name, x.Position, x.Unit))
	}
	for _, x := range p.Points {
		wantAll(t, "minutes", got, fmt.Sprintf("%d/%d", s.Roll[x.ID].Present, s.Roll[x.ID].Expected))
	}
	for _, run := range s.Runs {
		for _, it := range p.Agenda {
			if it.ID == run.Item {
				wantAll(t, "minutes", got, fmt.Sprintf("%s (%s–%s)", it.Title, run.Started.In(calendar.Zone()).Format("15.04"), run.Finished.In(calendar.Zone()).Format("15.04")))
			}
		}
	}
	for _, x := range s.Floor.Past {
		spent := x.Spent(x.Ended)
		line := fmt.Sprintf("- %s, %s: %s, %s, %s", x.Started.In(calendar.Zone()).Format("15.04"), p.Name(x.Point), x.Speaker.Name, x.Speaker.Position, x.Speaker.Unit)
		if x.Summary != "" {
			line += ": " + x.Summary
		}
		wantAll(t, "minutes", got, fmt.Sprintf("%s (thời lượng %02d:%02d)", line, int(spent.Minutes()), int(spent.Seconds())%60))
	}
	wantAll(t, "minutes", got, s.Votes[0].Motion.Title, "Tổng số 41; có mặt 38; tán thành 35; không tán thành 1; không biểu quyết 2; tỷ lệ tán thành 85,4 % tổng số; kết quả: thông qua.", s.Notes.Remark)
	for i, x := range s.Notes.Tasks {
		wantAll(t, "minutes", got, fmt.Sprintf("%d. Giao %s chủ trì", i+1, x.Lead), x.Content+"; thời hạn hoàn thành: "+x.Due.String(), strings.Join(x.Support, ", "))
	}
	drop := s.Points["LG-DK"].Drops[0]
	wantAll(t, "minutes", got, "Sự cố kỹ thuật: Đặc khu Đảo Ví Dụ, từ "+drop.From.In(calendar.Zone()).Format("15.04.05")+" đến "+drop.Back.In(calendar.Zone()).Format("15.04.05"))
	wantAll(t, "minutes", got, "vào muộn 13.47", "Ghi âm, ghi hình: có, từ 13.30 đến 16.28; người quyết định: Nguyễn Văn Mẫu", "Biên bản đã được đọc lại và thông qua.")
}

func TestMIN04_TheStageOfAVersionIsMarkedAndACorrectionNamesWhatItReplaces(t *testing.T) {
	t.Parallel()
	all := papers(t)
	for name, want := range map[string]string{"draft": "DỰ THẢO 1", "submitted": "TRÌNH KÝ – DỰ THẢO 1", "signed": "", "corrected": "DỰ THẢO 2"} {
		if got := all[name].Mark; got != want {
			t.Errorf("%s is marked %q, want %q", name, got, want)
		}
	}
	wantAll(t, "signed", opened(t, all["signed"]), "Số: 07/BB-VP", "Biên bản đã ký lúc 16 giờ 28, ngày 03/12/2026, phiên bản 1. Mã băm SHA-256 của nội dung:")
	wantAll(t, "corrected", opened(t, all["corrected"]), "Số: …/BB-…", "Phiên bản 2, thay thế phiên bản 1 đã ký. Lý do: sai chức vụ của một đại biểu.")
	if strings.Contains(all["draft"].Text(), "SHA-256") {
		t.Error("a draft shows the hash of a signature")
	}
}

func TestMIN05_TheNoticeCarriesEveryTaskWithItsUnitsAndDeadline(t *testing.T) {
	t.Parallel()
	h := briefing(t)
	got := opened(t, papers(t)["notice"])
	wantAll(t, "notice", got, "Số: 12/TB-VP", "Lam Giang, ngày 04 tháng 12 năm 2026", "THÔNG BÁO", "Kết luận của Nguyễn Văn Mẫu, Phó Chủ tịch, UBND tỉnh Lam Giang tại "+h.live.Plan().Title,
		"I. ĐÁNH GIÁ CHUNG", h.minutes.Remark, "II. NHIỆM VỤ", "TL. CHỦ TỊCH", "CHÁNH VĂN PHÒNG", "Lê Văn Thử", "- Thường trực Tỉnh ủy (để báo cáo);")
	for _, x := range h.minutes.Tasks {
		wantAll(t, "notice", got, x.Lead, x.Content, x.Due.String(), strings.Join(x.Support, ", "))
	}
}

func TestVOT02_TheResultsNameTheCountsOfEachPointAndWhatWasCorrected(t *testing.T) {
	t.Parallel()
	h := briefing(t)
	v := h.live.State().Votes[0]
	text := papers(t)["votes"].Text()
	for _, x := range h.live.Plan().Points {
		c := v.Entries[v.Last(x.ID)].Counts
		wantAll(t, "votes", packed(text), fmt.Sprintf("%s\n%d\n%d\n%d", x.Name, c.For, c.Against, c.Abstain))
	}
	wantAll(t, "votes", packed(text), "đã sửa, số cũ 3/0/0", "41\n38\n35\n1\n2\n85,4 % tổng số\nThông qua", "trên 1/2 tổng số; mở lúc 15.00, đóng lúc 15.04")
}

func TestCON08_TheAttendanceReportNamesLateComersAndLostLines(t *testing.T) {
	t.Parallel()
	h := briefing(t)
	text := packed(papers(t)["attendance"].Text())
	for _, l := range h.live.Attendance() {
		wantAll(t, "attendance", text, fmt.Sprintf("%s\n%s\n%d/%d\n%s\nCó mặt", l.Name, strings.TrimRight(l.Leader.Name+", "+l.Leader.Position+", "+l.Leader.Unit, ", "), l.Present, l.Expected, l.Presence.Joined.In(calendar.Zone()).Format("15.04")))
	}
	wantAll(t, "attendance", text, "vào muộn 13.47", "mất tín hiệu 13.59.20–13.59.55", "11 điểm cầu, có mặt 11, vắng 0; đại biểu có mặt 93/96")
}

func TestSCH06_TheCheckSheetShowsEveryTryAndWhoWasNotTested(t *testing.T) {
	t.Parallel()
	text := packed(papers(t)["checks"].Text())
	wantAll(t, "checks", text, "Xã Hà Ví\nĐạt\nĐạt\nKhông đạt\nĐạt\nĐạt\nKhông đạt\nĐặng Văn Kiểm Thử, 14.10 ngày 29/12/2026; loa không có tiếng",
		"Xã Hà Ví\nĐạt\nĐạt\nĐạt\nĐạt\nĐạt\nĐạt\nĐặng Văn Kiểm Thử, 15.10 ngày 29/12/2026; đã thay loa", "Đặc khu Đảo Ví Dụ\n–\n–\n–\n–\n–\n–\nChưa chạy thử")
}

func TestSCH10_TheInvitationNamesAllThatTheFormAsksFor(t *testing.T) {
	t.Parallel()
	all := papers(t)
	got := opened(t, all["invitation"])
	wantAll(t, "invitation", got, "GIẤY MỜI", "kính mời: Hoàng Văn Giả Định, Chủ tịch, UBND xã Tân Dụ", "Tới dự: Phiên họp", "Chủ trì: Đồng chí Nguyễn Văn Mẫu",
		"Thời gian: 13 giờ 30, thứ Năm, ngày 03/12/2026", "Địa điểm: Điểm cầu Xã Tân Dụ", "Lưu ý:", "Chương trình:", "https://hop.lamgiang.example/invitation#eyJtIjoiZ2lhby1iYW4tMjAyNi0xMSIsInAiOiJMRy1YMSIsInYiOjEsImUiOjE3OTY0MDAwMDB9MTIzNDU2Nzg5MDEyMzQ1Ng")
	summons := packed(all["summons"].Text())
	for _, x := range sample.Briefing().Agenda {
		wantAll(t, "invitation", summons, x.Title, x.Presenter.Name)
	}
	for _, x := range sample.Briefing().Points {
		wantAll(t, "summons", summons, x.Name, x.Leader.Name, fmt.Sprint(x.Expected))
	}
}

func TestSCH09_APostponedMeetingIsAnnouncedWithItsReason(t *testing.T) {
	t.Parallel()
	text := packed(papers(t)["postponed"].Text())
	wantAll(t, "postponed", text, "THÔNG BÁO", "Về việc hoãn: Phiên họp", "Lý do: bất khả kháng; mưa lũ.")
	if strings.Contains(text, packed("GIẤY MỜI")) {
		t.Error("a postponed meeting still invites")
	}
}
