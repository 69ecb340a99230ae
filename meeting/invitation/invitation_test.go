package invitation_test

import (
	"testing"

	"diemcau/meeting"
	"diemcau/meeting/invitation"
)

func TestSCH05_ASubstituteWaitsForChairOrSecretary(t *testing.T) {
	t.Parallel()
	r, err := invitation.Take(invitation.Reply{
		Point: "LG-X5", Answer: invitation.Sends, Consent: invitation.Approved,
		Substitute: meeting.Person{Name: "Thay", Position: "Phó Chủ tịch"},
	})
	if err != nil || r.Consent != invitation.Waiting {
		t.Fatalf("a substitute is %q, %v", r.Consent, err)
	}
	if _, err := r.Decide("kt", meeting.Technician, true); meeting.CodeOf(err) != meeting.CodeNoRight {
		t.Errorf("the technician consents: %v", err)
	}
	yes, err := r.Decide("nhap", meeting.Secretary, true)
	if err != nil || yes.Consent != invitation.Approved {
		t.Errorf("%q, %v", yes.Consent, err)
	}
	if _, err := yes.Decide("mau", meeting.Chair, false); meeting.CodeOf(err) != meeting.CodeState {
		t.Errorf("decided twice: %v", err)
	}
	for name, r := range map[string]invitation.Reply{
		"absent without reason": {Answer: invitation.Declines}, "nobody in his place": {Answer: invitation.Sends},
		"no position": {Answer: invitation.Sends, Substitute: meeting.Person{Name: "x"}}, "no answer": {},
	} {
		if _, err := invitation.Take(r); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestSCH09_SeenIsOfTheVersion(t *testing.T) {
	t.Parallel()
	s := invitation.Seen{}
	s.Open("X1", 2)
	s.Open("X1", 1)
	if !s.Has("X1", 2) || s.Has("X1", 3) || s.Has("X2", 1) {
		t.Errorf("seen %v", s)
	}
}
