package audit

import (
	"bufio"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Head says how far the chain went at a time, signed by the bridge. Copies of heads
// are kept outside the database, so that a chain that was cut off or made anew
// does not fit them.
type Head struct {
	Seq       int64     `json:"seq"`
	Hash      string    `json:"hash"`
	At        time.Time `json:"at"`
	Key       string    `json:"key"` // public key, hex
	Signature string    `json:"signature"`
}

// headName keeps signatures of heads apart from all others of the key.
const headName = "diemcau audit head 1\n"

func (h Head) signed() []byte {
	return []byte(headName + strconv.FormatInt(h.Seq, 10) + "\n" + h.Hash + "\n" + Stamp(h.At) + "\n")
}

// Sign makes a head.
func Sign(key ed25519.PrivateKey, seq int64, hash string, at time.Time) Head {
	public, _ := key.Public().(ed25519.PublicKey)
	h := Head{Seq: seq, Hash: hash, At: at.UTC().Truncate(time.Microsecond), Key: hex.EncodeToString(public)}
	h.Signature = hex.EncodeToString(ed25519.Sign(key, h.signed()))
	return h
}

// Holds answers whether the key that the head names signed it.
func (h Head) Holds() bool {
	key, err := hex.DecodeString(h.Key)
	signature, bad := hex.DecodeString(h.Signature)
	return err == nil && bad == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, h.signed(), signature)
}

// longestHead bounds a line of a file of heads, bytes.
const longestHead = 4 << 10

// ReadHeads reads heads, one a line. A line that is no head is an error that names
// it; the last may be half there, for the machine may have stopped while writing it.
func ReadHeads(r io.Reader) (heads []Head, err error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, longestHead), longestHead)
	var bad error
	for n := 1; lines.Scan(); n++ {
		if bad != nil {
			return heads, bad
		}
		if len(lines.Bytes()) == 0 {
			continue
		}
		var h Head
		if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
			bad = fmt.Errorf("audit: line %d of the heads: %w", n, err)
			continue
		}
		heads = append(heads, h)
	}
	return heads, errors.Join(lines.Err())
}
