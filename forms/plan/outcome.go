package plan

// What may change here: how the place of death is compared with what the person wanted (domain.md 4.26, 10.5).

import "cmc/forms"

// The answers to whether the person died where they wanted to (death_ppd_met, domain.md 4.26). The second choice is counted
// by itself.
const (
	PlaceMetFirst     = "yes"
	PlaceMetSecond    = "yes_second"
	PlaceNotMet       = "no"
	PlaceNoPreference = "no_ppd"
	PlaceUnknown      = "unknown"
)

// PlaceMet compares the place of death with the preferred places. It is PlaceUnknown while the place of death is not known.
func PlaceMet(r forms.Reader) string {
	place := r.Text(DeathPlace)
	if place == "" || place == "unknown" {
		return PlaceUnknown
	}
	first := r.Text(PPD1)
	if !isPlace(first) {
		return PlaceNoPreference
	}
	switch {
	case samePlace(r, first, place):
		return PlaceMetFirst
	case samePlace(r, r.Text(PPD2), place):
		return PlaceMetSecond
	}
	return PlaceNotMet
}

func isPlace(ppd string) bool {
	switch ppd {
	case "", "no_preference", "undecided", "unable", "declined", "not_appropriate":
		return false
	}
	return true
}

// samePlace compares a preferred place with the coarser groups of the place of death.
func samePlace(r forms.Reader, ppd, place string) bool {
	met := PlaceMeeting(r, ppd)
	return met != "" && met == place
}

// PlaceMeeting is the place of death (an option of death_place) that meets a preferred place of death (an option of ppd_1), for
// the person whom r reads: "where they live now" is a care home for somebody who lives in one. It is "" for what names no place.
func PlaceMeeting(r forms.Reader, ppd string) string {
	switch ppd {
	case "usual_residence":
		switch r.Text(ResidenceType) {
		case "care_home_residential", "care_home_nursing":
			return "care_home"
		case "hospice":
			return "hospice"
		case "own_home", "sheltered":
			return "home"
		}
		return "other"
	case "care_home", "nursing_home", "residential_home":
		return "care_home"
	case "hospice", "hospice_lodge":
		return "hospice"
	case "hospital", "community_hospital":
		return "hospital"
	case "home":
		return "home"
	case "ld_unit", "mh_unit":
		return "other"
	}
	return ""
}
