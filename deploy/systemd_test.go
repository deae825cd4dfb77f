package deploy

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"schemaside/config"
)

const unitFile = "systemd/schemaside.service"

// unitKeys are the keys that systemd knows in each section, those that the unit uses.
func unitKeys() map[string][]string {
	return map[string][]string{
		"Unit": {"Description", "Wants", "After", "StartLimitIntervalSec"},
		"Service": {
			"Type", "ExecStart", "EnvironmentFile", "Restart", "RestartSec", "RestartPreventExitStatus", "TimeoutStopSec", "LimitNOFILE",
			"DynamicUser", "StateDirectory", "StateDirectoryMode", "WorkingDirectory", "UMask", "CapabilityBoundingSet",
			"AmbientCapabilities", "NoNewPrivileges", "ProtectSystem", "ProtectHome", "ProtectProc", "ProtectClock",
			"ProtectControlGroups", "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables",
			"PrivateDevices", "PrivateTmp", "PrivateUsers", "RestrictAddressFamilies", "RestrictNamespaces", "RestrictRealtime",
			"RestrictSUIDSGID", "RemoveIPC", "LockPersonality", "MemoryDenyWriteExecute", "KeyringMode",
			"SystemCallArchitectures", "SystemCallFilter", "SystemCallErrorNumber",
		},
		"Install": {"WantedBy"},
	}
}

// parseUnit returns the last value of each key, as Section.Key, and what systemd would ignore.
func parseUnit(text string) (values map[string]string, faults []string) {
	values = map[string]string{}
	known := unitKeys()
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSuffix(name, "]")
			if known[section] == nil {
				faults = append(faults, "section "+section)
			}
			continue
		}
		key, value, _ := strings.Cut(line, "=")
		if !slices.Contains(known[section], key) {
			faults = append(faults, fmt.Sprintf("key %s in section %s", key, section))
		}
		values[section+"."+key] = value
	}
	return values, faults
}

func TestUnit(t *testing.T) {
	t.Parallel()
	values, faults := parseUnit(read(t, unitFile, "", ""))
	if len(faults) > 0 {
		t.Errorf("systemd would ignore %s", strings.Join(faults, ", "))
	}
	for key, want := range map[string]string{
		"Service.DynamicUser":      "yes",
		"Service.NoNewPrivileges":  "yes",
		"Service.ProtectSystem":    "strict",
		"Service.StateDirectory":   "schemaside",
		"Service.WorkingDirectory": "%S/schemaside", // where the embedded store's file goes
		"Install.WantedBy":         "multi-user.target",
	} {
		if values[key] != want {
			t.Errorf("%s is %q, want %q", key, values[key], want)
		}
	}
	if !strings.HasSuffix(values["Service.ExecStart"], "/schemaside serve") {
		t.Errorf("it starts %s", values["Service.ExecStart"])
	}
	stop, err := time.ParseDuration(values["Service.TimeoutStopSec"])
	if err != nil {
		t.Fatal(err)
	}
	checkDrain(t, config.Default(), stop)
}

func TestUnitsThatAreBroken(t *testing.T) {
	t.Parallel()
	f := func(old, replacement, want string) {
		t.Helper()
		_, faults := parseUnit(read(t, unitFile, old, replacement))
		if !slices.Equal(faults, []string{want}) {
			t.Errorf("%s instead of %s: faults %q, want %q", replacement, old, faults, want)
		}
	}
	f("NoNewPrivileges=", "NoNewPrivilege=", "key NoNewPrivilege in section Service")
	f("WantedBy=", "WantedFor=", "key WantedFor in section Install")
	f("StartLimitIntervalSec=", "DynamicUser=", "key DynamicUser in section Unit")
}

// TestUnitAsSystemdReadsIt knows values, too. systemd-analyze warns of what it doesn't know, and succeeds.
func TestUnitAsSystemdReadsIt(t *testing.T) {
	t.Parallel()
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("systemd-analyze is not installed")
	}
	for _, c := range []struct{ name, old, replacement, want string }{
		{"as it is", "", "", ""},
		{"an unknown key", "NoNewPrivileges=", "NoNewPrivilege=", "NoNewPrivilege"},
		{"a value that isn't allowed", "ProtectSystem=strict", "ProtectSystem=stricter", "stricter"},
		{"a unit without a command", "ExecStart=", "#ExecStart=", "ExecStart"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			// It looks for the binary, which is not installed here.
			text := strings.Replace(read(t, unitFile, c.old, c.replacement), "ExecStart=/usr/local/bin/schemaside", "ExecStart=/bin/true", 1)
			out, err := exec.CommandContext(t.Context(), analyze, "verify", written(t, unitFile, text)).CombinedOutput()
			switch {
			case c.want == "" && (err != nil || len(out) > 0):
				t.Errorf("%v: %s", err, out)
			case c.want != "" && !strings.Contains(string(out), c.want):
				t.Errorf("%v: %q, want a word about %s", err, out, c.want)
			}
		})
	}
}
