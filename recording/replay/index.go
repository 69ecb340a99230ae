package replay

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"

	"diemcau/recording/archive"
	"diemcau/recording/chunk"
	"diemcau/recording/evidence"
)

// BlockRecords is how many records of the index make a block: a power of two, so
// that the hash of each block but the last is a node of the Merkle tree over all of
// them (RFC 6962, section 2.1), and the hashes of the blocks make its root.
const BlockRecords = 512

// sealedBytes is how much longer a sealed fragment is than what is in it.
const sealedBytes = chunk.HeaderSize + 16

// Block is one block of the index.
type Block struct {
	From int64  `json:"from" doc:"ms, begin of its earliest fragment"`
	To   int64  `json:"to" doc:"ms, end of its latest fragment"`
	Hash string `json:"hash" doc:"of the Merkle tree over its records, hex"`
}

// Seal is what vouches for the root: a sealed recording's manifest, or the last
// checkpoint of one that is being written.
type Seal struct {
	Manifest   string `json:"manifest,omitempty" doc:"the bytes that were signed, base64"`
	Signature  string `json:"signature,omitempty" doc:"Ed25519, hex"`
	Checkpoint string `json:"checkpoint,omitempty" doc:"the signed line, while it is being written"`
	Stamped    bool   `json:"stamped" doc:"a third party confirmed the time of the seal"`
}

// Index says of what pieces the index is made.
type Index struct {
	Records int64   `json:"records"`
	Root    string  `json:"root" doc:"of the Merkle tree over all records, hex"`
	Key     string  `json:"key" doc:"Ed25519 public key of the bridge that recorded, hex"`
	Block   int     `json:"block" doc:"records of a block; the last may have fewer"`
	Blocks  []Block `json:"blocks" nullable:"false"`
	Seal    Seal    `json:"seal"`
}

// index is the signed part of a recording's index.
type index struct {
	Index
	records []byte
	legs    map[uint16][]piece
}

// piece is a fragment on disk.
type piece struct {
	offset, length int64
	sum            [32]byte
}

// readIndex reads as much of the index as a signature vouches for.
func readIndex(dir string, sealed bool) (*index, error) {
	x := &index{Index: Index{Block: BlockRecords, Blocks: []Block{}}, legs: map[uint16][]piece{}}
	about, err := archive.AboutOf(dir)
	if err != nil {
		return nil, err
	}
	x.Key = about.Key
	if sealed {
		err = x.readSeal(dir)
	} else {
		err = x.readCheckpoint(dir)
	}
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(dir, "index.bin"))
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	n := min(x.Records, int64(len(b)/evidence.RecordSize))
	x.Records, x.records = n, b[:n*evidence.RecordSize]
	x.divide()
	return x, nil
}

func (x *index) readSeal(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, archive.ManifestName))
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	sig, err := os.ReadFile(filepath.Join(dir, archive.SignatureName))
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	digits, _, _ := bytes.Cut(sig, []byte(" "))
	x.Seal = Seal{Manifest: base64.StdEncoding.EncodeToString(text), Signature: string(digits)}
	_, err = os.Stat(filepath.Join(dir, archive.StampName))
	x.Seal.Stamped = err == nil
	var m evidence.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return fmt.Errorf("replay: %s: %w", archive.ManifestName, err)
	}
	x.Records, x.Root = m.Records, m.Root
	return nil
}

// readCheckpoint takes the last whole checkpoint; without any nothing is vouched for.
func (x *index) readCheckpoint(dir string) error {
	f, err := os.Open(filepath.Join(dir, "checkpoints.jsonl"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var c evidence.Checkpoint
		if json.Unmarshal(lines.Bytes(), &c) == nil {
			x.Records, x.Root, x.Seal.Checkpoint = c.Records, c.Root, lines.Text()
		}
	}
	return nil
}

// divide makes the blocks and lists the pieces of each leg.
func (x *index) divide() {
	for start := 0; start < len(x.records); start += BlockRecords * evidence.RecordSize {
		part := x.records[start:min(start+BlockRecords*evidence.RecordSize, len(x.records))]
		var tree evidence.Tree
		block := Block{From: math.MaxInt64}
		for ; len(part) > 0; part = part[evidence.RecordSize:] {
			raw := part[:evidence.RecordSize]
			tree.Append(raw)
			r, _, _ := evidence.ReadRecord(raw, evidence.Link{}) // the tree vouches for the chain
			x.legs[r.Track] = append(x.legs[r.Track], piece{r.Offset, r.Length, r.SHA256})
			if r.Flags&evidence.FlagHeader == 0 {
				block.From, block.To = min(block.From, r.At/1000), max(block.To, (r.At+r.Duration+999)/1000)
			}
		}
		if block.From == math.MaxInt64 {
			block.From = block.To // headers only
		}
		block.Hash = tree.Root()
		x.Blocks = append(x.Blocks, block)
	}
	for _, pieces := range x.legs {
		sort.Slice(pieces, func(i, j int) bool { return pieces[i].offset < pieces[j].offset })
	}
}

// block returns the records of a block.
func (x *index) block(n int) []byte {
	const size = BlockRecords * evidence.RecordSize
	if n < 0 || n >= len(x.Blocks) {
		return nil
	}
	return x.records[n*size : min((n+1)*size, len(x.records))]
}

// pieces returns the whole fragments of a leg between two offsets on disk, with the
// number of the first of them in its file.
func (x *index) pieces(leg uint16, from, to int64) ([]piece, int) {
	all := x.legs[leg]
	first := sort.Search(len(all), func(i int) bool { return all[i].offset >= from })
	last := first
	for last < len(all) && all[last].offset+all[last].length <= to {
		last++
	}
	return all[first:last], first
}

// Plain is an index that nobody signed: that of a file which was made of a
// recording. Its root says which file is meant, not that it is true.
type Plain struct{ x *index }

// NewPlain divides records of 80 bytes into blocks.
func NewPlain(records []byte) *Plain {
	n := len(records) / evidence.RecordSize
	x := &index{Index: Index{Block: BlockRecords, Blocks: []Block{}, Records: int64(n)}, records: records[:n*evidence.RecordSize], legs: map[uint16][]piece{}}
	x.divide()
	var tree evidence.Tree
	for r := x.records; len(r) > 0; r = r[evidence.RecordSize:] {
		tree.Append(r[:evidence.RecordSize])
	}
	x.Root = tree.Root()
	return &Plain{x}
}

// Head is what a browser begins with.
func (p *Plain) Head() Index { return p.x.Index }

// Block returns the records of a block; nil when there is none of the number.
func (p *Plain) Block(n int) []byte { return p.x.block(n) }
