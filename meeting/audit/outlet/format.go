package outlet

import (
	"fmt"
	"strconv"
	"strings"

	"diemcau/meeting/audit"
)

// facility 13 is "log audit" (RFC 5424 section 6.2.1).
const facility = 13

// Severities of RFC 5424.
const (
	severityWarning = 4
	severityNotice  = 5
)

// frame is a row as it goes over the wire: one datagram, or an octet count and the
// message (RFC 6587 section 3.4.1, RFC 5425 section 4.3).
func (o *Outlet) frame(r audit.Row) []byte {
	m := message(r, o.Host, o.Format)
	if o.Network == "udp" {
		return []byte(m)
	}
	return []byte(strconv.Itoa(len(m)) + " " + m)
}

// message is a row in RFC 5424.
func message(r audit.Row, host, format string) string {
	l, err := r.Line()
	if err != nil {
		l = audit.Line{What: r.What}
	}
	severity := severityNotice
	for _, bad := range audit.OfFailures.Kinds() {
		if strings.HasPrefix(l.What, bad) {
			severity = severityWarning
		}
	}
	text, data := r.Body, fmt.Sprintf(`[diemcau@32473 seq="%d" hash="%s"]`, r.Seq, r.Hash) // 32473: RFC 5612, for documentation and private use
	if format == "cef" {
		text, data = cef(r, l, severity), "-"
	}
	return fmt.Sprintf("<%d>1 %s %s diemcau - %s %s \ufeff%s", facility*8+severity, l.At.UTC().Format("2006-01-02T15:04:05.000000Z"), word(host, 255), word(l.What, 32), data, text)
}

// word is a header field: printable ASCII without spaces, "-" for none.
func word(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), most)]
}

var (
	cefHead  = strings.NewReplacer(`\`, `\\`, `|`, `\|`, "\n", " ", "\r", " ")
	cefValue = strings.NewReplacer(`\`, `\\`, `=`, `\=`, "\n", `\n`, "\r", `\r`)
)

// cef is a line as an event of the Common Event Format, version 0.
func cef(r audit.Row, l audit.Line, severity int) string {
	importance := 3
	if severity == severityWarning {
		importance = 6
	}
	var ext strings.Builder
	add := func(key, value string) {
		if value != "" {
			if ext.Len() > 0 {
				ext.WriteByte(' ')
			}
			ext.WriteString(key + "=" + cefValue.Replace(value))
		}
	}
	add("rt", strconv.FormatInt(l.At.UnixMilli(), 10))
	add("externalId", strconv.FormatInt(r.Seq, 10))
	add("src", l.Address)
	add("suid", string(l.Who))
	add("suser", l.Name)
	add("duser", l.On)
	add("reason", l.Detail)
	labelled := []struct{ label, value string }{
		{"device", string(l.Device)}, {"point", string(l.Point)}, {"session", l.Session}, {"meeting", string(l.Meeting)}, {"before", string(l.Before)}, {"after", string(l.After)},
	}
	for i, x := range labelled {
		if x.value != "" {
			add(fmt.Sprintf("cs%dLabel", i+1), x.label)
			add(fmt.Sprintf("cs%d", i+1), x.value)
		}
	}
	add("fileHash", r.Hash)
	return "CEF:0|diemcau|diemcau|1|" + cefHead.Replace(l.What) + "|" + cefHead.Replace(l.What) + "|" + strconv.Itoa(importance) + "|" + ext.String()
}
