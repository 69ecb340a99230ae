package dossier

import (
	"context"
	"fmt"
	"strings"
	"time"

	"diemcau/meeting/store"
	"diemcau/recording/archive"
	"diemcau/recording/keeper"
	"diemcau/recording/registry"
)

// accessWords are who may watch, as the description of a file says it.
var accessWords = map[store.AccessLevel]string{
	store.MeetingLevel: "Thành phần cuộc họp",
	store.OfficeLevel:  "Hạn chế: chủ trì, thư ký, lưu trữ",
	store.ClosedLevel:  "Hạn chế: chủ trì, lưu trữ",
}

// keeping fills in what people decided about the recording afterwards: how long it is
// kept, who may watch it, what copies there are. The plan knows only what was meant.
func (g *gathering) keeping(ctx context.Context, item archive.Item) error {
	if g.from.Store == nil {
		return nil
	}
	term, err := registry.TermOf(ctx, g.from.Store, item, time.Now())
	if err != nil {
		return err
	}
	g.Fields.Retention = fmt.Sprintf("%d năm", term.Years)
	if term.Forever {
		g.Fields.Retention = "Vĩnh viễn"
	}
	access, _, err := g.from.Store.AccessOf(ctx, item.About.ID)
	if err != nil {
		return err
	}
	said := []string{accessWords[access.Level]}
	if n := len(access.Readers); n > 0 {
		said = append(said, fmt.Sprintf("%d người được chỉ định", n))
	}
	if g.Fields.Access != "" {
		said = append(said, g.Fields.Access)
	}
	g.Fields.Access = strings.Join(said, "; ")
	all, err := keeper.NewLedger(g.from.Store).Custodies(ctx)
	var copies []string
	for _, c := range all {
		if c.Recording == item.About.ID && !c.Copied.IsZero() {
			copies = append(copies, "bản sao thứ hai")
		}
		if c.Recording == item.About.ID && !c.Kept.IsZero() {
			copies = append(copies, "kho bản sao")
		}
	}
	g.Fields.Backup = strings.Join(copies, "; ")
	return err
}
