package central

// What may change here: which answers are hidden from everybody until somebody asks for one with a reason, and how a draft is
// written by people who do not see them.

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"cmc/api"
	"cmc/api/central/access"
	"cmc/api/central/store"
	"cmc/forms"
	"cmc/forms/plan"
)

// typedFor is how long who typed a hidden answer sees it in the draft: a shift.
const typedFor = 12 * time.Hour

// hiddenItem says whether an answer is hidden. marked says that the record is marked as sensitive.
func hiddenItem(item *forms.Item, marked bool) bool {
	return item.Kind == forms.Secret || item.Sensitive || marked && slices.Contains(plan.Whereabouts, item.ID)
}

// hiddenWords stand where an answer is not shown.
var hiddenWords = forms.StateWords(forms.Withheld)

// placeOf names one answer of a plan: "item", or "group/row/item".
func placeOf(group, row, item string) string {
	if row == "" {
		return item
	}
	return group + "/" + row + "/" + item
}

// A veil hides answers of one plan from one reader.
type veil struct {
	d      *forms.Definition
	marked bool
	desk   bool                    // only what an administrator corrects is left
	known  bool                    // what the form does not know is dropped: nobody can say how secret it is
	seen   func(place string) bool // answers that this reader typed themselves; nil: none
}

// over puts the veil over answers. Those it hides say that something is recorded.
func (v veil) over(content forms.Answers) forms.Answers { return v.in(content, "", "") }

func (v veil) in(content forms.Answers, group, row string) forms.Answers {
	out := make(forms.Answers, len(content))
	for id, answer := range content {
		item := v.d.Item(id)
		switch {
		case item == nil:
			if !v.known {
				out[id] = answer
			}
		case v.desk && !item.Admin:
		case hiddenItem(item, v.marked) && !answer.Blank() && (v.seen == nil || !v.seen(placeOf(group, row, id))):
			out[id] = forms.StateAnswer(forms.Withheld)
		case len(answer.Rows) > 0:
			rows := make([]forms.Row, len(answer.Rows))
			for i, one := range answer.Rows {
				rows[i] = forms.Row{ID: one.ID, Answers: v.in(one.Answers, id, one.ID)}
			}
			out[id] = forms.RowsAnswer(rows...)
		default:
			out[id] = answer
		}
	}
	return out
}

// sentBack says whether a problem is only that an answer which is hidden from the writer came back as it was shown to them:
// that changes nothing, and loses nobody the rest of their save.
func sentBack(before forms.Answers, p forms.Problem) bool {
	in := before
	if p.Row != "" {
		in = rowOf(before[p.Group].Rows, p.Row)
	}
	return p.Rule == "withheld" && in[p.Item].State == forms.Withheld
}

// lift puts what is kept back wherever a change has left an answer hidden, and lists the places of hidden answers that were
// written over. before is what the writer saw, kept what it stands for, and after what became of before.
func lift(kept, before, after forms.Answers) (whole forms.Answers, over []difference) {
	return liftIn(kept, before, after, "", "")
}

func liftIn(kept, before, after forms.Answers, group, row string) (forms.Answers, []difference) {
	out := make(forms.Answers, len(after))
	var over []difference
	for id, answer := range after {
		switch {
		case answer.State == forms.Withheld && before[id].State == forms.Withheld:
			answer = kept[id]
		case before[id].State == forms.Withheld:
			over = append(over, difference{item: id, group: group, row: row})
		case len(answer.Rows) > 0:
			rows := make([]forms.Row, len(answer.Rows))
			for i, one := range answer.Rows {
				inside, more := liftIn(rowOf(kept[id].Rows, one.ID), rowOf(before[id].Rows, one.ID), one.Answers, id, one.ID)
				rows[i] = forms.Row{ID: one.ID, Answers: inside}
				over = append(over, more...)
			}
			answer = forms.RowsAnswer(rows...)
		}
		out[id] = answer
	}
	return out, over
}

// A typedMark says who wrote a hidden answer last, when, and with which revision of the plan.
type typedMark struct {
	By       string    `json:"by,omitempty"` // "" once the draft has left their hands
	At       time.Time `json:"at"`
	Revision int       `json:"revision"`
}

func typedMarks(raw []byte) (map[string]typedMark, error) {
	out := map[string]typedMark{}
	if len(raw) == 0 {
		return out, nil
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, errors.New("stored marks cannot be read")
	}
	return out, nil
}

// seenBy gives what a reader typed into the draft themselves, a short while ago.
func (s *Service) seenBy(c *caller, draft *store.Draft) (func(place string) bool, error) {
	marks, err := typedMarks(draft.Typed)
	if err != nil {
		return nil, err
	}
	return func(place string) bool {
		one, there := marks[place]
		since := s.now().Sub(one.At) // less than nothing: by a clock that was ahead
		return there && one.By == c.User.ID && since >= -access.Drift && since < typedFor
	}, nil
}

