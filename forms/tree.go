package forms

// What may change here: how answers look in JSON. It is stored for ever: see answer.go.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
	"unicode/utf8"
)

// Limits of what is read. They are far above any real plan and keep a mistake or an attack from filling memory.
const (
	MaxPlanBytes  = 2 << 20  // the whole of one plan, or of one change to it
	MaxValueBytes = 64 << 10 // one text in it
	maxDepth      = 12       // a row's address line stands at depth 8
)

// ErrTooLarge says that a plan, or a change to one, has more than MaxPlanBytes.
var ErrTooLarge = errors.New("the answers are larger than 2 MiB")

// tree is the JSON of answers as generic values: map[string]any, []any, string, json.Number, bool or nil.
type tree = map[string]any

// parseTree reads one JSON object strictly: valid UTF-8, no name twice, nothing after it, not too deep, not too large. Its
// errors never quote what was read.
func parseTree(raw []byte) (tree, error) {
	if len(raw) > MaxPlanBytes {
		return nil, ErrTooLarge
	}
	if !utf8.Valid(raw) {
		return nil, errors.New("the answers are not valid UTF-8")
	}
	if t, ok := parseQuickly(raw); ok {
		return t, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	v, err := parseValue(dec, 0)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is something after the answers")
	}
	t, ok := v.(tree)
	if !ok {
		return nil, errors.New("the answers are not a JSON object")
	}
	return t, nil
}

// parseQuickly reads what is in order in a third of the time, since a crew waits for it. What it will not read, parseValue
// reads or says what is wrong: a name that is there twice leaves fewer names in the tree than there are in the text.
func parseQuickly(raw []byte) (tree, bool) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var t tree
	if dec.Decode(&t) != nil || t == nil || len(bytes.TrimLeft(raw[dec.InputOffset():], " \t\r\n")) > 0 {
		return nil, false
	}
	names, ok := countNames(t, 0)
	return t, ok && names == namesIn(raw)
}

// countNames is how many names are in a tree; not ok when it is too deep.
func countNames(v any, depth int) (names int, ok bool) {
	if depth > maxDepth {
		return 0, false
	}
	add := func(inside any) bool {
		n, ok := countNames(inside, depth+1)
		names += n
		return ok
	}
	switch v := v.(type) {
	case tree:
		names = len(v)
		for _, inside := range v {
			if !add(inside) {
				return 0, false
			}
		}
	case []any:
		for _, inside := range v {
			if !add(inside) {
				return 0, false
			}
		}
	}
	return names, true
}

// namesIn is how many names are in a text that is known to be JSON: strings with a colon behind them.
func namesIn(raw []byte) (names int) {
	for at := 0; at < len(raw); at++ {
		if raw[at] != '"' {
			continue
		}
		for at++; raw[at] != '"'; at++ {
			if raw[at] == '\\' {
				at++
			}
		}
		if rest := bytes.TrimLeft(raw[at+1:], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			names++
		}
	}
	return names
}

func parseValue(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the answers are nested more than %d deep", maxDepth)
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("the answers are not valid JSON, at byte %d", dec.InputOffset())
	}
	switch tok {
	case json.Delim('{'):
		out := make(tree)
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, fmt.Errorf("the answers are not valid JSON, at byte %d", dec.InputOffset())
			}
			name := key.(string) // the decoder lets nothing else through as a name
			if _, twice := out[name]; twice {
				return nil, fmt.Errorf("the answers hold one name twice, at byte %d", dec.InputOffset())
			}
			if out[name], err = parseValue(dec, depth+1); err != nil {
				return nil, err
			}
		}
		if _, err := dec.Token(); err != nil {
			return nil, fmt.Errorf("the answers are not valid JSON, at byte %d", dec.InputOffset())
		}
		return out, nil
	case json.Delim('['):
		out := []any{}
		for dec.More() {
			v, err := parseValue(dec, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		if _, err := dec.Token(); err != nil {
			return nil, fmt.Errorf("the answers are not valid JSON, at byte %d", dec.InputOffset())
		}
		return out, nil
	}
	return tok, nil
}

// MarshalJSON writes the answers in the stored form. Blank answers are left out; names are in order, so that the same
// answers give the same bytes.
func (a Answers) MarshalJSON() ([]byte, error) {
	t, err := a.tree()
	if err != nil {
		return nil, err
	}
	return marshalTree(t)
}

