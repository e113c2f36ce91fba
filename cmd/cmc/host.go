package main

// What may change here: how the central service is hosted in this process for training. It listens on this computer alone.

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"cmc/api/central"
	"cmc/app"
)

const trainingHelpDesk = "020 7946 0100" // a number that is kept for fiction

// hostTraining opens the training service over a folder of the profile and serves it on loopback.
func hostTraining(ctx context.Context, profile string, log *slog.Logger) (app.Hosted, error) {
	service, err := central.Open(ctx, central.Options{
		DataDir: filepath.Join(profile, "training"), Training: true, Version: version, HelpDesk: trainingHelpDesk, Logger: log,
	})
	if err != nil {
		return app.Hosted{}, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return app.Hosted{}, errors.Join(err, service.Close())
	}
	server := &http.Server{Handler: service.Handler(), ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	return app.Hosted{
		Address: "http://" + listener.Addr().String(),
		Close: func() error {
			service.Hush()
			ending, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			err := server.Shutdown(ending)
			if errors.Is(err, context.DeadlineExceeded) { // a line that nobody speaks on any more
				err = server.Close()
			}
			if served := <-done; !errors.Is(served, http.ErrServerClosed) {
				err = errors.Join(err, served)
			}
			return errors.Join(err, service.Close())
		},
	}, nil
}
