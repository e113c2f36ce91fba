package app

// What may change here: how the one-page summary comes to a printer or a file.

import (
	"context"

	"cmc/api"
	"cmc/app/printing"
)

// PreparePrint fetches the one-page summary of the live version, or of the draft (marked as such across the page) when
// nothing is live yet. Printing or saving it is audited. Close the job when done.
func (d *Desk) PreparePrint(ctx context.Context, planID string) (*printing.Job, error) {
	if err := d.flush(ctx, planID); err != nil {
		d.p.Log.Info("printing what the service has: some words are not sent yet")
	}
	plan, err := ask(d, func(c *api.Client) (*api.Plan, error) { return c.Plan(ctx, planID) })
	if err != nil {
		return nil, err
	}
	version, number := "", 0
	switch {
	case plan.Published != nil:
		number = plan.Published.Number
	case plan.Draft != nil:
		version = "draft"
	}
	client, err := d.client()
	if err != nil {
		return nil, err
	}
	page, err := client.SummaryPDFOf(ctx, planID, version)
	if err != nil {
		d.noteFailure(client, err)
		return nil, err
	}
	return d.job(page, func(ctx context.Context) error { return client.Printed(ctx, planID, number) })
}

// job is a page on its way to paper, which ends with the desk.
func (d *Desk) job(page []byte, printed func(context.Context) error) (*printing.Job, error) {
	job, err := printing.New(page, d.printDir(), printed)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.jobs[job] = struct{}{}
	d.mu.Unlock()
	job.OnClose(func() {
		d.tasks.Go(func() { <-job.Gone() }) // Close of the desk waits for a page that is being printed
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.jobs, job)
	})
	return job, nil
}

func (d *Desk) closeJobs() {
	d.mu.Lock()
	jobs := make([]*printing.Job, 0, len(d.jobs))
	for job := range d.jobs {
		jobs = append(jobs, job)
	}
	d.mu.Unlock()
	for _, job := range jobs {
		job.Close()
	}
}
