//go:build !race

package password_test

import (
	"strings"
	"testing"

	"diemcau/internal/password"
)

func TestSEC02_APasswordCostsWhatRFC9106Recommends(t *testing.T) {
	t.Parallel()
	if hash := password.Hash("Đường truyền số 1"); !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("the hash was made by %q", hash)
	}
}
