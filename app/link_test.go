package app_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"cmc/app"
)

func TestLinks(t *testing.T) {
	const id = "615f2b64-fa29-4a50-8237-c87f4547d08b"
	for _, link := range []string{"cmc:plan/" + id, "cmc://plan/" + id + "/", " CMC:plan/" + strings.ToUpper(id) + "\r\n"} {
		got, err := app.PlanOf(link)
		assert.NoError(t, err, link)
		assert.Equal(t, id, got, link)
	}
	for _, link := range []string{"", "cmc:", "cmc:plan/", "cmc:plan/1", "cmc:patient/" + id, "https://plan/" + id, "cmc:plan/" + id + "?x=1", "cmc:plan/../" + id,
		"cmc:plan/{" + id[1:len(id)-1] + "}", "--profile=x", "cmc:plan/" + id + " --drawing=software"} {
		_, err := app.PlanOf(link)
		assert.ErrorIs(t, err, app.ErrLink, link)
	}
}
