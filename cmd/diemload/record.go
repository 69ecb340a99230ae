package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/livekit/protocol/auth"
)

// recorded is what the server's recorder did in the measured time.
type recorded struct {
	Tracks           int64   `json:"tracks"`
	Packets          uint64  `json:"packets"`
	PacketBytes      uint64  `json:"packet_bytes"` // with RTP headers
	Lost             uint64  `json:"lost_packets"`
	Dropped          uint64  `json:"dropped_packets"`
	Fragments        uint64  `json:"fragments"`
	FragmentBytes    uint64  `json:"fragment_bytes"` // on disk
	DroppedFragments uint64  `json:"dropped_fragments"`
	PerByte          float64 `json:"written_per_byte"`
}

// recordState is the part of the server's answer that is of interest.
type recordState struct {
	Stats struct {
		Tracks                                                           int64
		Packets, PacketBytes, DroppedPackets, LostPackets                uint64
		Fragments, FragmentBytes, DroppedFragments, FailedWrites, Broken uint64
	} `json:"stats"`
}

// recording asks the server's API for recordings, with a token that grants it.
func (l *load) recording(ctx context.Context, method, path string, in any) (recordState, error) {
	var state recordState
	token, err := auth.NewAccessToken(l.Key, l.Secret).SetVideoGrant(&auth.VideoGrant{RoomRecord: true}).SetValidFor(10 * time.Minute).ToJWT()
	if err != nil {
		return state, err
	}
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return state, err
		}
	}
	url := "http" + strings.TrimPrefix(l.URL, "ws") + "/api/recordings" + path
	r, err := http.NewRequestWithContext(ctx, method, url, &body)
	if err != nil {
		return state, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return state, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return state, err
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return state, fmt.Errorf("recording: %s: %s", answer.Status, text)
	}
	return state, json.Unmarshal(text, &state)
}

// record has the room recorded and returns what ends that.
func (l *load) record(ctx context.Context) (stop func(), err error) {
	if !l.Record {
		return func() {}, nil
	}
	if _, err := l.recording(ctx, http.MethodPost, "", map[string]string{"room": l.Room}); err != nil {
		return nil, err
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		_, _ = l.recording(ctx, http.MethodPost, "/rooms/"+l.Room+"/stop", nil) // the room ends anyway
	}, nil
}

// recordStats is the recorder's state now; zero without one.
func (l *load) recordStats(ctx context.Context) recordState {
	if !l.Record {
		return recordState{}
	}
	s, _ := l.recording(ctx, http.MethodGet, "/rooms/"+l.Room, nil) // then the figures are plainly wrong
	return s
}

// recorded fills in what was recorded between two states.
func (r *result) recorded(before, after recordState) {
	a, b := after.Stats, before.Stats
	if a.Packets == 0 {
		return
	}
	r.Recorded = &recorded{
		Tracks: a.Tracks, Packets: a.Packets - b.Packets, PacketBytes: a.PacketBytes - b.PacketBytes,
		Lost: a.LostPackets - b.LostPackets, Dropped: a.DroppedPackets - b.DroppedPackets,
		Fragments: a.Fragments - b.Fragments, FragmentBytes: a.FragmentBytes - b.FragmentBytes, DroppedFragments: a.DroppedFragments - b.DroppedFragments,
	}
	if r.Recorded.PacketBytes > 0 {
		r.Recorded.PerByte = float64(r.Recorded.FragmentBytes) / float64(r.Recorded.PacketBytes)
	}
}
