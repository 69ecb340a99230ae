package letter

import (
	"fmt"

	"rsc.io/qr"
)

// QR is the text as a QR code in PNG, with room around it as scanners ask for,
// readable with a seventh of it stained (level M).
func QR(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fmt.Errorf("letter: QR: %w", err)
	}
	code.Scale = 6
	return code.PNG(), nil
}
