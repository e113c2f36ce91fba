package printing

// What may change here: how Windows is asked to print. What shows PDF files does the printing: its print verb where it
// has one, else it is opened for the person to print from.

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	winspool       = windows.NewLazySystemDLL("winspool.drv")
	enumPrinters   = winspool.NewProc("EnumPrintersW")
	defaultPrinter = winspool.NewProc("GetDefaultPrinterW")
	shellExecute   = windows.NewLazySystemDLL("shell32.dll").NewProc("ShellExecuteExW")
)

const (
	enumLocal      = 0x2 // PRINTER_ENUM_LOCAL
	enumConnected  = 0x4 // PRINTER_ENUM_CONNECTIONS
	printersLevel4 = 4
	showNormal     = 1     // SW_SHOWNORMAL
	showMinimised  = 7     // SW_SHOWMINNOACTIVE
	keepProcess    = 0x40  // SEE_MASK_NOCLOSEPROCESS
	noAsync        = 0x100 // SEE_MASK_NOASYNC: this thread has no message loop
	noMessages     = 0x400 // SEE_MASK_FLAG_NO_UI: the words for people are ours
)

// settle is how long a page stays after the program that was given it has ended: a viewer that is open already is often
// given it by a second one that ends at once. A test makes it shorter.
var settle = 20 * time.Second

// printerInfo4 is PRINTER_INFO_4W.
type printerInfo4 struct {
	name, server *uint16
	attributes   uint32
}

// executeInfo is SHELLEXECUTEINFOW.
type executeInfo struct {
	size, mask               uint32
	window                   uintptr
	verb, file, args, folder *uint16
	show                     int32
	instance, idList         uintptr
	class                    *uint16
	classKey                 uintptr
	hotKey                   uint32
	icon                     uintptr
	process                  windows.Handle
}

// printers asks the spooler, the usual printer first. A spooler that does not run is no printer for the person, and the
// cause says which.
func printers(ctx context.Context) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var room []uint64 // so that what is written there stands on its proper address
	var count uint32
	for {
		var at, need uint32
		var where unsafe.Pointer
		if len(room) > 0 {
			where, at = unsafe.Pointer(&room[0]), uint32(len(room)*8)
		}
		ok, _, err := enumPrinters.Call(enumLocal|enumConnected, 0, printersLevel4, uintptr(where), uintptr(at),
			uintptr(unsafe.Pointer(&need)), uintptr(unsafe.Pointer(&count)))
		if ok != 0 {
			break
		}
		if !errors.Is(err, windows.ERROR_INSUFFICIENT_BUFFER) || need <= at {
			return nil, fmt.Errorf("%w (%w)", ErrNoPrinter, err)
		}
		room = make([]uint64, need/8+1) // a printer may come meanwhile: then it asks again
	}
	if count == 0 {
		return nil, ErrNoPrinter
	}
	usual := usualPrinter()
	var names []string
	for _, info := range unsafe.Slice((*printerInfo4)(unsafe.Pointer(&room[0])), count) {
		names = append(names, windows.UTF16PtrToString(info.name))
	}
	runtime.KeepAlive(room)
	if at := slices.Index(names, usual); at > 0 {
		names = slices.Insert(slices.Delete(names, at, at+1), 0, usual)
	}
	return names, nil
}

func usualPrinter() string {
	var room [512]uint16
	size := uint32(len(room))
	if ok, _, _ := defaultPrinter.Call(uintptr(unsafe.Pointer(&room[0])), uintptr(unsafe.Pointer(&size))); ok == 0 {
		return ""
	}
	return windows.UTF16ToString(room[:])
}

// printFile uses the print verb (printto for a printer that is not the usual one); what has neither is opened. Windows has
// no verb for several copies: each is asked for by itself.
func printFile(ctx context.Context, file, printer string, copies int) (string, reader, error) {
	if err := ctx.Err(); err != nil {
		return "", nil, err
	}
	usual := usualPrinter()
	verb, args, where := "print", "", usual
	if printer != "" && printer != usual {
		verb, args, where = "printto", `"`+strings.ReplaceAll(printer, `"`, "")+`"`, printer
	}
	words := "Sent to " + where + "."
	if where == "" {
		words = "Sent to the printer."
	}
	var taken processes
	for n := range copies {
		process, err := shell(verb, file, args, showMinimised)
		switch {
		case err == nil:
			taken = append(taken, process)
		case n > 0: // what is out is out: it must not read as "nothing was printed"
			return fmt.Sprintf("%d of %d copies. %s The program that prints PDF files did not take the others.", n, copies, words), taken.wait, nil
		case noSuchVerb(err):
			process, err := shell("open", file, "", showNormal)
			if err != nil {
				return "", nil, fmt.Errorf("%w (%w)", ErrNoPrinting, err)
			}
			return "The page is open in the program that shows PDF files. Print it from there.", processes{process}.wait, nil
		default:
			return "", nil, fmt.Errorf("%w (%w)", ErrPrinter, err)
		}
	}
	if copies > 1 {
		words = strconv.Itoa(copies) + " copies. " + words
	}
	return words, taken.wait, nil
}

// noSuchVerb tells that nothing here does what was asked for, or that what did is no longer installed or cannot run here.
func noSuchVerb(err error) bool {
	for _, no := range []error{windows.ERROR_NO_ASSOCIATION, windows.ERROR_FILE_NOT_FOUND, windows.ERROR_PATH_NOT_FOUND, windows.ERROR_BAD_EXE_FORMAT} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}

// shell has Windows do what a verb means for a file. It gives the process that does it, 0 where that is not known.
func shell(verb, file, args string, show int32) (windows.Handle, error) {
	runtime.LockOSThread() // COM belongs to a thread
	defer runtime.UnlockOSThread()
	switch err := windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED|windows.COINIT_DISABLE_OLE1DDE); {
	case err == nil, errors.Is(err, windows.Errno(windows.S_FALSE)): // S_FALSE: the thread had it already
		defer windows.CoUninitialize()
	}
	info := executeInfo{mask: keepProcess | noAsync | noMessages, show: show}
	info.size = uint32(unsafe.Sizeof(info))
	for _, part := range []struct {
		to   **uint16
		text string
	}{{&info.verb, verb}, {&info.file, file}, {&info.args, args}} {
		if part.text == "" {
			continue
		}
		text, err := windows.UTF16PtrFromString(part.text)
		if err != nil {
			return 0, err
		}
		*part.to = text
	}
	if ok, _, err := shellExecute.Call(uintptr(unsafe.Pointer(&info))); ok == 0 {
		return 0, err
	}
	return info.process, nil
}

// processes are programs that were given the page.
type processes []windows.Handle

// wait is a reader.
func (p processes) wait(ctx context.Context) {
	unknown := false
	for _, process := range p {
		if process == 0 {
			unknown = true
			continue
		}
		for ctx.Err() == nil {
			if event, err := windows.WaitForSingleObject(process, 500); err != nil || event != uint32(windows.WAIT_TIMEOUT) {
				break
			}
		}
		_ = windows.CloseHandle(process)
	}
	rest := time.After(settle)
	if unknown {
		rest = nil
	}
	select {
	case <-ctx.Done():
	case <-rest:
	}
}
