// Package sample is three meetings of a province that does not exist: data for
// demonstrations and tests. Everybody and every place in it is invented. It is
// pure data.
package sample

import (
	"fmt"
	"slices"
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
	"diemcau/meeting/calendar"
	"diemcau/meeting/plan"
	"diemcau/meeting/point"
	"diemcau/meeting/vote"
)

func person(id, name, position, unit string) meeting.Person {
	return meeting.Person{ID: meeting.PersonID(id), Name: name, Position: position, Unit: unit}
}

// Cast are the people of the samples by a short name.
func Cast() map[string]meeting.Person {
	return map[string]meeting.Person{
		"mau":     person("mau", "Nguyễn Văn Mẫu", "Phó Chủ tịch", "UBND tỉnh Lam Giang"),
		"vidu":    person("vidu", "Trần Thị Ví Dụ", "Giám đốc", "Sở KH&CN"),
		"thu":     person("thu", "Lê Văn Thử", "Chánh Văn phòng", "UBND tỉnh Lam Giang"),
		"minhhoa": person("minhhoa", "Phạm Thị Minh Họa", "Phó Giám đốc", "Sở Nội vụ"),
		"nhap":    person("nhap", "Vũ Thị Nháp", "Chuyên viên", "Văn phòng UBND tỉnh"),
		"kiemthu": person("kiemthu", "Đặng Văn Kiểm Thử", "Kỹ thuật viên", "Sở KH&CN"),
		"giadinh": person("giadinh", "Hoàng Văn Giả Định", "Chủ tịch", "UBND xã Tân Dụ"),
		"hucau":   person("hucau", "Đỗ Thị Hư Cấu", "Phó Chủ tịch", "UBND xã Làng Mẫu"),
		"mophong": person("mophong", "Bùi Văn Mô Phỏng", "Chủ tịch", "UBND phường Minh Họa"),
		"tamdat":  person("tamdat", "Ngô Văn Tạm Đặt", "Chủ tịch", "UBND xã Thí Điểm"),
		"that":    person("that", "Phan Thị Không Thật", "Giám đốc", "Sở NN&MT"),
		"demo":    person("demo", "Lý Văn Đề Mô", "Chỉ huy trưởng PCTT", "Đặc khu Đảo Ví Dụ"),
	}
}

// site is a point with the short name of its leader and its heads in the three
// meetings; a meeting with no heads is without the point.
type site struct {
	id     meeting.PointID
	name   string
	kind   point.Kind
	leader string
	heads  [3]int
}

func sites() []site {
	return []site{
		{"LG-00", "Hội trường UBND tỉnh", point.Province, "thu", [3]int{80, 30, 12}},
		{"LG-S1", "Sở KH&CN", point.Department, "vidu", [3]int{30, 6, 0}},
		{"LG-S2", "Sở NN&MT", point.Department, "that", [3]int{30, 6, 5}},
		{"LG-S3", "Sở Nội vụ", point.Department, "minhhoa", [3]int{22, 0, 0}},
		{"LG-IOC", "Trung tâm điều hành", point.Other, "mau", [3]int{10, 0, 8}},
		{"LG-P1", "Phường Minh Họa", point.Ward, "mophong", [3]int{30, 7, 0}},
		{"LG-P2", "Phường Giả Định", point.Ward, "", [3]int{30, 7, 0}},
		{"LG-X1", "Xã Tân Dụ", point.Commune, "giadinh", [3]int{30, 7, 5}},
		{"LG-X2", "Xã Làng Mẫu", point.Commune, "hucau", [3]int{30, 7, 5}},
		{"LG-X3", "Xã Thí Điểm", point.Commune, "tamdat", [3]int{30, 7, 5}},
		{"LG-X4", "Xã Hà Ví", point.Commune, "", [3]int{30, 6, 3}},
		{"LG-X5", "Xã Đồng Thử", point.Commune, "", [3]int{30, 7, 4}},
		{"LG-DK", "Đặc khu Đảo Ví Dụ", point.Zone, "demo", [3]int{30, 6, 5}},
	}
}

// Since is the first day of the map of points.
func Since() time.Time { return calendar.On(2025, time.July, 1).At(0, 0) }

// Tree is the map of points since 1 July 2025.
func Tree() (point.Tree, error) {
	var tree point.Tree
	from := calendar.Of(Since())
	for _, s := range sites() {
		r := point.Record{ID: s.id, Name: s.name, Kind: s.kind, From: from, Contact: Cast()[s.leader].Name, Line: 20000}
		if s.id != "LG-00" {
			r.Parent = "LG-00"
		}
		var err error
		if tree, err = tree.Add(r, from); err != nil {
			return tree, err
		}
	}
	return tree, nil
}

