package bridge

import (
	"regexp"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"diemcau/cmd/diemcau/config"
)

// What the bridge calls, its operator names in the configuration. Whoever may use the
// API can have it call nothing: there is no field that takes an address (SSRF). Whoever
// adds one thinks of internal/outward first.
func TestNoOperationTakesAnAddressThatTheBridgeWouldCall(t *testing.T) {
	t.Parallel()
	_, api := allOperations(t)
	address := regexp.MustCompile(`(?i)(^|[a-z_])(url|uri|endpoint|webhook|callback|href|hostname|server)s?$`)
	var look func(route, name string, s *huma.Schema, depth int)
	fields := 0
	look = func(route, name string, s *huma.Schema, depth int) {
		if s == nil || depth > 8 {
			return
		}
		if s.Ref != "" {
			s = api.OpenAPI().Components.Schemas.SchemaFromRef(s.Ref)
		}
		if fields++; address.MatchString(name) || s.Format == "uri" || s.Format == "hostname" || s.Format == "ipv4" {
			t.Errorf("%s takes %q", route, name)
		}
		for field, inner := range s.Properties {
			look(route, field, inner, depth+1)
		}
		look(route, name+"[]", s.Items, depth+1)
	}
	for route, op := range operations(api) {
		for _, p := range op.Parameters {
			look(route, p.Name, p.Schema, 0)
		}
		if op.RequestBody != nil {
			for _, content := range op.RequestBody.Content {
				look(route, "", content.Schema, 0)
			}
		}
	}
	if fields < 200 {
		t.Errorf("only %d fields were looked at", fields)
	}
}

func TestAConfiguredAddressOfAHostersKeysStopsTheStart(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*config.Config, string){
		"webhook": func(c *config.Config, a string) {
			c.Keys, c.Webhook.Key, c.Webhook.URLs = map[string]config.Secret{"k": "0123456789012345678901234567890123"}, "k", []string{a}
		},
		"store": func(c *config.Config, a string) {
			c.Recording.Bucket = config.Bucket{Endpoint: a, Name: "n", Access: "a", Secret: "s"}
		},
		"time-stamps": func(c *config.Config, a string) { c.Recording.Timestamp.URL = a },
		"openid":      func(c *config.Config, a string) { c.OpenID.Issuer, c.OpenID.Client = a, "diemcau" },
	} {
		for address, fits := range map[string]bool{
			"https://169.254.169.254/latest": false, "https://[fd00:ec2::254]/": false, "https://[::ffff:169.254.169.254]/": false, "file:///etc/passwd": false,
			"https://0.0.0.0/": false, "https://dich-vu.lamgiang.example": true, "https://10.1.2.3": true,
		} {
			c := config.Default()
			c.Data = t.TempDir()
			set(&c, address)
			if err := c.Check(); (err == nil) != fits {
				t.Errorf("%s at %s: %v", name, address, err)
			}
		}
	}
}
