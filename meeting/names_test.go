package meeting_test

import (
	"errors"
	"testing"

	"diemcau/meeting"
)

func TestSEC01_StateSecretsAreRefusedAtEveryLevel(t *testing.T) {
	t.Parallel()
	for _, s := range []meeting.Secrecy{meeting.Secret, meeting.TopSecret, meeting.Ultimate, "MẬT", "something new"} {
		if err := s.Carry(); meeting.CodeOf(err) != meeting.CodeSecret {
			t.Errorf("%q: got %v, want %s", s, err, meeting.CodeSecret)
		}
	}
	for _, s := range []meeting.Secrecy{meeting.NotSecret, meeting.Internal} {
		if err := s.Carry(); err != nil {
			t.Errorf("%q refused: %v", s, err)
		}
	}
	if meeting.CodeOf(meeting.Secrecy("").Carry()) != meeting.CodeMissing {
		t.Error("a level not said must be asked for, not assumed")
	}
}

func TestAProblemIsFoundByItsCodeAmongMany(t *testing.T) {
	t.Parallel()
	err := meeting.Problems{
		meeting.Refuse(meeting.CodeMissing, "title"),
		meeting.Refuse(meeting.CodePast, "from").With("2026-01-01"),
	}.OrNil()
	if !errors.Is(err, meeting.Refuse(meeting.CodePast, "")) || errors.Is(err, meeting.Refuse(meeting.CodeState, "")) {
		t.Errorf("codes of %v are not found as they should", err)
	}
	if errors.Is(err, meeting.Refuse(meeting.CodeMissing, "chair")) {
		t.Error("another field's refusal matched")
	}
	if meeting.Problems(nil).OrNil() != nil {
		t.Error("no refusals must be no error")
	}
}
