package deploy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const (
	edgeFile    = "kubernetes/edge.yaml"
	sidecarFile = "kubernetes/sidecar.yaml"
)

// TestManifestsAreValid asks kubectl-validate, which carries Kubernetes' own schemas.
func TestManifestsAreValid(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("building kubectl-validate takes minutes the first time")
	}
	cases := []struct{ name, file, old, replacement, want string }{
		{"the edge", edgeFile, "", "", ""},
		{"the sidecar", sidecarFile, "", "", ""},
		{"an unknown field", edgeFile, "livenessProbe:", "livenesProbe:", "spec.template.spec.containers[0].livenesProbe"},
		{"a wrong type", edgeFile, "replicas: 3", "replicas: three", "spec.replicas"},
		{"a field that must be there", sidecarFile, "  selector:\n    matchLabels: { app.kubernetes.io/name: orders }\n", "", "spec.selector: Required"},
		{"a kind that isn't served any more", edgeFile, "policy/v1", "policy/v1beta1", "policy/v1beta1"},
		{"an unknown field of an init container", sidecarFile, "restartPolicy:", "restartsPolicy:", "spec.template.spec.initContainers[0].restartsPolicy"},
	}
	args := []string{"-C", "tools", "tool", "kubectl-validate", "--output", "json"}
	var paths []string
	for _, c := range cases {
		paths = append(paths, written(t, c.file, read(t, c.file, c.old, c.replacement)))
	}
	// It fails as soon as one file does; what it prints tells which. Starting it is what costs, so there is one call.
	var words bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", append(args, paths...)...)
	cmd.Stderr = &words
	out, err := cmd.Output()
	var verdicts map[string][]struct{ Status, Message string }
	if wrong := json.Unmarshal(out, &verdicts); wrong != nil {
		t.Fatalf("%v: %v: %s%s", err, wrong, out, words.Bytes())
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var faults []string
			for _, v := range verdicts[paths[i]] {
				if v.Status != "Success" {
					faults = append(faults, v.Message)
				}
			}
			switch got := strings.Join(faults, "\n"); {
			case len(verdicts[paths[i]]) == 0:
				t.Error("nothing was validated")
			case c.want == "" && got != "":
				t.Error(got)
			case c.want != "" && !strings.Contains(got, c.want):
				t.Errorf("faults %q, want one about %s", got, c.want)
			}
		})
	}
}

// manifest is what the tests read of any kind.
type manifest struct {
	Kind     string
	Metadata struct{ Name string }
	Data     map[string]string
	Spec     struct {
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     pod
		}
		// Selector holds labels, in a Service at once, elsewhere under matchLabels.
		Selector yaml.Node
		Ports    []struct {
			Port       int
			TargetPort string `yaml:"targetPort"`
		}
	}
}

func (m manifest) selector(t *testing.T) map[string]string {
	t.Helper()
	labels := map[string]string{}
	node := &m.Spec.Selector
	if m.Kind != "Service" {
		var matching struct {
			MatchLabels yaml.Node `yaml:"matchLabels"`
		}
		if err := node.Decode(&matching); err != nil {
			t.Fatal(err)
		}
		node = &matching.MatchLabels
	}
	if err := node.Decode(&labels); err != nil {
		t.Fatal(err)
	}
	return labels
}

type pod struct {
	Grace           int `yaml:"terminationGracePeriodSeconds"`
	SecurityContext struct {
		RunAsNonRoot bool `yaml:"runAsNonRoot"`
		RunAsUser    int  `yaml:"runAsUser"`
	} `yaml:"securityContext"`
	InitContainers []container `yaml:"initContainers"`
	Containers     []container
	Volumes        []struct {
		Name      string
		ConfigMap struct{ Name string } `yaml:"configMap"`
	}
}

