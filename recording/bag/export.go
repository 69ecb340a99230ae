package bag

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diemcau/recording/archive"
)

// The errors of packing.
var (
	// ErrOpen tells that a recording is not sealed: it is still being written, or
	// waits to go on.
	ErrOpen = errors.New("the recording is not sealed")
	// ErrChanged tells that a recording or bag is not what it was.
	ErrChanged = errors.New("not what was recorded")
	// ErrExists tells that the place is taken.
	ErrExists = errors.New("the target exists already")
)

// Export is what to pack.
type Export struct {
	Dir     string            // of the recording
	To      string            // the bag's folder, which must not exist
	Papers  map[string]string // more files of the meeting's file: name below data/ to path
	Fields  Fields
	By      string // who exports
	Version string // of the program
	Now     time.Time
}

// Pack writes a bag. It is complete when Pack returns without error; before, its
// folder has the suffix ".partial".
func Pack(ctx context.Context, e Export, progress Progress) error {
	if _, err := os.Stat(e.To); err == nil {
		return fmt.Errorf("bag: %s: %w", e.To, ErrExists)
	}
	b, err := Prepare(e)
	if err != nil {
		return err
	}
	partial := e.To + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return fmt.Errorf("bag: %w", err)
	}
	if err := b.write(ctx, folder(partial), progress); err != nil {
		return err
	}
	if err := os.Rename(partial, e.To); err != nil {
		return fmt.Errorf("bag: %w", err)
	}
	return nil
}

// Bag is one that is ready to be written.
type Bag struct {
	export Export
	item   archive.Item
	files  []file
}

// Prepare checks what is to be packed against its own evidence; To is not needed.
func Prepare(e Export) (*Bag, error) {
	report, err := archive.Verify(e.Dir, archive.VerifySettings{})
	if err != nil {
		return nil, err
	}
	if len(report.Problems) > 0 {
		return nil, fmt.Errorf("bag: %w: %s", ErrChanged, report.Problems[0])
	}
	if !report.Sealed {
		return nil, fmt.Errorf("bag: %w", ErrOpen)
	}
	b := &Bag{export: e, item: archive.Describe(e.Dir)}
	b.files, err = e.files(b.item)
	return b, err
}

// write puts every file of the bag into a place: the payload, what tells of it, and
// the manifests last.
func (b *Bag) write(ctx context.Context, into place, progress Progress) error {
	var all, done int64
	for _, f := range b.files {
		all += f.size
	}
	var manifest, tags bytes.Buffer
	for _, f := range b.files {
		if err := ctx.Err(); err != nil {
			return err
		}
		sum, err := f.copy(into)
		if err != nil {
			return err
		}
		fmt.Fprintf(&manifest, "%s  %s\n", sum, encode(f.name))
		if done += f.size; progress != nil {
			progress(done, all)
		}
	}
	for _, tag := range []struct{ name, text string }{
		{declarationName, declaration},
		{infoName, b.export.info(b.item, all, len(b.files))},
		{manifestName, manifest.String()},
	} {
		sum, err := (&file{name: tag.name, text: []byte(tag.text)}).copy(into)
		if err != nil {
			return err
		}
		fmt.Fprintf(&tags, "%s  %s\n", sum, tag.name)
	}
	_, err := (&file{name: tagManifestName, text: tags.Bytes()}).copy(into)
	return err
}

// files lists the payload.
func (e *Export) files(item archive.Item) ([]file, error) {
	var files []file
	add := func(name, from string) error {
		info, err := os.Stat(from)
		if err != nil {
			return fmt.Errorf("bag: %w", err)
		}
		files = append(files, file{name: name, from: from, size: info.Size()})
		return nil
	}
	names, err := walk(e.Dir)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := add(Recording+"/"+name, filepath.Join(e.Dir, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
	}
	taken := map[string]bool{}
	for _, paper := range slices.Sorted(maps.Keys(e.Papers)) {
		from, name := e.Papers[paper], payload+"/"+unique(portable(paper), taken)
		if strings.HasPrefix(name, Recording+"/") || !filepath.IsLocal(name) {
			return nil, fmt.Errorf("bag: %q cannot be the name of a paper", name)
		}
		if err := add(name, from); err != nil {
			return nil, err
		}
	}
	fields := e.Fields.complete(item, len(files))
	described, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		return nil, err
	}
	premis, err := premisOf(e, item)
	if err != nil {
		return nil, err
	}
	for name, text := range map[string][]byte{"description.json": append(described, '\n'), "premis.xml": premis, "README.txt": []byte(readme)} {
		files = append(files, file{name: payload + "/" + name, text: text, size: int64(len(text))})
	}
	return files, nil
}

// copy writes the file into a place and returns its checksum.
func (f *file) copy(into place) (string, error) {
	var from io.Reader = bytes.NewReader(f.text)
	if f.from != "" {
		in, err := os.Open(f.from)
		if err != nil {
			return "", fmt.Errorf("bag: %w", err)
		}
		defer in.Close()
		from = in
	}
	out, err := into.create(f.name)
	if err != nil {
		return "", fmt.Errorf("bag: %w", err)
	}
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(out, h), from)
	if err = errors.Join(err, out.Close()); err != nil {
		return "", fmt.Errorf("bag: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (e *Export) info(item archive.Item, bytes int64, files int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Bagging-Date: %s\n", e.Now.Format(time.DateOnly))
	fmt.Fprintf(&b, "Payload-Oxum: %d.%d\n", bytes, files)
	fmt.Fprintf(&b, "Bag-Software-Agent: %s\n", line(e.Version))
	fmt.Fprintf(&b, "External-Identifier: %s\n", line(item.About.ID))
	if title := line(item.About.Title); title != "" {
		fmt.Fprintf(&b, "External-Description: %s\n", title)
	}
	if e.By != "" {
		fmt.Fprintf(&b, "Contact-Name: %s\n", line(e.By))
	}
	return b.String()
}

const readme = `Recording of a meeting, packed as BagIt (RFC 8493).

recording/            the recording, as it was sealed; its own evidence is in it
  meeting.json        what was recorded and from when on (epoch)
  events.jsonl        what happened; each line has the SHA-256 of the one before
  index.bin           a record of 80 bytes per second and track
  tracks/             one file per track: WebM (VP8, VP9, AV1, Opus), MP4 (H.264),
                      RTP packets (.rtp) of codecs without a container; .enc: sealed
                      with AES-256-GCM
  checkpoints.jsonl   signed every 10 s (Ed25519)
  manifest.json, .sig the seal
description.json      fields of the file (TT 05/2025)
premis.xml            what was done for its preservation (PREMIS 3)

All times in the recording count from the epoch in meeting.json.
`
