package peerconn

import "net/netip"

// IPv6 tells whether the path that ICE has chosen is one of IPv6, whose header is
// longer. Before there is a path it is false.
func (c *Conn) IPv6() bool {
	pair, err := c.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil || pair.Remote == nil {
		return false
	}
	a, err := netip.ParseAddr(pair.Remote.Address)
	return err == nil && a.Unmap().Is6()
}
