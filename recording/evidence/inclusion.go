package evidence

import (
	"encoding/hex"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows that some records are among those of a signed root, without the
// others: the hashes of the largest subtrees that have none of them, from left to
// right (RFC 6962, section 2.1, for many leaves at once).
type Proof []tlog.Hash

// Prove makes the proof for the chosen records of all, by number and in order.
func Prove(records []byte, chosen []int64) Proof {
	leaves := make([]tlog.Hash, len(records)/RecordSize)
	for i := range leaves {
		leaves[i] = tlog.RecordHash(records[i*RecordSize : (i+1)*RecordSize])
	}
	var out Proof
	var walk func(from, to int64, chosen []int64)
	walk = func(from, to int64, chosen []int64) {
		switch {
		case len(chosen) == 0:
			out = append(out, subtree(leaves[from:to]))
		case to-from > 1:
			middle := from + split(to-from)
			at, _ := slices.BinarySearch(chosen, middle)
			walk(from, middle, chosen[:at])
			walk(middle, to, chosen[at:])
		}
	}
	if len(leaves) > 0 {
		walk(0, int64(len(leaves)), chosen)
	}
	return out
}

// split is the largest power of two below n, which is at least 2.
func split(n int64) int64 {
	k := int64(1)
	for k < n-k {
		k *= 2
	}
	return k
}

func subtree(leaves []tlog.Hash) tlog.Hash {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := split(int64(len(leaves)))
	return tlog.NodeHash(subtree(leaves[:k]), subtree(leaves[k:]))
}

// Placed is a record and its number in the index.
type Placed struct {
	Number int64
	Record []byte
}

// Root is the root, in hex, of the size records of which these are some; ok is false
// when the proof is not one for them.
func (p Proof) Root(size int64, records []Placed) (root string, ok bool) {
	last := int64(-1)
	for _, r := range records {
		if r.Number <= last || r.Number >= size || len(r.Record) != RecordSize {
			return "", false
		}
		last = r.Number
	}
	ok = len(records) > 0
	rest := p
	var walk func(from, to int64, some []Placed) tlog.Hash
	walk = func(from, to int64, some []Placed) tlog.Hash {
		switch {
		case !ok:
		case len(some) == 0:
			if ok = len(rest) > 0; ok {
				h := rest[0]
				rest = rest[1:]
				return h
			}
		case to-from == 1:
			return tlog.RecordHash(some[0].Record)
		default:
			middle := from + split(to-from)
			at, _ := slices.BinarySearchFunc(some, middle, func(r Placed, n int64) int { return int(min(max(r.Number-n, -1), 1)) })
			left := walk(from, middle, some[:at])
			return tlog.NodeHash(left, walk(middle, to, some[at:]))
		}
		return tlog.Hash{}
	}
	h := walk(0, size, records)
	return hex.EncodeToString(h[:]), ok && len(rest) == 0
}
