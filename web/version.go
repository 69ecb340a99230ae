package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"sync"
)

// VersionHeader carries the version of the pages on every answer: a tab that was
// opened before an upgrade hears another one than its first, and asks to be reloaded.
const VersionHeader = "Diemcau-Pages"

// Version names the pages of this program: the index holds the hashes of all parts.
// It is empty in a program that was compiled without them.
var Version = sync.OnceValue(func() string { return versionOf(built, "dist/index.html") })

func versionOf(files fs.FS, index string) string {
	page, err := fs.ReadFile(files, index)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(page)
	return hex.EncodeToString(sum[:6])
}
