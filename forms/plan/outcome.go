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
	switch ppd {
	case "usual_residence":
		switch r.Text(ResidenceType) {
		case "care_home_residential", "care_home_nursing":
			return place == "care_home"
		case "hospice":
			return place == "hospice"
		case "own_home", "sheltered":
			return place == "home"
		}
		return place == "other"
	case "care_home", "nursing_home", "residential_home":
		return place == "care_home"
	case "hospice", "hospice_lodge":
		return place == "hospice"
	case "hospital", "community_hospital":
		return place == "hospital"
	case "home":
		return place == "home"
	case "ld_unit", "mh_unit":
		return place == "other"
	}
	return false
}
