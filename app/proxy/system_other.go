//go:build !windows

package proxy

// What may change here: what is read of the desktop's settings on Linux and macOS.

import "net/url"

// system is nothing: what a desktop of Linux or macOS has in its settings beside the environment is not read.
func system() Source {
	return Source{find: func(*url.URL) (*url.URL, error) { return nil, nil }}
}
