package app

// What may change here: how the desk tells of an end that nobody wanted. What a report holds is package crash's.

import (
	"context"

	"cmc/app/crash"
)

// Crashed is the report that the last unwanted end of this program left, and false when there is none.
func (d *Desk) Crashed(context.Context) (crash.Report, bool) {
	report, there, err := crash.Newest(d.p.ProfileDir)
	if err != nil {
		d.p.Log.Warn("the report of the last end could not be read", "err", err)
		return crash.Report{}, false
	}
	return report, there
}

// DeleteCrash removes a report.
func (d *Desk) DeleteCrash(_ context.Context, report crash.Report) error { return report.Delete() }
