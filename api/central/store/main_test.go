package store

import (
	"os"
	"testing"

	"cmc/api/central/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
