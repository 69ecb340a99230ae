package archive

// HoldsMore is for tests that count what it reads.
var HoldsMore = holdsMore
