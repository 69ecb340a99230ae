package signaling

// What the session plane knows of the conduct of a meeting is diemcau/meeting/air:
// orders come in, reports go out. A room without orders is free. What follows is
// the clients' side of it.

// Desk is the identity that remote procedure calls to the meeting itself are
// addressed to, and Act the method that does an act.
const (
	Desk = "diemcau"
	Act  = "act"
)

// HandAttribute is the one with which a client without a call of its own asks
// for the floor; its value is the topic. Emptied it takes the request back.
const HandAttribute = "hand"
