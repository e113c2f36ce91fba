package printing

// What may change here: how Windows is asked to print. What shows PDF files does the printing: its print verb where it
// has one, else it is opened for the person to print from.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	winspool        = windows.NewLazySystemDLL("winspool.drv")
	enumPrinters    = winspool.NewProc("EnumPrintersW")
	defaultPrinter  = winspool.NewProc("GetDefaultPrinterW")
	errNoAssocation = syscall.Errno(1155) // ERROR_NO_ASSOCIATION
)

const (
	enumLocal      = 0x2
	enumConnected  = 0x4
	showNormal     = 1
	showMinimised  = 7
	printersLevel4 = 4
)

// printerInfo4 is PRINTER_INFO_4W.
type printerInfo4 struct {
	name, server *uint16
	attributes   uint32
}

// printers asks the spooler, the usual printer first.
func printers(ctx context.Context) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var need, count uint32
	flags := uintptr(enumLocal | enumConnected)
	enumPrinters.Call(flags, 0, printersLevel4, 0, 0, uintptr(unsafe.Pointer(&need)), uintptr(unsafe.Pointer(&count)))
	if need == 0 {
		return nil, ErrNoPrinter
	}
	room := make([]byte, need)
	ok, _, err := enumPrinters.Call(flags, 0, printersLevel4, uintptr(unsafe.Pointer(&room[0])), uintptr(need),
		uintptr(unsafe.Pointer(&need)), uintptr(unsafe.Pointer(&count)))
	if ok == 0 {
		return nil, fmt.Errorf("%w (%w)", ErrNoPrinting, err)
	}
	if count == 0 {
		return nil, ErrNoPrinter
	}
	usual := usualPrinter()
	var names []string
	for _, info := range unsafe.Slice((*printerInfo4)(unsafe.Pointer(&room[0])), count) {
		name := windows.UTF16PtrToString(info.name)
		if name == usual {
			names = append([]string{name}, names...)
		} else {
			names = append(names, name)
		}
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

// printFile uses the print verb (printto for a named printer); what has neither is opened.
func printFile(ctx context.Context, file, printer string, copies int) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	verb, args := "print", ""
	if printer != "" && printer != usualPrinter() {
		verb, args = "printto", `"`+strings.ReplaceAll(printer, `"`, "")+`"`
	}
	for n := range copies {
		err := shell(verb, file, args, showMinimised)
		if err == nil {
			continue
		}
		if n > 0 {
			return "", fmt.Errorf("%w (%w)", ErrPrinter, err)
		}
		if errors.Is(err, errNoAssocation) || errors.Is(err, windows.ERROR_FILE_NOT_FOUND) {
			if err := shell("open", file, "", showNormal); err != nil {
				return "", fmt.Errorf("%w (%w)", ErrNoPrinting, err)
			}
			return "The page is open in the program that shows PDF files. Print it from there.", nil
		}
		return "", fmt.Errorf("%w (%w)", ErrPrinter, err)
	}
	where := printer
	if where == "" {
		where = usualPrinter()
	}
	return "Sent to " + where + ".", nil
}

func shell(verb, file, args string, show int32) error {
	v, err := windows.UTF16PtrFromString(verb)
	if err != nil {
		return err
	}
	f, err := windows.UTF16PtrFromString(file)
	if err != nil {
		return err
	}
	var a *uint16
	if args != "" {
		if a, err = windows.UTF16PtrFromString(args); err != nil {
			return err
		}
	}
	return windows.ShellExecute(0, v, f, a, nil, show)
}
