package forms

// What may change here: how answers become the lines of the urgent care summary. Which answers print, where and in what
// words is in the definition; the order of the blocks is in summary.go.

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cmc/forms/nhs"
)

// The ids that the banner and the strip are made of. A definition may lack any of them.
const (
	idFamily      = "family_name"
	idGiven       = "given_name"
	idTitle       = "title"
	idPreferred   = "preferred_name"
	idBorn        = "birth_date"
	idGender      = "gender_admin"
	idNHSNumber   = "nhs_number"
	idCurrent     = "address_current"
	idUsual       = "address_usual"
	idLanguage    = "language_main"
	idOtherLang   = "language_other"
	idInterpreter = "interpreter_needed"
	idDied        = "deceased_date"
	idUrgent      = "urgent_banner"
	idReviewDue   = "review_due"
)

// notRecorded is what a crew reads where nothing is known: never nothing (domain.md 6).
const notRecorded = "Not recorded"

// Summarise makes what a crew reads from the answers that count on the day. The blocks are always all of SummaryBlocks, in
// order, and none is blank: "Not recorded" stands where nothing is. "Unknown", "Not discussed" and "Declined to say" are
// said so, never as no. Secret and sensitive answers are never in it. The words of the quote style carry their own
// quotation marks.
func Summarise(d *Definition, a Answers, h Header, today time.Time) Summary {
	return NewReader(d, a, today).Summarise(h)
}

// Summarise is the function of the same name, on a Reader that may already know much.
func (r Reader) Summarise(h Header) Summary {
	r = r.Top()
	s := Summary{
		Header: h,
		Urgent: flat(r.Words(idUrgent)),
		Banner: r.banner(),
		Footer: footer(h),
		Left:   []string{},
		Blocks: make([]Block, 0, len(SummaryBlocks)),
	}
	s.Strip = r.strip(h, s.Banner.Died != "")
	for _, kind := range SummaryBlocks {
		bb := blockBuilder{r: r, b: Block{ID: kind.ID, Title: kind.Title, Lines: []Line{}}}
		for _, it := range r.v.d.print[kind.ID] {
			bb.add(it)
		}
		s.Blocks = append(s.Blocks, bb.finish(h))
		s.Left = append(s.Left, bb.left...)
	}
	return s
}

func (r Reader) banner() Banner {
	b := Banner{
		Name:      notRecorded,
		Preferred: r.Text(idPreferred),
		Born:      notRecorded,
		Gender:    r.Words(idGender),
		NHSNumber: "Not Known", // the words of the NHS Common User Interface (domain.md 8)
		Where:     r.Words(idCurrent),
	}
	if family, given := r.Text(idFamily), r.Text(idGiven); family != "" || given != "" {
		title := ""
		if _, ok := r.Get(idTitle); ok {
			title = r.Words(idTitle)
		}
		b.Name = nhs.FormatName(family, given, title)
	}
	if n := r.Text(idNHSNumber); n != "" {
		b.NHSNumber = nhs.FormatNHSNumber(n)
	}
	if b.Gender == "" {
		b.Gender = notRecorded
	}
	if _, ok := r.Get(idCurrent); !ok {
		b.Where = r.Words(idUsual)
	}
	born, died := r.Text(idBorn), r.Text(idDied)
	switch {
	case born != "" && died != "":
		b.Born = nhs.FormatDate(born)
	case born != "":
		b.Born = nhs.Born(born, r.v.today)
	case r.State(idBorn) != Answered:
		b.Born = StateWords(r.State(idBorn))
	}
	if died != "" {
		b.Died = nhs.FormatDate(died)
		from, err1 := time.Parse(time.DateOnly, born)
		to, err2 := time.Parse(time.DateOnly, died)
		if err1 == nil && err2 == nil && !to.Before(from) {
			b.AgeAtDeath = nhs.AgeOn(from, to)
		}
	}
	b.Language = r.language()
	return b
}