type container struct {
	Name          string
	RestartPolicy string `yaml:"restartPolicy"`
	Env           []struct {
		Name, Value string
		ValueFrom   struct {
			SecretKeyRef struct{ Name, Key string } `yaml:"secretKeyRef"`
		} `yaml:"valueFrom"`
	}
	Ports []struct {
		Name          string
		ContainerPort int `yaml:"containerPort"`
	}
	StartupProbe    *probe `yaml:"startupProbe"`
	LivenessProbe   *probe `yaml:"livenessProbe"`
	ReadinessProbe  *probe `yaml:"readinessProbe"`
	Resources       struct{ Requests, Limits map[string]string }
	SecurityContext struct {
		AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
		ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
		Capabilities             struct{ Drop []string }
	} `yaml:"securityContext"`
	VolumeMounts []struct {
		Name      string
		MountPath string `yaml:"mountPath"`
	} `yaml:"volumeMounts"`
}

type probe struct {
	HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
}

// manifests returns what a file holds, by kind.
func manifests(t *testing.T, file string) map[string]manifest {
	t.Helper()
	all := map[string]manifest{}
	decoder := yaml.NewDecoder(bytes.NewBufferString(read(t, file, "", "")))
	for {
		var m manifest
		err := decoder.Decode(&m)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all[m.Kind] = m
	}
}

// environ is what a container's variables are; a secret stands for itself.
func (c container) environ() []string {
	var env []string
	for _, v := range c.Env {
		if v.ValueFrom.SecretKeyRef.Key != "" {
			v.Value = "secret"
		}
		env = append(env, v.Name+"="+v.Value)
	}
	return env
}

func (c container) port(name string) string {
	for _, p := range c.Ports {
		if p.Name == name {
			return strconv.Itoa(p.ContainerPort)
		}
	}
	return ""
}

