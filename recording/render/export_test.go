package render

// OggPackets lets tests look at the parser of what the command writes.
var OggPackets = oggPackets