func (r Reader) language() string {
	lang := r.Words(idLanguage)
	if r.Is(idLanguage, "other") {
		if typed := r.Text(idOtherLang); typed != "" {
			lang = flat(typed) // "Another language" would send a crew for an interpreter of none
		}
	}
	if r.State(idLanguage) != Answered {
		lang = "Language: " + lang
	}
	need := ""
	v, isBool := r.Bool(idInterpreter)
	switch {
	case r.Is(idInterpreter, "yes"), isBool && v:
		need = "interpreter needed"
	case r.Is(idInterpreter, "no"), isBool:
		need = "no interpreter needed"
	case !r.Blank(idInterpreter):
		need = "interpreter: " + r.Words(idInterpreter)
	}
	switch {
	case need == "":
		return lang
	case lang == "":
		return upperFirst(need)
	}
	return lang + ", " + need
}

// strip is the left, the middle and the right of the status strip.
func (r Reader) strip(h Header, died bool) []string {
	left, live := "", false
	switch {
	case h.Draft:
		left = "DRAFT, NOT FOR CLINICAL USE"
	default:
		switch h.Status {
		case "approved", "amending", "review_due", "overdue":
			left, live = "APPROVED, version "+strconv.Itoa(h.Version), true
		case "suspended":
			left = "SUSPENDED, NOT FOR CLINICAL USE"
		case "withdrawn":
			left = "WITHDRAWN, NOT FOR CLINICAL USE"
		case "closed":
			left = "CLOSED, NOT FOR CLINICAL USE"
		case "entered_in_error":
			left = "ENTERED IN ERROR, NOT FOR CLINICAL USE"
		case "deceased":
			died = true
		default:
			left = "DRAFT, NOT FOR CLINICAL USE"
		}
	}
	if died {
		live = false
		if left == "" || strings.HasPrefix(left, "APPROVED") {
			left = "PATIENT HAS DIED"
		} else {
			left = "PATIENT HAS DIED; " + left
		}
	}
	middle := ""
	switch {
	case !h.ApprovedAt.IsZero() && !h.Draft:
		middle = nhs.FormatDateTime(h.ApprovedAt)
		if h.ApprovedBy != "" {
			middle += " by " + h.ApprovedBy
		}
		if !live {
			middle = "Approved " + middle
		}
	case !h.AsAt.IsZero():
		middle = "As at " + nhs.FormatDateTime(h.AsAt)
	}
	due := h.ReviewDue
	if due == "" {
		due = r.Text(idReviewDue)
	}
	right := "No review date"
	switch {
	case due == "":
	case due < r.v.today.Format(time.DateOnly):
		right = "REVIEW OVERDUE since " + nhs.FormatDate(due)
	default:
		right = "Review by " + nhs.FormatDate(due)
	}
	if !h.ChangeSince.IsZero() {
		right += "; change pending since " + nhs.FormatDate(h.ChangeSince.In(nhs.London()).Format(time.DateOnly))
	}
	return []string{left, middle, right}
}

func footer(h Header) []string {
	lines := []string{"Check the live plan before you act."}
	var said []string
	if !h.PrintedAt.IsZero() {
		s := "Printed " + nhs.FormatDateTime(h.PrintedAt)
		if by := joinWords(", ", h.PrintedBy, h.PrintedOrg); by != "" {
			s += " by " + by
		}
		said = append(said, sentence(s))
	}
	if !h.AsAt.IsZero() {
		at := nhs.FormatDateTime(h.AsAt)
		if day, clock, ok := strings.Cut(at, " "); ok && !h.PrintedAt.IsZero() && strings.HasPrefix(nhs.FormatDateTime(h.PrintedAt), day) {
			at = clock
		}
		said = append(said, "As held centrally at "+at+".")
	}
	if len(said) > 0 {
		lines = append(lines, strings.Join(said, " "))
	}
	version := "Not yet approved"
	if h.Version > 0 {
		version = "Version " + strconv.Itoa(h.Version)
	}
	if h.Hash != "" {
		version += ", check " + h.Hash
	}
	return append(lines, version+".")
}

