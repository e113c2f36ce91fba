package lifecycle

// What may change here: where the clinical day begins.

import (
	"time"
	_ "time/tzdata" // the service may run where no zone files are
)

// london is the zone of the clinical day.
var london = func() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic("the embedded zone files are broken: " + err.Error())
	}
	return zone
}()
