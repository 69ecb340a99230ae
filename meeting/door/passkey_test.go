package door_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
	"github.com/go-webauthn/webauthn/webauthn"

	"diemcau/meeting"
	"diemcau/meeting/account"
)

// bridgeHost is the bridge's name in requests of httptest.
const bridgeHost = "example.com"

// device is an authenticator that keeps one passkey and is unlocked.
type device struct {
	key    *ecdsa.PrivateKey
	id     []byte
	holder meeting.PersonID
	count  uint32
}

// device makes one of an account's and lets the bridge know its public half.
func (h *house) device(user string) *device {
	h.Helper()
	a, err := h.store.AccountOf(h.Context(), user)
	if err != nil {
		h.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		h.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		h.Fatal(err)
	}
	public, err := webauthncbor.Marshal(webauthncose.EC2PublicKeyData{
		PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.EllipticKey), Algorithm: int64(webauthncose.AlgES256)},
		Curve:         int64(webauthncose.P256), XCoord: point[1:33], YCoord: point[33:],
	})
	if err != nil {
		h.Fatal(err)
	}
	d := &device{key: key, id: []byte(rand.Text()), holder: a.Person}
	credential, err := json.Marshal(webauthn.Credential{ID: d.id, PublicKey: public, Flags: webauthn.CredentialFlags{UserPresent: true, UserVerified: true}})
	if err != nil {
		h.Fatal(err)
	}
	if _, err := h.store.ChangeAccount(h.Context(), a.Person, func(a *account.Account) error {
		a.Secrets.Passkeys = append(a.Secrets.Passkeys, account.Passkey{ID: string(d.id), Name: user, Host: bridgeHost, Created: h.clock(), Credential: credential})
		return nil
	}); err != nil {
		h.Fatal(err)
	}
	return d
}

// touch has a device sign what the bridge asks this browser for.
func (b *browser) touch(d *device, status int, code string) answer {
	b.Helper()
	text := base64.RawURLEncoding.EncodeToString
	asked := b.want("POST", "/api/session/passkey", nil, 200, "").body["options"].(obj)
	client, err := json.Marshal(obj{"type": "webauthn.get", "challenge": asked["challenge"], "origin": "https://" + bridgeHost})
	if err != nil {
		b.Fatal(err)
	}
	d.count++
	host := sha256.Sum256([]byte(bridgeHost))
	data := binary.BigEndian.AppendUint32(append(host[:], byte(protocol.FlagUserPresent|protocol.FlagUserVerified)), d.count)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(append(data[:len(data):len(data)], hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	if err != nil {
		b.Fatal(err)
	}
	return b.want("POST", "/api/session/passkey/finish", obj{"credential": obj{
		"id": text(d.id), "rawId": text(d.id), "type": "public-key", "clientExtensionResults": obj{},
		"response": obj{"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature), "userHandle": text([]byte(d.holder))},
	}}, status, code)
}

func TestSEC02_SomebodyElsesPasskeyProvesNothingAndTakesNobodysPlace(t *testing.T) {
	each(t, func(_ *testing.T, h *house) {
		secretary, chair := h.person("thuky", "LG", false, meeting.Secretary), h.person("chutri", "LG", false, meeting.Chair)
		his, others := h.device(secretary), h.device(chair)
		b := h.browser()
		b.touch(his, 200, "")
		before := b.want("GET", "/api/session", nil, 200, "")

		b.touch(others, 403, "passkey.other")
		after := b.want("GET", "/api/session", nil, 200, "")
		if after.text("person") != before.text("person") || after.text("proved") != before.text("proved") || h.count(account.ProvedAgain) != 0 {
			h.Errorf("before %v, after somebody else's passkey %v", before.body, after.body)
		}
		if n := h.count(account.ProofFailed); n != 1 {
			h.Errorf("the log has %d proofs that failed, want 1", n)
		}
		b.touch(his, 200, "")
		if h.count(account.ProvedAgain) != 1 {
			h.Error("his own passkey proves nothing any more")
		}
		b.want("DELETE", "/api/session", nil, 200, "")
		if who := b.touch(others, 200, "").text("name"); who != "chutri" {
			h.Errorf("after he signed out %q is signed in, want the chair", who)
		}
	})
}