// A blockBuilder puts the printed items of one block into lines.
type blockBuilder struct {
	r        Reader
	b        Block
	open     bool // the last line is of sentences, and another may join it
	headline bool // some item of the block is its headline
	more     []string
	left     []string
	sections []string // of what was printed
}

func (bb *blockBuilder) add(it *Item) {
	p := it.Print
	bb.headline = bb.headline || p.Style == "headline"
	if !bb.r.visible(it) {
		return
	}
	if it.Kind == Group {
		bb.group(it)
		return
	}
	spans, items, real := bb.r.printed(it)
	if len(spans) == 0 {
		return
	}
	if real && !slices.Contains(bb.sections, it.section.ID) {
		bb.sections = append(bb.sections, it.section.ID)
	}
	if p.Style == "headline" {
		if bb.b.Headline != "" {
			bb.b.Headline = sentence(bb.b.Headline) + " "
		}
		bb.b.Headline += spanText(spans)
		bb.b.HeadlineItems = append(bb.b.HeadlineItems, items...)
		return
	}
	endSentence(spans)
	if last := len(bb.b.Lines) - 1; bb.open && p.Style != "line" && bb.b.Lines[last].Weight == p.Weight {
		l := &bb.b.Lines[last]
		l.Spans = append(l.Spans, Span{Text: " "})
		l.Spans = append(l.Spans, spans...)
		l.Items = appendNew(l.Items, items)
		return
	}
	bb.b.Lines = append(bb.b.Lines, Line{Spans: spans, Items: items, Weight: p.Weight})
	bb.open = true
}

// group prints a line for each row that is to be printed and counts the others.
func (bb *blockBuilder) group(it *Item) {
	bb.open = false
	p := it.Print
	a, _ := bb.r.raw(it)
	rows := bb.r.rowsOf(it)
	if a.State != Answered || len(rows) == 0 {
		words, label := p.Unknown, p.Label
		if a.State != Answered {
			words = StateWords(a.State)
			if label == "" {
				label = it.ShortLabel()
			}
			label = colon(label)
		}
		if words == "" {
			return
		}
		spans := labelled(label, []Span{{Text: flat(words)}})
		endSentence(spans)
		bb.b.Lines = append(bb.b.Lines, Line{Spans: spans, Items: []string{it.ID}, Weight: p.Weight})
		return
	}
	one, many := moreNouns(p.More)
	if one == "" {
		one, many = lowerFirst(it.ShortLabel()), lowerFirst(it.ShortLabel())
	}
	var children []*Item
	columns := 0
	for i := it.index + 1; i < it.end; i++ {
		if c := bb.r.v.d.order[i]; c.Print != nil {
			children = append(children, c)
			if c.Print.Style == "column" {
				columns++
			}
		}
	}
	slices.SortStableFunc(children, func(x, y *Item) int { return x.Print.Order - y.Print.Order })
	printed := 0
	for _, row := range rows {
		if p.Rows > 0 && printed == p.Rows || p.Only != nil && !row.Holds(p.Only) {
			continue
		}
		line := row.line(children, columns >= 3)
		if line.Spans == nil && line.Columns == nil {
			continue
		}
		line.Items = appendNew([]string{it.ID}, line.Items)
		line.Weight, line.Name = p.Weight, one
		if printed == 0 {
			line.Weight = firstWeight(p.Weight)
		}
		if printed == 0 && p.Label != "" {
			if line.Columns == nil {
				line.Spans = labelled(p.Label, line.Spans)
			} else {
				bb.b.Lines = append(bb.b.Lines, Line{Spans: []Span{{Text: p.Label, Strong: true}}, Items: []string{it.ID}, Weight: line.Weight})
			}
		}
		bb.b.Lines = append(bb.b.Lines, line)
		printed++
	}
	if printed > 0 && !slices.Contains(bb.sections, it.section.ID) {
		bb.sections = append(bb.sections, it.section.ID)
	}
	if rest := len(rows) - printed; rest > 0 && (p.More != "" || p.Rows > 0) {
		noun := many
		if rest == 1 {
			noun = one
		}
		count := strconv.Itoa(rest) + " "
		bb.left = append(bb.left, count+noun)
		if printed > 0 {
			count += "more "
		}
		bb.more = append(bb.more, count+noun+" in the full plan")
	}
}

