// Package password stores and checks passwords with argon2id (RFC 9106). It is
// pure: no state, no goroutine.
package password

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost of a hash: RFC 9106 section 4, second recommended option (memory
// constrained): three passes over 64 MiB; the memory is in cost.go.
const (
	passes   = 3
	lanes    = 4
	saltSize = 16
	keySize  = 32
	// Bounds on what a stored hash may ask for, so that a tampered one cannot
	// exhaust the machine.
	maxMemory = 1 << 20 // KiB
	maxPasses = 16
)

// ErrFormat tells that a stored hash is not argon2id in PHC string form.
var ErrFormat = errors.New("password: not an argon2id hash in PHC form")

// Hash returns the PHC string of a password:
// $argon2id$v=19$m=65536,t=3,p=4$<salt>$<key>, both base64 without padding.
func Hash(password string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	key := argon2.IDKey([]byte(password), salt, passes, memory, lanes, keySize)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// Verify reports whether the password belongs to the hash, in time that does
// not depend on where they differ. The error is ErrFormat.
func Verify(hash, password string) (bool, error) {
	var version int
	var m, t uint32
	var p uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return false, ErrFormat
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, ErrFormat
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); err != nil {
		return false, ErrFormat
	}
	if m == 0 || m > maxMemory || t == 0 || t > maxPasses || p == 0 {
		return false, ErrFormat
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(key) < 16 || len(key) > 128 || len(salt) > 128 {
		return false, ErrFormat
	}
	got := argon2.IDKey([]byte(password), salt, t, m, p, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1, nil
}
