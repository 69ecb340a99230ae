package engine_test

import (
	"bytes"
	"fmt"
	"testing"

	"diemcau/sfu/engine"

	"github.com/pion/webrtc/v4"
)

func TestDataGoesBothWaysOnTheProtocolsChannels(t *testing.T) {
	t.Parallel()
	for _, single := range []bool{false, true} {
		t.Run(fmt.Sprintf("single=%v", single), func(t *testing.T) {
			t.Parallel()
			room := newRoom(t, engine.Config{})
			c := newClient(t, room, "a", clientOptions{single: single})
			for i := range 5 {
				text := fmt.Sprintf("early %d", i)
				c.do(func() {
					if !c.peer.SendData(engine.Reliable, []byte(text)) {
						t.Error("an early reliable message was dropped")
					}
				})
			}
			find(c, func(e engine.DataReady) bool { return e.Kind == engine.Reliable })
			find(c, func(e engine.DataReady) bool { return e.Kind == engine.Lossy })
			c.do(func() { c.peer.SendData(engine.Lossy, []byte("quick")) })
			c.wait("the messages", func() bool { return len(c.data) == 6 })
			c.mu.Lock()
			var reliable []string
			for _, d := range c.data {
				if d != "_lossy:quick" {
					reliable = append(reliable, d)
				}
			}
			c.mu.Unlock()
			for i, d := range reliable {
				if want := fmt.Sprintf("_reliable:early %d", i); d != want {
					t.Errorf("message %d is %q, want %q", i, d, want)
				}
			}
		})
	}
}

func TestMessagesOfTheClientCarryTheirKind(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	c := newClient(t, room, "a", clientOptions{})
	c.do(c.makeChannels)
	c.do(func() {
		dc, err := c.pub.CreateDataChannel("other", nil)
		if err != nil {
			t.Error(err)
			return
		}
		dc.OnOpen(func() { _ = dc.SendText("free") })
	})
	c.offer()
	c.wait("the channels", func() bool { return c.opened["_reliable"] != nil && c.opened["_lossy"] != nil })
	c.mu.Lock()
	reliable := c.opened["_reliable"]
	c.mu.Unlock()
	if reliable == nil {
		t.Fatal("no reliable channel")
	}
	c.do(func() { _ = channelOf(c, "_lossy").Send([]byte("l")) })
	_ = reliable.Send([]byte("r"))
	for _, want := range []engine.Data{
		{Kind: engine.Lossy, Labelled: true, Payload: []byte("l")},
		{Kind: engine.Reliable, Labelled: false, Payload: []byte("free")},
	} {
		find(c, func(e engine.Data) bool {
			return e.Kind == want.Kind && e.Labelled == want.Labelled && bytes.Equal(e.Payload, want.Payload)
		})
	}
}

func TestMessagesOfEverySizeArriveWhole(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	c := newClient(t, room, "a", clientOptions{})
	c.do(c.makeChannels)
	c.offer()
	c.wait("the channel", func() bool { return c.opened["_reliable"] != nil })
	channel := channelOf(c, "_reliable")
	for _, size := range []int{1, 2047, 2048, 2049, 15_000, 16_385, 60_000, 65_535, 10} {
		message := bytes.Repeat([]byte{byte(size)}, size)
		if err := channel.Send(message); err != nil {
			t.Fatal(err)
		}
		find(c, func(e engine.Data) bool { return bytes.Equal(e.Payload, message) })
	}
}

func channelOf(c *client, label string) *webrtc.DataChannel {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.opened[label]
}

func TestReliableDataThatIsNotReadOverflowsOnce(t *testing.T) {
	t.Parallel()
	room := newRoom(t, engine.Config{})
	c := newClient(t, room, "a", clientOptions{loseFirst: make(chan struct{})}) // never connects
	find(c, func(engine.LocalDescription) bool { return true })
	peer := peerOf(c)
	message := make([]byte, 60000)
	sent := 0
	for peer.SendData(engine.Reliable, message) {
		if sent++; sent > 1000 {
			t.Fatal("no bound")
		}
	}
	if peer.SendData(engine.Reliable, message) || peer.SendData(engine.Lossy, message) {
		t.Error("a message was taken after the overflow")
	}
	find(c, func(engine.DataOverflow) bool { return true })
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, e := range c.events {
		if _, ok := e.(engine.DataOverflow); ok {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d overflow events", n)
	}
}

func peerOf(c *client) *engine.Peer {
	got := make(chan *engine.Peer, 1)
	c.do(func() { got <- c.peer })
	return <-got
}