// firstWeight is the weight of a group's first row: half, because the rows stand in order of importance, and the first
// problem must outlive the third contact. What may give way stays so: never 0.
func firstWeight(weight int) int { return (weight + 1) / 2 }

// line prints one row: its children in order, joined by commas, or in columns.
func (r Reader) line(children []*Item, columns bool) Line {
	var l Line
	if columns {
		l.Columns = [][]Span{}
	}
	any := false
	for _, c := range children {
		var spans []Span
		var items []string
		if r.visible(c) {
			spans, items, _ = r.printed(c)
		}
		starts := columns && (c.Print.Style == "column" || len(l.Columns) == 0)
		if starts {
			l.Columns = append(l.Columns, []Span{}) // a column stands even when it is empty: position is meaning
		}
		if len(spans) == 0 {
			continue
		}
		any = true
		l.Items = appendNew(l.Items, items)
		if columns {
			last := len(l.Columns) - 1
			l.Columns[last] = joinSpans(l.Columns[last], spans)
		} else {
			l.Spans = joinSpans(l.Spans, spans)
		}
	}
	if !any {
		return Line{}
	}
	return l
}

func (bb *blockBuilder) finish(h Header) Block {
	b := bb.b
	b.More = strings.Join(bb.more, "; ")
	if b.Headline == "" && bb.headline {
		b.Headline = notRecorded
	}
	if b.Headline == "" && len(b.Lines) == 0 && b.More == "" {
		b.Lines = append(b.Lines, Line{Spans: []Span{{Text: notRecorded}}})
	}
	if l := b.Lines; len(l) == 1 && spanText(l[0].Spans) == notRecorded+"." {
		l[0].Spans = []Span{{Text: notRecorded}} // the same words, whoever wrote them
	}
	var oldest time.Time
	for _, id := range bb.sections {
		if at := h.Recorded[id].At; !at.IsZero() && (oldest.IsZero() || at.Before(oldest)) {
			oldest = at
		}
	}
	if !oldest.IsZero() && !h.ApprovedAt.IsZero() {
		day := oldest.In(nhs.London()).Format(time.DateOnly)
		if day < h.ApprovedAt.In(nhs.London()).Format(time.DateOnly) {
			b.Dated = "Recorded " + nhs.FormatDate(day)
		}
	}
	return b
}

// printed gives the words of one visible item on the summary, and the ids of the items that they are made of; real is false
// when they only say that there are none.
func (r Reader) printed(it *Item) (spans []Span, items []string, real bool) {
	p := it.Print
	if it.Kind == Secret || it.Sensitive || !r.Holds(p.Only) {
		return nil, nil, false
	}
	label := p.Label
	items = []string{it.ID}
	if it.Kind == Computed {
		r.v.asked = &items
		words := r.v.d.hooks.Computed[it.Compute](r)
		r.v.asked = nil
		if spans = flatSpans(words); spans != nil {
			return labelled(label, spans), items, true
		}
	}
	a, given := r.raw(it)
	if !given || a.Blank() {
		if p.Unknown == "" {
			return nil, nil, false
		}
		return labelled(label, []Span{{Text: flat(p.Unknown), Strong: p.Style == "strong"}}), items, false
	}
	if label == "" && p.Style != "headline" && (a.State != Answered || it.Kind == YesNo || it.Kind == Integer || it.Kind == Decimal) {
		label = it.ShortLabel() // "7" or "Unknown" alone says nothing
	}
	if label != "" && (a.State != Answered || it.Kind == YesNo) {
		label = colon(label)
	}
	text := flat(r.wordsOf(it, a, true))
	if text == "" {
		return nil, nil, false
	}
	s := Span{Text: text, Strong: p.Style == "strong"}
	if a.State != Answered && p.Style == "headline" {
		s.Text = colon(it.ShortLabel()) + " " + text
	}
	if p.Style == "quote" && a.State == Answered {
		s.Text, s.Quote = "\u201c"+strings.Trim(text, "\"\u201c\u201d")+"\u201d", true
	}
	return labelled(label, []Span{s}), items, true
}

