package bag

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"diemcau/recording/archive"
)

// The elements of PREMIS 3 that a recording needs.
type (
	premis struct {
		XMLName xml.Name       `xml:"http://www.loc.gov/premis/v3 premis"`
		Version string         `xml:"version,attr"`
		XSI     string         `xml:"xmlns:xsi,attr"`
		Objects []premisObject `xml:"object"`
		Events  []premisEvent  `xml:"event"`
		Agents  []premisAgent  `xml:"agent"`
	}
	premisObject struct {
		Type   string       `xml:"xsi:type,attr"`
		ID     premisID     `xml:"objectIdentifier"`
		Detail premisDetail `xml:"objectCharacteristics"`
		Name   string       `xml:"originalName"`
	}
	premisID struct {
		Type  string `xml:"objectIdentifierType"`
		Value string `xml:"objectIdentifierValue"`
	}
	premisDetail struct {
		Fixity struct {
			Algorithm string `xml:"messageDigestAlgorithm"`
			Digest    string `xml:"messageDigest"`
		} `xml:"fixity"`
		Size   int64  `xml:"size"`
		Format string `xml:"format>formatDesignation>formatName"`
	}
	premisEvent struct {
		IDType  string `xml:"eventIdentifier>eventIdentifierType"`
		ID      string `xml:"eventIdentifier>eventIdentifierValue"`
		Type    string `xml:"eventType"`
		At      string `xml:"eventDateTime"`
		Detail  string `xml:"eventDetailInformation>eventDetail,omitempty"`
		Outcome string `xml:"eventOutcomeInformation>eventOutcome,omitempty"`
	}
	premisAgent struct {
		IDType string `xml:"agentIdentifier>agentIdentifierType"`
		ID     string `xml:"agentIdentifier>agentIdentifierValue"`
		Name   string `xml:"agentName"`
		Type   string `xml:"agentType"`
	}
)

// preserved are the events of a recording that PREMIS has a name for.
var preserved = map[string]string{
	"recording.start": "creation", "recording.end": "creation", "recorder.recovered": "recovery",
	"recording.again": "recovery", "fixity": "fixity check",
}

func premisOf(e *Export, item archive.Item) ([]byte, error) {
	p := premis{Version: "3.0", XSI: "http://www.w3.org/2001/XMLSchema-instance"}
	for _, t := range item.Tracks {
		path := filepath.Join(e.Dir, filepath.FromSlash(t.File))
		sum, size, err := hashFile(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		o := premisObject{Type: "file", ID: premisID{"local", item.About.ID + "/" + t.File}, Name: t.File}
		o.Detail.Fixity.Algorithm, o.Detail.Fixity.Digest = "SHA-256", sum
		o.Detail.Size, o.Detail.Format = size, string(t.Codec)+" "+filepath.Ext(t.File)
		p.Objects = append(p.Objects, o)
	}
	event := func(kind string, at time.Time, detail, outcome string) {
		p.Events = append(p.Events, premisEvent{
			IDType: "local", ID: fmt.Sprintf("%s#%d", item.About.ID, len(p.Events)+1), Type: kind,
			At: at.UTC().Format(time.RFC3339Nano), Detail: detail, Outcome: outcome,
		})
	}
	for _, m := range item.Events {
		if kind, ok := preserved[m.Kind]; ok {
			event(kind, item.About.Epoch.Add(time.Duration(m.At)*time.Millisecond), m.Kind+" "+string(m.Data), "success")
		}
	}
	if r := item.About.Redaction; r != nil {
		event("redaction", r.At, "a version of recording "+r.Of+" (manifest "+r.Manifest+"), from which stretches were cut: "+r.Reason, "success")
	}
	event("fixity check", e.Now, "all fragments, chains and signatures, before export", "pass")
	event("packaging", e.Now, "BagIt 1.0, by "+e.By, "success")
	p.Agents = []premisAgent{{IDType: "local", ID: item.About.Software, Name: item.About.Software, Type: "software"}}
	if e.Version != item.About.Software && e.Version != "" {
		p.Agents = append(p.Agents, premisAgent{IDType: "local", ID: e.Version, Name: e.Version, Type: "software"})
	}
	b, err := xml.MarshalIndent(p, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("bag: %w", err)
	}
	return append([]byte(xml.Header), append(b, '\n')...), nil
}
