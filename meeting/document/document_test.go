package document_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"diemcau/meeting/document"
	"diemcau/meeting/document/layout"
)

func write(t *testing.T, f document.Format, d layout.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := document.Write(&b, f, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// run starts a program of the system; a test that needs one it has not is skipped
// only when nobody asked for it with DIEMCAU_TEST_DOCUMENTS.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).Output()
	if errors.Is(err, exec.ErrNotFound) && os.Getenv("DIEMCAU_TEST_DOCUMENTS") == "" {
		t.Skipf("%s is not installed", name)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// read gives the words of a PDF as poppler reads them, page numbers and marks of
// the upper margin left out.
func read(t *testing.T, pdf string) string {
	t.Helper()
	return run(t, "pdftotext", "-enc", "UTF-8", "-nopgbrk", "-y", "42", "-x", "0", "-W", "596", "-H", "800", "-r", "72", pdf, "-")
}

// words are the words in alphabetical order: programs differ in the order in which
// they read the columns of a table.
func words(s string) []string {
	list := strings.Fields(strings.ReplaceAll(s, "\u00a0", " "))
	slices.Sort(list)
	return list
}

// packed is text without any space: a line break may stand anywhere.
func packed(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), "")
}

func TestMIN02_TheSameDocumentGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	first, second := papers(t), makePapers(t)
	for name, d := range first {
		for _, f := range []document.Format{document.PDF, document.DOCX} {
			if !bytes.Equal(write(t, f, d), write(t, f, second[name])) {
				t.Errorf("%s.%s differs from one time to the next", name, f)
			}
		}
	}
}

func TestMIN02_EveryWordStandsInThePDFAndTheFontIsInIt(t *testing.T) {
	t.Parallel()
	for name, d := range papers(t) {
		path := filepath.Join(t.TempDir(), "x.pdf")
		if err := os.WriteFile(path, write(t, document.PDF, d), 0o600); err != nil {
			t.Fatal(err)
		}
		// The heads of tables come again on every page: the words are compared as a set.
		if diff := cmp.Diff(slices.Compact(unbroken(d.Text())), slices.Compact(unbroken(read(t, path)))); diff != "" {
			t.Errorf("%s: the words of document and PDF differ:\n%s", name, diff)
		}
		for i, line := range strings.Split(strings.TrimSpace(run(t, "pdffonts", path)), "\n") {
			if f := strings.Fields(line); i >= 2 && (!strings.Contains(strings.ToLower(f[0]), "liberationserif") || f[len(f)-5] != "yes" || f[len(f)-3] != "yes") {
				t.Errorf("%s: a font is not in the file or has no letters for reading: %s", name, line)
			}
		}
		if info := run(t, "pdfinfo", path); !strings.Contains(info, "(A4)") || !strings.Contains(info, d.Title) {
			t.Errorf("%s: %s", name, info)
		}
	}
}

// address is a part of an address or of a hash, which programs tear where they like.
var address = regexp.MustCompile(`^[A-Za-z0-9_:/#.-]{8,}$`)

// unbroken are the words without those that are torn at the end of a line. That
// addresses are whole is tested with the fields.
func unbroken(s string) []string {
	var all []string
	for _, w := range words(s) {
		if len(w) < 28 && !address.MatchString(w) {
			all = append(all, w)
		}
	}
	return all
}

func TestMIN02_ThePageNumberStandsInTheMiddleAboveFromTheSecondPageOn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, write(t, document.PDF, papers(t)["draft"]), 0o600); err != nil {
		t.Fatal(err)
	}
	for page, want := range map[int]string{1: "", 2: "2", 3: "3"} {
		n := fmt.Sprint(page)
		// The middle third of the upper margin.
		got := strings.TrimSpace(run(t, "pdftotext", "-f", n, "-l", n, "-r", "72", "-x", "200", "-y", "0", "-W", "240", "-H", "52", path, "-"))
		if got != want {
			t.Errorf("above page %d stands %q, want %q", page, got, want)
		}
		right := run(t, "pdftotext", "-f", n, "-l", n, "-r", "72", "-x", "440", "-y", "0", "-W", "150", "-H", "52", path, "-")
		if strings.TrimSpace(right) != "DỰ THẢO 1" {
			t.Errorf("page %d of a draft is marked %q", page, right)
		}
	}
}

