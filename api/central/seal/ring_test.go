package seal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func newRing(t interface{ TempDir() string }) *Ring {
	r, err := Make(filepath.Join(t.TempDir(), "central.key"))
	if err != nil {
		panic(err)
	}
	return r
}

func TestSealedAndOpened(t *testing.T) {
	r := newRing(t)
	rapid.Check(t, func(t *rapid.T) {
		place, value := rapid.String().Draw(t, "place"), rapid.SliceOf(rapid.Byte()).Draw(t, "value")
		sealed, err := r.Seal(place, value)
		require.NoError(t, err)
		require.True(t, Sealed(sealed))
		require.Equal(t, "k1", NameOf(sealed))
		again, err := r.Seal(place, value)
		require.NoError(t, err)
		require.NotEqual(t, sealed, again, "nobody can tell that two are the same")
		open, err := r.Open(place, sealed)
		require.NoError(t, err)
		require.Equal(t, string(value), string(open))
		_, err = r.Open(place+"x", sealed)
		require.ErrorIs(t, err, ErrBroken, "another place")
	})
}

// One flipped bit, wherever it is, and every cut is refused.
func TestAFlippedBitIsRefused(t *testing.T) {
	r := newRing(t)
	sealed, err := r.Seal("here", []byte("C7X2"))
	require.NoError(t, err)
	name, text, _ := strings.Cut(strings.TrimPrefix(sealed, mark), ":")
	raw, err := base64.RawStdEncoding.DecodeString(text)
	require.NoError(t, err)
	for i := range raw {
		for bit := range 8 {
			changed := append([]byte(nil), raw...)
			changed[i] ^= 1 << bit
			_, err := r.Open("here", mark+name+":"+base64.RawStdEncoding.EncodeToString(changed))
			require.ErrorIs(t, err, ErrBroken)
		}
	}
	for n := range sealed {
		_, err := r.Open("here", sealed[:n])
		require.Error(t, err)
	}
	_, err = r.Open("here", mark+"k9:"+text)
	require.ErrorIs(t, err, ErrUnknown)
	for _, one := range []string{"", "C7X2", "sealed:", "sealed:k1:", "sealed:k1:!!!!"} {
		_, err := r.Open("here", one)
		require.ErrorIs(t, err, ErrBroken, "%q", one)
	}
}

func TestKeysAreAddedAndOldOnesOpen(t *testing.T) {
	r := newRing(t)
	other, err := Load(r.path) // as a running service has it
	require.NoError(t, err)
	old, err := r.Seal("here", []byte("before"))
	require.NoError(t, err)
	require.NoError(t, r.Add())
	assert.Equal(t, "k2", r.Current())
	fresh, err := r.Seal("here", []byte("after"))
	require.NoError(t, err)
	assert.Equal(t, "k2", NameOf(fresh))
	for _, ring := range []*Ring{r, other} {
		for sealed, want := range map[string]string{old: "before", fresh: "after"} {
			open, err := ring.Open("here", sealed)
			require.NoError(t, err)
			assert.Equal(t, want, string(open))
		}
	}
	assert.Equal(t, "k2", other.Current(), "it has read its file again")
	raw, err := os.ReadFile(r.path)
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "before")
}

func TestAKeyFileIsPrivateAndWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sub", "central.key")
	_, err := Load(path)
	require.ErrorIs(t, err, ErrMissing)
	_, err = Make(path)
	require.NoError(t, err)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	_, err = Make(path)
	require.ErrorIs(t, err, ErrThere)
	require.NoError(t, os.Chmod(path, 0o640))
	_, err = Load(path)
	require.ErrorIs(t, err, ErrOpen)
	for _, words := range []string{"", "# nothing\n", "k1 abc\n", "k1 " + strings.Repeat("a", 63) + "\n", "one " + strings.Repeat("a", 64) + "\n",
		"k1 " + strings.Repeat("a", 64) + "\nk1 " + strings.Repeat("b", 64) + "\n"} {
		require.NoError(t, os.WriteFile(path, []byte(words), 0o600))
		require.NoError(t, os.Chmod(path, 0o600))
		_, err = Load(path)
		require.ErrorIs(t, err, ErrFile, "%q", words)
	}
}

const whole = `{"access_method":{"value":"key_safe"},"contacts":{"rows":{"ann":{"answers":{"contact_name":{"value":"Ann <3"},"contact_secret":{"value":"hush"}},"order":1}}},"key_safe_code":{"value":"C7X2"},"note":{"state":"unknown"}}`

func hidden(item string) bool {
	return item == "key_safe_code" || item == "contact_secret" || item == "note"
}

