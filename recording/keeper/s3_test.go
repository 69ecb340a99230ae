package keeper_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"diemcau/recording/bucket"
	"diemcau/recording/specimen"
)

// s3 starts a foreign S3 server behind a proxy that asks let before each request.
func s3(t *testing.T, let func(http.ResponseWriter) bool) bucket.Settings {
	t.Helper()
	s, _ := specimen.S3(t)
	behind := s.Client.Transport
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if let(w) {
			(&httputil.ReverseProxy{
				Rewrite:   func(p *httputil.ProxyRequest) { p.SetURL(&url.URL{Scheme: "http", Host: "s3"}); p.Out.Host = p.In.Host },
				Transport: behind,
			}).ServeHTTP(w, r)
		}
	}))
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		front.Close()
	})
	s.Endpoint, s.Client = front.URL, client
	return s
}
