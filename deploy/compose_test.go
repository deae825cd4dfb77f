package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

const composeFile = "compose.yaml"

// project reads a compose file as the engine does.
func project(t *testing.T, text string) (*types.Project, error) {
	t.Helper()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	details := types.ConfigDetails{
		WorkingDir:  here,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(here, composeFile), Content: []byte(text)}},
	}
	return loader.LoadWithContext(t.Context(), details, func(o *loader.Options) { o.SetProjectName("test", true) })
}

func TestComposeIsValid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, old, replacement, want string }{
		{"as it is", "", "", ""},
		{"an unknown key", "    healthcheck:\n", "    healthchek:\n", "healthchek"},
		{"a wrong type", "retries: 60", "retries: [60]", "retries"},
		{"a service that isn't there", "postgres: { condition", "postgress: { condition", "postgress"},
		{"a condition that isn't one", "condition: service_healthy", "condition: service_helthy", "condition"},
		{"a volume that isn't there", "\nvolumes:\n  schemas:\n", "", "schemas"},
		{"no YAML", "services:\n", "services: [\n", "yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := project(t, read(t, composeFile, c.old, c.replacement))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want one about %s", err, c.want)
			}
		})
	}
}

func TestComposeServices(t *testing.T) {
	t.Parallel()
	p, err := project(t, read(t, composeFile, "", ""))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, database, driver string }{
		{"schemaside-embedded", "", "embedded"},
		{"schemaside-postgres", "postgres", "postgres"},
		{"schemaside-mariadb", "mariadb", "mysql"},
		{"schemaside-mysql", "mysql", "mysql"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			service, ok := p.Services[c.name]
			if !ok {
				t.Fatal("no such service")
			}
			checkComposed(t, service, c.database, c.driver)
		})
	}
	for name, service := range p.Services {
		if service.HealthCheck == nil || len(service.HealthCheck.Test) < 2 {
			t.Errorf("%s has no health check", name)
		}
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s can be reached from other machines, and its password is known", name)
			}
		}
	}
}

func checkComposed(t *testing.T, s types.ServiceConfig, database, driver string) {
	t.Helper()
	var env []string
	for name, value := range s.Environment {
		env = append(env, name+"="+*value)
	}
	c := configured(t, "", env)
	if c.Storage.Driver != driver {
		t.Errorf("it keeps schemas in %s, want %s", c.Storage.Driver, driver)
	}
	if database != "" {
		if got := s.DependsOn[database].Condition; got != types.ServiceConditionHealthy {
			t.Errorf("it starts when %s is %q", database, got)
		}
		if !strings.Contains(c.Storage.DSN, database+":") {
			t.Errorf("its DSN %s doesn't lead to %s", c.Storage.DSN, database)
		}
	}
	if want := []string{"CMD", "/schemaside", "health"}; !slices.Equal(s.HealthCheck.Test, want) {
		t.Errorf("its health check is %q, want %q", s.HealthCheck.Test, want)
	}
	if _, port, _ := strings.Cut(string(c.Listeners[0].Address), ":"); len(s.Ports) != 1 || port != "8081" || s.Ports[0].Target != 8081 {
		t.Errorf("it listens on %s, and shows %v", c.Listeners[0].Address, s.Ports)
	}
	if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) {
		t.Error("it may write to its image, or has capabilities")
	}
	if driver == "embedded" && (len(s.Volumes) != 1 || s.Volumes[0].Target != "/data") {
		t.Errorf("its volumes are %v, and the image keeps its file in /data", s.Volumes)
	}
	checkDrain(t, c, time.Duration(*s.StopGracePeriod))
}
