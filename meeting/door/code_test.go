package door

import (
	"strings"
	"testing"
)

func FuzzAPairingCodeIsReadAsItWasTyped(f *testing.F) {
	for _, s := range []string{"K7M-2PQ9X", "k7m 2pq9x", "", "K7M-2PQ9", "K7M2PQ9XA", "ÀÀÀ-ÀÀÀÀÀ", "K7M-2PQ9\x00", "IO0-11111"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		finds, proves, ok := splitCode(s)
		if !ok {
			return
		}
		if len(finds) != codeFinds || len(proves) != codeProves || strings.Trim(finds+proves, codeLetters) != "" {
			t.Errorf("%q was read as %q and %q", s, finds, proves)
		}
		if again, rest, ok := splitCode(finds + "-" + proves); !ok || again != finds || rest != proves {
			t.Errorf("%q is not read back", finds+"-"+proves)
		}
	})
}

func TestSEC04_CodesAreOfLettersThatAreNotMistaken(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		code := letters(codeFinds) + letters(codeProves)
		if _, _, ok := splitCode(code); !ok || seen[code] || strings.ContainsAny(code, "0O1IL") && strings.ContainsAny(code, "01OI") {
			t.Fatalf("code %q", code)
		}
		seen[code] = true
	}
}
