package forms

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The quick way of reading reads nothing that the strict way refuses, and reads the rest as the strict way does.
func TestTheQuickWayReadsAsTheStrictWay(t *testing.T) {
	strict := func(raw []byte) (any, error) {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		v, err := parseValue(dec, 0)
		if err == nil && len(bytes.TrimSpace(raw[dec.InputOffset():])) > 0 {
			err = fmt.Errorf("there is more")
		}
		return v, err
	}
	same := func(t require.TestingT, raw []byte) bool {
		quick, ok := parseQuickly(raw)
		if !ok {
			return false
		}
		slow, err := strict(raw)
		require.NoError(t, err, "%s", raw)
		require.Equal(t, slow, any(quick), "%s", raw)
		return true
	}
	for text, read := range map[string]bool{
		`{}`: true, `{"a":{"value":"b"}}`: true, " {\n\"a\" : 1.50 ,\"b\":[],\"c\":[true,null,\"x:\"]}\t": true, `{"a":"\"b\":"}`: true, `{"a":"\\","b":1e400}`: true,
		`{"a":1,"a":2}`: false, `{"a":1,"\u0061":2}`: false, `{"a":{"b":1,"b":1}}`: false, `{"a":[{"b":1,"b" :1}]}`: false,
		`{} {}`: false, `null`: false, `[]`: false, `"a":1`: false, `{"a"}`: false, `{"a":`: false, ``: false,
		strings.Repeat(`{"a":`, maxDepth) + "1" + strings.Repeat("}", maxDepth):     true,
		strings.Repeat(`{"a":`, maxDepth+1) + "1" + strings.Repeat("}", maxDepth+1): false,
	} {
		require.Equal(t, read, same(t, []byte(text)), "%s", text)
	}
	word := rapid.SampledFrom([]string{`"a"`, `"b"`, `"\u0061"`, `"a\\"`, `"\":"`, `"{"`, `""`})
	rapid.Check(t, func(t *rapid.T) {
		var value func(deep int) string
		value = func(deep int) string {
			switch kind := rapid.IntRange(0, 5).Draw(t, "kind"); {
			case kind <= 1 && deep < maxDepth+2:
				var parts []string
				for range rapid.IntRange(0, 3).Draw(t, "names") {
					parts = append(parts, word.Draw(t, "name")+rapid.SampledFrom([]string{":", " :", ": "}).Draw(t, "colon")+value(deep+1))
				}
				return "{" + strings.Join(parts, ",") + "}"
			case kind == 2 && deep < maxDepth+2:
				return "[" + value(deep+1) + "," + value(deep+1) + "]"
			case kind == 3:
				return rapid.SampledFrom([]string{"1", "-0.5e3", "true", "null", "nul", "1 2", "]"}).Draw(t, "word")
			}
			return word.Draw(t, "text")
		}
		raw := []byte("{" + word.Draw(t, "name") + ":" + value(1) + "}")
		_, err := strict(raw)
		require.Equal(t, err == nil, same(t, raw), "%s: %v", raw, err)
	})
}
