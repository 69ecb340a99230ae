package peerconn

import "diemcau/internal/pionsession"

// Close ends the connection and waits for Pion's goroutines.
func (c *Conn) Close() {
	if c.closed {
		return
	}
	c.closed = true
	c.shortcut.close()
	_ = pionsession.Close(c.pc) // nothing can be done about an error here
	c.readers.wait()
}
