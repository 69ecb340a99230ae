package web

import "testing"

func TestOtherPagesHaveAnotherVersion(t *testing.T) {
	t.Parallel()
	files := sample()
	first := versionOf(files, "index.html")
	if first == "" || versionOf(files, "index.html") != first {
		t.Errorf("the version of the same pages: %q", first)
	}
	files["index.html"].Data = append(files["index.html"].Data, ' ')
	if versionOf(files, "index.html") == first {
		t.Error("changed pages have the version of the old ones")
	}
	if got := versionOf(sample(), "none.html"); got != "" {
		t.Errorf("pages that were not built have the version %q", got)
	}
}
