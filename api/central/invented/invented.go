// Package invented makes up people and organisations by the thousand, so that a service can be tried at the size of a city.
// Nobody in it exists: NHS numbers lie in 999 000 0000 to 999 999 9999, which are never issued, phone numbers are Ofcom's for
// drama, and organisation codes have shapes that are in use nowhere.
//
// Contract: pure; a result depends on the arguments alone.
package invented

// What may change here: names, and how often each is met.

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// families are family names, the most frequent first; the n-th is met about 1/n as often as the first.
var families = strings.Fields(`Smith Jones Williams Taylor Patel Brown Davies Evans Khan Wilson Thomas Johnson Roberts Robinson Thompson Wright
Walker White Edwards Hughes Green Hall Lewis Harris Clarke Singh Jackson Wood Turner Martin Cooper Hill Ward Morris Moore Clark Lee King
Baker Harrison Morgan Allen James Begum Scott Phillips Watson Davis Parker Price Bennett Young Griffiths Mitchell Kelly Cook Carter
Richardson Bailey Collins Bell Shaw Murphy Miller Cox Richards Ali Marshall Anderson Simpson Ellis Adams Ahmed Hussain Kaur Foster
Wilkinson Chapman Mason Gray Webb Rogers Gibson Hunt Mills Holmes Palmer Matthews Owen Fisher Knight Barnes Lloyd Butler Russell Barker
Stevens Jenkins Dixon Fletcher Hunter Graham Reynolds Howard Andrews Reid Ford Payne Day Powell Harvey Burton West Hart Brooks Saunders
Cole Bradley Atkinson Walsh Dean Spencer Ball Pearson Rose Stone Poole Hudson Wells Osborne Fox Lane Nicholls Newman Francis Perry
Lawrence Elliott Armstrong Crawford Okafor Adeyemi Osei Mensah Boateng Abdi Hassan Mohamed Chowdhury Rahman Uddin Miah Sharma Gupta Shah
Mehta Desai Joshi Nair Fernandes Silva Santos Pereira Rossi Romano Garcia Martinez Lopez Kowalska Nowak Wiśniewska Zielińska Wójcik
Popescu Ionescu Georgiou Demetriou Yilmaz Kaya Demir Nguyen Tran Chen Wang Li Zhang Wong Chan Lam Kim Park Tanaka Suzuki O'Brien
O'Connor O'Neill McCarthy McDonald MacKenzie Campbell Stewart Fraser Ross Sinclair Drummond Llewellyn Pritchard Bevan Pugh Trevithick
Penrose Achterberg Müller Schneider Björk Lindqvist Dvořák Horváth Petrova Ivanova Kovalenko Haddad Mansour Nasser Levy Cohen Goldberg
Friedman Baptiste Charles Joseph Pierre Whitlock Tallow Kettering Baines Featherstone Hartley Oduya Thistlewood Applegarth`)

var women = strings.Fields(`Margaret Mary Joan Patricia Jean Sheila Barbara Doreen June Dorothy Shirley Joyce Maureen Elizabeth Audrey Brenda Kathleen
Sylvia Eileen Pamela Betty Beryl Ann Irene Rita Gladys Edna Vera Hilda Susan Christine Linda Janet Carol Fatima Amina Priya Rahima Maria
Grace Rosa Nadia Thanh Wei Siân Adaobi Marta Helen Julie Karen Deborah Jacqueline Tracey Sarah Claire Emma Olivia Ruby`)

var men = strings.Fields(`John William George Ronald Kenneth Peter Dennis Derek Raymond Alan Brian David Eric Arthur Frederick Leonard Harold Stanley
Norman Gordon Albert Ernest Robert James Roy Donald Michael Anthony Geoffrey Trevor Terence Colin Roger Keith Graham Barry Mohammed
Abdul Anil Rajesh Kwame Desmond Patrick Gwilym Henrik Marek Ion José Ciarán Thomas Stephen Paul Mark Andrew Simon Daniel Oliver Samuel`)

// Family makes up a family name as often as names are met: some far more often than others, and some of two parts.
func Family(rng *rand.Rand) string {
	name := families[often(rng, len(families))]
	if rng.IntN(40) == 0 {
		if second := families[rng.IntN(len(families))]; second != name && !strings.Contains(name+second, "'") {
			return name + "-" + second
		}
	}
	return name
}

// GivenName makes up a given name for a sex of vs_sex_at_birth: "1" for men, anything else for women.
func GivenName(rng *rand.Rand, sex string) string {
	if sex == "1" {
		return men[often(rng, len(men))]
	}
	return women[often(rng, len(women))]
}

// often chooses of n with the weight 1/(3+i).
func often(rng *rand.Rand, n int) int {
	for {
		i := rng.IntN(n)
		if rng.Float64() < 3/float64(3+i) {
			return i
		}
	}
}

var streets = strings.Fields(`Ferry Mill Chandler Anchor Weaver Tanner Quarry Harp Linden Castle Lotus Garden Temple Signal Windmill Harbour Candle
Orchard Foundry Station Crescent Meadow Beacon Tower Rope Mast Laurel Market Dock Towpath Juniper Lock Cathedral Bell Kiln Brewer
Saddler Cooper Falcon Heron Otter Badger Chestnut Hawthorn Rowan Alder Poplar Maple Cedar Larch Elder Bramble Clover`)

var kinds = []string{"Street", "Road", "Lane", "Court", "Terrace", "Row", "Gardens", "Way", "Close", "Mews", "Place", "Walk"}

// Street makes up a house and a street: "18 Ferry Street".
func Street(rng *rand.Rand) string {
	return fmt.Sprintf("%d %s %s", 1+rng.IntN(180), streets[rng.IntN(len(streets))], kinds[rng.IntN(len(kinds))])
}

// Named makes up the name of the n-th organisation of a kind; two of one kind never have the same.
func Named(n int, kind string) string {
	name := streets[n%len(streets)] + " " + kinds[n/len(streets)%len(kinds)]
	if more := n / (len(streets) * len(kinds)); more > 0 {
		name += fmt.Sprintf(" (%d)", more+1)
	}
	return name + " " + kind
}

// Phone makes up a number in London that Ofcom keeps for drama.
func Phone(rng *rand.Rand) string { return fmt.Sprintf("020 7946 0%03d", rng.IntN(1000)) }

// Postcode makes up a postcode in the manner of those of the training people.
func Postcode(rng *rand.Rand) string {
	const inward = "ABDEFGHJLNPQRSTUWXYZ"
	return fmt.Sprintf("SE1 0%c%c", inward[rng.IntN(len(inward))], inward[rng.IntN(len(inward))])
}
