// What may change here: the promises of this package. A change of one is a change for every face of the plan.

// Package nhs holds the identifiers and the display formats of the NHS: NHS numbers, dates and ages, names, postcodes, phone
// numbers, organisation codes, registration numbers and SNOMED CT check digits.
//
// Everything is a pure function: no clock, no network, no locale, no state; any goroutine may call any of them. "Today" is
// always given. A Parse or Check function takes what a person typed and returns the one form in which it is stored, and
// that form parses to itself. Display functions never fail and never cut: what they do not understand comes back as it was
// given.
//
// Errors are sentences for the person who typed, in the manner of the GOV.UK Design System (say what to do; no "invalid", no
// "please"). They are typed: compare with errors.Is against the Err values. They never hold what was typed, so they may be
// logged.
//
// Sources: domain.md 8 (NHS Data Dictionary, the NHS Common User Interface guides behind ISB 1500 to 1508, ODS), models.md
// 3.1 (GOV.UK and NHS design systems: dates, NHS numbers), Ofcom's National Telephone Numbering Plan and its numbers for drama.
package nhs
