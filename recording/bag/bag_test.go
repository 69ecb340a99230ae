package bag_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"diemcau/recording/archive"
	"diemcau/recording/bag"
	"diemcau/recording/specimen"
)

var key = specimen.Key

// sealed makes a recording of some seconds below root and returns its folder.
func sealed(t testing.TB, root string) string {
	t.Helper()
	about := specimen.About()
	about.Title = "Giao ban trực tuyến"
	return specimen.Seal(t, root, about, archive.Settings{Software: "diemcau test"}, specimen.Clusters(t, 20, 300)).Dir
}

func packed(t testing.TB, dir string) string {
	t.Helper()
	paper := filepath.Join(t.TempDir(), "minutes.txt")
	if err := os.WriteFile(paper, []byte("Biên bản"), 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "bag")
	err := bag.Pack(t.Context(), bag.Export{
		Dir: dir, To: to, Papers: map[string]string{"papers/biên bản 100%.txt": paper}, By: "Văn thư",
		Fields: bag.Fields{Retention: "Vĩnh viễn", Access: "han-che"}, Version: "diemcau test", Now: time.Now(),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func TestARC03_ABagHoldsTheRecordingItsFieldsAndWhatWasDoneForIt(t *testing.T) {
	t.Parallel()
	dir := sealed(t, t.TempDir())
	to := packed(t, dir)
	if problems, err := bag.Check(t.Context(), to, nil); err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	var f bag.Fields
	text, err := os.ReadFile(filepath.Join(to, "data", "description.json"))
	if err != nil || json.Unmarshal(text, &f) != nil {
		t.Fatal(err)
	}
	if f.Title != "Giao ban trực tuyến" || f.Retention != "Vĩnh viễn" || f.Begun != "2026-11-23T01:00:00Z" || f.Ended != "2026-11-23T01:00:20Z" || f.Documents < 7 {
		t.Errorf("fields: %+v", f)
	}
	var p struct {
		Objects []struct {
			Digest string `xml:"objectCharacteristics>fixity>messageDigest"`
		} `xml:"object"`
		Events []struct {
			Type string `xml:"eventType"`
		} `xml:"event"`
	}
	text, err = os.ReadFile(filepath.Join(to, "data", "premis.xml"))
	if err != nil || xml.Unmarshal(text, &p) != nil {
		t.Fatal(err)
	}
	if len(p.Objects) != 1 || len(p.Objects[0].Digest) != 64 || len(p.Events) < 4 {
		t.Errorf("PREMIS: %+v", p)
	}
	report, err := archive.Verify(filepath.Join(to, "data", "recording"), archive.VerifySettings{Key: key.Public().(ed25519.PublicKey)})
	if err != nil || !report.OK() {
		t.Errorf("the recording in the bag: %+v, %v", report, err)
	}
}

// validator is the Library of Congress's own for bags, nil where it is not:
// deploy/test-tools.sh has it where PyPI can be reached.
func validator(t *testing.T) []string {
	t.Helper()
	if path, err := exec.LookPath("bagit.py"); err == nil {
		return []string{path, "--validate", "."}
	}
	path, err := filepath.Abs("../../.tools/bagit-1.9.0/bagit/__init__.py")
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Log("bagit.py is not here: sha256sum alone looks at the bags")
		return nil
	}
	return []string{"env", "PYTHONPATH=" + filepath.Dir(filepath.Dir(path)), "python3", path, "--validate", "."}
}

func TestARC03_AForeignToolTakesTheSoundBagAndRefusesTheChangedOne(t *testing.T) {
	t.Parallel()
	dir := sealed(t, t.TempDir())
	plain := filepath.Join(t.TempDir(), "bag")
	if err := bag.Pack(t.Context(), bag.Export{Dir: dir, To: plain, Version: "diemcau test", Now: time.Now()}, nil); err != nil {
		t.Fatal(err)
	}
	// The manifests of BagIt are those of sha256sum; bagit.py looks at the rest, too.
	with := packed(t, dir)
	if _, err := os.Stat(filepath.Join(with, "data", "papers", "biên bản 100_.txt")); err != nil {
		t.Error(err)
	}
	refuses(t, with, "sha256sum", "--strict", "--quiet", "-c", "manifest-sha256.txt", "tagmanifest-sha256.txt")
	if tool := validator(t); tool != nil {
		refuses(t, plain, tool...)
		refuses(t, with, tool...)
	}
}

// Names and titles are what people typed, or somebody who wants to break an archive.
func TestARC03_ABagOfAnyNamesIsTakenByForeignToolsAndByOthersDisks(t *testing.T) {
	t.Parallel()
	about := specimen.About()
	about.Title = "Giao ban\nPayload-Oxum: 1.1\x00\x1cBagging-Date: x\u202e\u2028 𠮷 " + strings.Repeat("ơ", 200)
	dir := specimen.Seal(t, t.TempDir(), about, archive.Settings{}, specimen.Clusters(t, 3, 300)).Dir
	paper := filepath.Join(t.TempDir(), "paper")
	if err := os.WriteFile(paper, []byte("giấy"), 0o600); err != nil {
		t.Fatal(err)
	}
	papers := map[string]string{}
	for _, name := range []string{
		"báo\ncáo.pdf", "báo\rcáo.pdf", "nul\x00.pdf", "\u202egpj.exe", "𠮷野家 🏛.docx", strings.Repeat("ơ", 200) + ".pdf", strings.Repeat("ơ", 201) + ".pdf",
		`a:b*c?"<>|\\.txt`, "A.txt", "a.txt", "cuối. . ", "\xff\xfe.bin", "100%25.txt",
	} {
		papers["papers/"+name] = paper
	}
	to := filepath.Join(t.TempDir(), "bag")
	if err := bag.Pack(t.Context(), bag.Export{Dir: dir, To: to, Papers: papers, By: about.Title, Version: "diemcau\ntest", Now: time.Now()}, nil); err != nil {
		t.Fatal(err)
	}
	if problems, err := bag.Check(t.Context(), to, nil); err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	there, err := os.ReadDir(filepath.Join(to, "data", "papers"))
	if err != nil || len(there) != len(papers) {
		t.Errorf("%d papers of %d: %v", len(there), len(papers), err)
	}
	for _, f := range there {
		if strings.ContainsAny(f.Name(), "\n\r\x00\u202e%:*?\"<>|\\") || len(f.Name()) > 220 {
			t.Errorf("%q", f.Name())
		}
	}
	info, err := os.ReadFile(filepath.Join(to, "bag-info.txt"))
	if err != nil || strings.Count(string(info), "\n") != 6 || strings.ContainsAny(string(info), "\x00\x1c\u2028\u202e") {
		t.Errorf("%v: %q", err, info)
	}
	refuses(t, to, "sha256sum", "--strict", "--quiet", "-c", "manifest-sha256.txt", "tagmanifest-sha256.txt")
	if tool := validator(t); tool != nil {
		refuses(t, to, tool...)
	}
}

// refuses runs a tool over a bag as it is, with each kind of file changed in turn, and
// without one.
func refuses(t *testing.T, dir string, tool ...string) {
	t.Helper()
	run := func() ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), tool[0], tool[1:]...)
		cmd.Dir = dir
		return cmd.CombinedOutput()
	}
	if out, err := run(); err != nil {
		t.Errorf("%s: %v\n%s", tool[0], err, out)
	}
	track := specimen.Track(t, filepath.Join(dir, "data", "recording"))
	for _, file := range []string{track, filepath.Join(dir, "data", "premis.xml"), filepath.Join(dir, "bag-info.txt")} {
		specimen.Flip(t, file)
		if out, err := run(); err == nil {
			t.Errorf("with %s changed the bag is valid to %s: %s", filepath.Base(file), tool[0], out)
		}
		specimen.Flip(t, file)
	}
	if err := os.Rename(track, track+".gone"); err != nil {
		t.Fatal(err)
	}
	if out, err := run(); err == nil {
		t.Errorf("without a track the bag is valid to %s: %s", tool[0], out)
	}
	if err := os.Rename(track+".gone", track); err != nil {
		t.Fatal(err)
	}
}

