package config

import (
	"log/slog"

	"diemcau/internal/password"
)

// DemoPassword opens every sample account. It is in the README on purpose:
// sample data is for trying out, on one's own machine.
const DemoPassword = "LamGiang@2026"

// DemoMeeting is the id of the sample meeting.
const DemoMeeting = "giao-ban"

// DemoAccounts are the sample accounts, one a role.
var DemoAccounts = []Account{
	{User: "diemcau", Role: "point"},
	{User: "chutri", Role: "chair"},
	{User: "thuky", Role: "secretary"},
	{User: "kythuat", Role: "technician"},
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

// AddDemo adds the sample meeting and its accounts.
func (c *Config) AddDemo() {
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