func TestAnswersAreSealedOneByOne(t *testing.T) {
	r := newRing(t)
	sealed, err := r.Answers("plan-1", []byte(whole), hidden)
	require.NoError(t, err)
	for _, secret := range []string{"C7X2", "hush", "unknown"} {
		assert.NotContains(t, string(sealed), secret)
	}
	assert.Contains(t, string(sealed), `"Ann <3"`)
	again, err := r.Answers("plan-1", sealed, hidden)
	require.NoError(t, err)
	assert.Equal(t, string(sealed), string(again), "once is enough")
	open, err := r.OpenAnswers("plan-1", sealed)
	require.NoError(t, err)
	assert.Equal(t, whole, string(open), "to the byte, so that the hash of a version stays")
	_, err = r.OpenAnswers("plan-2", sealed)
	require.ErrorIs(t, err, ErrBroken, "of another plan")
	open, err = r.OpenAnswers("plan-1", []byte(whole))
	require.NoError(t, err)
	assert.Equal(t, whole, string(open), "from before there were keys")
	moved := strings.Replace(string(sealed), `"key_safe_code"`, `"access_code"`, 1)
	_, err = r.OpenAnswers("plan-1", []byte(moved))
	require.ErrorIs(t, err, ErrBroken, "under another question")
	for _, odd := range []string{"[]", "{", `{"note":1}`, `{"note":{"value":1}`, `{"note"}`, `{"note":{}}{}`, `{"contacts":{"rows":{"ann":{"answers":{"note":"x"}}}}}`} {
		_, err = r.Answers("plan-1", []byte(odd), hidden)
		require.Error(t, err, odd)
	}
	spaced, err := r.Answers("plan-1", []byte(" { \"note\" : {\"value\" : \"hush\"} }\n"), hidden)
	require.NoError(t, err)
	assert.NotContains(t, string(spaced), "hush", "however it is written")
	empty, err := r.Answers("plan-1", []byte("{}"), hidden)
	require.NoError(t, err)
	assert.Equal(t, "{}", string(empty))
}

// noneOpen holds that every answer whose question has a name of even length, or odd, is sealed.
func noneOpen(t require.TestingT, answers map[string]json.RawMessage, odd bool) {
	for id, answer := range answers {
		var group struct {
			Rows map[string]struct {
				Answers map[string]json.RawMessage `json:"answers"`
			} `json:"rows"`
		}
		if strings.HasPrefix(string(answer), `{"rows":`) {
			require.NoError(t, json.Unmarshal(answer, &group))
			for _, row := range group.Rows {
				noneOpen(t, row.Answers, odd)
			}
			continue
		}
		_, sealed := sealedIn(answer)
		require.Equal(t, len(id)%2 == 0 == odd, sealed, "%q", id)
	}
}

// Whatever people write, also what looks like a sealed answer, comes back to the byte.
func TestWhateverIsSealedComesBackToTheByte(t *testing.T) {
	r := newRing(t)
	word := rapid.OneOf(rapid.SampledFrom([]string{"rows", "answers", "sealed", "value", `{"sealed":"sealed:k1:AAAA"}`, `sealed:k1:`, `\`, `"`, `\"}`, "{", "}]", "<&>", "é\u2028"}), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		var some func(deep int) map[string]any
		some = func(deep int) map[string]any {
			out := map[string]any{}
			for _, id := range rapid.SliceOfN(word, 0, 6).Draw(t, "names") {
				switch kind := rapid.IntRange(0, 4).Draw(t, "kind"); {
				case kind == 0 && deep < 3:
					rows := map[string]any{}
					for _, row := range rapid.SliceOfN(word, 0, 3).Draw(t, "rows") {
						rows[row] = map[string]any{"answers": some(deep + 1), "order": 1}
					}
					out[id] = map[string]any{"rows": rows}
				case kind == 1:
					out[id] = map[string]any{"value": []any{word.Draw(t, "code"), word.Draw(t, "code")}}
				case kind == 2:
					out[id] = map[string]any{"value": map[string]any{"lines": []any{word.Draw(t, "line")}, "postcode": word.Draw(t, "postcode")}}
				default:
					out[id] = map[string]any{"value": word.Draw(t, "text")}
				}
			}
			return out
		}
		var text bytes.Buffer
		encoder := json.NewEncoder(&text) // as forms writes it
		encoder.SetEscapeHTML(false)
		require.NoError(t, encoder.Encode(some(0)))
		raw := bytes.TrimSpace(text.Bytes())
		odd := rapid.Bool().Draw(t, "odd")
		sealed, err := r.Answers("plan-1", raw, func(item string) bool { return len(item)%2 == 0 == odd })
		require.NoError(t, err)
		open, err := r.OpenAnswers("plan-1", sealed)
		require.NoError(t, err)
		require.Equal(t, string(raw), string(open))
		left := map[string]json.RawMessage{}
		require.NoError(t, json.Unmarshal(sealed, &left))
		noneOpen(t, left, odd)
		if string(sealed) != string(raw) {
			_, err := r.OpenAnswers("plan-2", sealed)
			require.ErrorIs(t, err, ErrBroken)
			for _, cut := range []int{1, len(sealed) / 2, len(sealed) - 1} {
				if open, err := r.OpenAnswers("plan-1", sealed[:cut]); err == nil {
					require.Equal(t, string(sealed[:cut]), string(open), "what is cut off is never taken for whole")
				}
			}
		}
	})
}
