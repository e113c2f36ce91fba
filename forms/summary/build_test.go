package summary

// What may change here: the invented people whose pages the tests of this package draw.

import (
	"strings"
	"time"

	"cmc/forms"
)

func sp(t string) forms.Span  { return forms.Span{Text: t} }
func spb(t string) forms.Span { return forms.Span{Text: t, Strong: true} }
func spq(t string) forms.Span { return forms.Span{Text: t, Quote: true} }

func line(spans ...forms.Span) forms.Line { return forms.Line{Spans: spans} }

// yields makes a line one that may give way.
func yields(weight int, name string, l forms.Line) forms.Line {
	l.Weight, l.Name = weight, name
	return l
}

func problem(name, action, first string) forms.Line {
	return forms.Line{Columns: [][]forms.Span{{sp(name)}, {sp(action)}, {spb("First:"), sp(first)}}, Name: "problem", Weight: 40}
}

var drawnAt = time.Date(2026, 11, 22, 14, 31, 0, 0, time.UTC)

// typical is an invented person with a common plan: the page of the design picture.
func typical() forms.Summary {
	return forms.Summary{
		Header: forms.Header{Status: "approved", Version: 7, AsAt: drawnAt, Hash: "8F3A-41C9",
			Link: "https://plan.example.nhs.uk/p/7QK4-MX2D-19TB?v=7", PrintedAt: drawnAt, PrintedBy: "nurse in charge", PrintedOrg: "Elm House"},
		Strip: []string{"APPROVED, version 7", "22-Nov-2026 14:20 by GP partner, Riverside Practice", "Review by 20-Feb-2027"},
		Banner: forms.Banner{Name: "SMITH, John (Mr)", Preferred: "Jack", Born: "09-Jun-1941 (85y)", Gender: "Male",
			NHSNumber: "999 000 9600", Where: "Elm House care home, room 12, 4 Elm Road, SE1 0AA", Language: "English, no interpreter needed"},
		Blocks: []forms.Block{
			{ID: "cpr", Headline: "Do NOT attempt CPR", Lines: []forms.Line{
				line(sp("Unlikely to succeed. Decided 20-Nov-2026 by GP partner; review with plan.")),
				line(sp("He and his daughter know. Form: nurses' office, blue folder.")),
			}},
			{ID: "treatment", Headline: "Treat at home; avoid admission.", Lines: []forms.Line{
				line(spb("Take to hospital only for:"), sp("a fracture, choking, pain that cannot be controlled here.")),
				line(sp("If taken: St Example's, ward 4. Call the heart-failure team first: 020 7946 0103.")),
			}},
			{ID: "legal", Lines: []forms.Line{
				line(spb("Attorney with life-sustaining authority:"), sp("Ann Smith, daughter, 07700 900 123. No advance decision to refuse treatment. Has capacity for this plan (20-Nov-2026).")),
			}},
			{ID: "problems", Lines: []forms.Line{
				problem("Breathless", "Sit up, fan, oxygen to 88-92 %. Medicine from the just-in-case box as charted.", "HF nurse 020 7946 0103"),
				problem("Chest infection", "Rescue antibiotics are in the cupboard; start, review in 48 h at home.", "GP by-pass 020 7946 0101"),
				problem("Fall, no injury", "Lift with hoist, observe, stay here.", "duty nurse"),
			}, More: "2 more problems in the full plan"},
			{ID: "allergies", Lines: []forms.Line{
				line(spb("⚠ Known allergies:"), sp("penicillin (rash, confirmed); codeine (vomiting)")),
				line(spb("Must not stop:"), sp("Furosemide. Apixaban.")),
				line(sp("Usual oxygen none; target 88-92 %. ICD switched off 02-Sep-2026. No syringe pump.")),
			}},
			{ID: "jic", Lines: []forms.Line{line(sp("In the home: treatment room cupboard. Chart signed. Earliest expiry 03-Mar-2027."))}},
			{ID: "call", Lines: []forms.Line{
				line(spb("In hours"), sp("Riverside Practice by-pass 020 7946 0101")),
				line(spb("Out of hours"), sp("hospice advice line 020 7946 0199")),
				yields(30, "contact", line(sp("1. Ann Smith, daughter, attorney 07700 900 123"))),
				yields(30, "contact", line(sp("2. Peter Smith, son 07700 900 145"))),
			}},
			{ID: "access", Lines: []forms.Line{line(sp("Front desk, staffed day and night. Lift to floor 1. Hazards: none known. Key safe: see the live plan."))}},
			{ID: "baseline", Lines: []forms.Line{line(sp("Heart failure, stage 4; kidney disease; type 2 diabetes. Frailty 7. Walks with a frame. Knows family, not the date. Usual: SpO2 90 %, BP 98/60, pulse 64."))}},
			{ID: "place", Lines: []forms.Line{
				line(spb("Care:"), sp("here."), spb("Death:"), sp("here; second choice St Example's hospice.")),
				line(spq("Not the hospital again, please. I want my window.")),
				yields(60, "wish", line(spb("What matters:"), sp("Ann being told at once. Test match on the radio. Fears choking."))),
			}},
		},
		Footer: []string{"Check the live plan before you act.", "Printed 22-Nov-2026 14:31 by nurse in charge, Elm House. As held centrally at 14:31.", "Version 7, check 8F3A-41C9."},
		Left:   []string{"2 problems", "6 medicines", "1 contact"},
	}
}

