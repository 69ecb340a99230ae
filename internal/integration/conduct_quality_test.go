package integration

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"diemcau/cmd/diemcau/bridge"
	"diemcau/cmd/diemload/samples"
	"diemcau/internal/lkclient"
	"diemcau/meeting/conduct"
	"diemcau/meeting/sample"
)

// What is measured while a meeting is held is in its operating log when it is over:
// of a line that loses every fourth packet, and of one that loses none.
func TestOPS02_OPS04_ALineThatLosesPacketsIsInTheOperatingLog(t *testing.T) {
	t.Parallel()
	p := sample.Briefing()
	for i := range p.Points {
		p.Points[i].Line = 4000
	}
	h := &hall{t: t, plan: p, data: t.TempDir(), options: []bridge.Option{bridge.WithLooks(1500*time.Millisecond, 3*time.Second)}}
	announce(t, h.data, p)
	h.start()
	h.secretary().open()
	bad, err := lkclient.NewImpairment(1)
	if err != nil {
		t.Fatal(err)
	}
	h.at(main).enter(false)
	good := h.at(x1).enter(false)
	weak := h.at(x2).enter(false, func(s *lkclient.Settings) { s.Net, s.UDPOnly = bad, true })
	for _, s := range []*seat{good, weak} {
		s.send(samples.Opus, mic)
		s.send(samples.VP8, cam)
	}
	h.chair().do(conduct.SetPhase{Phase: conduct.InSession})
	h.chair().do(conduct.Invite{Point: x2})
	bad.SetLoss(0.25)
	log := func() map[string][]string {
		t.Helper()
		var raw []byte
		if err := h.technician().ask(http.MethodGet, "/documents/operation.csv", nil, &raw); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		columns := map[string][]string{}
		for _, row := range rows {
			columns[row[1]] = row[8:]
		}
		return columns
	}
	during(t, 6*time.Second) // so long is measured
	h.chair().do(conduct.SetPhase{Phase: conduct.Closed})
	eventually(t, 10*time.Second, "what was measured", func() bool { return log()[string(x2)][0] != "" })
	rows := log()
	one, two := rows[string(x1)], rows[string(x2)]
	t.Logf("%q\n%q\n%q", rows["Mã điểm cầu"], one, two)
	if two[10] == "" || !strings.HasPrefix(two[10], "Yếu ") || !strings.Contains(two[10], "mất gói") {
		t.Errorf("when the line was weak: %q", two[10])
	}
	if two[7] == "0,0" || two[13] != "4000" || two[14] == "0,0" || two[12] == "0" {
		t.Errorf("the weak line: %q", two)
	}
	if one[0] == "" || one[7] != "0,0" || one[9] != "00:00" || one[10] != "" {
		t.Errorf("the good line: %q", one)
	}
}
