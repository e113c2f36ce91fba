package main

// What may change here: the few words of the X protocol that a benchmark needs to press keys and to look at the screen, as the
// X server itself sees them. No library of the module speaks it, and a program started for each key would cost more than
// what is measured.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"
)

// An xscreen is one connection to an X server. Its pictures are 4 bytes a pixel.
type xscreen struct {
	conn net.Conn
	root uint32
	test byte // the number of the XTEST extension
	low  byte // the first key
	keys map[uint32]byte

	damage, changed byte      // the number of the DAMAGE extension, and of its event
	watch           uint32    // what is told of the screen's changes
	heard           time.Time // when it was told of a change that nobody asked for yet
}

// Keysyms that are pressed here.
const (
	symTab     = 0xff09
	symReturn  = 0xff0d
	symControl = 0xffe3
)

// openScreen connects to a display of this computer, ":7".
func openScreen(display string) (*xscreen, error) {
	conn, err := net.Dial("unix", "/tmp/.X11-unix/X"+strings.TrimPrefix(display, ":"))
	if err != nil {
		return nil, err
	}
	x := &xscreen{conn: conn, keys: map[uint32]byte{}}
	if err := x.greet(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return x, nil
}

func (x *xscreen) greet() error {
	hello := []byte{'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	if _, err := x.conn.Write(hello); err != nil {
		return err
	}
	head := make([]byte, 8)
	if _, err := io.ReadFull(x.conn, head); err != nil {
		return err
	}
	rest := make([]byte, 4*int(binary.LittleEndian.Uint16(head[6:])))
	if _, err := io.ReadFull(x.conn, rest); err != nil {
		return err
	}
	if head[0] != 1 {
		return errors.New("the X server refused")
	}
	vendor := int(binary.LittleEndian.Uint16(rest[16:]))
	formats := int(rest[21])
	x.low = rest[26]
	high := rest[27]
	screen := rest[32+(vendor+3)/4*4+8*formats:]
	x.root = binary.LittleEndian.Uint32(screen)

	answer, err := x.extension("XTEST")
	if err != nil {
		return err
	}
	x.test = answer[9]
	if answer, err = x.extension("DAMAGE"); err != nil {
		return err
	}
	x.damage, x.changed = answer[9], answer[10]
	if _, err := x.ask([]byte{x.damage, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}); err != nil { // QueryVersion
		return err
	}
	x.watch = binary.LittleEndian.Uint32(rest[4:]) + 1 // a number of this client's own
	create := make([]byte, 16)
	create[0], create[1], create[12] = x.damage, 1, 3 // Create, and tell only that something changed since Subtract
	binary.LittleEndian.PutUint32(create[4:], x.watch)
	binary.LittleEndian.PutUint32(create[8:], x.root)
	if err := x.send(create); err != nil {
		return err
	}

	count := high - x.low + 1
	answer, err = x.ask([]byte{101, 0, 0, 0, x.low, count, 0, 0}) // GetKeyboardMapping
	if err != nil {
		return err
	}
	each := int(answer[1])
	for i := range int(count) {
		sym := binary.LittleEndian.Uint32(answer[32+4*i*each:])
		if _, there := x.keys[sym]; !there {
			x.keys[sym] = x.low + byte(i)
		}
	}
	return nil
}

// extension asks for the numbers of an extension.
func (x *xscreen) extension(name string) ([]byte, error) {
	ask := make([]byte, 8, 16)
	ask[0] = 98 // QueryExtension
	binary.LittleEndian.PutUint16(ask[4:], uint16(len(name)))
	ask = append(ask, name...)
	for len(ask)%4 != 0 {
		ask = append(ask, 0)
	}
	answer, err := x.ask(ask)
	if err == nil && answer[8] == 0 {
		err = fmt.Errorf("the X server has no %s", name)
	}
	return answer, err
}

// next waits for the next change of the screen, until a moment, and gives when it was heard of; false: there was none. It takes
// nothing of the processors that are being measured.
func (x *xscreen) next(until time.Time) (time.Time, bool, error) {
	if err := x.conn.SetReadDeadline(until); err != nil {
		return time.Time{}, false, err
	}
	defer x.conn.SetReadDeadline(time.Time{}) //nolint:errcheck // a connection that is gone says so at the next reading
	for x.heard.IsZero() {
		event := make([]byte, 32)
		if _, err := io.ReadFull(x.conn, event); errors.Is(err, os.ErrDeadlineExceeded) {
			return time.Time{}, false, nil
		} else if err != nil {
			return time.Time{}, false, err
		}
		if event[0] == 0 {
			return time.Time{}, false, fmt.Errorf("the X server answered with error %d to request %d", event[1], event[10])
		}
		x.note(event)
	}
	at := x.heard
	x.heard = time.Time{}
	subtract := make([]byte, 16) // the next change is told of again
	subtract[0], subtract[1] = x.damage, 3
	binary.LittleEndian.PutUint32(subtract[4:], x.watch)
	return at, true, x.send(subtract)
}

// note takes in an event.
func (x *xscreen) note(event []byte) {
	if event[0]&0x7f == x.changed && x.heard.IsZero() {
		x.heard = time.Now()
	}
}

// send sends one request; the length goes into it here.
func (x *xscreen) send(request []byte) error {
	binary.LittleEndian.PutUint16(request[2:], uint16(len(request)/4))
	_, err := x.conn.Write(request)
	return err
}

// ask sends one request and gives the answer to it.
func (x *xscreen) ask(request []byte) ([]byte, error) {
	if err := x.send(request); err != nil {
		return nil, err
	}
	for {
		answer := make([]byte, 32)
		if _, err := io.ReadFull(x.conn, answer); err != nil {
			return nil, err
		}
		switch answer[0] {
		case 0:
			return nil, fmt.Errorf("the X server answered with error %d to request %d", answer[1], answer[10])
		case 1:
			more := make([]byte, 4*int(binary.LittleEndian.Uint32(answer[4:])))
			_, err := io.ReadFull(x.conn, more)
			return append(answer, more...), err
		default:
			x.note(answer)
		}
	}
}

// focus gives the keyboard to the only window, as a window manager would.
func (x *xscreen) focus() error {
	ask := make([]byte, 8)
	ask[0] = 15 // QueryTree
	binary.LittleEndian.PutUint32(ask[4:], x.root)
	answer, err := x.ask(ask)
	if err != nil {
		return err
	}
	count := int(binary.LittleEndian.Uint16(answer[16:]))
	for i := range count {
		window := answer[32+4*i : 36+4*i]
		look := append([]byte{3, 0, 0, 0}, window...) // GetWindowAttributes
		attributes, err := x.ask(look)
		if err != nil {
			return err
		}
		if attributes[26] != 2 { // viewable
			continue
		}
		set := make([]byte, 12)
		set[0], set[1] = 42, 1 // SetInputFocus, back to the pointer's window
		copy(set[4:], window)
		return x.send(set)
	}
	return errors.New("there is no window")
}

// key presses or releases a key.
func (x *xscreen) key(sym uint32, down bool) error {
	code, there := x.keys[sym]
	if !there {
		return fmt.Errorf("the keyboard has no key %x", sym)
	}
	fake := make([]byte, 36)
	fake[0], fake[1] = x.test, 2
	fake[4], fake[5] = 3, code
	if down {
		fake[4] = 2
	}
	return x.send(fake)
}

// picture copies what stands on the screen.
func (x *xscreen) picture(left, top, width, height int) ([]byte, error) {
	ask := make([]byte, 20)
	ask[0], ask[1] = 73, 2 // GetImage
	binary.LittleEndian.PutUint32(ask[4:], x.root)
	binary.LittleEndian.PutUint16(ask[8:], uint16(left))
	binary.LittleEndian.PutUint16(ask[10:], uint16(top))
	binary.LittleEndian.PutUint16(ask[12:], uint16(width))
	binary.LittleEndian.PutUint16(ask[14:], uint16(height))
	binary.LittleEndian.PutUint32(ask[16:], 0xffffffff)
	answer, err := x.ask(ask)
	if err != nil {
		return nil, err
	}
	return answer[32:], nil
}

func (x *xscreen) close() error { return x.conn.Close() }
