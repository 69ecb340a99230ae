package bridge

import (
	"testing"
	"time"

	"diemcau/cmd/diemcau/config"
	"diemcau/meeting/audit"
)

func TestSEC06_ABridgeThatIsSetToMovesOldLinesBesideTheDatabase(t *testing.T) {
	t.Parallel()
	b := newBridge(t, func(c *config.Config) { c.Audit.KeepMonths = audit.LeastMonths })
	later := time.Now().AddDate(1, 2, 0)
	if err := b.audit.Keep(t.Context(), audit.Line{At: later, What: "signin.ok"}); err != nil {
		t.Fatal(err)
	}
	cut, err := retire(t.Context(), b.cfg, b, later)
	if err != nil || cut.From != 1 || cut.Seq < 2 {
		t.Fatalf("%+v %v", cut, err)
	}
	if kept, err := AuditCuts(b.cfg.Data); err != nil || len(kept) != 1 || kept[0] != cut {
		t.Errorf("beside the files: %+v %v", kept, err)
	}
	heads, err := AuditHeads(b.cfg.Data)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := b.store.CheckAudit(t.Context(), AuditKey(b.cfg.Data), heads); err != nil || !r.OK() || r.Lines != 2 {
		t.Errorf("what is left: %+v %v", r, err)
	}
}
