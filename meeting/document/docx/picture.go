package docx

import "diemcau/meeting/document/layout"

type drawing struct {
	Inline inline `xml:"wp:inline"`
}

type inline struct {
	Top     int     `xml:"distT,attr"`
	Bottom  int     `xml:"distB,attr"`
	Left    int     `xml:"distL,attr"`
	Right   int     `xml:"distR,attr"`
	Extent  extent  `xml:"wp:extent"`
	About   about   `xml:"wp:docPr"`
	Graphic graphic `xml:"a:graphic"`
}

type extent struct {
	Width  int `xml:"cx,attr"`
	Height int `xml:"cy,attr"`
}

type about struct {
	ID   int    `xml:"id,attr"`
	Name string `xml:"name,attr"`
	Text string `xml:"descr,attr"`
}

type graphic struct {
	Data graphicData `xml:"a:graphicData"`
}

type graphicData struct {
	URI     string     `xml:"uri,attr"`
	Picture xmlPicture `xml:"pic:pic"`
}

type xmlPicture struct {
	About  about     `xml:"pic:nvPicPr>pic:cNvPr"`
	Frame  flag      `xml:"pic:nvPicPr>pic:cNvPicPr"`
	Fill   blipFill  `xml:"pic:blipFill"`
	Offset offset    `xml:"pic:spPr>a:xfrm>a:off"`
	Extent extent    `xml:"pic:spPr>a:xfrm>a:ext"`
	Shape  rectangle `xml:"pic:spPr>a:prstGeom"`
}

type blipFill struct {
	Blip    blip `xml:"a:blip"`
	Stretch flag `xml:"a:stretch>a:fillRect"`
}

type blip struct {
	Embed string `xml:"r:embed,attr"`
}

type offset struct {
	X int `xml:"x,attr"`
	Y int `xml:"y,attr"`
}

type rectangle struct {
	Name string `xml:"prst,attr"`
	List flag   `xml:"a:avLst"`
}

// draw places the picture with the number, from 1, in its line.
func draw(p layout.Picture, number int) *drawing {
	size := extent{emu(p.Size), emu(p.Size)}
	what := about{number, "Picture " + pictureID(number), p.Text}
	return &drawing{inline{Extent: size, About: what, Graphic: graphic{graphicData{
		URI: nsPicture,
		Picture: xmlPicture{
			About: what, Fill: blipFill{Blip: blip{pictureID(number)}}, Extent: size, Shape: rectangle{Name: "rect"},
		},
	}}}}
}
