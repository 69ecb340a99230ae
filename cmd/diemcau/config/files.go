package config

import "net/url"

// Files are those that the configuration names one by one, wherever they lie, by the name
// under which a backup keeps them: without one of them the bridge does not start. Names of
// what is not set are left out.
func (c *Config) Files() map[string]string {
	all := map[string]string{
		"tls-certificate.pem": c.TLS.Certificate, "tls-key.pem": c.TLS.Key,
		"recording-identity.txt": c.Recording.Identity, "timestamp-authority.pem": c.Recording.Timestamp.Authority,
		"syslog-authority.pem": c.Audit.Syslog.Authority, "mail-authority.pem": c.Mail.Authority, "openid-authority.pem": c.OpenID.Authority,
	}
	if u, err := url.Parse(string(c.Database)); err == nil { // a PostgreSQL's address may name some
		for _, key := range []string{"sslrootcert", "sslcert", "sslkey"} {
			all["database-"+key+".pem"] = u.Query().Get(key)
		}
	}
	for name, path := range all {
		if path == "" {
			delete(all, name)
		}
	}
	return all
}