// configFile returns the path of a file with what the container finds under SCHEMASIDE_CONFIG.
func configFile(t *testing.T, all map[string]manifest, p pod, c container) string {
	t.Helper()
	folder, name := "", ""
	for _, v := range c.Env {
		if dir, base, ok := cutLast(v.Value, "/"); ok && v.Name == "SCHEMASIDE_CONFIG" {
			folder, name = dir, base
		}
	}
	if len(c.VolumeMounts) != 1 || len(p.Volumes) != 1 || c.VolumeMounts[0].MountPath != folder || c.VolumeMounts[0].Name != p.Volumes[0].Name {
		t.Fatalf("SCHEMASIDE_CONFIG is in %q, where no volume is mounted", folder)
	}
	text, ok := all["ConfigMap"].Data[name]
	if !ok || all["ConfigMap"].Metadata.Name != p.Volumes[0].ConfigMap.Name {
		t.Fatalf("the config map %s holds no %q", p.Volumes[0].ConfigMap.Name, name)
	}
	return written(t, name, text)
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func TestEdge(t *testing.T) {
	t.Parallel()
	all := manifests(t, edgeFile)
	p := all["Deployment"].Spec.Template.Spec
	if len(p.Containers) != 1 {
		t.Fatalf("%d containers", len(p.Containers))
	}
	c := p.Containers[0]
	conf := configured(t, configFile(t, all, p, c), c.environ())
	if conf.Storage.Driver != "postgres" || conf.Storage.DSN != "secret" {
		t.Errorf("it keeps schemas in %s", conf.Storage.Driver)
	}
	if c.ReadinessProbe == nil || c.ReadinessProbe.HTTPGet.Path != "/health/ready" {
		t.Error("nobody asks whether it is ready")
	}
	checkProbes(t, c, string(conf.Admin.Listen))
	checkHardened(t, p, c)
	checkDrain(t, conf, time.Duration(p.Grace)*time.Second)
	if _, port, _ := net.SplitHostPort(string(conf.Listeners[0].Address)); port != c.port("http") {
		t.Errorf("it listens on %s, and names port %s", conf.Listeners[0].Address, c.port("http"))
	}
	service := all["Service"]
	if ports := service.Spec.Ports; len(ports) != 1 || ports[0].TargetPort != "http" {
		t.Errorf("the Service leads to %v, want http alone", ports)
	}
	labels := all["Deployment"].Spec.Template.Metadata.Labels
	for _, kind := range []string{"Deployment", "Service", "PodDisruptionBudget"} {
		selector := all[kind].selector(t)
		if len(selector) == 0 {
			t.Errorf("%s selects nothing", kind)
		}
		for label, value := range selector {
			if labels[label] != value {
				t.Errorf("%s selects %s=%s, which its pods don't carry", kind, label, value)
			}
		}
	}
}

func TestSidecar(t *testing.T) {
	t.Parallel()
	all := manifests(t, sidecarFile)
	p := all["Deployment"].Spec.Template.Spec
	if len(p.InitContainers) != 1 || len(p.Containers) != 1 {
		t.Fatalf("%d sidecars and %d clients", len(p.InitContainers), len(p.Containers))
	}
	c, client := p.InitContainers[0], p.Containers[0]
	conf := configured(t, configFile(t, all, p, c), c.environ())
	if c.RestartPolicy != "Always" {
		t.Error("an init container that isn't always restarted has to end before the client starts")
	}
	if len(conf.Listeners) != 1 || conf.Listeners[0].Context == "" {
		t.Errorf("the client's listeners are %v, want one that is bound", conf.Listeners)
	}
	if want := "SCHEMA_REGISTRY_URL=http://" + string(conf.Listeners[0].Address); !slices.Contains(client.environ(), want) {
		t.Errorf("the client's variables are %q, want %s", client.environ(), want)
	}
	if host, _, _ := net.SplitHostPort(string(conf.Listeners[0].Address)); !net.ParseIP(host).IsLoopback() {
		t.Errorf("others can reach %s, and nobody asks who they are", conf.Listeners[0].Address)
	}
	if conf.Storage.Driver != "postgres" || conf.Storage.DSN != "secret" || conf.Storage.Migrate {
		t.Errorf("it keeps schemas in %s, migrate: %v", conf.Storage.Driver, conf.Storage.Migrate)
	}
	checkProbes(t, c, string(conf.Admin.Listen))
	checkHardened(t, p, c)
	checkHardened(t, p, client)
	checkDrain(t, conf, time.Duration(p.Grace)*time.Second)
}

// checkProbes checks that what the kubelet asks, from outside the pod, is what the registry serves there.
func checkProbes(t *testing.T, c container, admin string) {
	t.Helper()
	host, port, err := net.SplitHostPort(admin)
	if err != nil || net.ParseIP(host).IsLoopback() || c.port("admin") != port {
		t.Errorf("health is served on %q, and the port called admin is %q", admin, c.port("admin"))
	}
	for name, p := range map[string]*probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe} {
		switch {
		case p == nil && name == "readiness": // nobody balances to a sidecar
		case p == nil:
			t.Errorf("no %s probe", name)
		case !served(p.HTTPGet.Path) || p.HTTPGet.Port != "admin":
			t.Errorf("the %s probe asks for %s on port %s", name, p.HTTPGet.Path, p.HTTPGet.Port)
		}
	}
	// A database that is away must not get pods killed.
	if c.LivenessProbe != nil && c.LivenessProbe.HTTPGet.Path != "/health/live" {
		t.Errorf("the liveness probe asks for %s", c.LivenessProbe.HTTPGet.Path)
	}
}

// distrolessNonroot is the number of the user that the image names.
const distrolessNonroot = 65532

func checkHardened(t *testing.T, p pod, c container) {
	t.Helper()
	if !p.SecurityContext.RunAsNonRoot || p.SecurityContext.RunAsUser != distrolessNonroot {
		t.Errorf("it runs as user %d", p.SecurityContext.RunAsUser)
	}
	s := c.SecurityContext
	if s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation || !s.ReadOnlyRootFilesystem || !slices.Equal(s.Capabilities.Drop, []string{"ALL"}) {
		t.Errorf("%s may do more than it needs: %+v", c.Name, s)
	}
	if c.Resources.Requests["cpu"] == "" || c.Resources.Requests["memory"] == "" || c.Resources.Limits["memory"] == "" {
		t.Errorf("%s doesn't say what it needs: %v", c.Name, c.Resources)
	}
}
