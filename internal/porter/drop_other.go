//go:build !linux

package porter

import (
	"errors"
	"net"
	"net/netip"
)

// dropSYNs is Linux's: elsewhere they are turned away one by one.
func dropSYNs(_ *net.TCPListener, from []netip.Addr) error {
	if len(from) == 0 {
		return nil
	}
	return errors.ErrUnsupported
}
