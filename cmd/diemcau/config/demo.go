package config

import (
	"log/slog"
	"net/netip"

	"diemcau/internal/password"
)

// DemoPassword opens every sample account. It is in the README on purpose:
// sample data is for trying out, on one's own machine.
const DemoPassword = "LamGiang@2026"

// DemoMeeting is the id of the sample meeting.
const DemoMeeting = "giao-ban"

// DemoAccounts are the sample accounts, one a role. The first is for every point;
// the others are invented persons of the sample meetings.
var DemoAccounts = []Account{
	{User: "diemcau", Role: "point", Person: "diemcau", Name: "Điểm cầu dùng thử"},
	{User: "chutri", Role: "chair", Person: "mau", Name: "Nguyễn Văn Mẫu", Position: "Phó Chủ tịch UBND tỉnh", Unit: "LG-00"},
	{User: "thuky", Role: "secretary", Person: "nhap", Name: "Vũ Thị Nháp", Position: "Chuyên viên", Unit: "LG-00"},
	{User: "kythuat", Role: "technician", Person: "kiemthu", Name: "Đặng Văn Kiểm Thử", Position: "Kỹ thuật viên", Unit: "LG-00"},
	{User: "daibieu", Role: "delegate", Person: "giadinh", Name: "Hoàng Văn Giả Định", Position: "Chủ tịch UBND xã", Unit: "LG-X1"},
	{User: "luutru", Role: "archivist", Person: "minhhoa", Name: "Phạm Thị Minh Họa", Position: "Phó Giám đốc Sở Nội vụ", Unit: "LG-00"},
	{User: "quantri", Role: "administrator", Person: "vidu", Name: "Trần Thị Ví Dụ", Position: "Giám đốc Sở KH&CN"},
}

// demoPoints are those of the invented province Lam Giang.
var demoPoints = []Point{
	{ID: "LG-00", Name: "Hội trường UBND tỉnh", Kind: "tinh"},
	{ID: "LG-S1", Name: "Sở Khoa học và Công nghệ", Kind: "so"},
	{ID: "LG-S2", Name: "Sở Nông nghiệp và Môi trường", Kind: "so"},
	{ID: "LG-P1", Name: "Phường Minh Họa", Kind: "phuong"},
	{ID: "LG-P2", Name: "Phường Giả Định", Kind: "phuong"},
	{ID: "LG-X1", Name: "Xã Tân Dụ", Kind: "xa"},
	{ID: "LG-X2", Name: "Xã Làng Mẫu", Kind: "xa"},
	{ID: "LG-X3", Name: "Xã Thí Điểm", Kind: "xa"},
	{ID: "LG-X4", Name: "Xã Hà Ví", Kind: "xa"},
	{ID: "LG-X5", Name: "Xã Đồng Thử", Kind: "xa"},
	{ID: "LG-DK", Name: "Đặc khu Đảo Ví Dụ", Kind: "dac-khu"},
}

// AddDemo adds the sample meeting and its accounts. Everybody who has the README has
// their password, so no second factor is asked of them either.
func (c *Config) AddDemo() {
	c.Security.SecondFactor = nil
	c.Security.Internal = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
	hash := Secret(password.Hash(DemoPassword))
	for _, a := range DemoAccounts {
		a.Password = hash
		c.Accounts = append(c.Accounts, a)
	}
	c.Meetings = append(c.Meetings, Meeting{
		ID:     DemoMeeting,
		Title:  "Giao ban kinh tế – xã hội tháng 11 năm 2026, tỉnh Lam Giang",
		Points: demoPoints,
	})
}

// ForDevelopment sets what tools of the LiveKit protocol expect of a server on
// the same machine.
func (c *Config) ForDevelopment() {
	c.HTTP, c.HTTPS = "127.0.0.1:7880", ""
	c.Keys = map[string]Secret{"devkey": "secret"}
	c.RTC.Loopback = true
	c.TURN = TURN{} // two bridges for tests must fit on one machine
	c.Room.SimulateScenarios = true
	c.Room.RemoteUnmute = true
	c.Limits.JoinsPerSecond, c.Limits.JoinBurst = 1000, 1000
	c.Log.Level = slog.LevelDebug
}
