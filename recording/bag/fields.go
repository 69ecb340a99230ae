package bag

import (
	"time"

	"diemcau/recording/archive"
)

// Fields describe a file of records by TT 05/2025, with its names. Empty ones are
// filled in from the recording where it knows them.
type Fields struct {
	Code        string   `json:"maHoSo"`
	Title       string   `json:"tieuDe"`
	Retention   string   `json:"thoiHanLuuTru"`
	Access      string   `json:"mucDoTiepCan"`
	Language    string   `json:"ngonNgu"`
	Begun       string   `json:"thoiGianBatDau"`  // RFC 3339
	Ended       string   `json:"thoiGianKetThuc"` // RFC 3339
	Keywords    []string `json:"tuKhoa"`
	Documents   int      `json:"tongSoTaiLieu"`
	Symbol      string   `json:"kyHieuThongTin"`
	Reliability string   `json:"mucDoTinCay"`
	Backup      string   `json:"cheDoDuPhong"`
}

func (f Fields) complete(item archive.Item, documents int) Fields {
	fill := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	fill(&f.Code, item.About.ID)
	fill(&f.Title, item.About.Title)
	fill(&f.Language, "vi")
	fill(&f.Begun, item.About.Epoch.Format(time.RFC3339))
	fill(&f.Ended, item.About.Epoch.Add(time.Duration(item.Length)*time.Millisecond).Format(time.RFC3339))
	if item.About.Redaction != nil { // made of an original, which is kept elsewhere
		fill(&f.Reliability, "ban-luoc-bo-dien-tu")
	}
	fill(&f.Reliability, "ban-goc-dien-tu")
	if f.Documents == 0 {
		f.Documents = documents
	}
	if f.Keywords == nil {
		f.Keywords = []string{}
	}
	return f
}
