package nhs

// What may change here: nothing. The tables are Verhoeff's dihedral check, as SNOMED CT identifiers use it.

var (
	verhoeffMultiply = [10][10]byte{
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5}, {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
		{3, 4, 0, 1, 2, 8, 9, 5, 6, 7}, {4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
		{6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3}, {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
		{9, 8, 7, 6, 5, 4, 3, 2, 1, 0},
	}
	verhoeffPermute = [8][10]byte{
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4}, {5, 8, 0, 3, 7, 9, 6, 1, 4, 2},
		{8, 9, 1, 6, 0, 4, 3, 5, 2, 7}, {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
		{2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8},
	}
)

// Verhoeff says whether s has the shape of a SNOMED CT identifier (6 to 18 digits, no leading zero) and its last digit is the
// Verhoeff check digit of the others. That proves that a code is well formed, not that it exists.
func Verhoeff(sctid string) bool {
	if len(sctid) < 6 || len(sctid) > 18 || !allDigits(sctid) || sctid[0] == '0' {
		return false
	}
	var c byte
	for i := range len(sctid) {
		c = verhoeffMultiply[c][verhoeffPermute[i%8][sctid[len(sctid)-1-i]-'0']]
	}
	return c == 0
}
