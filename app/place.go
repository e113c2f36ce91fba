package app

// What may change here: what is remembered of a person's place and wishes. Never anything clinical: opaque ids only.

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"

	"cmc/api"
	"cmc/app/platform"
)

// A Place is where a person was: opaque ids only.
type Place struct {
	Screen string `json:"screen"`
	PlanID string `json:"plan_id,omitempty"`
	Step   string `json:"step,omitempty"`
	Item   string `json:"item,omitempty"`
	Row    string `json:"row,omitempty"`
}

// Settings are this computer user's wishes. Nothing in them is clinical.
type Settings struct {
	Address   string `json:"address,omitempty"`   // of the central service
	Proxy     string `json:"proxy,omitempty"`     // "": what this computer names; "none"; or its address, never with a name or a password
	Authority string `json:"authority,omitempty"` // the file of an authority's certificate that is trusted too
	TextSize  int    `json:"text_size,omitempty"` // per cent, 100 to 200
	Theme     string `json:"theme,omitempty"`     // light or dark
}

// settingsFile is the whole of settings.json.
type settingsFile struct {
	Settings
	Places  map[string]Place  `json:"places,omitempty"`  // by an opaque name of service and user
	Readers map[string]string `json:"readers,omitempty"` // whose plans are kept here to be read offline, by an opaque name of service and user name
	Used    time.Time         `json:"used,omitzero"`     // when somebody sat here last
	Lock    int               `json:"lock,omitempty"`    // the idle minutes after which the service has desks lock
	// Workstation is the name of this computer in the service's audit, drawn at the first start.
	Workstation string `json:"workstation,omitempty"`
}

// Settings are the settings in use. It never blocks.
func (d *Desk) Settings() Settings {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settings
}

// SaveSettings puts settings to use, values out of range brought into it, and writes them. It blocks on the disk; the
// settings are in use even when they could not be written.
func (d *Desk) SaveSettings(s Settings) error {
	s = s.sound()
	d.mu.Lock()
	d.settings = s
	d.mu.Unlock()
	return d.writeSettings()
}

// Workstation is the name of this computer in the service's audit, or rather of this user's profile on it: random, and the same
// from start to start. Whoever looks into what went wrong compares it with what the audit says. It never blocks.
func (d *Desk) Workstation() string { return d.workstation }

// nameWorkstation draws a name when the settings hold none, and writes it.
func (d *Desk) nameWorkstation() {
	if api.IsWorkstation(d.workstation) {
		return
	}
	d.workstation = api.NewWorkstation()
	if err := d.writeSettings(); err != nil {
		d.p.Log.Warn("the name of this computer was not kept: it will have another one at the next start", "err", err)
	}
}

// KeepPlace remembers where this user is. It never blocks: the file is written by and by.
func (d *Desk) KeepPlace(p Place) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil || d.places[d.now.held.key] == p {
		return
	}
	d.places[d.now.held.key] = p
	d.writing.Do("settings", func() {
		if err := d.writeSettings(); err != nil {
			d.p.Log.Warn("the place was not kept", "err", err)
		}
	})
}

// LastPlace is where this user was last, on this computer. It never blocks.
func (d *Desk) LastPlace() (Place, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.now == nil {
		return Place{}, false
	}
	p, ok := d.places[d.now.held.key]
	return p, ok
}

func (s Settings) sound() Settings {
	if s.TextSize == 0 {
		s.TextSize = 100
	}
	s.TextSize = min(max(s.TextSize, 100), 200)
	if s.Theme != "dark" {
		s.Theme = "light"
	}
	return s
}

func (d *Desk) settingsPath() string { return filepath.Join(d.p.ProfileDir, "settings.json") }

// writeSettings writes what holds at the moment of writing: one after the other, the newest last.
func (d *Desk) writeSettings() error {
	d.saving.Lock()
	defer d.saving.Unlock()
	d.mu.Lock()
	own := d.settings
	if own.Address == d.p.Preset.Address {
		own.Address = "" // it is the administrator's, and changes with what they settle
	}
	raw, err := json.MarshalIndent(settingsFile{own, d.places, d.readers, d.lock.used, d.lock.minutes, d.workstation}, "", "  ")
	d.mu.Unlock()
	if err != nil {
		return err
	}
	if err := platform.PrivateDir(d.p.ProfileDir); err != nil {
		return err
	}
	return platform.WriteFile(d.settingsPath(), raw, 0o600)
}

// readSettings never fails: settings that cannot be read are as none.
func (d *Desk) readSettings() (Settings, map[string]Place, map[string]string) {
	var file settingsFile
	raw, err := os.ReadFile(d.settingsPath())
	if err == nil {
		err = json.Unmarshal(raw, &file)
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		d.p.Log.Warn("the settings could not be read and start afresh", "err", err)
		file = settingsFile{}
	}
	if file.Places == nil {
		file.Places = map[string]Place{}
	}
	if file.Readers == nil {
		file.Readers = map[string]string{}
	}
	d.lock.used, d.lock.minutes = file.Used, file.Lock
	d.workstation = file.Workstation
	if given := d.p.Preset; given.Fixed || file.Address == "" {
		file.Address = given.Address
	}
	return file.Settings.sound(), file.Places, file.Readers
}
