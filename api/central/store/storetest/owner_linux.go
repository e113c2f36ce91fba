package storetest

// What may change here: as whom PostgreSQL runs on Linux, and which processes are its own.

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
)

// The signals that stop a process where it stands and let it go on.
const (
	stop    = syscall.SIGSTOP
	carryOn = syscall.SIGCONT
)

// send sends a signal to a process, which may be gone.
func send(pid int, signal syscall.Signal) { _ = syscall.Kill(pid, signal) }

// owner is the user who runs PostgreSQL: postgres when the tests are root's, who may not.
func owner() (uid, gid int, err error) {
	if os.Getuid() != 0 {
		return os.Getuid(), os.Getgid(), nil
	}
	found, err := user.Lookup("postgres")
	if err != nil {
		return 0, 0, fmt.Errorf("PostgreSQL is not installed, run .ci/need test: %w", err)
	}
	if uid, err = strconv.Atoi(found.Uid); err != nil {
		return 0, 0, err
	}
	gid, err = strconv.Atoi(found.Gid)
	return uid, gid, err
}

func owned(path string) error {
	uid, gid, err := owner()
	if err != nil {
		return err
	}
	return os.Chown(path, uid, gid)
}

func asPostgres(command *exec.Cmd) error {
	uid, gid, err := owner()
	if err != nil {
		return err
	}
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT, Setpgid: true}
	if os.Getuid() == 0 {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	return nil
}

// childrenOf lists the processes that a process started.
func childrenOf(pid int) []int {
	entries, _ := os.ReadDir("/proc")
	var out []int
	for _, one := range entries {
		child, err := strconv.Atoi(one.Name())
		if err != nil {
			continue
		}
		if _, parent := stateOf(child); parent == strconv.Itoa(pid) {
			out = append(out, child)
		}
	}
	return out
}

// ended says whether a process is gone, or dead and only not fetched by its parent: then it holds no memory any more.
func ended(pid int) bool {
	state, _ := stateOf(pid)
	return state == "" || state == "Z" || state == "X"
}

// stateOf gives the letter of a process's state and its parent, or "" when there is no such process.
func stateOf(pid int) (state, parent string) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", ""
	}
	// pid (name) state parent ...: the name may hold anything, and ends at the last bracket.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 2 {
		return "", ""
	}
	return fields[0], fields[1]
}