// TestMIN02_EveryWordStandsInTheDOCX reads the file as XML: elements must be
// balanced and the text in order.
func TestMIN02_EveryWordStandsInTheDOCX(t *testing.T) {
	t.Parallel()
	for name, d := range papers(t) {
		raw := write(t, document.DOCX, d)
		z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			if !strings.HasSuffix(f.Name, ".xml") && !strings.HasSuffix(f.Name, ".rels") {
				continue
			}
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := letters(r)
			if err != nil {
				t.Errorf("%s: %s: %v", name, f.Name, err)
			}
			if f.Name == "word/document.xml" && packed(text) != packed(d.Text()) {
				t.Errorf("%s: the words of document and DOCX differ:\n%s", name, cmp.Diff(packed(d.Text()), packed(text)))
			}
		}
	}
}

func letters(r io.Reader) (string, error) {
	var b strings.Builder
	for dec := xml.NewDecoder(r); ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		if c, ok := token.(xml.CharData); ok {
			b.Write(c)
		}
	}
}

// TestMIN02_OfficeReadsWhatThePDFSays opens every DOCX with LibreOffice and
// compares what it prints with our own PDF, word by word. It is heavy: `make documents` asks for it.
func TestMIN02_OfficeReadsWhatThePDFSays(t *testing.T) {
	if os.Getenv("DIEMCAU_TEST_DOCUMENTS") == "" {
		t.Skip("DIEMCAU_TEST_DOCUMENTS is not set")
	}
	folder := t.TempDir()
	args := []string{"-env:UserInstallation=file://" + folder + "/profile", "--headless", "--convert-to", "pdf", "--outdir", folder + "/office"}
	all := papers(t)
	for name, d := range all {
		for _, f := range []document.Format{document.PDF, document.DOCX} {
			if err := os.WriteFile(filepath.Join(folder, name+"."+string(f)), write(t, f, d), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		args = append(args, filepath.Join(folder, name+".docx"))
	}
	run(t, "soffice", args...)
	for name := range all {
		ours, office := filepath.Join(folder, name+".pdf"), filepath.Join(folder, "office", name+".pdf")
		if diff := cmp.Diff(unbroken(read(t, ours)), unbroken(read(t, office))); diff != "" {
			t.Errorf("%s: PDF and printed DOCX differ:\n%s", name, diff)
		}
		if a, b := pages(t, ours), pages(t, office); a-b > 1 || b-a > 1 {
			t.Errorf("%s has %d pages as PDF and %d as DOCX", name, a, b)
		}
	}
}

func pages(t *testing.T, pdf string) int {
	t.Helper()
	_, after, _ := strings.Cut(run(t, "pdfinfo", pdf), "Pages:")
	n, _, _ := strings.Cut(after, "\n")
	count, err := strconv.Atoi(strings.TrimSpace(n))
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// TestSCH09_TheCodeOnThePaperIsReadFromThePage prints the giấy mời and reads its QR
// code with a foreign program, as a telephone would from the paper.
func TestSCH09_TheCodeOnThePaperIsReadFromThePage(t *testing.T) {
	if os.Getenv("DIEMCAU_TEST_DOCUMENTS") == "" {
		t.Skip("DIEMCAU_TEST_DOCUMENTS is not set")
	}
	folder := t.TempDir()
	if err := os.WriteFile(folder+"/x.pdf", write(t, document.PDF, papers(t)["invitation"]), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "pdftoppm", "-r", "150", "-f", "2", "-png", folder+"/x.pdf", folder+"/page")
	if got := run(t, "zbarimg", "-q", "--raw", folder+"/page-2.png"); !strings.HasPrefix(got, "https://hop.lamgiang.example/invitation#ey") {
		t.Errorf("the code says %q", got)
	}
}
