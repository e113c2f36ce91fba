package app

// What may change here: how reports are read and saved. What a report is, and who has which, is the service's.

import (
	"context"

	"cmc/api"
	"cmc/app/platform"
)

// Reports lists the reports that this user has.
func (d *Desk) Reports(ctx context.Context) (api.ReportList, error) {
	return value(ask(d, func(c *api.Client) (*api.ReportList, error) { return c.Reports(ctx) }))
}

// Report is one report; the service audits the reading.
func (d *Desk) Report(ctx context.Context, name string, narrowed api.ReportAsk) (api.Report, error) {
	return value(ask(d, func(c *api.Client) (*api.Report, error) { return c.Report(ctx, name, narrowed) }))
}

// SaveReport writes a report as comma-separated values into a file that only this user reads. A file that is there already is
// replaced. The service audits the reading.
func (d *Desk) SaveReport(ctx context.Context, name string, narrowed api.ReportAsk, path string) error {
	content, err := ask(d, func(c *api.Client) (*[]byte, error) {
		raw, err := c.ReportCSV(ctx, name, narrowed)
		return &raw, err
	})
	if err != nil {
		return err
	}
	return platform.WriteFile(path, *content, 0o600)
}