func points(which int) []plan.Point {
	var list []plan.Point
	for _, s := range sites() {
		if s.heads[which] == 0 {
			continue
		}
		leader := Cast()[s.leader]
		if s.leader == "" {
			leader = meeting.Person{Name: "Đại diện " + s.name}
		}
		list = append(list, plan.Point{ID: s.id, Name: s.name, Kind: s.kind, Leader: leader, Expected: s.heads[which], Line: 20000})
	}
	return list
}

// line is an agenda line: time, minutes, title, presenter, point.
type line struct {
	hour, minute, minutes int
	title, who            string
	at                    meeting.PointID
}

func items(day calendar.Date, lines []line) []agenda.Item {
	var list []agenda.Item
	for i, l := range lines {
		list = append(list, agenda.Item{
			ID: meeting.ItemID(fmt.Sprintf("muc-%d", i+1)), Title: l.title, Start: day.At(l.hour, l.minute),
			Minutes: l.minutes, Presenter: Cast()[l.who], Point: l.at, Closing: i == len(lines)-1,
		})
	}
	return list
}

// YearEnd is the conference on the year's digital transformation, with awards.
func YearEnd() plan.Plan {
	day, c := calendar.On(2026, time.December, 30), Cast()
	var awards []plan.Award
	for i := range 7 {
		a := plan.Award{Decision: "QĐ 00/QĐ-UBND (minh họa)", Award: "Bằng khen của Chủ tịch UBND tỉnh", To: fmt.Sprintf("Cá nhân mẫu %d", i-2), Presenter: c["mau"]}
		if i < 3 {
			a.To, a.Group = fmt.Sprintf("Tập thể mẫu %d", i+1), true
		}
		if i == 6 {
			a.Point = "LG-X1"
		}
		awards = append(awards, a)
	}
	return plan.Plan{
		ID: "tong-ket-cds-2026", Type: plan.YearEnd, Above: "UBND tỉnh Lam Giang", Host: "Sở KH&CN tỉnh Lam Giang", Unit: "LG-S1",
		Title: "Hội nghị trực tuyến tổng kết công tác chuyển đổi số năm 2026, triển khai nhiệm vụ năm 2027",
		Place: "Hội trường UBND tỉnh", Main: "LG-00", Points: points(0), Secrecy: meeting.NotSecret,
		People: plan.People{Chair: c["mau"], Secretary: c["nhap"], Technician: c["kiemthu"]},
		Start:  day.At(8, 0), End: day.At(11, 15), Kept: plan.Retention{Forever: true}, Awards: awards,
		Conduct: plan.Conduct{Mode: plan.Conference, Speech: 7 * time.Minute, Record: true},
		Agenda: items(day, []line{
			{8, 0, 15, "Chào cờ; tuyên bố lý do, giới thiệu đại biểu", "thu", "LG-00"},
			{8, 15, 10, "Khai mạc", "mau", "LG-00"},
			{8, 25, 20, "Báo cáo tóm tắt", "vidu", "LG-00"},
			{8, 45, 7, "Tham luận 1: hồ sơ công việc trên môi trường mạng", "mophong", "LG-P1"},
			{8, 55, 7, "Tham luận 2: tổ công nghệ số cộng đồng", "giadinh", "LG-X1"},
			{9, 5, 7, "Tham luận 3: đường truyền vùng xa", "demo", "LG-DK"},
			{9, 15, 60, "Thảo luận", "", ""},
			{10, 15, 25, "Công bố quyết định khen thưởng; trao Bằng khen", "minhhoa", "LG-00"},
			{10, 40, 35, "Kết luận", "mau", "LG-00"},
		}),
	}
}