// typedNow notes that the caller has written hidden answers, with the revision that the plan gets by it.
func (s *Service) typedNow(draft *store.Draft, d *forms.Definition, marked bool, changed []difference, c *caller, revision int) error {
	marks, err := typedMarks(draft.Typed)
	if err != nil {
		return err
	}
	for _, one := range changed {
		if item := d.Item(one.item); item != nil && hiddenItem(item, marked) {
			marks[placeOf(one.group, one.row, one.item)] = typedMark{By: c.User.ID, At: s.now(), Revision: revision}
		}
	}
	if draft.Typed, err = json.Marshal(marks); err != nil {
		return fmt.Errorf("writing the marks: %w", err)
	}
	return nil
}

// outOfHands has nobody see what they typed any more: the draft has been sent.
func outOfHands(draft *store.Draft) error {
	marks, err := typedMarks(draft.Typed)
	if err != nil {
		return err
	}
	for place, one := range marks {
		one.By = ""
		marks[place] = one
	}
	if draft.Typed, err = json.Marshal(marks); err != nil {
		return fmt.Errorf("writing the marks: %w", err)
	}
	return nil
}

// hiddenSince lists the hidden answers that others have written after the newest tag of a header: a writer who does not see
// them must learn that there is something to choose (X23).
func hiddenSince(draft *store.Draft, header string, c *caller) ([]string, error) {
	marks, err := typedMarks(draft.Typed)
	if err != nil {
		return nil, err
	}
	newest := 0
	for tag := range strings.SplitSeq(header, ",") {
		if n, err := strconv.Atoi(strings.Trim(strings.TrimSpace(tag), `"`)); err == nil {
			newest = max(newest, n)
		}
	}
	var out []string
	for place, one := range marks {
		if one.Revision > newest && one.By != c.User.ID {
			out = append(out, place)
		}
	}
	slices.Sort(out)
	return out, nil
}

// veiled are answers without whereabouts, for a summary: of a marked record it says that they are recorded, and not where.
func veiled(d *forms.Definition, content forms.Answers, marked bool) forms.Answers {
	if !marked {
		return content
	}
	out := content.Clone()
	for _, id := range plan.Whereabouts {
		if answer, there := out[id]; there && !answer.Blank() && d.Item(id) != nil {
			out[id] = forms.StateAnswer(forms.Withheld)
		}
	}
	return out
}

// veilChanges hides whereabouts in a comparison: that they changed is told, and not how.
func veilChanges(changes []forms.Change, marked bool) {
	if !marked {
		return
	}
	for i, one := range changes {
		if !slices.Contains(plan.Whereabouts, one.Item) {
			continue
		}
		if one.Old != "" {
			changes[i].Old = hiddenWords
		}
		if one.New != "" {
			changes[i].New = hiddenWords
			if !one.Same && one.Old != "" {
				changes[i].New += ", changed"
			}
		}
	}
}

// hiddenHolder stands for the practice of a marked record.
func hiddenHolder() api.Organisation {
	return api.Organisation{Name: "Hidden: the record is marked as sensitive"}
}

// revealed finds one hidden answer for a caller who has said why: of the draft for those who write it, else of the live version.
func (s *Service) revealed(c *caller, f *folder, in api.Reveal) (*api.Revealed, error) {
	if f.sight <= access.AskReason {
		return nil, refuseVerdict(access.Judge(c.person, f.record, access.Print))
	}
	var d *forms.Definition
	var raw []byte
	var err error
	switch {
	case in.Draft && f.draft != nil && (f.sight == access.Everything || f.sight == access.Desk):
		d, err = definition(f.plan.Definition)
		raw = f.draft.Answers
	case !in.Draft && f.live != nil:
		d, err = definition(f.live.Definition)
		raw = f.live.Answers
	default:
		return nil, refuse(api.CodeNotFound, "Nothing is recorded there.", "")
	}
	if err != nil {
		return nil, err
	}
	item := d.Item(in.Item)
	if item == nil || !hiddenItem(item, f.record.Marked) {
		return nil, invalid("body.item", "There is no hidden answer of this name.")
	}
	if verdict := access.Reveals(c.person, f.sight, item.Sensitive, item.Admin); !verdict.OK {
		return nil, refuse(verdict.Code, verdict.Why, "")
	}
	content, err := answers(raw)
	if err != nil {
		return nil, err
	}
	r := forms.NewReader(d, content, s.today())
	if in.Row != "" && item.InGroup() != nil {
		row, found := r.Row(item.InGroup().ID, in.Row)
		if !found {
			return nil, invalid("body.row", "There is no such row.")
		}
		r = row
	}
	answer, there := r.Get(in.Item)
	if !there {
		return nil, refuse(api.CodeNotFound, "Nothing is recorded there.", "")
	}
	value := answer.Text
	if value == "" {
		value = forms.Words(item, answer)
	}
	if value == "" || value == hiddenWords { // sensitive choices, which Words hides
		value = strings.Join(r.Codes(in.Item), ", ")
	}
	return &api.Revealed{Item: in.Item, Row: in.Row, Value: value}, nil
}
