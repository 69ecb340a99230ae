package live

import (
	"testing"

	"diemcau/meeting/conduct"
)

func FuzzReadAct(f *testing.F) {
	for _, seed := range []string{
		`{"do":"ask","with":{"point":"LG-X1","topic":"Giải ngân"},"key":"k"}`, `{"do":"cast-vote","with":{"motion":"m","voter":"v","choice":"tan-thanh"}}`,
		`{"do":"cut"}`, `{"do":"tick","with":null}`, `{"do":"ask","with":[]}`, `{"do":1}`, `null`, `[`, ``, `{"do":"join","with":{"point":"\ud800"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		deed, _, err := readAct(body)
		if (deed == nil) != (err != nil) {
			t.Fatalf("deed %v, error %v", deed, err)
		}
		if ask, ok := deed.(conduct.Ask); ok && ask.Entry == "" {
			t.Fatal("a request without an id")
		}
	})
}
