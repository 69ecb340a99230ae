package evidence_test

import (
	"bytes"
	"testing"

	"diemcau/recording/evidence"
)

func TestARC04_SomeRecordsAreProvenToBeAmongThoseOfARoot(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{1, 2, 3, 7, 8, 21, 64} {
		var tree evidence.Tree
		var all []byte
		for i := range n {
			r := bytes.Repeat([]byte{byte(i + 1)}, evidence.RecordSize)
			tree.Append(r)
			all = append(all, r...)
		}
		for mask := int64(1); mask < min(int64(1)<<n, 256); mask += 3 {
			var chosen []int64
			var placed []evidence.Placed
			for i := range n {
				if mask>>(i%8)&1 == 1 {
					chosen = append(chosen, i)
					placed = append(placed, evidence.Placed{Number: i, Record: all[i*evidence.RecordSize : (i+1)*evidence.RecordSize]})
				}
			}
			proof := evidence.Prove(all, chosen)
			if root, ok := proof.Root(n, placed); !ok || root != tree.Root() {
				t.Fatalf("%d of %d: %v", chosen, n, ok)
			}
			changed := append([]evidence.Placed{}, placed...)
			changed[0].Record = bytes.Repeat([]byte{0xff}, evidence.RecordSize)
			if root, _ := proof.Root(n, changed); root == tree.Root() {
				t.Fatalf("%d of %d: a changed record fits", chosen, n)
			}
			if len(placed) > 1 {
				if root, ok := proof.Root(n, placed[1:]); ok && root == tree.Root() {
					t.Fatalf("%d of %d: fits without the first", chosen, n)
				}
			}
			if _, ok := append(proof, evidence.Proof{{}}...).Root(n, placed); ok {
				t.Fatal("a proof with something behind it fits")
			}
		}
	}
}
