package plan

import (
	"time"

	"diemcau/meeting"
	"diemcau/meeting/agenda"
)

// Required are the fields without which no meeting is published (SCH-01), in the
// order in which a form asks for them.
func Required() []meeting.Field {
	return []meeting.Field{
		"type", "title", "host", "chair", "secretary", "main", "points", "start", "end", "agenda", "secrecy", "technician",
	}
}

// FieldName is the name of a field in Vietnamese, or "" for one that is not in
// the table.
func FieldName(f meeting.Field) string {
	return map[meeting.Field]string{ //nolint:gosec // words for people
		"type":         "Loại cuộc họp",
		"title":        "Tên cuộc họp",
		"host":         "Đơn vị chủ trì",
		"chair":        "Người chủ trì",
		"secretary":    "Thư ký",
		"main":         "Điểm cầu chính",
		"points":       "Điểm cầu thành phần (ít nhất 01)",
		"start":        "Thời gian bắt đầu",
		"end":          "Thời gian kết thúc",
		"agenda":       "Chương trình (ít nhất 01 mục)",
		"agenda.title": "Tên mục trong chương trình",
		"secrecy":      "Mức độ mật",
		"technician":   "Đầu mối kỹ thuật",
		"reason":       "Lý do",
	}[f]
}

// Missing are the required fields that the plan lacks.
func (p Plan) Missing() []meeting.Field {
	components := 0
	for _, x := range p.Points {
		if x.ID != p.Main {
			components++
		}
	}
	has := map[meeting.Field]bool{
		"type": p.Type != "", "title": !meeting.Blank(p.Title), "host": !meeting.Blank(p.Host),
		"chair": !meeting.Blank(p.People.Chair.Name), "secretary": !meeting.Blank(p.People.Secretary.Name),
		"main": p.Main != "", "points": components > 0,
		"start": !p.Start.IsZero(), "end": !p.End.IsZero(),
		"agenda": len(p.Agenda) > 0, "secrecy": p.Secrecy != "",
		"technician": !meeting.Blank(p.People.Technician.Name),
	}
	var missing []meeting.Field
	for _, f := range Required() {
		if !has[f] {
			missing = append(missing, f)
		}
	}
	return missing
}

// CheckDraft is what even a draft must keep: a secrecy level that may be carried,
// once one is said (SEC-01: refused at creation).
func (p Plan) CheckDraft() error {
	if p.Secrecy == "" {
		return nil
	}
	return p.Secrecy.Carry()
}

// CheckPublish refuses a plan that may not be published, naming each field that is
// missing (SCH-01) or wrong.
func (p Plan) CheckPublish() error {
	var ps meeting.Problems
	for _, f := range p.Missing() {
		ps = append(ps, meeting.Refuse(meeting.CodeMissing, f).With(FieldName(f)))
	}
	if meeting.CodeOf(p.CheckDraft()) == meeting.CodeSecret {
		ps = append(ps, meeting.Refuse(meeting.CodeSecret, "secrecy"))
	}
	if _, ok := p.Point(p.Main); p.Main != "" && !ok {
		ps = append(ps, meeting.Refuse(meeting.CodeUnknown, "main").With(string(p.Main)))
	}
	if !p.Start.IsZero() && !p.End.IsZero() && !p.End.After(p.Start) {
		ps = append(ps, meeting.Refuse(meeting.CodeInvalid, "end"))
	}
	if p.Type != "" && !known(p.Type) {
		ps = append(ps, meeting.Refuse(meeting.CodeInvalid, "type").With(string(p.Type)))
	}
	ps = append(ps, p.checkPoints()...)
	ps = append(ps, agenda.Check(p.Agenda)...)
	for _, it := range p.Agenda {
		if _, ok := p.Point(it.Point); it.Point != "" && !ok {
			ps = append(ps, meeting.Refuse(meeting.CodeUnknown, "agenda.point").With(string(it.Point)))
		}
	}
	return ps.OrNil()
}

func (p Plan) checkPoints() meeting.Problems {
	var ps meeting.Problems
	seen := map[meeting.PointID]bool{}
	for _, x := range p.Points {
		if x.ID == "" || seen[x.ID] {
			ps = append(ps, meeting.Refuse(meeting.CodeDuplicate, "points.id").With(string(x.ID)))
		}
		if x.Expected < 0 {
			ps = append(ps, meeting.Refuse(meeting.CodeInvalid, "points.expected").With(string(x.ID)))
		}
		seen[x.ID] = true
	}
	for _, v := range p.Voters {
		if !seen[v.Point] {
			ps = append(ps, meeting.Refuse(meeting.CodeUnknown, "voters.point").With(string(v.Point)))
		}
	}
	return ps
}

// TooLong reports by how much the plan exceeds what its type advises; 0 when it
// does not. It is a warning, never a refusal (SCH-08).
func (p Plan) TooLong(t Template) time.Duration {
	if t.Longest == 0 || p.Start.IsZero() || p.End.IsZero() {
		return 0
	}
	return max(0, p.End.Sub(p.Start)-t.Longest)
}
