package letter

import (
	"fmt"

	"rsc.io/qr"
)

// QR is the text as a QR code in PNG, with room around it as scanners ask for and
// a quarter of it readable when the paper is stained (level Q).
func QR(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.Q)
	if err != nil {
		return nil, fmt.Errorf("letter: QR: %w", err)
	}
	code.Scale = 6
	return code.PNG(), nil
}
