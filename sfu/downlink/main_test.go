package downlink_test

import (
	"testing"

	"diemcau/internal/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }
