package control_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cmc/ui/control"
)

func TestNumbersStayWhole(t *testing.T) {
	for in, want := range map[string]string{
		"Ring 020 7946 0101 first": "Ring 020\u00a07946\u00a00101 first",
		"Ann, 07700 900341":        "Ann, 07700\u00a0900341",
		"NHS No. 999 000 9600":     "NHS No. 999\u00a0000\u00a09600",
		"88-92 % on 2 litres":      "88-92 % on 2 litres",
	} {
		require.Equal(t, want, control.Whole(in))
	}
}
