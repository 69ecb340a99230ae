package letter

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"diemcau/meeting"
)

// Codes of refusals of a sealed word.
const (
	CodeSeal    meeting.Code = "seen.invalid"
	CodeExpired meeting.Code = "seen.expired"
)

// Ticket is what a link in an invitation says: this point has this version before
// it. It opens nothing but that.
type Ticket struct {
	Meeting meeting.ID      `json:"m"`
	Point   meeting.PointID `json:"p"`
	Version int             `json:"v"`
	// Expires is in seconds since 1970.
	Expires int64 `json:"e"`
}

// Seal signs tickets and checks them. The key never leaves the machine.
type Seal struct{ key []byte }

// NewSeal makes the seal from a key of 32 bytes or more.
func NewSeal(key []byte) (*Seal, error) {
	if len(key) < 32 {
		return nil, meeting.Refuse(meeting.CodeInvalid, "key")
	}
	return &Seal{key}, nil
}

var encoding = base64.RawURLEncoding.Strict()

// macSize is how much of the HMAC stands in a token: 128 bits cannot be guessed,
// and the QR code stays small.
const macSize = 16

// Token is the ticket, signed, in letters that may stand in a URL.
func (s *Seal) Token(t Ticket) (string, error) {
	body, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return encoding.EncodeToString(append(body, s.mac(body)...)), nil
}

func (s *Seal) mac(body []byte) []byte {
	h := hmac.New(sha256.New, s.key)
	h.Write([]byte("diemcau invitation seen 1\n")) // a key signs nothing else by accident
	h.Write(body)
	return h.Sum(nil)[:macSize]
}

// Open checks a token and gives its ticket. The comparison takes the same time
// whatever is wrong.
func (s *Seal) Open(token string, now time.Time) (Ticket, error) {
	var t Ticket
	raw, err := encoding.DecodeString(token)
	if err != nil || len(raw) <= macSize {
		return t, meeting.Refuse(CodeSeal, "token")
	}
	body, mac := raw[:len(raw)-macSize], raw[len(raw)-macSize:]
	if !hmac.Equal(mac, s.mac(body)) {
		return t, meeting.Refuse(CodeSeal, "token")
	}
	if err := json.Unmarshal(body, &t); err != nil {
		return Ticket{}, meeting.Refuse(CodeSeal, "token")
	}
	if now.Unix() >= t.Expires {
		return Ticket{}, meeting.Refuse(CodeExpired, "token")
	}
	return t, nil
}
