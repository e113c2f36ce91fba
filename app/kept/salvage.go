package kept

// What may change here: how records are read out of a file that SQLite does not open, or opens only in part.
//
// Nothing of the file is believed: every place of every page is tried as the beginning of a record, and what opens with the
// key under its name is one. So it does not matter which other part of the file is broken.

import (
	"crypto/aes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/xts"
)

const (
	pageSize   = 4096
	sectorSize = 512 // of the encryption, as in package vfs/xts of go-sqlite3
	longName   = 200
	longBox    = 64 << 20
)

// A found record, with its number: of two with one name the newer counts.
type found struct {
	number uint64
	raw    []byte
}

// salvage reads what can be read of the bytes of a store. ours says whether anything in it was made with this key.
func (s *Store) salvage(raw, key []byte) (records map[string]found, ours bool) {
	records = map[string]found{}
	plain := decrypted(raw, key)
	for start := 0; start < len(plain); start += pageSize {
		page := plain[start:min(start+pageSize, len(plain))]
		for at := range page {
			name, box, ok := cell(plain, page, at)
			if !ok {
				continue
			}
			number, words, ok := s.unseal(name, box)
			if before, seen := records[name]; ok && (!seen || before.number < number) {
				records[name] = found{number, words}
			}
		}
	}
	return records, len(records) > 0 || strings.HasPrefix(string(plain), "SQLite format 3\x00")
}

// decrypted are the whole sectors of a file as SQLite wrote them; none when the key is not one.
func decrypted(raw, key []byte) []byte {
	block, err := xts.NewCipher(aes.NewCipher, key)
	if err != nil {
		return nil
	}
	plain := make([]byte, len(raw)/sectorSize*sectorSize)
	for at := 0; at < len(plain); at += sectorSize {
		block.Decrypt(plain[at:at+sectorSize], raw[at:at+sectorSize], uint64(at/sectorSize))
	}
	return plain
}

// cell reads what stands at a place of a page as a row of the table: how long it is, its number, and a record of a name and a
// box (https://sqlite.org/fileformat2.html, sections 1.6 and 2.1).
func cell(file, page []byte, at int) (name string, box []byte, ok bool) {
	rest := page[at:]
	size, n := varint(rest)
	if n == 0 || size < 8 || size > longBox {
		return "", nil, false
	}
	rest = rest[n:]
	if _, n = varint(rest); n == 0 {
		return "", nil, false
	}
	rest = rest[n:]
	head, n := varint(rest)
	if n == 0 || head < 3 || head > 20 {
		return "", nil, false
	}
	nameType, n2 := varint(rest[n:])
	if n2 == 0 || nameType < 13 || nameType%2 == 0 || nameType > 13+2*longName {
		return "", nil, false
	}
	boxType, n3 := varint(rest[n+n2:])
	if n3 == 0 || boxType < 12 || boxType%2 == 1 || uint64(n+n2+n3) != head {
		return "", nil, false
	}
	nameLength, boxLength := (nameType-13)/2, (boxType-12)/2
	if head+nameLength+boxLength != size {
		return "", nil, false
	}
	payload, ok := payload(file, rest, int(size))
	if !ok {
		return "", nil, false
	}
	name = string(payload[head : head+nameLength])
	return name, payload[head+nameLength:], utf8.ValidString(name)
}

// localPart is how many of a row's bytes stand on its own page; the others stand on pages that nothing else is on.
func localPart(size int) int {
	const most, least = pageSize - 35, (pageSize-12)*32/255 - 23
	if size <= most {
		return size
	}
	if local := least + (size-least)%(pageSize-4); local <= most {
		return local
	}
	return least
}

// payload gathers the bytes of a row: so many on its page, and the rest on pages that name each other.
func payload(file, rest []byte, size int) ([]byte, bool) {
	local := localPart(size)
	if local == size {
		if len(rest) < size {
			return nil, false
		}
		return rest[:size], true
	}
	if len(rest) < local+4 {
		return nil, false
	}
	out := append(make([]byte, 0, size), rest[:local]...)
	next := int64(binary.BigEndian.Uint32(rest[local:]))
	for len(out) < size {
		start := (next - 1) * pageSize
		if next < 2 || start+4 > int64(len(file)) {
			return nil, false
		}
		page := file[start:min(start+pageSize, int64(len(file)))]
		part := page[4:]
		if len(part) > size-len(out) {
			part = part[:size-len(out)]
		} else if len(page) < pageSize && len(part) < size-len(out) {
			return nil, false
		}
		out = append(out, part...)
		next = int64(binary.BigEndian.Uint32(page))
	}
	return out, true
}

// varint reads a number as SQLite writes it; n is 0 when there is none.
func varint(b []byte) (v uint64, n int) {
	for n < 8 && n < len(b) {
		v = v<<7 | uint64(b[n]&0x7f)
		n++
		if b[n-1] < 0x80 {
			return v, n
		}
	}
	if n < len(b) && n == 8 {
		return v<<8 | uint64(b[8]), 9
	}
	return 0, 0
}