// moreNouns reads Print.More, "more problem|more problems" or "more problems in the full plan", as the words that count one
// and many.
func moreNouns(more string) (one, many string) {
	strip := func(s string) string {
		s = strings.TrimSpace(s)
		s = strings.TrimPrefix(s, "more ")
		return strings.TrimSpace(strings.TrimSuffix(s, " in the full plan"))
	}
	one, many, ok := strings.Cut(more, "|")
	if !ok {
		many = one
	}
	return strip(one), strip(many)
}

// appendNew adds the ids that are not there yet.
func appendNew(have, more []string) []string {
	for _, id := range more {
		if !slices.Contains(have, id) {
			have = append(have, id)
		}
	}
	return have
}

// labelled puts a bold label before words.
func labelled(label string, spans []Span) []Span {
	if label == "" {
		return spans
	}
	return append([]Span{{Text: label, Strong: true}, {Text: " "}}, spans...)
}

func colon(label string) string { return strings.TrimRight(label, ":?. ") + ":" }

// joinSpans joins the parts of a row: with a comma, or after a whole sentence with a space.
func joinSpans(have, more []Span) []Span {
	if len(have) == 0 {
		return append([]Span{}, more...)
	}
	between := ", "
	if last := have[len(have)-1].Text; ends(last) {
		between = " "
	}
	return append(append(have, Span{Text: between}), more...)
}

// endSentence puts a full stop after the last words where none stands.
func endSentence(spans []Span) {
	last := &spans[len(spans)-1]
	last.Text = sentence(last.Text)
}

func sentence(s string) string {
	if s == "" || ends(s) {
		return s
	}
	return s + "."
}

// ends says whether words end with a mark that ends a sentence or leads on, in or before quotation marks.
func ends(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	if r == '\u201d' || r == '"' || r == '\'' || r == ')' && n < len(s) {
		r2, _ := utf8.DecodeLastRuneInString(s[:len(s)-n])
		return strings.ContainsRune(".!?\u2026", r2)
	}
	return strings.ContainsRune(".!?:;\u2026", r)
}

// flat puts several lines on one: a line without an end mark gets a semicolon.
func flat(s string) string {
	if !strings.ContainsAny(s, "\n\t") {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	for _, l := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }) {
		l = strings.TrimSpace(strings.ReplaceAll(l, "\t", " "))
		if l == "" {
			continue
		}
		if b.Len() > 0 {
			if !ends(b.String()) && !strings.HasSuffix(b.String(), ",") {
				b.WriteByte(';')
			}
			b.WriteByte(' ')
		}
		b.WriteString(l)
	}
	return b.String()
}

// flatSpans is flat for words in several weights: the spaces between spans are kept, those at both ends of the whole are
// not. It is nil when there are no words.
func flatSpans(words []Span) []Span {
	var spans []Span
	for _, s := range words {
		text := flat(s.Text)
		if spans != nil && s.Text != "" && blank(s.Text[:1]) && !strings.HasSuffix(spans[len(spans)-1].Text, " ") {
			text = " " + text
		}
		if text == "" || spans == nil && blank(text) {
			continue
		}
		if n := len(s.Text); text != " " && blank(s.Text[n-1:]) {
			text += " "
		}
		s.Text = text
		spans = append(spans, s)
	}
	for n := len(spans) - 1; n >= 0; n-- {
		if spans[n].Text = strings.TrimRight(spans[n].Text, " "); spans[n].Text != "" {
			break
		}
		spans = spans[:n]
	}
	return spans
}

func blank(s string) bool { return strings.Trim(s, " \n\t") == "" }

func spanText(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

func joinWords(sep string, parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return strings.Join(parts, sep)
}

func upperFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// lowerFirst makes a label fit the middle of a sentence, unless it starts with an abbreviation.
func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if next, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}
