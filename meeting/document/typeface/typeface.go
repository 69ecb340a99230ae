// Package typeface ships the letters of the documents: Liberation Serif 2, which
// has the widths of Times New Roman and all Vietnamese letters, under the SIL Open
// Font License (OFL.txt). The files are as published: changed ones could not keep
// the name. It is pure data.
package typeface

import _ "embed" // the fonts

// Name is what the font is called in PDF, and Word is the font of the same widths
// that offices have and that documents for them name.
const (
	Name = "LiberationSerif"
	Word = "Times New Roman"
)

// The four cuts as TrueType files. They are not to be written to.
var (
	//go:embed LiberationSerif-Regular.ttf
	Regular []byte
	//go:embed LiberationSerif-Bold.ttf
	Bold []byte
	//go:embed LiberationSerif-Italic.ttf
	Italic []byte
	//go:embed LiberationSerif-BoldItalic.ttf
	BoldItalic []byte
)
