package engine

import "time"

// extension is what the header extension says of a delay: twice twelve bits, in
// hundredths of a second. Nil for the zero delay.
func (d PlayoutDelay) extension() []byte {
	if d == (PlayoutDelay{}) {
		return nil
	}
	const longest = 1<<12 - 1
	steps := func(d time.Duration) uint32 { return uint32(min(max(d, 0)/(10*time.Millisecond), longest)) }
	least, most := steps(d.Min), uint32(longest)
	if d.Max > 0 {
		most = max(steps(d.Max), least)
	}
	v := least<<12 | most
	return []byte{byte(v >> 16), byte(v >> 8), byte(v)}
}