func TestARC04_AChangedByteInABagIsNamedWithFileAndSecond(t *testing.T) {
	t.Parallel()
	to := packed(t, sealed(t, t.TempDir()))
	file := specimen.Track(t, filepath.Join(to, "data", "recording"))
	specimen.Flip(t, file)
	problems, err := bag.Check(t.Context(), to, nil)
	if err != nil || len(problems) != 1 || filepath.Base(problems[0].File) != filepath.Base(file) {
		t.Fatal(problems, err)
	}
	report, err := archive.Verify(filepath.Join(to, "data", "recording"), archive.VerifySettings{})
	if err != nil || len(report.Problems) != 1 {
		t.Fatal(report, err)
	}
	if at := report.Problems[0].At; at < 8*time.Second || at > 11*time.Second {
		t.Errorf("the middle byte of 20 s is at %v", at)
	}
	if _, err := bag.Unpack(t.Context(), to, t.TempDir(), nil); !errors.Is(err, bag.ErrChanged) {
		t.Errorf("taken in: %v", err)
	}
}

func TestARC03_ABagTakenInElsewhereIsTheSameRecording(t *testing.T) {
	t.Parallel()
	from, root := sealed(t, t.TempDir()), t.TempDir()
	to := packed(t, from)
	dir, err := bag.Unpack(t.Context(), to, root, nil)
	if err != nil {
		t.Fatal(err)
	}
	items, err := archive.Rebuild(root)
	if err != nil || len(items) != 1 || !items[0].Sealed || filepath.Base(dir) != filepath.Base(from) {
		t.Fatal(items, err)
	}
	if _, err := bag.Unpack(t.Context(), to, root, nil); !errors.Is(err, bag.ErrExists) {
		t.Errorf("a second time: %v", err)
	}
}

