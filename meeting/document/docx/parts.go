package docx

import (
	"encoding/xml"
	"fmt"
	"time"

	"diemcau/meeting/document/layout"
	"diemcau/meeting/document/typeface"
)

type xmlTypes struct {
	XMLName   xml.Name   `xml:"Types"`
	Space     string     `xml:"xmlns,attr"`
	Defaults  []kind     `xml:"Default"`
	Overrides []override `xml:"Override"`
}

type kind struct {
	Extension string `xml:"Extension,attr"`
	Type      string `xml:"ContentType,attr"`
}

type override struct {
	Name string `xml:"PartName,attr"`
	Type string `xml:"ContentType,attr"`
}

func contentTypes() xmlTypes {
	const word = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	return xmlTypes{
		Space: nsPackage + "content-types",
		Defaults: []kind{
			{"rels", "application/vnd.openxmlformats-package.relationships+xml"},
			{"xml", "application/xml"},
			{"png", "image/png"},
		},
		Overrides: []override{
			{"/word/document.xml", word + "document.main+xml"},
			{"/word/styles.xml", word + "styles+xml"},
			{"/word/settings.xml", word + "settings+xml"},
			{"/word/header1.xml", word + "header+xml"},
			{"/word/header2.xml", word + "header+xml"},
			{"/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"},
		},
	}
}

type xmlRelations struct {
	XMLName xml.Name   `xml:"Relationships"`
	Space   string     `xml:"xmlns,attr"`
	All     []relation `xml:"Relationship"`
}

type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

func packageRelations() xmlRelations {
	return xmlRelations{Space: nsPackage + "relationships", All: []relation{
		{"rId1", nsRelation + "/officeDocument", "word/document.xml"},
		{"rId2", nsPackage + "relationships/metadata/core-properties", "docProps/core.xml"},
	}}
}

func documentRelations(pictures int) xmlRelations {
	x := xmlRelations{Space: nsPackage + "relationships", All: []relation{
		{"rId1", nsRelation + "/styles", "styles.xml"},
		{"rId2", nsRelation + "/settings", "settings.xml"},
		{"rId3", nsRelation + "/header", "header1.xml"},
		{"rId4", nsRelation + "/header", "header2.xml"},
	}}
	for i := range pictures {
		x.All = append(x.All, relation{pictureID(i + 1), nsRelation + "/image", pictureName(i)})
	}
	return x
}

type xmlProperties struct {
	XMLName  xml.Name `xml:"cp:coreProperties"`
	Space    string   `xml:"xmlns:cp,attr"`
	Dublin   string   `xml:"xmlns:dc,attr"`
	Terms    string   `xml:"xmlns:dcterms,attr"`
	Schema   string   `xml:"xmlns:xsi,attr"`
	Title    string   `xml:"dc:title"`
	Creator  string   `xml:"dc:creator"`
	Language string   `xml:"dc:language"`
	Created  instant  `xml:"dcterms:created"`
	Modified instant  `xml:"dcterms:modified"`
}

type instant struct {
	Type string `xml:"xsi:type,attr"`
	Time string `xml:",chardata"`
}

func properties(d layout.Document) xmlProperties {
	made := instant{"dcterms:W3CDTF", d.Made.UTC().Format(time.RFC3339)}
	return xmlProperties{
		Space:  nsPackage + "metadata/core-properties",
		Dublin: "http://purl.org/dc/elements/1.1/", Terms: "http://purl.org/dc/terms/", Schema: "http://www.w3.org/2001/XMLSchema-instance",
		Title: d.Title, Creator: d.Author, Language: "vi-VN", Created: made, Modified: made,
	}
}

type xmlStyles struct {
	XMLName xml.Name  `xml:"w:styles"`
	Main    string    `xml:"xmlns:w,attr"`
	Run     runProps  `xml:"w:docDefaults>w:rPrDefault>w:rPr"`
	Para    paraProps `xml:"w:docDefaults>w:pPrDefault>w:pPr"`
}

func styles() xmlStyles {
	size := &value{fmt.Sprint(halves(layout.Body))}
	return xmlStyles{
		Main: nsMain,
		Run: runProps{
			Fonts:     &fonts{typeface.Word, typeface.Word, typeface.Word, typeface.Word},
			SizeValue: size, SizeScript: size, Language: &lang{"vi-VN", "vi-VN"},
		},
		Para: paraProps{Widow: &flag{}, Spacing: spacing{Line: 240, Rule: "auto"}},
	}
}

type xmlSettings struct {
	XMLName xml.Name `xml:"w:settings"`
	Main    string   `xml:"xmlns:w,attr"`
	Compat  []compat `xml:"w:compat>w:compatSetting"`
}

type compat struct {
	Name  string `xml:"w:name,attr"`
	URI   string `xml:"w:uri,attr"`
	Value string `xml:"w:val,attr"`
}

// settings say that the document is of today's programs: without it they would
// open it in a mode for old files.
func settings() xmlSettings {
	return xmlSettings{Main: nsMain, Compat: []compat{{"compatibilityMode", "http://schemas.microsoft.com/office/word", "15"}}}
}

type xmlHeader struct {
	XMLName    xml.Name    `xml:"w:hdr"`
	Main       string      `xml:"xmlns:w,attr"`
	Paragraphs []paragraph `xml:"w:p"`
}

// header is the line at the top of a page: the number in the middle except on the
// first page, the mark on the right.
func header(mark string, first bool) xmlHeader {
	p := paragraph{Properties: paraProps{
		Tabs:    &tabs{[]tab{{"center", wide(layout.Width / 2)}, {"right", wide(layout.Width)}}},
		Spacing: spacing{Line: 240, Rule: "auto"},
	}}
	plain := style(layout.Run{}, layout.Number)
	p.Runs = append(p.Runs, run{Properties: plain, Tab: &flag{}})
	if !first {
		p.Runs = append(p.Runs,
			run{Properties: plain, Field: &field{"begin"}},
			run{Properties: plain, Code: &text{"preserve", " PAGE "}},
			run{Properties: plain, Field: &field{"separate"}},
			run{Properties: plain, Text: &text{"preserve", "2"}},
			run{Properties: plain, Field: &field{"end"}})
	}
	if mark != "" {
		bold := style(layout.Run{Bold: true}, layout.Small)
		p.Runs = append(p.Runs, run{Properties: bold, Tab: &flag{}}, run{Properties: bold, Text: &text{"preserve", mark}})
	}
	return xmlHeader{Main: nsMain, Paragraphs: []paragraph{p}}
}
