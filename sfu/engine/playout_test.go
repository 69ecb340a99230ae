package engine

import (
	"bytes"
	"testing"
	"time"
)

func TestAPlayoutDelayIsWrittenInHundredths(t *testing.T) {
	t.Parallel()
	for d, want := range map[PlayoutDelay][]byte{
		{}: nil,
		{Min: 100 * time.Millisecond, Max: 2 * time.Second}: {0x00, 0xa0, 0xc8},
		{Min: 100 * time.Millisecond}:                       {0x00, 0xaf, 0xff},
		{Max: 55 * time.Millisecond}:                        {0x00, 0x00, 0x05},
		{Min: time.Hour, Max: time.Second}:                  {0xff, 0xff, 0xff},
	} {
		if got := d.extension(); !bytes.Equal(got, want) {
			t.Errorf("%+v is %x, want %x", d, got, want)
		}
	}
}
