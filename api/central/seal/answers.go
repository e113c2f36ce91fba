package seal

// What may change here: how the answers of a plan are sealed one by one, as they are stored.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// errShape says that stored answers are not what was stored.
var errShape = errors.New("stored answers cannot be read")

// Answers seals the answers that hidden names, in the JSON of forms.Answers: {"id": {"value": ...}} becomes
// {"id": {"sealed": "sealed:KEY:..."}}; rows of groups are gone through. plan is the id of the plan. What is sealed already
// stays as it is.
func (r *Ring) Answers(plan string, raw []byte, hidden func(item string) bool) ([]byte, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return raw, nil
	}
	var dense bytes.Buffer
	if json.Compact(&dense, raw) != nil {
		return nil, errShape
	}
	return walk(dense.Bytes(), plan, func(place, item string, answer []byte) ([]byte, error) {
		if !hidden(item) {
			return answer, nil
		}
		if _, done := sealedIn(answer); done {
			return answer, nil
		}
		text, err := r.Seal(place, answer)
		return []byte(sealedFront + text + sealedBack), err
	})
}

// OpenAnswers is the way back. Answers that are not sealed stay as they are.
func (r *Ring) OpenAnswers(plan string, raw []byte) ([]byte, error) {
	if !bytes.Contains(raw, []byte(mark)) {
		return raw, nil
	}
	return walk(raw, plan, func(place, _ string, answer []byte) ([]byte, error) {
		text, sealed := sealedIn(answer)
		if !sealed {
			return answer, nil
		}
		return r.Open(place, text)
	})
}

// What stands around the text of a sealed answer. No sign of the text is one that JSON writes otherwise.
const (
	sealedFront = `{"sealed":"`
	sealedBack  = `"}`
)

func sealedIn(answer []byte) (text string, sealed bool) {
	if !bytes.HasPrefix(answer, []byte(sealedFront+mark)) || !bytes.HasSuffix(answer, []byte(sealedBack)) {
		return "", false
	}
	return string(answer[len(sealedFront) : len(answer)-len(sealedBack)]), true
}

// walk goes through every answer, those of rows included, and puts what change gives in its place; every other byte stays as it
// is, and is looked at once: a crew waits for this. raw is JSON without spaces. The place of an answer is "answer/PLAN/ITEM", and
// in a row "answer/PLAN/GROUP/ROW/ITEM".
func walk(raw []byte, plan string, change func(place, item string, answer []byte) ([]byte, error)) ([]byte, error) {
	if !bytes.HasPrefix(raw, []byte("{")) {
		return nil, errShape
	}
	out := make([]byte, 0, len(raw))
	from := 0         // what of raw is not in out yet
	var path []string // the names above, of each object that is open the one that was read last
	for at := 0; at < len(raw); at++ {
		switch raw[at] {
		case '{', '[':
			path = append(path, "")
		case '}', ']':
			if len(path) == 0 {
				return nil, errShape
			}
			path = path[:len(path)-1]
		case '"':
			end := stringEnd(raw, at)
			if end == 0 {
				return nil, errShape
			}
			name := raw[at:end]
			at = end - 1
			if len(path) == 0 || end == len(raw) || raw[end] != ':' {
				continue
			}
			if bytes.IndexByte(name, '\\') < 0 {
				path[len(path)-1] = string(name[1 : len(name)-1])
			} else if json.Unmarshal(name, &path[len(path)-1]) != nil {
				return nil, errShape
			}
			place, is := placeOf(plan, path)
			if !is || bytes.HasPrefix(raw[end:], []byte(`:{"rows":`)) {
				continue
			}
			answer := raw[end+1 : end+1+objectLength(raw[end+1:])]
			if len(answer) == 0 {
				return nil, errShape
			}
			next, err := change(place, path[len(path)-1], answer)
			if err != nil {
				return nil, fmt.Errorf("an answer of the plan: %w", err)
			}
			out = append(append(out, raw[from:end+1]...), next...)
			from = end + 1 + len(answer)
			at = from - 1
		}
	}
	if len(path) > 0 {
		return nil, errShape
	}
	return append(out, raw[from:]...), nil
}

// stringEnd is where the string that begins here has ended; 0 when it does not end.
func stringEnd(raw []byte, at int) int {
	for at++; at < len(raw); at++ {
		switch raw[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return 0
}

// objectLength is how long the object is with which raw begins; 0 when it begins with none, or with one that does not end.
func objectLength(raw []byte) int {
	depth := 0
	for at := 0; at < len(raw); at++ {
		switch raw[at] {
		case '{':
			depth++
		case '}':
			depth--
		case '"':
			end := stringEnd(raw, at)
			if end == 0 {
				return 0
			}
			at = end - 1
		}
		if depth == 0 {
			if raw[at] != '}' {
				return 0
			}
			return at + 1
		}
	}
	return 0
}

// placeOf is the place of an answer by the names above it: ITEM, or GROUP rows ROW answers and then the same again.
func placeOf(plan string, names []string) (place string, is bool) {
	if len(names)%4 != 1 {
		return "", false
	}
	inside := "answer/" + plan + "/"
	for ; len(names) > 1; names = names[4:] {
		if names[1] != "rows" || names[3] != "answers" {
			return "", false
		}
		inside += names[0] + "/" + names[2] + "/"
	}
	return inside + names[0], true
}
