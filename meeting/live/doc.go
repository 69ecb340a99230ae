// Package live holds the meetings that are open: one owner goroutine with a
// mailbox for each. The owner applies acts to the rules (meeting/conduct), keeps
// the events in the database before anybody sees what they did, tells the bridge
// what each participant may send and who gets it, and publishes the state. It
// ticks the meeting's clocks with one timer.
//
// It never touches a packet, a socket or a connection: the bridge is an interface
// here. Close ends all owners and waits for them; a meeting outlives it in the
// database and is opened again from there.
package live
