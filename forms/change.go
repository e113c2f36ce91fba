package forms

// What may change here: what a difference between two versions looks like.

// A Change is one answer that differs, in words for a reviewer.
type Change struct {
	Item     string `json:"item"`
	Group    string `json:"group,omitempty"`
	Row      string `json:"row,omitempty"`
	RowTitle string `json:"row_title,omitempty"` // "Ann Smith"
	Step     string `json:"step"`
	Section  string `json:"section"`
	Label    string `json:"label"`          // the item's short label
	Old      string `json:"old"`            // in words; empty: not recorded
	New      string `json:"new"`            // in words; empty: removed
	Same     bool   `json:"same,omitempty"` // unchanged: only when all answers were asked for
	Critical bool   `json:"critical,omitempty"`
	Guarded  bool   `json:"guarded,omitempty"`
	Hidden   bool   `json:"hidden,omitempty"` // in the new version the answer no longer applies
}
