package plan

// What may change here: which answers say who the person is.

import "cmc/forms"

// Identity is who a plan is for, as its answers say. Values are as stored: format them with forms/nhs.
type Identity struct {
	NHSNumber    string // ten digits
	FamilyName   string
	GivenName    string
	MiddleNames  string
	Title        string
	Preferred    string
	BirthDate    string // 2006-01-02
	DeathDate    string // 2006-01-02; empty while the person lives, or when it is not known
	Gender       string // vs_gender_admin code: 0, 1, 2 or 9
	SexAtBirth   string // vs_sex_at_birth code: 1, 2 or 9
	PracticeODS  string
	PracticeName string
	HolderODS    string // the practice that looks after the plan; the person's practice where none other is named
	Where        string // where the person is now, on one line
}

// PatientOf reads who the person is. It looks at the answers alone, since identity never depends on other answers; a value
// that is missing is "".
func PatientOf(a forms.Answers) Identity {
	text := func(id string) string {
		v := a[id]
		if v.State != forms.Answered {
			return ""
		}
		return v.Text
	}
	id := Identity{
		NHSNumber: text(NHSNumber), FamilyName: text(FamilyName), GivenName: text(GivenName), MiddleNames: text(MiddleNames),
		Title: text(Title), Preferred: text(PreferredName), BirthDate: text(BirthDate), DeathDate: text(DeceasedDate),
		Gender: text(GenderAdmin), SexAtBirth: text(SexAtBirth), PracticeODS: text(PracticeODS),
		PracticeName: text(PracticeName), HolderODS: text(HolderOrgODS),
	}
	if id.HolderODS == "" {
		id.HolderODS = id.PracticeODS
	}
	where := a[AddressUsual]
	if away := a[AddressDiffers]; away.Bool != nil && *away.Bool && !a[AddressCurrent].Blank() {
		where = a[AddressCurrent]
	}
	if where.Address != nil {
		id.Where = where.Address.String()
	}
	return id
}
