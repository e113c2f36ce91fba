package plan

// What may change here: which answers say where a person is. They are hidden when the national index marks a record.

// Whereabouts are the answers that are hidden, beside the sensitive ones, when the national index marks a record as sensitive:
// where the person is, and the practice by which somebody could find that out (domain.md 4.2, sensitive_flag).
var Whereabouts = []string{AddressUsual, AddressCurrent, CareHomeODS, PracticeODS, PracticeName, PracticePhone,
	PracticeBypassPhone, UsualGPName, TemporaryPracticeODS, HolderOrgODS}
