package desk

import (
	"context"

	"diemcau/meeting"
	"diemcau/meeting/paper"
	"diemcau/meeting/store"
)

// incoming are papers on their way in: room that is promised and not yet taken, so that
// many at a time are no more than one after the other.
type incoming struct {
	papers map[meeting.ID]int
	bytes  map[meeting.ID]int64
	all    int64
}

// promise keeps room for a paper of length bytes, or of unknown length (0), in its meeting
// and on the disk, where acts of all meetings must still be written. It answers how large
// the paper may be, and done gives the promise back.
func (o *Office) promise(ctx context.Context, id meeting.ID, l paper.Limits, length int64) (most int64, done func(), err error) {
	o.laying.Lock()
	defer o.laying.Unlock()
	all, err := store.All[PaperEntry](ctx, o.store, store.Papers, id)
	if err != nil {
		return 0, nil, err
	}
	kept := o.incoming.bytes[id]
	for _, d := range all {
		kept += d.Body.Size
	}
	if most, err = l.Left(len(all)+o.incoming.papers[id], kept); err != nil {
		return 0, nil, err
	}
	if length > 0 {
		if length > most { // of this size it does not fit; a smaller one would
			return 0, nil, meeting.Refuse(paper.CodeFull, "total").With(paper.ByteCount(l.Total))
		}
		most = length
	}
	if o.room != nil {
		free, err := o.room()
		if err != nil {
			return 0, nil, err
		}
		if free < uint64(o.incoming.all)+uint64(most) {
			return 0, nil, meeting.Refuse(paper.CodeNoRoom, "")
		}
	}
	o.incoming.add(id, 1, most)
	return most, func() {
		o.laying.Lock()
		defer o.laying.Unlock()
		o.incoming.add(id, -1, -most)
	}, nil
}

func (i *incoming) add(id meeting.ID, papers int, bytes int64) {
	if i.papers == nil {
		i.papers, i.bytes = map[meeting.ID]int{}, map[meeting.ID]int64{}
	}
	i.papers[id] += papers
	i.bytes[id] += bytes
	i.all += bytes
	if i.papers[id] == 0 {
		delete(i.papers, id)
		delete(i.bytes, id)
	}
}
