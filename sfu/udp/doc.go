// Package udp is the bridge's UDP port: a net.PacketConn that collects the RTP
// packets of a burst and hands them to the kernel together, and the ICE muxes
// (UDP and TCP) that run over one port each.
//
// One system call for each packet is what a forwarding bridge spends most of
// its time on. Here WriteTo copies RTP into a queue and Flush, called once at
// the end of a burst, sends all that is queued: packets to one destination are
// joined into trains that the kernel cuts up again (UDP_SEGMENT, "GSO"), and all
// trains go out in as few sendmmsg calls as possible. STUN, DTLS and RTCP are
// never queued. Packets to one destination leave in the order of their WriteTo
// calls. What the kernel or the network card refuses is sent packet by packet;
// outside Linux everything is.
//
// Bounds and drop policy: a queue holds at most Settings.QueueBytes. Who finds
// it full waits for the goroutine that is sending and then sends it itself, so a
// burst larger than the queue costs time, not packets. The socket is waited for
// up to 5 ms a flush; what it does not take by then is dropped and counted, so
// that a stuck network card stops neither a source nor the memory. A drop is
// never an error of WriteTo: to the layers above it is loss.
//
// Goroutines: each Conn starts one, which sends what nobody flushed within 20 ms
// and forgets idle destinations; Conn.Close ends it and waits for it. The muxes
// start those of pion/ice, which end with Port.Close and TCPMux.Close.
//
// The package never parses beyond the first two bytes of a packet, never logs
// per packet, and knows no peers, tracks or rooms.
package udp
