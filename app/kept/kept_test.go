package kept

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"
	"golang.org/x/crypto/chacha20poly1305"
)

var testKey = []byte("0123456789abcdef0123456789abcdeX")

func open(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path, testKey, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// written are records of several sizes: some share a page, some go on over many.
func written() map[string][]byte {
	out := map[string][]byte{}
	for i, size := range []int{40, 300, 300, 900, 3900, 4100, 9000, 60000, 200, 5} {
		out[fmt.Sprintf("draft/plan-%d", i)] = bytes.Repeat([]byte(fmt.Sprintf("WORD%d ", i)), size/5+1)
	}
	return out
}

// whole are the bytes of a store with these records, some of which were written again and again.
func whole(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "k.db")
	s := open(t, path)
	for name, raw := range written() {
		for _, first := range [][]byte{[]byte("older words"), raw} {
			if err := s.Change(map[string][]byte{name: first}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return closed(t, s)
}

// closed are the bytes of a store that ends.
func closed(t testing.TB, s *Store) []byte {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(s.path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// reopened opens a store over these bytes and holds it to the contract: a record is as it was written or not there, and what
// stood in the file is set aside unchanged when not all of it is.
func reopened(t testing.TB, raw []byte) (*Store, int) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "k.db")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	want, have := written(), s.All()
	for name, words := range have {
		if !bytes.Equal(words, want[name]) {
			t.Fatalf("%s came back with other words", name)
		}
	}
	report := s.Report()
	if len(have) < len(want) && report.SetAside == "" && len(raw) > 0 {
		t.Fatalf("%d of %d records are there, and nothing is said", len(have), len(want))
	}
	if report.SetAside != "" {
		aside, err := os.ReadFile(filepath.Join(dir, report.SetAside))
		if err != nil || !bytes.Equal(aside, raw) {
			t.Fatalf("what was set aside is not what stood there: %v", err)
		}
		if report.Read != len(have) {
			t.Fatalf("%d records were read, %d are said", len(have), report.Read)
		}
	}
	if err := s.Change(map[string][]byte{"draft/new": []byte("new")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	if again.Report() != (Report{}) || len(again.All()) != len(have)+1 {
		t.Fatalf("after that the store has %d records of %d, and says %+v", len(again.All()), len(have)+1, again.Report())
	}
	return s, len(have)
}

func TestWhatIsKeptIsThereAgainAndHidden(t *testing.T) {
	raw := whole(t)
	if _, n := reopened(t, raw); n != len(written()) {
		t.Fatalf("%d records are there", n)
	}
	for _, plain := range []string{"WORD", "draft/", "SQLite format"} {
		if bytes.Contains(raw, []byte(plain)) {
			t.Errorf("the file holds %q in the clear", plain)
		}
	}
}

func TestAllOrNothingAndNoSecondProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	s := open(t, path)
	if _, err := Open(path, testKey, Options{}); !errors.Is(err, ErrInUse) {
		t.Fatalf("opened twice: %v", err)
	}
	if err := s.Change(map[string][]byte{"a": []byte("1"), "b": []byte("2")}); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Exec("PRAGMA max_page_count=4"); err != nil {
		t.Fatal(err)
	}
	if err := s.Change(map[string][]byte{"a": nil, "c": bytes.Repeat([]byte("x"), 50000)}); !errors.Is(err, sqlite3.FULL) {
		t.Fatalf("a full disk said %v", err)
	}
	if got := s.All(); len(got) != 2 || string(got["a"]) != "1" {
		t.Fatalf("half a change was done: %v", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Change(map[string][]byte{"a": nil}); !errors.Is(err, ErrClosed) {
		t.Fatalf("a closed store said %v", err)
	}
	again := open(t, path)
	if got := again.All(); len(got) != 2 {
		t.Fatalf("half a change was kept: %v", got)
	}
	if err := again.Change(map[string][]byte{"a": nil, "b": nil}); err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Fatal("a store without a record left a file")
	}
}

// No two records share a page: the encryption garbles sixteen bytes around a flipped bit, which could be the end of one and
// the beginning of the next.
func TestNoTwoRecordsOnAPage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	s := open(t, path)
	put := map[string][]byte{}
	for size := range 9000 {
		if size < 300 || size%37 == 0 || size%4092 > 4050 {
			put[fmt.Sprintf("draft/%0*d", 1+size%60, size)] = bytes.Repeat([]byte{7}, size)
		}
	}
	if err := s.Change(put); err != nil {
		t.Fatal(err)
	}
	raw := closed(t, s)
	plain, leaves := decrypted(raw, testKey), 0
	for at := pageSize; at < len(plain); at += pageSize {
		if plain[at] != 0x0d { // https://sqlite.org/fileformat2.html, section 1.6: a leaf of a table
			continue
		}
		leaves++
		if cells := binary.BigEndian.Uint16(plain[at+3:]); cells != 1 {
			t.Fatalf("%d records stand on page %d", cells, at/pageSize+1)
		}
	}
	if leaves != len(put) {
		t.Fatalf("%d pages for %d records", leaves, len(put))
	}
	if got := open(t, path).All(); !maps.EqualFunc(got, put, bytes.Equal) {
		t.Fatalf("%d of %d records came back", len(got), len(put))
	}
}

// A store of format 2, whose boxes had no length and no noughts, is read, whole and out of a damaged file, and written on.
func TestTheFormatBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	s := open(t, path)
	for number, name := range []string{"draft/a", "draft/b"} {
		box := make([]byte, 1+chacha20poly1305.NonceSizeX)
		box[0] = 2
		plain := append(binary.BigEndian.AppendUint64(nil, uint64(number)), "words of "+name...)
		box = s.seal.Seal(box, box[1:], plain, []byte("cmc kept 2\x00"+name))
		statement, _, err := s.db.Prepare("INSERT INTO sealed VALUES (?, ?)")
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(statement.BindText(1, name), statement.BindBlob(2, box), statement.Exec(), statement.Close()); err != nil {
			t.Fatal(err)
		}
		s.records[name] = []byte("words of " + name) // or the file would go with the store
	}
	want := maps.Clone(s.records)
	raw := closed(t, s)
	s = open(t, path)
	if got := s.All(); !maps.EqualFunc(got, want, bytes.Equal) {
		t.Fatalf("read %q", got)
	}
	if err := s.Change(map[string][]byte{"draft/a": []byte("newer")}); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	if got := open(t, path).All(); string(got["draft/a"]) != "newer" || string(got["draft/b"]) != "words of draft/b" {
		t.Fatalf("after a change: %q", got)
	}
	raw[20] ^= 1 // in the head of the file
	damaged := filepath.Join(t.TempDir(), "k.db")
	if err := os.WriteFile(damaged, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if s := open(t, damaged); s.Report().SetAside == "" || !maps.EqualFunc(s.All(), want, bytes.Equal) {
		t.Fatalf("out of a damaged file: %q, %+v", s.All(), s.Report())
	}
}

// Every sector of the file is garbled in turn: one bit anywhere costs one record at most.
func TestAFlippedBit(t *testing.T) {
	raw := whole(t)
	noticed := 0
	for at := 0; at < len(raw); at += 509 {
		damaged := bytes.Clone(raw)
		damaged[at] ^= 1 << (at % 8)
		s, n := reopened(t, damaged)
		if n < len(written())-1 {
			t.Fatalf("a bit at %d cost %d records", at, len(written())-n)
		}
		if s.Report().SetAside != "" {
			noticed++
		}
	}
	if noticed < 50 {
		t.Fatalf("only %d flips were noticed", noticed)
	}
}

func TestATruncatedFile(t *testing.T) {
	raw := whole(t)
	last, some := 0, false
	for size := 0; size <= len(raw); size += 1000 {
		_, n := reopened(t, raw[:size])
		if n < last {
			t.Fatalf("%d bytes give %d records, fewer gave %d", size, n, last)
		}
		last, some = n, some || n > 0 && n < len(written())
	}
	if !some {
		t.Fatal("no shorter file gave a part of the records")
	}
}

func TestForeignFiles(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other.db")
	s, err := Open(other, []byte("another key of thirty-two bytes."), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Change(map[string][]byte{"draft/plan-1": []byte("theirs")}); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	theirs, err := os.ReadFile(other)
	if err != nil {
		t.Fatal(err)
	}
	for what, raw := range map[string][]byte{"another computer's": theirs, "a text": []byte(strings.Repeat("not a database\n", 900)), "short": []byte("x"),
		"noughts": make([]byte, 12288)} {
		s, n := reopened(t, raw)
		if n != 0 || !s.Report().Foreign {
			t.Errorf("%s: %d records, report %+v", what, n, s.Report())
		}
	}
	// A second one is set aside beside the first, and neither is written over.
	path := filepath.Join(dir, "k.db")
	for n := 1; n <= 2; n++ {
		if err := os.WriteFile(path, theirs, 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, path)
		if got := s.Report().SetAside; got != fmt.Sprint("k.db.damaged-", n) {
			t.Fatalf("set aside as %s", got)
		}
		_ = s.Close()
	}
}

// A record that stands under another's name, or an older one brought back under a newer's, does not open.
func TestARecordIsBoundToItsName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	s := open(t, path)
	if err := s.Change(map[string][]byte{"draft/a": []byte("Ann's"), "draft/b": []byte("Bo's")}); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Exec("UPDATE sealed SET box = (SELECT box FROM sealed WHERE name = 'draft/a') WHERE name = 'draft/b'"); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	again := open(t, path)
	if got := again.All(); len(got) != 1 || string(got["draft/a"]) != "Ann's" || again.Report().SetAside == "" {
		t.Fatalf("%q %+v", got, again.Report())
	}
}

// A store of the first format, whose records were not sealed one by one, is taken over whole.
func TestTheFirstFormatStillReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.db")
	s := open(t, path)
	for _, sql := range []string{"CREATE TABLE kept (plan TEXT PRIMARY KEY, record BLOB NOT NULL) STRICT", `INSERT INTO kept VALUES ('p1', CAST('{"v":1}' AS BLOB))`} {
		if err := s.db.Exec(sql); err != nil {
			t.Fatal(err)
		}
	}
	s.records["stays"] = nil // so that closing leaves the file
	_ = s.Close()
	again := open(t, path)
	if got := again.All(); len(got) != 1 || string(got["draft/p1"]) != `{"v":1}` || again.Report() != (Report{}) {
		t.Fatalf("%q %+v", got, again.Report())
	}
	_ = again.Close()
	if got := open(t, path).All(); len(got) != 1 {
		t.Fatalf("%q", got)
	}
}

// The power fails in the middle of a change: SQLite's journal brings the words back that stood before.
func TestAChangeThatWasCutOff(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "k.db")
	s := open(t, path)
	if err := s.Change(written()); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Exec("PRAGMA cache_size=2; BEGIN; UPDATE sealed SET box = zeroblob(length(box))"); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "k.db")
	for _, end := range []string{"", "-journal"} {
		raw, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied+end, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, copied)
	if !maps.EqualFunc(again.All(), written(), bytes.Equal) || again.Report() != (Report{}) {
		t.Fatalf("%d records, %+v", len(again.All()), again.Report())
	}
}

// FuzzDamage garbles the file in any way: nothing panics, no wrong word comes of it, and nothing is written over.
func FuzzDamage(f *testing.F) {
	raw := whole(f)
	f.Add([]byte{0}, uint32(0), uint32(len(raw)))
	f.Add([]byte{255, 1, 2, 3}, uint32(16), uint32(len(raw)))
	f.Add(bytes.Repeat([]byte{7}, 600), uint32(4090), uint32(len(raw)))
	f.Add([]byte{1}, uint32(100), uint32(5000))
	f.Add([]byte{}, uint32(0), uint32(511))
	f.Fuzz(func(t *testing.T, noise []byte, at, size uint32) {
		damaged := bytes.Clone(raw[:min(int(size), len(raw))])
		for i, b := range noise {
			if len(damaged) > 0 {
				damaged[(int(at)+i*31)%len(damaged)] ^= b
			}
		}
		reopened(t, damaged)
	})
}
