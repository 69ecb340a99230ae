package render

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"diemcau/recording"
	"diemcau/recording/archive"
	"diemcau/recording/evidence"
	"diemcau/recording/replay"
	"diemcau/recording/webm"
)

// The mix of all voices: one file of sound with an index of its own.
const (
	mixFile, mixIndex = "mix.webm", "mix.bin"
	mixPiece          = 600_000 // ms mixed at once: what is made twice after a restart
	// mixLead is mixed before each piece and thrown away, so that the encoder is where
	// the one of the piece before was.
	mixLead    = 480 // ms
	packetMs   = 20
	mixBitrate = "48k"
)

// Mix is how far the mix of a recording is.
type Mix struct {
	Done    bool   `json:"done"`
	To      int64  `json:"to" doc:"ms, up to where it is made"`
	Bytes   int64  `json:"bytes"`
	Records int64  `json:"records"`
	SHA256  string `json:"sha256,omitempty" doc:"of the file"`
	Type    string `json:"type" doc:"for a MediaSource"`
}

// mixer makes the mix of one recording.
type mixer struct {
	settings Settings
	dir      string // of what is made
	item     *archive.Item
	cuts     *cutter
	state    *Mix
	link     evidence.Link
}

// begin opens the two files where the last piece ended.
func (m *mixer) begin() (media, index *os.File, err error) {
	if media, err = os.OpenFile(filepath.Join(m.dir, mixFile), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, nil, fmt.Errorf("render: %w", err)
	}
	if index, err = os.OpenFile(filepath.Join(m.dir, mixIndex), os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		_ = media.Close() // nothing was written
		return nil, nil, fmt.Errorf("render: %w", err)
	}
	size := m.state.Records * evidence.RecordSize
	err = errors.Join(media.Truncate(m.state.Bytes), index.Truncate(size))
	if err == nil && size > 0 {
		var last [evidence.RecordSize]byte
		_, err = index.ReadAt(last[:], size-evidence.RecordSize)
		copy(m.link[:], last[64:])
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("render: %w", err), media.Close(), index.Close())
	}
	return media, index, nil
}

// make mixes from where it is to the end; save is called after each piece.
func (m *mixer) make(ctx context.Context, save func() error) (err error) {
	media, index, err := m.begin()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, media.Close(), index.Close()) }()
	if m.state.Records == 0 {
		header, err := webm.AppendHeader(nil, recording.Format{Codec: recording.Opus, Channels: 1}, m.item.About.Epoch, 1)
		if err != nil {
			return err
		}
		if err := m.append(media, index, header, evidence.Record{Flags: evidence.FlagHeader}); err != nil {
			return err
		}
	}
	for m.state.To < m.item.Length {
		to := min(m.state.To+mixPiece, m.item.Length)
		packets, err := m.piece(ctx, m.state.To, to)
		if err != nil {
			return err
		}
		if err := m.write(media, index, packets, m.state.To); err != nil {
			return err
		}
		if err := errors.Join(media.Sync(), index.Sync()); err != nil {
			return fmt.Errorf("render: %w", err)
		}
		m.state.To = to
		if err := save(); err != nil {
			return err
		}
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(media, 0, m.state.Bytes)); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	m.state.SHA256, m.state.Done = hex.EncodeToString(h.Sum(nil)), true
	return save()
}

// piece mixes the voices of a stretch and returns its packets.
func (m *mixer) piece(ctx context.Context, from, to int64) ([][]byte, error) {
	if err := room(m.settings); err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp(m.dir, "work-")
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }() // only its space is lost otherwise
	lead := min(from, mixLead)
	inputs, args, err := voices(m.cuts, m.item, from-lead, to, work)
	if err != nil {
		return nil, err
	}
	out := filepath.Join(work, "mix.ogg")
	args = append(args, "-filter_complex", soundGraph(from-lead, to, inputs), "-map", "[a]",
		"-c:a", "libopus", "-b:a", mixBitrate, "-vbr", "constrained", "-ac", "1", "-frame_duration", "20", "-threads", "1", "-f", "ogg", out)
	if err := runCommand(ctx, m.settings.Command, args); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	packets, err := oggPackets(b)
	if err != nil {
		return nil, err
	}
	packets = packets[min(int(lead/packetMs), len(packets)):]
	return packets[:min(len(packets), int((to-from+packetMs-1)/packetMs))], nil
}

// write appends packets as fragments of a second.
func (m *mixer) write(media, index *os.File, packets [][]byte, from int64) error {
	const second = 1000 / packetMs
	for i := 0; i < len(packets); i += second {
		part := packets[i:min(i+second, len(packets))]
		at := (from + int64(i)*packetMs) * 1000
		frames := make([]recording.Frame, len(part))
		for j, data := range part {
			frames[j] = recording.Frame{At: at + int64(j)*packetMs*1000, Duration: packetMs * 1000, Key: true, Data: data}
		}
		b, err := webm.AppendCluster(nil, frames)
		if err != nil {
			return err
		}
		r := evidence.Record{Flags: evidence.FlagKey, At: at, Duration: int64(len(part)) * packetMs * 1000}
		if err := m.append(media, index, b, r); err != nil {
			return err
		}
	}
	return nil
}

// append writes one fragment and its record.
func (m *mixer) append(media, index *os.File, data []byte, r evidence.Record) error {
	r.Track, r.Number, r.Offset, r.Length, r.SHA256 = 1, uint32(m.state.Records), m.state.Bytes, int64(len(data)), sha256.Sum256(data) // a record a second
	line, link := r.Append(nil, m.link)
	if _, err := media.WriteAt(data, r.Offset); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	if _, err := index.WriteAt(line, m.state.Records*evidence.RecordSize); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	m.link = link
	m.state.Records++
	m.state.Bytes += r.Length
	return nil
}

// keptHeads is how many indexes of mixes are kept: that of three hours has a
// megabyte.
const keptHeads = 16

// heads keeps the indexes that were read last: each block of one is asked for by
// itself. A mix that is done never changes, and another one of the same recording
// has another hash. A leaf with a lock; it reads outside of it.
type heads struct {
	mu    sync.Mutex
	known []head // latest last
}

type head struct {
	dir, sum string
	index    *replay.Plain
}

// of reads the index of a mix that is done.
func (h *heads) of(dir string, m Mix) (*replay.Plain, error) {
	is := func(k head) bool { return k.dir == dir && k.sum == m.SHA256 }
	h.mu.Lock()
	if i := slices.IndexFunc(h.known, is); i >= 0 {
		k := h.known[i]
		h.known = append(slices.Delete(h.known, i, i+1), k)
		h.mu.Unlock()
		return k.index, nil
	}
	h.mu.Unlock()
	b, err := os.ReadFile(filepath.Join(dir, mixIndex))
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	k := head{dir, m.SHA256, replay.NewPlain(b[:min(int64(len(b)), m.Records*evidence.RecordSize)])}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known = append(slices.DeleteFunc(h.known, func(k head) bool { return k.dir == dir }), k)
	if len(h.known) > keptHeads {
		h.known = slices.Delete(h.known, 0, len(h.known)-keptHeads)
	}
	return k.index, nil
}
