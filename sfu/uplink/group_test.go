package uplink_test

import (
	"strconv"
	"testing"

	"diemcau/sfu"
	"diemcau/sfu/uplink"
)

// reader is a sink that keeps what it reads, and what it finds in the history of
// the packets after each.
type reader struct {
	source        *uplink.Direct
	read          []string
	ahead, behind int
}

func (r *reader) WritePacket(p *sfu.Packet) {
	r.read = append(r.read, string(p.Payload))
	if r.source.Packet(0, p.Sequence+1) != nil {
		r.ahead++
	}
	if r.source.Packet(0, p.Sequence-1) != nil {
		r.behind++
	}
}
func (r *reader) EndBurst() {}
func (r *reader) Closed()   {}

func TestABurstReachesEverySinkInOrderEvenWhereTheHistoryCannotHoldIt(t *testing.T) {
	t.Parallel()
	source := uplink.NewDirect(audioSettings())
	t.Cleanup(source.End)
	first, second := &reader{source: source}, &reader{source: source}
	source.Attach(first)
	source.Attach(second)
	var want []string
	send := func(sequence uint16) {
		text := strconv.Itoa(int(sequence))
		want = append(want, text)
		source.Write(0, opus(sequence, 960*uint32(sequence), 111, text), 1_000_000)
	}
	for n := range uint16(100) { // more than go out together
		send(100 + n)
	}
	for n := range uint16(40) { // each pushes many of those before out of the history
		send(300 + 100*n)
	}
	source.Step(1_000_000)
	for name, r := range map[string]*reader{"first": first, "second": second} {
		if len(r.read) != len(want) {
			t.Fatalf("the %s sink got %d packets of %d", name, len(r.read), len(want))
		}
		for i := range want {
			if r.read[i] != want[i] {
				t.Fatalf("the %s sink got %q as number %d instead of %q", name, r.read[i], i, want[i])
			}
		}
		if r.ahead != 0 {
			t.Errorf("the %s sink found %d packets in the history before they were its turn", name, r.ahead)
		}
		if r.behind != 99 {
			t.Errorf("the %s sink found the packet before in %d cases of 99", name, r.behind)
		}
	}
}
