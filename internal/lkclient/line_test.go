package lkclient

import (
	"errors"
	"net"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestALineNeverCarriesMoreThanItsRate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := Line{
			Rate:  rapid.Int64Range(50_000, 10_000_000).Draw(t, "rate"),
			Delay: time.Duration(rapid.IntRange(0, 300).Draw(t, "delay")) * time.Millisecond,
			Queue: time.Duration(rapid.IntRange(1, 500).Draw(t, "queue")) * time.Millisecond,
		}
		var s shaper
		now := time.Unix(1_000_000, 0)
		type arrival struct {
			at   time.Time
			bits int64
		}
		var out []arrival
		for range rapid.IntRange(1, 400).Draw(t, "datagrams") {
			now = now.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "gap")) * time.Microsecond)
			size := rapid.IntRange(40, 1400).Draw(t, "size")
			at, ok := s.admit(&line, now, size)
			if !ok {
				continue
			}
			own := time.Duration(int64(size) * 8 * int64(time.Second) / line.Rate)
			if wait := at.Sub(now) - line.Delay; wait < 0 || wait > line.Queue+own {
				t.Fatalf("waited %v on a queue of %v", wait, line.Queue)
			}
			if n := len(out); n > 0 && at.Before(out[n-1].at) {
				t.Fatal("one datagram overtook another")
			}
			out = append(out, arrival{at, int64(size) * 8})
		}
		for i := range out {
			var bits int64
			for _, a := range out[i:] {
				if bits += a.bits; a.at.Sub(out[i].at) > 0 {
					span := a.at.Sub(out[i].at) + rateBurst
					if may := int64(span.Seconds()*float64(line.Rate)) + out[i].bits + 8*1400; bits > may {
						t.Fatalf("%d bits in %v, %d may pass", bits, span, may)
					}
				}
			}
		}
	})
}

func TestALineThatIsNotFilledDropsAndDelaysNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		line := Line{Rate: 1_000_000, Delay: 30 * time.Millisecond}
		var s shaper
		now := time.Unix(1_000_000, 0)
		for range rapid.IntRange(1, 200).Draw(t, "datagrams") {
			size := rapid.IntRange(40, 1400).Draw(t, "size")
			now = now.Add(time.Duration(size) * 8 * time.Microsecond) // exactly the rate
			at, ok := s.admit(&line, now, size)
			if !ok || at.Sub(now) > line.Delay+12*time.Millisecond {
				t.Fatalf("taken %v, after %v", ok, at.Sub(now))
			}
		}
	})
}

func TestTheMeterFindsTheFullestSecond(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		type sent struct {
			bin   int64
			bytes int
		}
		var m Meter
		var all []sent
		bin, total := int64(5_000_000), 0
		for range rapid.IntRange(1, 300).Draw(t, "datagrams") {
			bin += int64(rapid.SampledFrom([]int{0, 0, 1, 3, 40, 99, 100, 101, 450}).Draw(t, "gap"))
			size := rapid.IntRange(1, 1500).Draw(t, "size")
			m.Add(time.Unix(0, bin*int64(meterBin)+3), size)
			all, total = append(all, sent{bin, size}), total+size
		}
		var peak int
		for i := range all {
			sum := 0
			for j := i; j < len(all) && all[j].bin < all[i].bin+int64(meterBins); j++ {
				sum += all[j].bytes
			}
			peak = max(peak, sum)
		}
		if m.Peak() != int64(8*peak) || m.Total() != int64(total) {
			t.Fatalf("peak %d, not %d; total %d, not %d", m.Peak(), 8*peak, m.Total(), total)
		}
		var sum int64
		for _, bits := range m.Seconds() {
			sum += bits
		}
		if sum != int64(8*total) {
			t.Fatalf("the seconds hold %d bits of %d", sum, 8*total)
		}
	})
}

func TestAnImpairedLineDelaysBothWays(t *testing.T) {
	t.Parallel()
	n, err := NewImpairment(1)
	if err != nil {
		t.Fatal(err)
	}
	far, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	near, err := n.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	n.Set(Line{Delay: 40 * time.Millisecond}, Line{Delay: 60 * time.Millisecond})
	b := make([]byte, 100)
	began := time.Now()
	if _, err := near.WriteTo([]byte("there"), far.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := far.ReadFrom(b); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); d < 40*time.Millisecond {
		t.Errorf("there after %v", d)
	}
	began = time.Now()
	if _, err := far.WriteTo([]byte("and back"), near.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	size, _, err := near.ReadFrom(b)
	if err != nil || string(b[:size]) != "and back" {
		t.Fatalf("%q, %v", b[:size], err)
	}
	if d := time.Since(began); d < 60*time.Millisecond {
		t.Errorf("back after %v", d)
	}
	n.Set(Line{Loss: 1}, Line{})
	_, _ = near.WriteTo([]byte("lost"), far.LocalAddr())
	up, down := n.Reports()
	if up.Offered.Total() != 5+4+2*datagramHeaders || up.Passed.Total() != 5+datagramHeaders || down.Passed.Total() != 8+datagramHeaders {
		t.Errorf("up %+v, down %+v", up.Offered.Total(), down.Passed.Total())
	}
}

func TestAReaderOfAnImpairedLineEndsWithItsDeadlineAndItsSocket(t *testing.T) {
	t.Parallel()
	n, err := NewImpairment(1)
	if err != nil {
		t.Fatal(err)
	}
	c, err := n.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var timeout net.Error
	if _, _, err := c.ReadFrom(make([]byte, 10)); err == nil {
		t.Error("read something")
	} else if !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("not a timeout: %v", err)
	}
	if err := c.SetDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { _, _, err := c.ReadFrom(make([]byte, 10)); ended <- err }()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("read from a closed socket")
	}
}
