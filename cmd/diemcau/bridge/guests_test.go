package bridge

import (
	"testing"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting"
	"diemcau/meeting/account"
)

func TestSEC09_GuestsAreLetInByThoseOfTheMeetingAndNotByAnotherUnits(t *testing.T) {
	t.Parallel()
	b := newBridge(t, func(c *config.Config) {
		c.Demo = true
		c.AddDemo()
		c.Meetings = append(c.Meetings, config.Meeting{ID: "thuong-truc", Title: "Thường trực", Points: []config.Point{{ID: "LG-00"}, {ID: "LG-X1"}}})
	})
	o, err := b.office()
	if err != nil {
		t.Fatal(err)
	}
	may := b.mayHost(o)
	in := func(person meeting.PersonID, unit meeting.UnitID, rights ...meeting.Right) account.Identity {
		return account.Identity{Person: person, Unit: unit, Rights: rights}
	}
	for _, c := range []struct {
		who  account.Identity
		room meeting.ID
		want meeting.Code
	}{
		{in("thu-ky", "LG-00", meeting.Secretary), config.DemoMeeting, ""},
		{in("mau", "LG-X5", meeting.Delegate), config.DemoMeeting, ""}, // its chair, by the plan
		{in("giadinh", "LG-X1", meeting.Delegate), config.DemoMeeting, meeting.CodeNoRight},
		{in("thu-xa", "LG-X1", meeting.Secretary), config.DemoMeeting, meeting.CodeUnknown},
		{in("chu-tri-xa", "LG-X1", meeting.Chair), config.DemoMeeting, meeting.CodeUnknown},
		{in("quan-tri", "", meeting.Administrator), config.DemoMeeting, meeting.CodeUnknown},
		{in("thu-ky", "LG-00", meeting.Secretary), "thuong-truc", ""},
		{in("thu-xa", "LG-X1", meeting.Secretary), "thuong-truc", meeting.CodeUnknown},
		{in("thu-nha", "", meeting.Secretary), "phong-trong", ""},
		{in("thu-ky", "LG-00", meeting.Secretary), "phong-trong", meeting.CodeUnknown},
	} {
		if err := may(account.With(t.Context(), c.who), c.room); meeting.CodeOf(err) != c.want {
			t.Errorf("%s of %q in %s: %v, want %q", c.who.Person, c.who.Unit, c.room, err, c.want)
		}
	}
}