// Briefing is the monthly briefing with a vote of 41 members.
func Briefing() plan.Plan {
	day, c := calendar.On(2026, time.December, 3), Cast()
	return plan.Plan{
		ID: "giao-ban-2026-11", Type: plan.Briefing, Above: "UBND tỉnh Lam Giang", Host: "Văn phòng UBND tỉnh", Unit: "VP",
		Title: "Phiên họp trực tuyến giao ban kinh tế – xã hội tháng 11 năm 2026 giữa UBND tỉnh và UBND cấp xã",
		Place: "Hội trường UBND tỉnh", Main: "LG-00", Points: points(1), Secrecy: meeting.NotSecret,
		People: plan.People{Chair: c["mau"], Secretary: c["nhap"], Technician: c["kiemthu"]},
		Start:  day.At(13, 30), End: day.At(16, 30), Kept: plan.Retention{Years: 5}, Voters: members(),
		Conduct: plan.Conduct{Mode: plan.Conference, Speech: 5 * time.Minute, Quorum: vote.Share{Num: 2, Den: 3}},
		Agenda: items(day, []line{
			{13, 20, 10, "Điểm danh điểm cầu", "nhap", "LG-00"},
			{13, 30, 10, "Nêu nội dung, yêu cầu", "mau", "LG-00"},
			{13, 40, 15, "Tình hình KT-XH 11 tháng (báo cáo tóm tắt)", "thu", "LG-00"},
			{13, 55, 45, "Giải ngân đầu tư công", "", ""},
			{14, 40, 30, "Dự thảo Quy chế vận hành hội nghị trực tuyến cấp xã", "vidu", "LG-S1"},
			{15, 10, 55, "Kiến nghị của cấp xã; giải trình của sở", "", ""},
			{16, 5, 25, "Kết luận; giao việc", "mau", "LG-00"},
		}),
	}
}

// members are the 41 who may vote in the briefing: the leaders named, the others
// numbered, eleven in the hall and three at every other point.
func members() []vote.Voter {
	var list []vote.Voter
	for _, p := range points(1) {
		n := 3
		if p.ID == "LG-00" {
			n = 11
		}
		for i := range n {
			name := fmt.Sprintf("Thành viên %02d", len(list)+1)
			if i == 0 {
				name = p.Leader.Name
			}
			list = append(list, vote.Voter{Person: meeting.PersonID(fmt.Sprintf("tv-%02d", len(list)+1)), Name: name, Point: p.ID})
		}
	}
	return list
}

// Storm is the urgent meeting before a storm: the main point is where the chair
// sits, three cameras are sources, and loudspeakers are switched on.
func Storm() plan.Plan {
	day, c := calendar.On(2026, time.December, 6), Cast()
	return plan.Plan{
		ID: "hop-khan-bao-15", Type: plan.Urgent, Above: "UBND tỉnh Lam Giang", Host: "Ban Chỉ huy Phòng thủ dân sự tỉnh", Unit: "PTDS",
		Title: "Họp khẩn trực tuyến ứng phó bão số 15 và mưa lũ", Place: "Trung tâm điều hành",
		Main: "LG-IOC", Points: points(2), Secrecy: meeting.NotSecret,
		People: plan.People{Chair: c["mau"], Secretary: c["thu"], Technician: c["kiemthu"]},
		Start:  day.At(20, 0), End: day.At(21, 10), Kept: plan.Retention{Years: 10},
		Conduct: plan.Conduct{Mode: plan.Discussion, Speech: 3 * time.Minute},
		Sources: []plan.Source{{ID: "ho-mau", Name: "Hồ chứa Mẫu"}, {ID: "ke-tan-du", Name: "Kè Tân Dụ"}, {ID: "cang-vi-du", Name: "Cảng Ví Dụ"}},
		Agenda: items(day, []line{
			{20, 0, 5, "Điểm danh điểm cầu", "thu", "LG-IOC"},
			{20, 5, 10, "Diễn biến bão; hình ảnh camera hồ chứa Mẫu", "that", "LG-S2"},
			{20, 15, 25, "Báo cáo tại chỗ, mỗi điểm 03 phút", "", ""},
			{20, 40, 10, "Lệnh sơ tán trước 23.00 (phát truyền thanh tới các xã)", "mau", "LG-IOC"},
			{20, 50, 20, "Phân công trực; kết luận", "mau", "LG-IOC"},
		}),
	}
}

// Plans are the three meetings.
func Plans() []plan.Plan { return []plan.Plan{YearEnd(), Briefing(), Storm()} }

// Ahead is how far the first of the meetings lies ahead of who tries them out.
const Ahead = 7 * 24 * time.Hour

// Upcoming are the three meetings, all later by the same count of weeks, so that none
// begins within Ahead of now: who tries the bridge on the day of a sample would
// otherwise find a meeting being held in the room that he wants to try.
func Upcoming(now time.Time) []plan.Plan {
	const week = 7 * 24 * time.Hour
	plans := Plans()
	first := slices.MinFunc(plans, func(a, b plan.Plan) int { return a.Start.Compare(b.Start) }).Start
	if late := now.Add(Ahead).Sub(first); late > 0 {
		later := (late + week - 1) / week * week
		for i, p := range plans {
			plans[i] = p.At(p.Start.Add(later))
		}
	}
	return plans
}
