package signontest

// What may change here: how a real browser is driven. It is spoken to through its own pipe (--remote-debugging-pipe), so that
// nothing listens.

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const loginEnv = "CMC_TEST_BROWSER_LOGIN"

// UseChromium makes a real Chromium the browser that the desktop opens, in which somebody signs in as login wherever a page asks. The
// test's TestMain must call Chromium first.
func UseChromium(t testing.TB, login string) {
	t.Helper()
	own, err := os.Executable()
	require.NoError(t, err)
	setenv(t, "BROWSER", own)
	setenv(t, loginEnv, login)
}

func setenv(t testing.TB, name, value string) {
	t.(interface{ Setenv(string, string) }).Setenv(name, value)
}

// Chromium drives a browser to the address of the first argument and ends the process, when the desktop has started this program as
// its browser; otherwise it does nothing.
func Chromium() {
	login := os.Getenv(loginEnv)
	if login == "" || len(os.Args) != 2 || !strings.HasPrefix(os.Args[1], "http") {
		return
	}
	if err := drive(os.Args[1], login); err != nil {
		fmt.Fprintln(os.Stderr, "chromium:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// step does on a page what a person would, and says where the page is.
const step = `(() => {
  if (document.readyState !== 'complete') return '';
  if (location.pathname === '/callback') return 'back ' + document.title + ': ' + document.body.innerText;
  const box = document.querySelector('input[name=login]');
  if (box && !box.value) { box.value = %q; document.querySelector('input[name=password]').value = 'any'; }
  const button = document.querySelector('form button[type=submit]');
  if (button && !button.dataset.pressed) { button.dataset.pressed = 'yes'; button.click(); }
  return location.pathname;
})()`

// drive opens the address in a new profile and goes on until the browser is back at the desktop's page.
func drive(address, login string) error {
	profile, err := os.MkdirTemp("", "chromium-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	in, toBrowser, err := os.Pipe()
	if err != nil {
		return err
	}
	fromBrowser, out, err := os.Pipe()
	if err != nil {
		return err
	}
	// The sandbox needs rights that a test's machine may not give; the pages are our own.
	browser := exec.Command("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--no-proxy-server", "--user-data-dir="+profile, "--remote-debugging-pipe", "about:blank")
	browser.ExtraFiles = []*os.File{in, out} // 3 and 4
	if err := browser.Start(); err != nil {
		return fmt.Errorf("is chromium installed? .ci/need test: %w", err)
	}
	defer func() { _ = browser.Process.Kill(); _ = browser.Wait() }()
	_ = in.Close()
	_ = out.Close()
	answers := bufio.NewReader(fromBrowser)
	number := 0
	call := func(session, method string, params map[string]any) (map[string]any, error) {
		number++
		message := map[string]any{"id": number, "method": method, "params": params}
		if session != "" {
			message["sessionId"] = session
		}
		raw, err := json.Marshal(message)
		if err != nil {
			return nil, err
		}
		if _, err := toBrowser.Write(append(raw, 0)); err != nil {
			return nil, err
		}
		for {
			raw, err := answers.ReadBytes(0)
			if err != nil {
				return nil, err
			}
			var answer struct {
				ID     int
				Result map[string]any
				Error  *struct{ Message string }
			}
			if err := json.Unmarshal(raw[:len(raw)-1], &answer); err != nil {
				return nil, err
			}
			if answer.ID != number {
				continue // news
			}
			if answer.Error != nil {
				return nil, errors.New(answer.Error.Message)
			}
			return answer.Result, nil
		}
	}
	target, err := call("", "Target.createTarget", map[string]any{"url": address})
	if err != nil {
		return err
	}
	attached, err := call("", "Target.attachToTarget", map[string]any{"targetId": target["targetId"], "flatten": true})
	if err != nil {
		return err
	}
	session, _ := attached["sessionId"].(string)
	last := ""
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		got, err := call(session, "Runtime.evaluate", map[string]any{"expression": fmt.Sprintf(step, login), "returnByValue": true})
		if err != nil {
			continue // between two pages
		}
		result, _ := got["result"].(map[string]any)
		if words, _ := result["value"].(string); words != "" {
			last = words
		}
		if strings.HasPrefix(last, "back ") {
			if !strings.Contains(last, "Go back to Coordinate My Care") {
				return errors.New("the desktop's page says: " + last)
			}
			return nil
		}
	}
	return errors.New("the browser did not come back; it stands at " + last)
}
