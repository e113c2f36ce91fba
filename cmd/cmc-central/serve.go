package main

// What may change here: how the service is started and stopped.

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"cmc/api"
	"cmc/api/central"
)

// The limits of one connection. A summary is small and a plan is at most 3 MiB.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 2 * time.Minute // 3 MiB at 256 kbit/s take 98 s
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 10 * time.Second
	maxHeader     = 32 << 10
)

// errNeedsTLS refuses to send what patients said in plain sight of a network.
var errNeedsTLS = errors.New("an address that others can reach needs a certificate: give --tls-cert and --tls-key, or serve on 127.0.0.1")

// serve serves until ctx ends, then lets what is under way finish.
func serve(ctx context.Context, args []string, out, log io.Writer) error {
	set, where := flags("serve", log)
	addr := set.String("addr", "127.0.0.1:8443", "the address to serve on; port 0 chooses a free one")
	training := set.Bool("training", false, "invented people only")
	cert := set.String("tls-cert", "", "the certificate, PEM")
	key := set.String("tls-key", "", "its key, PEM")
	name := set.String("name", "", "the name of the service")
	help := set.String("help-desk", "", "whom users call")
	chores := set.Duration("chores", 0, "how often it looks after what time has brought (default 1m)")
	sso := ssoFlags(set)
	offline := set.Int("offline-hours", int(central.OfflineFor/time.Hour), "how long plans may be read offline, 24 at most; 0: never")
	proxy := set.String("proxy", "", "proxies whose X-Forwarded-For is believed: networks, with commas between")
	lock := set.Int("lock-minutes", api.UsualLock, "desktops lock after so many idle minutes, 1 to 15")
	newest := set.String("newest-client", "", "the newest version of the desktop that there is, such as 1.5.0: who has an older one is told at the sign-in")
	oldest := set.String("oldest-client", "", "the oldest version of the desktop that is served: nobody signs in with an older one")
	from := set.String("client-from", "", "where a newer desktop comes from, a sentence for people")
	if err := set.Parse(args); err != nil || set.NArg() > 0 {
		return errUsage
	}
	client := api.Releases{Newest: *newest, Oldest: *oldest, From: *from}
	if err := checkReleases(client); err != nil {
		return err
	}
	if *lock < api.LeastLock || *lock > api.MostLock {
		return errLock
	}
	at, err := where.read()
	if err != nil {
		return err
	}
	provider, err := sso.read()
	if err != nil {
		return err
	}
	secure := *cert != "" || *key != ""
	if secure && (*cert == "" || *key == "") {
		return errors.New("--tls-cert and --tls-key belong together")
	}
	if !secure {
		if err := loopbackOnly(*addr); err != nil {
			return err
		}
	}
	proxies, err := networks(*proxy)
	if err != nil {
		return err
	}
	logger := slog.New(slog.NewJSONHandler(log, nil))
	service, err := central.Open(ctx, central.Options{DataDir: at.data, Database: at.address, KeyFile: at.key, Training: *training, Logger: logger, Name: *name, HelpDesk: *help, Version: version,
		Proxies: proxies, SSO: provider, Chores: *chores, Offline: offlineFor(*offline), LockMinutes: *lock, Client: client})
	if err != nil {
		return err
	}
	defer func() {
		if err := service.Close(); err != nil {
			logger.Error("closing", "err", err)
		}
	}()
	if err := firstSteps(ctx, service, at, out); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	server := &http.Server{Handler: service.Handler(), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn)}
	scheme := "http"
	if secure {
		pair, err := readCertificate(*cert, *key, logger)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: pair.get, NextProtos: []string{"h2", "http/1.1"}}
		listener = tls.NewListener(listener, server.TLSConfig)
		scheme = "https"
	}
	fmt.Fprintf(out, "cmc-central is ready at %s://%s\n", scheme, listener.Addr())
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	service.Hush() // open lines of events would keep the server from stopping
	stopping, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil {
		return fmt.Errorf("stopping: %w", err)
	}
	return nil
}

// checkReleases refuses versions of the desktop that cannot be compared, and an oldest that would shut everybody out.
func checkReleases(r api.Releases) error {
	for flag, version := range map[string]string{"--newest-client": r.Newest, "--oldest-client": r.Oldest} {
		if version != "" && !api.IsVersion(version) {
			return errors.New(flag + " is two or three numbers with full stops between, such as 1.5.0")
		}
	}
	if r.Newest != "" && api.Older(r.Newest, r.Oldest) {
		return errors.New("--oldest-client is later than --newest-client: nobody could sign in")
	}
	return nil
}

// networks reads networks with commas between, such as 10.0.0.0/8; an address by itself is a network of one.
func networks(list string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for one := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if at, err := netip.ParseAddr(one); err == nil {
			out = append(out, netip.PrefixFrom(at, at.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(one)
		if err != nil {
			return nil, errors.New("--proxy takes networks such as 10.0.0.0/8, with commas between")
		}
		out = append(out, network)
	}
	return out, nil
}

// loopbackOnly refuses an address that anybody but this computer can reach.
func loopbackOnly(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("the address is HOST:PORT: %w", err)
	}
	if host == "localhost" {
		return nil
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return nil
	}
	return errNeedsTLS
}

// firstSteps says how to make the first account, while there is none.
func firstSteps(ctx context.Context, service *central.Service, at place, out io.Writer) error {
	accounts, err := service.Accounts().Users(ctx)
	if err != nil || len(accounts) > 0 {
		return err
	}
	where := at.again
	if where == "" {
		where = "(with " + databaseVariable + " as it is here)"
	}
	fmt.Fprintf(out, `There is no account yet. Make the first organisation and account in another terminal:
  cmc-central orgs add %[1]s --ods A12345 --name "The practice" --kind gp_practice
  cmc-central users add %[1]s --username first.name --name "Dr First Name" --role gp --org A12345 --title "GP partner" --reg 1234567
`, where)
	return nil
}

// offlineFor is the limit for reading offline: 0 hours and less mean never.
func offlineFor(hours int) time.Duration {
	if hours <= 0 {
		return -1
	}
	return time.Duration(hours) * time.Hour
}
