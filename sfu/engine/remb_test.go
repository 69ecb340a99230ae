package engine

import (
	"testing"
	"time"

	"diemcau/sfu/allocate"
)

func TestALineIsThinOnlyWhenTheEstimateStaysLow(t *testing.T) {
	t.Parallel()
	const sending = 2_000_000
	now := time.Now()
	look := func(b *receiverEstimate, remb int64, loss float64) {
		b.latest.Store(remb)
		b.judge(sending, loss, now)
		now = now.Add(budgetInterval)
	}
	b := receiver()
	look(b, 500_000, 0)
	look(b, 1_900_000, 0)
	look(b, 500_000, 0)
	look(b, 0, 0) // no news
	if b.constrained() {
		t.Fatal("one low estimate was believed")
	}
	look(b, 500_000, 0)
	look(b, 450_000, 0)
	if b.estimate != 450_000 {
		t.Fatalf("estimate %d, want 450000", b.estimate)
	}
	b = receiver()
	look(b, 1_900_000, 0.2)
	look(b, 1_900_000, 0.2)
	if b.estimate != 1_900_000 {
		t.Errorf("estimate %d under heavy loss, want 1900000", b.estimate)
	}
}

func TestAThinLineIsTriedAgainAndFreedInTheEnd(t *testing.T) {
	t.Parallel()
	b, now := receiver(), time.Now()
	for range overuseCount {
		b.latest.Store(300_000)
		b.judge(1_000_000, 0, now)
	}
	if !b.constrained() {
		t.Fatal("not constrained")
	}
	before := b.estimate
	b.judge(200_000, 0, now.Add(firstWait/2))
	if b.estimate != before {
		t.Error("raised too early")
	}
	for i := range 20 {
		b.judge(200_000, 0, now.Add(firstWait*time.Duration(i+1)))
	}
	if b.estimate != allocate.Unlimited {
		t.Errorf("estimate %d, want no limit", b.estimate)
	}
}

func receiver() *receiverEstimate {
	r := newReceiverEstimate()
	return &r
}
