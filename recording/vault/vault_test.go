package vault_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"diemcau/recording/chunk"
	"diemcau/recording/specimen"
	"diemcau/recording/vault"
)

func identity(t testing.TB) *age.X25519Identity {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// counted counts what is read of a file.
type counted struct {
	*bytes.Reader
	read int64
}

func (c *counted) ReadAt(b []byte, at int64) (int, error) {
	n, err := c.Reader.ReadAt(b, at)
	c.read += int64(n)
	return n, err
}

// record seals media of 100 fragments and returns it with the file.
func record(t *testing.T, path string, track uint16, to ...age.Recipient) (media, file []byte) {
	t.Helper()
	w, err := vault.NewWriter(path, "r1", to)
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Track(track)
	if err != nil {
		t.Fatal(err)
	}
	for n := range uint32(100) {
		part := make([]byte, 100_000)
		rand.New(rand.NewSource(int64(n))).Read(part)
		b, err := s.Seal(chunk.Header{Number: n, At: int64(n) * 1e6}, part)
		if err != nil {
			t.Fatal(err)
		}
		media, file = append(media, part...), append(file, b...)
	}
	return media, file
}

func TestASeekOpensOneFragmentAndNothingOpensWithoutTheKey(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys", "r1.json")
	owner, stranger := identity(t), identity(t)
	media, file := record(t, path, 3, owner.Recipient())
	keys, err := vault.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Open(3, []age.Identity{stranger}); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("a stranger: %v", err)
	}
	s, err := keys.Open(3, []age.Identity{owner})
	if err != nil {
		t.Fatal(err)
	}
	c := &counted{Reader: bytes.NewReader(file)}
	r, err := vault.NewReader(c, int64(len(file)), s)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 150_000)
	if _, err := r.ReadAt(got, 5_033_333); err != nil || !bytes.Equal(got, media[5_033_333:5_183_333]) {
		t.Errorf("the middle differs: %v", err)
	}
	if c.read > 1<<20 {
		t.Errorf("%d bytes read for a seek", c.read)
	}
	all, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
	if err != nil || !bytes.Equal(all, media) {
		t.Errorf("the whole differs: %v", err)
	}
	cut, err := vault.NewReader(bytes.NewReader(file[:len(file)-1]), int64(len(file)-1), s)
	if err != nil || cut.Size() != int64(len(media))-100_000 {
		t.Errorf("a cut file has %d bytes: %v", cut.Size(), err)
	}
	file[200_000] ^= 1
	if _, err := r.ReadAt(got, 150_000); err == nil {
		t.Error("a flipped byte opens")
	}
}

// hour is a sealed file of an hour at 2 Mbit/s, of which only one fragment has
// content: what is read of it is counted.
type hour struct {
	heads [][]byte
	whole []byte // of fragment 1800
	read  int64
}

const hourPart = 250_000 + chunk.HeaderSize + 16

func (h *hour) ReadAt(b []byte, at int64) (n int, err error) {
	for n < len(b) {
		part, in := (at+int64(n))/hourPart, (at+int64(n))%hourPart
		from := h.heads[part]
		if part == 1800 {
			from = h.whole
		}
		if in < int64(len(from)) {
			n += copy(b[n:], from[in:])
		} else {
			n += min(len(b)-n, int(hourPart-in))
		}
	}
	h.read += int64(n)
	return n, nil
}

func TestASeekToTheMiddleOfAnHourReadsLessThanAMegabyte(t *testing.T) {
	t.Parallel()
	owner := identity(t)
	w, err := vault.NewWriter(filepath.Join(t.TempDir(), "r1.json"), "r1", []age.Recipient{owner.Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Track(1)
	if err != nil {
		t.Fatal(err)
	}
	media := make([]byte, 250_000)
	rand.New(rand.NewSource(1)).Read(media)
	h := &hour{}
	for n := range uint32(3600) {
		head := chunk.Begin(nil, chunk.Header{Kind: chunk.AES256GCM, Number: n, At: int64(n) * 1e6})
		binary.BigEndian.PutUint32(head[24:], hourPart-chunk.HeaderSize)
		h.heads = append(h.heads, head)
	}
	if h.whole, err = s.Seal(chunk.Header{Number: 1800, At: 1800e6}, media); err != nil {
		t.Fatal(err)
	}
	r, err := vault.NewReader(h, 3600*hourPart, s)
	if err != nil || r.Size() != 3600*250_000 {
		t.Fatal(r.Size(), err)
	}
	got := make([]byte, len(media))
	if _, err := r.ReadAt(got, 1800*250_000); err != nil || !bytes.Equal(got, media) {
		t.Errorf("the second in the middle differs: %v", err)
	}
	t.Logf("%d bytes are read for a seek in %d", h.read, int64(3600*hourPart))
	if h.read >= 1_000_000 {
		t.Errorf("%d bytes are read for a seek", h.read)
	}
}

func TestRecipientsChangeAndTracksAreDestroyedWithoutTouchingMedia(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "r1.json")
	old, fresh := identity(t), identity(t)
	_, one := record(t, path, 1, old.Recipient())
	_, two := record(t, path, 2, old.Recipient()) // a second run, as after a crash
	keys, err := vault.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.Rotate([]age.Identity{old}, []age.Recipient{fresh.Recipient()}); err != nil {
		t.Fatal(err)
	}
	keys.Destroy(1)
	if err := keys.Save(path); err != nil {
		t.Fatal(err)
	}
	if keys, err = vault.Load(path); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Open(2, []age.Identity{old}); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("the old identity still opens: %v", err)
	}
	s, err := keys.Open(2, []age.Identity{fresh})
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := vault.NewReader(bytes.NewReader(two), int64(len(two)), s); r.Size() != 10_000_000 {
		t.Errorf("%d bytes", r.Size())
	}
	if _, err := keys.Open(1, []age.Identity{fresh}); !errors.Is(err, vault.ErrNoKey) {
		t.Errorf("a destroyed track opens: %v", err)
	}
	if _, err := s.Unseal(one[:len(one)/100]); err == nil {
		t.Error("a key opens another track")
	}
}

func TestADamagedFileOfKeysIsNoticed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "r1.json")
	record(t, path, 1, identity(t).Recipient())
	specimen.Flip(t, path)
	if _, err := vault.Load(path); err == nil {
		t.Error("it loads")
	}
}

func FuzzUnseal(f *testing.F) {
	path := filepath.Join(f.TempDir(), "r1.json")
	w, err := vault.NewWriter(path, "r1", []age.Recipient{identity(f).Recipient()})
	if err != nil {
		f.Fatal(err)
	}
	s, err := w.Track(1)
	if err != nil {
		f.Fatal(err)
	}
	b, _ := s.Seal(chunk.Header{}, []byte("media"))
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		s.Unseal(b)
		if r, err := vault.NewReader(bytes.NewReader(b), int64(len(b)), s); err == nil && r.Size() > int64(len(b)) {
			t.Fatal("more media than file")
		}
	})
}
