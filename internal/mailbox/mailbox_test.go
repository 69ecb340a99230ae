package mailbox_test

import (
	"sync"
	"testing"

	"diemcau/internal/leaktest"
	"diemcau/internal/mailbox"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

func TestEveryMessageArrivesOnceAndInTheOrderOfItsSender(t *testing.T) {
	t.Parallel()
	const senders, each = 8, 500
	box := mailbox.New[[2]int]()
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				box.Post([2]int{s, i})
			}
		})
	}
	next := make([]int, senders)
	var batch [][2]int
	for got := 0; got < senders*each; {
		<-box.Ready()
		batch = box.Take(batch[:0])
		for _, m := range batch {
			if m[1] != next[m[0]] {
				t.Fatalf("sender %d: got message %d, want %d", m[0], m[1], next[m[0]])
			}
			next[m[0]]++
			got++
		}
	}
	wg.Wait()
}

func TestAClosedMailboxDropsMessages(t *testing.T) {
	t.Parallel()
	box := mailbox.New[int]()
	box.Post(1)
	box.Close()
	if box.Post(2) {
		t.Error("Post on a closed mailbox reported true")
	}
	if got := box.Take(nil); len(got) != 0 {
		t.Errorf("Take after Close = %v, want nothing", got)
	}
}
