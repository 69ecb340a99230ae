package keeper_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"net/http/httptest"

	"diemcau/recording/bucket"
)

const secret = "bi-mat-cua-kho"

// s3 starts a foreign S3 server behind a proxy that asks let before each request.
func s3(t *testing.T, let func(http.ResponseWriter) bool) bucket.Settings {
	t.Helper()
	const versitygw = "../../.tools/versitygw-v1.8.0"
	if _, err := os.Stat(versitygw); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("deploy/test-tools.sh has not built the S3 server")
		}
		t.Skip("deploy/test-tools.sh builds the S3 server")
	}
	dir, err := os.MkdirTemp("", "s3") // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, name := range []string{"data/ban-ghi", "meta"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	socket := filepath.Join(dir, "s3")
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, versitygw, "--port", socket, "--quiet", "posix", "--sidecar", filepath.Join(dir, "meta"), filepath.Join(dir, "data"))
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY=kho", "ROOT_SECRET_KEY="+secret)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	behind := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if let(w) {
			(&httputil.ReverseProxy{
				Rewrite:   func(p *httputil.ProxyRequest) { p.SetURL(&url.URL{Scheme: "http", Host: "s3"}); p.Out.Host = p.In.Host },
				Transport: behind,
			}).ServeHTTP(w, r)
		}
	}))
	client := &http.Transport{}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		front.Close()
		behind.CloseIdleConnections()
		cancel()
		cmd.Wait()
	})
	for end := time.Now().Add(deadline); ; {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatal("the server does not listen")
		}
		time.Sleep(20 * time.Millisecond)
	}
	return bucket.Settings{Endpoint: front.URL, Name: "ban-ghi", Access: "kho", Secret: secret, Client: &http.Client{Transport: client}}
}
