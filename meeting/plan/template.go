package plan

import (
	"fmt"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
)

// Type is the kind of a meeting (loại cuộc họp).
type Type string

// The types of SCH-08.
const (
	Advisory     Type = "tham-muu"
	Professional Type = "chuyen-mon"
	Briefing     Type = "giao-ban"
	Interim      Type = "so-ket"
	YearEnd      Type = "tong-ket"
	Instruction  Type = "tap-huan"
	Urgent       Type = "dot-xuat"
)

// Types lists them in the order forms show them.
func Types() []Type {
	return []Type{Advisory, Professional, Briefing, Interim, YearEnd, Instruction, Urgent}
}

func known(t Type) bool { return slices.Contains(Types(), t) }

// Retention is the period a meeting file is kept (thời hạn lưu trữ). A table of the
// administrator gives the periods; these are what a new installation starts with.
type Retention struct {
	// Years counts from the end of the year; Forever (vĩnh viễn) has none.
	Years   int  `json:"years,omitempty"`
	Forever bool `json:"forever,omitempty"`
}

// Template is what a type presets; all of it is edited afterwards.
type Template struct {
	Type    Type          `json:"type"`
	Name    string        `json:"name"`
	Conduct Conduct       `json:"conduct"`
	Kept    Retention     `json:"kept"`
	Longest time.Duration `json:"longest,omitempty"`
	// Items are agenda lines with minutes after the start.
	Items []Slot `json:"items"`
}

// Slot is an agenda line of a template.
type Slot struct {
	After   int    `json:"after"`
	Minutes int    `json:"minutes"`
	Title   string `json:"title"`
	Closing bool   `json:"closing,omitempty"`
}

const halfDay, day = 4 * time.Hour, 8 * time.Hour

// Templates are the presets of a new installation, one for each type. The lengths
// are warnings, not limits.
func Templates() []Template {
	talk := Conduct{Mode: Discussion}
	hall := Conduct{Mode: Conference, Speech: 7 * time.Minute}
	return []Template{
		{Advisory, "Họp tham mưu, tư vấn", talk, Retention{Years: 10}, halfDay, usual("Nội dung xin ý kiến", 60)},
		{Professional, "Họp chuyên môn", talk, Retention{Years: 10}, day, usual("Nội dung chuyên môn", 60)},
		{Briefing, "Họp giao ban", Conduct{Mode: Conference, Speech: 5 * time.Minute}, Retention{Years: 5}, halfDay, usual("Tình hình thực hiện nhiệm vụ (báo cáo tóm tắt)", 15)},
		{Interim, "Hội nghị sơ kết", hall, Retention{Years: 5}, day, usual("Báo cáo tóm tắt", 20)},
		{YearEnd, "Hội nghị tổng kết", hall, Retention{Forever: true}, day, yearEnd()},
		{Instruction, "Hội nghị tập huấn", Conduct{Mode: Training, Speech: 3 * time.Minute}, Retention{Years: 10}, 2 * day, usual("Nội dung tập huấn", 120)},
		{Urgent, "Họp khẩn (đột xuất)", Conduct{Mode: Discussion, Speech: 3 * time.Minute}, Retention{Years: 10}, halfDay, usual("Diễn biến, báo cáo tại chỗ", 30)},
	}
}

func usual(body string, minutes int) []Slot {
	return []Slot{
		{0, 10, "Nêu nội dung, yêu cầu", false},
		{10, minutes, body, false},
		{10 + minutes, 60, "Thảo luận", false},
		{70 + minutes, 20, "Kết luận", true},
	}
}

// yearEnd is the model agenda of a conference with awards.
func yearEnd() []Slot {
	return []Slot{
		{0, 5, "Chào cờ", false},
		{5, 10, "Tuyên bố lý do, giới thiệu đại biểu, thông qua chương trình", false},
		{15, 10, "Phát biểu khai mạc", false},
		{25, 20, "Báo cáo tóm tắt kết quả năm, nhiệm vụ năm sau", false},
		{45, 75, "Tham luận, thảo luận", false},
		{120, 15, "Giải trình, tiếp thu", false},
		{135, 25, "Công bố quyết định và trao thưởng", false},
		{160, 25, "Phát biểu chỉ đạo, kết luận", true},
		{185, 10, "Phát biểu tiếp thu; thông qua biên bản; bế mạc", false},
	}
}

// Fill presets what the plan does not say yet: agenda, conduct and retention.
// What somebody entered stays.
func (t Template) Fill(p Plan) Plan {
	p.Type = t.Type
	if p.Conduct == (Conduct{}) {
		p.Conduct = t.Conduct
	}
	if p.Kept == (Retention{}) {
		p.Kept = t.Kept
	}
	if len(p.Agenda) > 0 {
		return p
	}
	for i, s := range t.Items {
		it := agenda.Item{ID: meeting.ItemID(fmt.Sprintf("muc-%d", i+1)), Title: s.Title, Minutes: s.Minutes, Closing: s.Closing}
		if !p.Start.IsZero() {
			it.Start = p.Start.Add(time.Duration(s.After) * time.Minute)
		}
		p.Agenda = append(p.Agenda, it)
	}
	return p
}
