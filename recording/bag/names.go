package bag

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// nameMost is how long, in bytes, a part of a path may be: file systems take 255, and
// a few are for a number.
const nameMost = 200

// portable is a name that every validator reads alike and every file system takes: what
// a manifest must encode (RFC 8493, section 2.1.3) is not decoded by all validators, that
// of the Library of Congress among them, and Windows refuses more. Marks that turn the
// direction of reading are left out: they make a program look like a picture.
func portable(name string) string {
	parts := strings.Split(strings.ToValidUTF8(name, "_"), "/")
	for i, part := range parts {
		if part != ".." { // that is refused later, and not mended
			parts[i] = portablePart(part)
		}
	}
	return strings.Join(parts, "/")
}

func portablePart(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', strings.ContainsRune(`%\:*?"<>|`, r):
			return '_'
		}
		return r
	}, s)
	ending := path.Ext(s)
	if len(ending) > 16 {
		ending = ""
	}
	if stem := strings.TrimSuffix(s, ending); len(s) > nameMost {
		stem = stem[:nameMost-len(ending)]
		for !utf8.ValidString(stem) {
			stem = stem[:len(stem)-1]
		}
		s = stem + ending
	}
	if s = strings.TrimRight(s, ". "); s == "" {
		return "_"
	}
	return s
}

// unique numbers a name that another paper has by now; some file systems do not tell
// capital letters from small ones.
func unique(name string, taken map[string]bool) string {
	ending := path.Ext(name)
	for n, free := 2, name; ; n++ {
		if key := strings.ToLower(free); !taken[key] {
			taken[key] = true
			return free
		}
		free = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ending), n, ending)
	}
}

// line is a value of bag-info.txt. Readers break lines at more than newlines: at
// separators of files and records, too.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}
