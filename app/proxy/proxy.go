// Package proxy says through which proxy this computer gets out of its network: the one that a person chose, or else the one that
// the computer names, in its environment or, on Windows, in its Internet settings.
//
// Contract:
//   - Nothing here knows a name or a password for a proxy, but for those that an administrator wrote into the environment.
//   - A script (PAC) that the settings of Windows name is run by Windows, which fetches it: Find may touch the network then, and block.
//     Computer says when there is one. Elsewhere none is run, and none is looked for in a network (WPAD).
//   - Nothing else touches the network. Errors are sentences for people.
package proxy

// What may change here: where the proxy of a computer is looked for, and how a chosen one is written.

import (
	"net"
	"net/url"
	"path"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// None is what a person chooses who wants no proxy.
const None = "none"

// Wrong is a sentence for people about an address of a proxy that cannot be used.
type Wrong string

// Error is the sentence.
func (w Wrong) Error() string { return string(w) }

// Read reads what a person chose: "" gives nil and no error (the computer's own), None nil too, else the address of a proxy, with
// http:// where nothing is said.
func Read(words string) (*url.URL, error) {
	words = strings.TrimSpace(words)
	if words == "" || strings.EqualFold(words, None) {
		return nil, nil
	}
	if !strings.Contains(words, "://") {
		words = "http://" + words
	}
	address, err := url.Parse(words)
	if err == nil && address.Scheme == "socks" { // as other programs write it
		address.Scheme = "socks5"
	}
	switch {
	case err != nil || address.Hostname() == "" || address.Port() == "":
		return nil, Wrong("The proxy is written as a name, a colon and a number, such as proxy.example.nhs.uk:3128.")
	case address.User != nil:
		return nil, Wrong("The name and the password for the proxy have boxes of their own: they are kept in this computer's keychain.")
	case address.Scheme != "http" && address.Scheme != "https" && address.Scheme != "socks5":
		return nil, Wrong("The address of the proxy starts with http://, https:// or socks5://.")
	case strings.Trim(address.Path, "/") != "" || address.RawQuery != "" || address.Fragment != "":
		return nil, Wrong("The address of the proxy ends with its number. A script that finds proxies is set in Windows, not here.")
	}
	return &url.URL{Scheme: address.Scheme, Host: address.Host}, nil
}

// For gives the proxy for an address, nil for none, when a person chose so.
func For(chosen string, address *url.URL) (*url.URL, error) {
	if strings.TrimSpace(chosen) == "" {
		return Computer().Find(address)
	}
	return Read(chosen)
}

// A Source is what the computer says about proxies.
type Source struct {
	// Script says that proxies are found by a script here: Find runs it, and may block.
	Script bool

	find func(*url.URL) (*url.URL, error)
}

// Find is the proxy for an address, or nil.
func (s Source) Find(address *url.URL) (*url.URL, error) { return s.find(address) }

// Computer reads what this computer says now: its environment first (HTTPS_PROXY, NO_PROXY), then its own settings.
func Computer() Source {
	environment := httpproxy.FromEnvironment()
	if environment.HTTPSProxy != "" {
		return Source{find: environment.ProxyFunc()}
	}
	return system()
}

// internet are the Internet settings of Windows, as they stand in its registry.
type internet struct {
	enabled  bool
	server   string // "proxy:3128", or "http=proxy:80;https=proxy:3128"
	override string // what is asked directly: "*.local;10.*;<local>"
	script   string // the address of a script

	// run has Windows run the script for an address. What it gives is written as server is; "": no proxy, or no answer.
	run func(script, address string) string
}

// source is where the proxy comes from: the script as Windows itself takes it, before the proxy that is set; and that, or none, when the
// script gives nothing, since a computer that is carried home does not reach it there.
func (i internet) source() Source {
	proxy := i.https()
	return Source{Script: i.script != "", find: func(address *url.URL) (*url.URL, error) {
		if i.script != "" && i.run != nil && !isThisComputer(address.Hostname()) {
			if found := (internet{enabled: true, server: i.run(i.script, address.String())}).https(); found != nil {
				return found, nil
			}
		}
		if proxy == nil || i.direct(address.Hostname()) {
			return nil, nil
		}
		return proxy, nil
	}}
}

// https is the proxy for https, or nil.
func (i internet) https() *url.URL {
	if !i.enabled {
		return nil
	}
	for part := range strings.FieldsFuncSeq(i.server, func(r rune) bool { return r == ';' || r == ' ' }) {
		scheme, server, several := strings.Cut(part, "=")
		if !several {
			server = part
		} else if !strings.EqualFold(scheme, "https") {
			continue
		}
		name := server
		if _, after, ok := strings.Cut(server, "://"); ok {
			name = after
		}
		if !strings.Contains(name, ":") {
			server += ":80" // as Windows takes it
		}
		if proxy, err := Read(server); err == nil {
			return proxy
		}
	}
	return nil
}

// direct says whether a name is one of the exceptions. A star stands for anything.
func (i internet) direct(host string) bool {
	host = strings.ToLower(host)
	if isThisComputer(host) {
		return true
	}
	for part := range strings.FieldsFuncSeq(strings.ToLower(i.override), func(r rune) bool { return r == ';' || r == ' ' || r == ',' }) {
		if part == "<local>" && !strings.Contains(host, ".") {
			return true
		}
		if _, name, ok := strings.Cut(part, "://"); ok {
			part = name
		}
		if fits, err := path.Match(part, host); err == nil && fits {
			return true
		}
	}
	return false
}

func isThisComputer(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