func TestABagIsRefusedThatNamesFilesOutsideOrLacksSome(t *testing.T) {
	t.Parallel()
	from := sealed(t, t.TempDir())
	for name, harm := range map[string]func(dir string) error{
		"outside": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "manifest-sha256.txt"), []byte(strings.Repeat("a", 64)+"  ../../etc/passwd\n"), 0o600)
		},
		"missing": func(dir string) error { return os.Remove(filepath.Join(dir, "data", "premis.xml")) },
		"foreign": func(dir string) error { return os.WriteFile(filepath.Join(dir, "data", "more"), nil, 0o600) },
		"link":    func(dir string) error { return os.Symlink("/etc/passwd", filepath.Join(dir, "data", "link")) },
		"no bag":  func(dir string) error { return os.Remove(filepath.Join(dir, "bagit.txt")) },
	} {
		to := packed(t, from)
		if err := harm(to); err != nil {
			t.Fatal(err)
		}
		if dir, err := bag.Unpack(t.Context(), to, t.TempDir(), nil); err == nil {
			t.Errorf("%s: taken in as %s", name, dir)
		}
	}
}

func TestAnOpenOrChangedRecordingIsNotPacked(t *testing.T) {
	t.Parallel()
	e, err := archive.Create(t.TempDir(), archive.About{Meeting: "m", Epoch: time.Now()}, archive.Settings{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	if err := bag.Pack(context.Background(), bag.Export{Dir: e.Dir, To: filepath.Join(t.TempDir(), "b")}, nil); !errors.Is(err, bag.ErrOpen) {
		t.Error(err)
	}
	dir := sealed(t, t.TempDir())
	specimen.Flip(t, specimen.Track(t, dir))
	if err := bag.Pack(context.Background(), bag.Export{Dir: dir, To: filepath.Join(t.TempDir(), "b")}, nil); !errors.Is(err, bag.ErrChanged) {
		t.Error(err)
	}
}

func TestARC04_ARecheckRestoresFromTheSecondCopyAndKeepsWhatChanged(t *testing.T) {
	t.Parallel()
	root, second := t.TempDir(), t.TempDir()
	dir := sealed(t, root)
	name, err := filepath.Rel(root, dir)
	if err != nil {
		t.Fatal(err)
	}
	check := func() bag.Recheck {
		return bag.Rechecker{Root: root, Second: second}.One(t.Context(), filepath.ToSlash(name))
	}
	if r := check(); !r.Copied || r.Error != "" {
		t.Fatalf("the first: %+v", r)
	}
	if r := check(); r.Copied || r.Restored || r.Error != "" {
		t.Fatalf("nothing to do: %+v", r)
	}
	specimen.Flip(t, specimen.Track(t, dir))
	r := check()
	if !r.Restored || len(r.Problems) != 1 || r.Kept == "" || r.Error != "" {
		t.Fatalf("a changed byte: %+v", r)
	}
	if report, err := archive.Verify(dir, archive.VerifySettings{}); err != nil || !report.OK() {
		t.Errorf("restored: %+v, %v", report, err)
	}
	if _, err := os.Stat(r.Kept); err != nil {
		t.Error("what changed was thrown away")
	}
	if items, err := archive.Rebuild(root); err != nil || len(items) != 1 {
		t.Errorf("%d recordings: %v", len(items), err)
	}
	specimen.Flip(t, specimen.Track(t, filepath.Join(second, name)))
	if r := check(); !r.Copied || r.Restored || len(r.Problems) > 0 {
		t.Errorf("a changed copy: %+v", r)
	}
}

func FuzzAManifestIsReadOrRefused(f *testing.F) {
	f.Add([]byte(strings.Repeat("0", 64) + "  data/a\n"))
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, manifest []byte) {
		dir := t.TempDir()
		for name, text := range map[string][]byte{"bagit.txt": []byte("BagIt-Version: 1.0\n"), "manifest-sha256.txt": manifest, "tagmanifest-sha256.txt": nil} {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if problems, err := bag.Check(context.Background(), dir, nil); err == nil && len(problems) == 0 {
			t.Error("a bag whose tag files have no checksums is sound")
		}
	})
}
