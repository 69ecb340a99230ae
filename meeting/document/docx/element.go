package docx

import "encoding/xml"

// The names of elements and attributes are those of ISO/IEC 29500-1; the prefixes
// are declared at the root of each part.

const (
	nsMain     = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	nsRelation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	nsDrawing  = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
	nsGraphic  = "http://schemas.openxmlformats.org/drawingml/2006/main"
	nsPicture  = "http://schemas.openxmlformats.org/drawingml/2006/picture"
	nsPackage  = "http://schemas.openxmlformats.org/package/2006/"
)

type xmlDocument struct {
	XMLName  xml.Name `xml:"w:document"`
	Main     string   `xml:"xmlns:w,attr"`
	Relation string   `xml:"xmlns:r,attr"`
	Drawing  string   `xml:"xmlns:wp,attr"`
	Graphic  string   `xml:"xmlns:a,attr"`
	Picture  string   `xml:"xmlns:pic,attr"`
	Content  []any    `xml:"w:body>any"`
	Section  section  `xml:"w:body>w:sectPr"`
}

// value is an element with one attribute.
type value struct {
	Val string `xml:"w:val,attr"`
}

// flag is an element that is there or not.
type flag struct{}

type paragraph struct {
	XMLName    xml.Name  `xml:"w:p"`
	Properties paraProps `xml:"w:pPr"`
	Runs       []run     `xml:"w:r"`
}

type paraProps struct {
	KeepNext *flag    `xml:"w:keepNext"`
	Widow    *flag    `xml:"w:widowControl"`
	Borders  *borders `xml:"w:pBdr"`
	Tabs     *tabs    `xml:"w:tabs"`
	Spacing  spacing  `xml:"w:spacing"`
	Indent   *indent  `xml:"w:ind"`
	Justify  *value   `xml:"w:jc"`
}

type spacing struct {
	Before int    `xml:"w:before,attr"`
	After  int    `xml:"w:after,attr"`
	Line   int    `xml:"w:line,attr"`
	Rule   string `xml:"w:lineRule,attr"`
}

type indent struct {
	Left    int `xml:"w:left,attr"`
	Right   int `xml:"w:right,attr"`
	First   int `xml:"w:firstLine,attr,omitempty"`
	Hanging int `xml:"w:hanging,attr,omitempty"`
}

type tabs struct {
	Stops []tab `xml:"w:tab"`
}

type tab struct {
	Val      string `xml:"w:val,attr"`
	Position int    `xml:"w:pos,attr"`
}

type borders struct {
	Bottom border `xml:"w:bottom"`
}

type border struct {
	Val   string `xml:"w:val,attr"`
	Size  int    `xml:"w:sz,attr"`
	Space int    `xml:"w:space,attr"`
	Color string `xml:"w:color,attr"`
}

type run struct {
	Properties runProps `xml:"w:rPr"`
	Tab        *flag    `xml:"w:tab"`
	Text       *text    `xml:"w:t"`
	Field      *field   `xml:"w:fldChar"`
	Code       *text    `xml:"w:instrText"`
	Drawing    *drawing `xml:"w:drawing"`
}

type runProps struct {
	Fonts      *fonts `xml:"w:rFonts"`
	Bold       *flag  `xml:"w:b"`
	Italic     *flag  `xml:"w:i"`
	SizeValue  *value `xml:"w:sz"`
	SizeScript *value `xml:"w:szCs"`
	Language   *lang  `xml:"w:lang"`
}

type fonts struct {
	ASCII string `xml:"w:ascii,attr"`
	High  string `xml:"w:hAnsi,attr"`
	East  string `xml:"w:eastAsia,attr"`
	CS    string `xml:"w:cs,attr"`
}

type lang struct {
	Val  string `xml:"w:val,attr"`
	East string `xml:"w:eastAsia,attr"`
}

type text struct {
	Space string `xml:"xml:space,attr"`
	Text  string `xml:",chardata"`
}

type field struct {
	Type string `xml:"w:fldCharType,attr"`
}

type section struct {
	Headers   []reference `xml:"w:headerReference"`
	Size      pageSize    `xml:"w:pgSz"`
	Margins   margins     `xml:"w:pgMar"`
	TitlePage flag        `xml:"w:titlePg"`
}

type reference struct {
	Type string `xml:"w:type,attr"`
	ID   string `xml:"r:id,attr"`
}

type pageSize struct {
	Width  int `xml:"w:w,attr"`
	Height int `xml:"w:h,attr"`
}

type margins struct {
	Top    int `xml:"w:top,attr"`
	Right  int `xml:"w:right,attr"`
	Bottom int `xml:"w:bottom,attr"`
	Left   int `xml:"w:left,attr"`
	Header int `xml:"w:header,attr"`
	Footer int `xml:"w:footer,attr"`
	Gutter int `xml:"w:gutter,attr"`
}

type table struct {
	XMLName    xml.Name   `xml:"w:tbl"`
	Properties tableProps `xml:"w:tblPr"`
	Columns    []column   `xml:"w:tblGrid>w:gridCol"`
	Rows       []row      `xml:"w:tr"`
}

type tableProps struct {
	Width   measure       `xml:"w:tblW"`
	Indent  measure       `xml:"w:tblInd"`
	Borders *tableBorders `xml:"w:tblBorders"`
	Layout  layoutType    `xml:"w:tblLayout"`
	Cells   cellMargins   `xml:"w:tblCellMar"`
}

type measure struct {
	Width int    `xml:"w:w,attr"`
	Type  string `xml:"w:type,attr"`
}

type layoutType struct {
	Type string `xml:"w:type,attr"`
}

type tableBorders struct {
	Top    border `xml:"w:top"`
	Left   border `xml:"w:left"`
	Bottom border `xml:"w:bottom"`
	Right  border `xml:"w:right"`
	Across border `xml:"w:insideH"`
	Down   border `xml:"w:insideV"`
}

type cellMargins struct {
	Top    measure `xml:"w:top"`
	Left   measure `xml:"w:left"`
	Bottom measure `xml:"w:bottom"`
	Right  measure `xml:"w:right"`
}

type column struct {
	Width int `xml:"w:w,attr"`
}

type row struct {
	Properties rowProps `xml:"w:trPr"`
	Cells      []cell   `xml:"w:tc"`
}

type rowProps struct {
	Whole *flag `xml:"w:cantSplit"`
	Head  *flag `xml:"w:tblHeader"`
}

type cell struct {
	Properties cellProps   `xml:"w:tcPr"`
	Paragraphs []paragraph `xml:"w:p"`
}

type cellProps struct {
	Width measure `xml:"w:tcW"`
	Span  *value  `xml:"w:gridSpan"`
}