// UnmarshalJSON reads the stored form without a definition. It trusts its source: use Decode for what comes from outside.
// JSON null changes nothing, as encoding/json asks.
func (a *Answers) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	t, err := parseTree(raw)
	if err != nil {
		return err
	}
	out, err := answersOf(t)
	if err != nil {
		return err
	}
	*a = out
	return nil
}

// MarshalJSON writes one answer in the stored form; a blank one is {}.
func (a Answer) MarshalJSON() ([]byte, error) {
	t, err := a.tree()
	if err != nil {
		return nil, err
	}
	return marshalTree(t)
}

// UnmarshalJSON reads one answer in the stored form without a definition. JSON null changes nothing.
func (a *Answer) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	t, err := parseTree(raw)
	if err != nil {
		return err
	}
	out, err := answerOf(t)
	if err != nil {
		return err
	}
	*a = out
	return nil
}

// marshalTree writes generic values without the HTML escapes that would make words unreadable in a patch.
func marshalTree(t any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(t); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

func (a Answers) tree() (tree, error) {
	out := make(tree, len(a))
	for id, v := range a {
		if v.Blank() {
			continue
		}
		t, err := v.tree()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		out[id] = t
	}
	return out, nil
}

func (a Answer) tree() (tree, error) {
	switch {
	case a.State != Answered:
		return tree{"state": string(a.State)}, nil
	case a.Blank():
		return tree{}, nil
	case len(a.Rows) > 0:
		rows := make(tree, len(a.Rows))
		for i, r := range a.Rows {
			if _, twice := rows[r.ID]; twice {
				return nil, errors.New("two rows have the same id")
			}
			t, err := r.Answers.tree()
			if err != nil {
				return nil, err
			}
			rows[r.ID] = tree{"order": json.Number(strconv.Itoa(i + 1)), "answers": t}
		}
		return tree{"rows": rows}, nil
	case len(a.Codes) > 0:
		list := make([]any, len(a.Codes))
		for i, c := range a.Codes {
			list[i] = c
		}
		return tree{"value": list}, nil
	case a.Number != nil:
		if math.IsNaN(*a.Number) || math.IsInf(*a.Number, 0) {
			return nil, errors.New("the number cannot be written")
		}
		return tree{"value": json.Number(strconv.FormatFloat(*a.Number, 'f', -1, 64))}, nil
	case a.Bool != nil:
		return tree{"value": *a.Bool}, nil
	case a.Coded != nil:
		v := tree{"text": a.Coded.Text}
		for k, s := range map[string]string{"system": a.Coded.System, "code": a.Coded.Code,
			"display": a.Coded.Display, "terminology_version": a.Coded.TerminologyVersion} {
			if s != "" {
				v[k] = s
			}
		}
		return tree{"value": v}, nil
	case a.Address != nil:
		lines := make([]any, len(a.Address.Lines))
		for i, l := range a.Address.Lines {
			lines[i] = l
		}
		v := tree{"lines": lines}
		if a.Address.Postcode != "" {
			v["postcode"] = a.Address.Postcode
		}
		return tree{"value": v}, nil
	case a.File != nil:
		return tree{"value": tree{"name": a.File.Name, "media_type": a.File.MediaType,
			"size": json.Number(strconv.FormatInt(a.File.Size, 10)), "sha256": a.File.SHA256}}, nil
	}
	return tree{"value": a.Text}, nil
}

// answersOf and answerOf read generic values without a definition.
func answersOf(t tree) (Answers, error) {
	out := make(Answers, len(t))
	for id, v := range t {
		m, ok := v.(tree)
		if !ok {
			return nil, fmt.Errorf("%s: an answer is an object", id)
		}
		a, err := answerOf(m)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		if !a.Blank() {
			out[id] = a
		}
	}
	return out, nil
}

var errShape = errors.New("the answer does not have the stored form")

func answerOf(t tree) (Answer, error) {
	if len(t) == 0 {
		return Answer{}, nil
	}
	if len(t) != 1 {
		return Answer{}, errShape
	}
	if s, ok := t["state"]; ok {
		state, ok := s.(string)
		if !ok {
			return Answer{}, errShape
		}
		return Answer{State: State(state)}, nil
	}
	if rows, ok := t["rows"]; ok {
		m, ok := rows.(tree)
		if !ok {
			return Answer{}, errShape
		}
		ordered := make([]orderedRow, 0, len(m))
		for id, v := range m {
			rt, ok := v.(tree)
			if !ok {
				return Answer{}, errShape
			}
			order, _ := rt["order"].(json.Number)
			at, answers := tree{}, Answers(nil)
			if rt["answers"] != nil {
				if at, ok = rt["answers"].(tree); !ok {
					return Answer{}, errShape
				}
			}
			answers, err := answersOf(at)
			if err != nil {
				return Answer{}, err
			}
			n, err := order.Float64()
			if err != nil {
				n = math.MaxFloat64
			}
			ordered = append(ordered, orderedRow{n, Row{ID: id, Answers: answers}})
		}
		return Answer{Rows: inOrder(ordered)}, nil
	}
	v, ok := t["value"]
	if !ok {
		return Answer{}, errShape
	}
	switch v := v.(type) {
	case string:
		return Answer{Text: v}, nil
	case bool:
		return Answer{Bool: &v}, nil
	case json.Number:
		n, err := v.Float64()
		if err != nil {
			return Answer{}, errShape
		}
		return Answer{Number: &n}, nil
	case []any:
		codes, ok := stringList(v)
		if !ok {
			return Answer{}, errShape
		}
		return Answer{Codes: codes}, nil
	case tree:
		switch {
		case has(v, "sha256"):
			return fileOf(v)
		case has(v, "lines"):
			return addressOf(v)
		case has(v, "text"):
			return codedOf(v)
		}
	}
	return Answer{}, errShape
}

func has(t tree, key string) bool { _, ok := t[key]; return ok }

type orderedRow struct {
	order float64
	row   Row
}

// inOrder sorts rows by the order given, and by id where two people gave the same one.
func inOrder(rows []orderedRow) []Row {
	sort.SliceStable(rows, func(i, j int) bool {
		if rows[i].order != rows[j].order {
			return rows[i].order < rows[j].order
		}
		return rows[i].row.ID < rows[j].row.ID
	})
	out := make([]Row, len(rows))
	for i, r := range rows {
		out[i] = r.row
	}
	return out
}

func stringList(v []any) ([]string, bool) {
	out := make([]string, len(v))
	for i, x := range v {
		s, ok := x.(string)
		if !ok {
			return nil, false
		}
		out[i] = s
	}
	return out, true
}

// fields reads an object whose members are all texts but for those skipped; an unknown name is an error.
func fields(t tree, into map[string]*string, skip ...string) bool {
next:
	for k, v := range t {
		for _, s := range skip {
			if k == s {
				continue next
			}
		}
		p, known := into[k]
		s, isText := v.(string)
		if !known || !isText {
			return false
		}
		*p = s
	}
	return true
}

func codedOf(t tree) (Answer, error) {
	var c CodedText
	if !fields(t, map[string]*string{"text": &c.Text, "system": &c.System, "code": &c.Code, "display": &c.Display,
		"terminology_version": &c.TerminologyVersion}) {
		return Answer{}, errShape
	}
	return Answer{Coded: &c}, nil
}

func addressOf(t tree) (Answer, error) {
	var a PostalAddress
	list, _ := t["lines"].([]any)
	lines, ok := stringList(list)
	if !ok || !fields(t, map[string]*string{"postcode": &a.Postcode}, "lines") {
		return Answer{}, errShape
	}
	if t["lines"] != nil && list == nil {
		return Answer{}, errShape
	}
	a.Lines = lines
	return Answer{Address: &a}, nil
}

func fileOf(t tree) (Answer, error) {
	var f FileRef
	if !fields(t, map[string]*string{"name": &f.Name, "media_type": &f.MediaType, "sha256": &f.SHA256}, "size") {
		return Answer{}, errShape
	}
	if size, ok := t["size"]; ok {
		n, ok := size.(json.Number)
		if !ok {
			return Answer{}, errShape
		}
		i, err := n.Int64()
		if err != nil {
			return Answer{}, errShape
		}
		f.Size = i
	}
	return Answer{File: &f}, nil
}
