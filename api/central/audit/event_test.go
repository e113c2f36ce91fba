package audit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The two hashes were worked out with another program: a line from before computers were named keeps its hash for ever.
func TestTheHashOfALineStays(t *testing.T) {
	line := Event{Seq: 1, At: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), UserID: "u", Who: "Ann", Role: "gp", ODS: "X99001", Org: "Riverside",
		PatientID: "per", PlanID: "pl", Version: 3, Action: View, What: "summary", Reason: "At the door"}
	line.Chain("")
	assert.Equal(t, "bd099196809cc173b9eef6d1ab2803fbd8232e982ec79feac0c0dfa104f56b5f", line.Hash)
	filled := line
	filled.Workstation = "K7QF-2MZP-XW3A"
	assert.False(t, filled.Follows(""), "a computer filled in afterwards is found")
	filled.Chain("")
	assert.Equal(t, "4d9de8f712aec5f6ade9ef290289209cf1792ca808ad96b2cbbf7d4852e9975a", filled.Hash)
	assert.True(t, filled.Follows(""))
	emptied, other := filled, filled
	emptied.Workstation, other.Workstation = "", "K7QF-2MZP-XW3B"
	assert.False(t, emptied.Follows(""), "one taken out is found")
	assert.False(t, other.Follows(""), "one changed is found")
}