// emptiest is a first draft: nothing but a name and a date of birth.
func emptiest() forms.Summary {
	return forms.Summary{
		Header: forms.Header{Status: "draft", Draft: true, AsAt: drawnAt},
		Strip:  []string{"DRAFT, NOT FOR CLINICAL USE", "Never approved", "No review date"},
		Banner: forms.Banner{Name: "OYELARAN, Adéṣọlá", Born: "02-Feb-1960 (66y)", Gender: "Not Known", NHSNumber: "Not Known"},
		Footer: []string{"Check the live plan before you act."},
	}
}

// fullest is a plan with far more than a page holds.
func fullest() forms.Summary {
	s := typical()
	long := "Sit her up, open the window, use the fan and stay with her; give what is in the just-in-case box as charted, and tell the hospice nurse before you leave. "
	s.Urgent = "Known to St Example's hospice: ring the advice line on 020 7946 0199 before any decision to take her to hospital, day or night."
	s.Banner = forms.Banner{Name: "FEATHERSTONEHAUGH-CHOLMONDELEY, Wilhelmina Alexandra (The Right Honourable)", Preferred: "Billie",
		Born: "29-Feb-1936 (90y)", Gender: "Female", NHSNumber: "999 001 9207",
		Where:    "Flat 23, The Old Maltings, 114-118 Great Northern Distillery Street, Saint Leonards on the Hill, SE1 0AA",
		Language: "Welsh; English as a second language, interpreter needed by telephone"}
	s.Strip = []string{"APPROVED, version 31 - REVIEW OVERDUE", "22-Nov-2026 14:20 by Dr Alexandra Featherstone-Rivers (Consultant in palliative medicine), St Example's Hospice", "Review by 20-Nov-2026"}
	for i := range s.Blocks {
		switch b := &s.Blocks[i]; b.ID {
		case "cpr":
			b.Headline = "DNACPR recorded, NOT YET ENDORSED - attempt CPR"
			b.Lines = []forms.Line{
				line(sp("Unlikely to succeed; successful CPR likely to give a length and quality of life not in her best interests. Decided 20-Nov-2026 14:05 by Dr Alexandra Featherstone-Rivers (specialty registrar). Review indefinite unless her condition changes.")),
				line(sp("She knows. Her family know. Form: " + strings.Repeat("in the yellow folder on the hall table beside the door, ", 3))),
			}
			b.Dated = "02-Sep-2026"
		case "treatment":
			b.Headline = "Treat reversible problems at home, care home or hospice; avoid admission"
			b.Lines = append(b.Lines, line(sp(strings.Repeat(long, 3))))
		case "legal":
			for range 4 {
				b.Lines = append(b.Lines, yields(20, "attorney", line(sp("Attorney: Bartholomew Featherstonehaugh, son, jointly and severally, 07700 900 123, 020 7946 0155"))))
			}
			b.Lines = append(b.Lines, line(spb("Refuses:"), sp(strings.Repeat("ventilation by mask or tube; ", 6))))
		case "problems":
			b.Lines = nil
			for _, n := range []string{"Breathlessness at rest or on the least effort", "Chest infection", "Bleeding from the mouth", "Seizure", "Carer crisis"} {
				b.Lines = append(b.Lines, problem(n, strings.Repeat(long, 4), "hospice advice line, day and night, 020 7946 0199"))
			}
		case "allergies":
			for _, n := range []string{"penicillin", "codeine", "latex", "adhesive plaster", "trimethoprim", "ibuprofen"} {
				b.Lines = append(b.Lines, yields(25, "allergy", line(sp(n+" (widespread rash with swelling of the face, severe, confirmed)"))))
			}
			for _, n := range []string{"Furosemide", "Apixaban", "Levetiracetam", "Prednisolone"} {
				b.Lines = append(b.Lines, yields(35, "medicine", line(sp("Must not stop: "+n))))
			}
		case "call":
			for _, n := range []string{"Ann", "Bartholomew", "Cressida", "Dorothea", "Evangeline"} {
				b.Lines = append(b.Lines, yields(50, "contact", line(sp(n+" Featherstonehaugh-Cholmondeley, cousin, keyholder 07700 900 123, evenings only"))))
			}
		case "baseline", "place", "access":
			for range 5 {
				b.Lines = append(b.Lines, yields(70, "", line(sp(long))))
			}
		}
	}
	return s
}

// letters is a plan with names and signs from beyond English.
func letters() forms.Summary {
	s := typical()
	s.Header.Link = ""
	s.Banner.Name = "ŁUKASIEWICZ-ÖZGÜR, Nguyễn Thị Ánh (Mrs)"
	s.Banner.Preferred = "Siân Ŵyn"
	s.Banner.Where = "Tŷ'r Ysgol, Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch, LL61 5UJ"
	s.Blocks[2].Lines = []forms.Line{
		line(sp("Çağlar Şahin; Đặng Phương; Ọláolúwa Ẹ̀bùn; İbrahim Yıldız; Ísak Þórðarson; Ģirts Ķēniņš; Őszi Gergő; Škvorecký")),
		line(sp("Αθανάσιος Παπαδόπουλος; Наталія Шевченко; Ґалаґан Їжакевич; Владимир Ёлкин")),
		line(sp("≥ 2 ≤ 88 → ward ← home ↑ up ↓ down ☐ no ☑ yes ✓ ✔ ⚠ µg ½ ° ± × – — ‘a’ “b” … € £ № ™ ² ₂ • ’")),
		line(spb("≥ 2 ≤ 88 → ward ← home ↑ up ↓ down ☐ no ☑ yes ✓ ✔ ⚠ µg ½ ° ± × – — ‘a’ “b” … € £ № ™ ² ₂ • ’")),
	}
	return s
}
