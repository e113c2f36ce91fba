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
	"cmc/forms/nhs"
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

// maxUnchosen is the longest hidden answer that a client may give up, in bytes of JSON: more than any has room for.
const maxUnchosen = 8 << 10

// unchosen is a hidden answer that a client gives up, as it is kept with the comment; empty when there is none.
func unchosen(item *forms.Item, hidden forms.Answers) ([]byte, error) {
	answer, named := hidden[item.ID]
	switch {
	case len(hidden) == 0:
		return nil, nil
	case len(hidden) > 1 || !named:
		return nil, invalid("body.hidden", "One answer, to the question that the comment is on")
	case answer.State == forms.Withheld || len(answer.Rows) > 0 || item.Kind == forms.Group:
		return nil, invalid("body.hidden", "The answer to one question, in its own words")
	}
	raw, err := json.Marshal(hidden)
	if err != nil {
		return nil, fmt.Errorf("writing a hidden answer: %w", err)
	}
	if len(raw) > maxUnchosen {
		return nil, invalid("body.hidden", "This is too long for an answer")
	}
	return raw, nil
}

// keepUnchosen keeps hidden answers that somebody else had written into this draft and that a save takes away or writes over: its
// writer did not see them, and nobody's words are lost (X23). Who asks for the answer gets them too.
func (s *Service) keepUnchosen(tx store.Tx, c *caller, f *folder, d *forms.Definition, old forms.Answers, changed []difference) error {
	marks, err := typedMarks(f.draft.Typed)
	if err != nil {
		return err
	}
	for _, one := range changed {
		item := d.Item(one.item)
		mark, there := marks[placeOf(one.group, one.row, one.item)]
		if item == nil || !there || mark.By == c.User.ID || !hiddenItem(item, f.record.Marked) {
			continue
		}
		in := old
		if one.row != "" {
			in = rowOf(old[one.group].Rows, one.row)
		}
		answer := in[one.item]
		if answer.Blank() {
			continue
		}
		raw, err := json.Marshal(forms.Answers{one.item: answer})
		if err != nil {
			return fmt.Errorf("writing a hidden answer: %w", err)
		}
		words := "Another answer stands here in place of one that was saved at " + nhs.FormatDateTime(mark.At) + ". Both are kept, hidden: who shows the answer sees both."
		if err := s.putComment(tx, c, f, api.NewComment{Item: one.item, Row: one.row, Text: words}, raw); err != nil {
			return err
		}
	}
	return nil
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
func (s *Service) revealed(tx store.Tx, c *caller, f *folder, in api.Reveal) (*api.Revealed, error) {
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
	out := &api.Revealed{Item: in.Item, Row: in.Row, Value: openly(item, answer)}
	if in.Draft {
		if out.Unchosen, err = s.unchosenOf(tx, f, item, in.Row); err != nil {
			return nil, err
		}
	}
	if !there && len(out.Unchosen) == 0 {
		return nil, refuse(api.CodeNotFound, "Nothing is recorded there.", "")
	}
	return out, nil
}

// openly are the words of an answer that is hidden from others.
func openly(item *forms.Item, answer forms.Answer) string {
	value := answer.Text
	if value == "" {
		value = forms.Words(item, answer)
	}
	if value == "" || value == hiddenWords { // sensitive choices, which Words hides
		value = strings.Join(answer.Codes, ", ")
	}
	return value
}

// unchosenOf are the answers that were written in a place of the draft and not chosen.
func (s *Service) unchosenOf(tx store.Tx, f *folder, item *forms.Item, row string) ([]api.Unchosen, error) {
	comments, err := tx.Comments(f.plan.ID, f.plan.Version+1)
	if err != nil {
		return nil, err
	}
	var out []api.Unchosen
	for _, one := range comments {
		if one.Item != item.ID || one.Row != row || len(one.Hidden) == 0 {
			continue
		}
		content, err := answers(one.Hidden)
		if err != nil {
			return nil, err
		}
		out = append(out, api.Unchosen{Value: openly(item, content[item.ID]), By: one.ByName, At: one.At})
	}
	return out, nil
}
