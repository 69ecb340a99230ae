package password_test

import (
	"errors"
	"testing"

	"diemcau/internal/password"
)

func TestOnlyTheRightPasswordFits(t *testing.T) {
	t.Parallel()
	hash := password.Hash("Đường truyền số 1")
	if ok, err := password.Verify(hash, "Đường truyền số 1"); !ok || err != nil {
		t.Errorf("the right password: %v, %v", ok, err)
	}
	if ok, _ := password.Verify(hash, "Đường truyền số 2"); ok {
		t.Error("a wrong password was accepted")
	}
	first, second := password.Hash("a"), password.Hash("a")
	if first == second {
		t.Error("two hashes of one password are alike: the salt is missing")
	}
}

func FuzzVerifyNeverPanics(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$MDEyMzQ1Njc4OTAxMjM0NQ")
	f.Add("$argon2id$v=19$m=4294967295,t=1,p=1$$")
	f.Add("")
	f.Fuzz(func(t *testing.T, hash string) {
		if ok, err := password.Verify(hash, "x"); ok && err != nil || err != nil && !errors.Is(err, password.ErrFormat) {
			t.Errorf("Verify(%q) = %v, %v", hash, ok, err)
		}
	})
}
