package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

const (
	tokenLifetime = 5 * time.Minute
	contentType   = "application/webhook+json"
	userAgent     = "LiveKit" // receivers may look for it
)

// deliver posts one event until the URL takes it, refuses it, or too much time
// has passed. It reports whether the URL took it.
func (e *endpoint) deliver(event *livekit.WebhookEvent, missing int32) bool {
	settings := &e.notifier.settings
	body, err := encode(event, missing)
	if err != nil {
		e.log.Error("webhook event cannot be encoded", "event", event.Event, "id", event.Id, "err", err)
		return false
	}
	giveUp := time.Now().Add(settings.GiveUp)
	wait := settings.FirstRetry
	for attempt := 1; ; attempt++ {
		again, err := e.post(body)
		if err == nil {
			return true
		}
		// Half of the wait is random, so that rooms do not all come back at once.
		pause := wait/2 + rand.N(wait/2+1)
		if !again || e.ctx.Err() != nil || time.Now().Add(pause).After(giveUp) {
			e.log.Warn("webhook event dropped", "event", event.Event, "id", event.Id, "attempts", attempt, "err", err)
			return false
		}
		if attempt == 1 {
			e.log.Info("webhook event is tried again", "event", event.Event, "id", event.Id, "err", err)
		}
		e.counters.retried.Add(1)
		if !sleep(e.ctx, pause) {
			e.log.Warn("webhook event dropped at shutdown", "event", event.Event, "id", event.Id, "err", err)
			return false
		}
		wait = min(2*wait, settings.LongestRetry)
	}
}

func encode(event *livekit.WebhookEvent, missing int32) ([]byte, error) {
	told := proto.CloneOf(event) // other URLs send the same event
	told.NumDropped = missing    // deprecated, but the only way to tell
	return protojson.Marshal(told)
}

// post makes one attempt. again tells whether another may succeed.
func (e *endpoint) post(body []byte) (again bool, err error) {
	sum := sha256.Sum256(body)
	signed, err := e.notifier.settings.Signer.Sign(e.apiKey,
		&auth.ClaimGrants{Sha256: base64.StdEncoding.EncodeToString(sum[:])}, tokenLifetime)
	if err != nil {
		return false, err
	}
	request, err := http.NewRequestWithContext(e.ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return false, withoutURL(err)
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Authorization", signed) // no "Bearer": receivers take it as it is
	request.Header.Set("User-Agent", userAgent)
	response, err := e.notifier.client.Do(request)
	if err != nil {
		return true, withoutURL(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // so that the connection can be used again
	switch status := response.StatusCode; {
	case status >= 200 && status < 300:
		return false, nil
	case status >= 500, status == http.StatusTooManyRequests, status == http.StatusRequestTimeout:
		return true, fmt.Errorf("status %d", status)
	default:
		return false, fmt.Errorf("refused with status %d", status)
	}
}

// withoutURL removes the URL from an error: its query may hold a secret.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// sleep reports false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
