package screenlock

import (
	"context"
	"testing"
	"time"
)

// What ioreg prints, shortened.
const (
	registry = `+-o Root  <class IORegistryEntry, id 0x100000100, retain 12>
    {
      "IOKitBuildVersion" = "Darwin Kernel Version 23.0.0"
      "IOConsoleLocked" = No
      "IOConsoleUsers" = ({"kCGSSessionOnConsoleKey"=Yes,"kSCSecuritySessionID"=100000,"kCGSSessionUserNameKey"="nurse"})
    }`
	registryLocked = `+-o Root  <class IORegistryEntry, id 0x100000100, retain 12>
    {
      "IOConsoleLocked" = Yes
      "IOConsoleUsers" = ({"kCGSSessionOnConsoleKey"=Yes,"CGSSessionScreenIsLocked"=Yes,"kCGSSessionUserNameKey"="nurse"})
    }`
	registrySession = `      "IOConsoleUsers" = ({"kCGSSessionOnConsoleKey"=Yes,"CGSSessionScreenIsLocked"=Yes})`
)

func TestWhatMacOSSaysOfItsScreen(t *testing.T) {
	for name, one := range map[string]struct {
		printed      string
		locked, told bool
	}{
		"open": {registry, false, true}, "locked": {registryLocked, true, true}, "only the session": {registrySession, true, true},
		"nothing": {"", false, false}, "another thing": {`"IOConsoleSecurityInterest" = "IOCommand is not serializable"`, false, false},
	} {
		if locked, told := consoleLocked([]byte(one.printed)); locked != one.locked || told != one.told {
			t.Errorf("%s: locked %v, told %v", name, locked, told)
		}
	}
}

// What a system answers, in the order in which a day goes: each time that the screen is locked is told once.
func TestEachLockIsToldOnce(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	answers := []bool{true, true, false, false, true, false, true}
	told := 0
	err := watch(ctx, time.Millisecond, func() bool {
		if len(answers) == 0 {
			stop()
			return true
		}
		is := answers[0]
		answers = answers[1:]
		return is
	}, func() { told++ })
	if err != nil || told != 2 {
		t.Fatalf("told %d times, %v", told, err)
	}
}
