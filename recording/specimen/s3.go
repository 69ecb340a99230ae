package specimen

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"diemcau/recording/bucket"
)

// versitygw is a foreign server that speaks S3; deploy/test-tools.sh builds it.
// Packages of recordings lie two folders below the top.
const versitygw = "../../.tools/versitygw-v1.8.0"

// patience is for machines that are far slower than ours.
const patience = time.Minute

// Secret is that of the server's one account.
const Secret = "bi-mat-cua-kho"

// S3 starts a foreign S3 server and returns the settings of a bucket there, and
// the folder where its objects lie. It listens on a socket in the file system: no
// port can be taken.
func S3(t testing.TB) (bucket.Settings, string) {
	t.Helper()
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
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	data, meta, socket := filepath.Join(dir, "data"), filepath.Join(dir, "meta"), filepath.Join(dir, "s3")
	for _, folder := range []string{filepath.Join(data, "ban-ghi"), meta} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, versitygw, "--port", socket, "--quiet", "posix", "--sidecar", meta, data)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY=kho", "ROOT_SECRET_KEY="+Secret)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		cancel()
		_ = cmd.Wait() // killed
		if t.Failed() {
			t.Logf("the server said: %s", said.String())
		}
	})
	listens(t, socket)
	return bucket.Settings{
		Endpoint: "http://s3.test", Name: "ban-ghi", Access: "kho", Secret: Secret, Client: &http.Client{Transport: transport},
	}, filepath.Join(data, "ban-ghi")
}

// listens waits until somebody listens on a socket.
func listens(t testing.TB, socket string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("unix", socket); err == nil {
			c.Close()
			return
		}
	}
	t.Fatal("the server does not listen")
}

// S3Behind starts a foreign S3 server behind a proxy that asks let before each
// request; what let does not let through it has answered itself, or never will.
func S3Behind(t testing.TB, let func(http.ResponseWriter, *http.Request) bool) (bucket.Settings, string) {
	t.Helper()
	s, dir := S3(t)
	behind := s.Client.Transport
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if let(w, r) {
			(&httputil.ReverseProxy{
				Rewrite:   func(p *httputil.ProxyRequest) { p.SetURL(&url.URL{Scheme: "http", Host: "s3"}); p.Out.Host = p.In.Host },
				Transport: behind,
			}).ServeHTTP(w, r)
		}
	}))
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		front.CloseClientConnections() // of requests that are never answered
		front.Close()
	})
	s.Endpoint, s.Client = front.URL, client
	return s, dir
}
