package wire

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// ClientAddress is the address of the client: the other end of the connection,
// or, when that is a trusted proxy, the nearest address in X-Forwarded-For that
// is none. What stands further left there is only what somebody claimed.
func ClientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	isTrusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	address := parseAddress(r.RemoteAddr)
	if !isTrusted(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		next := parseAddress(strings.TrimSpace(hop))
		if !next.IsValid() {
			break
		}
		address = next
		if !isTrusted(address) {
			break
		}
	}
	return address
}

func (h *Handler) clientAddress(r *http.Request) netip.Addr {
	return ClientAddress(r, h.settings.TrustedProxies)
}

// parseAddress reads an address with or without a port; what is none gives the
// invalid address.
func parseAddress(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}
