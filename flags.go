package main

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"schemaside/config"
)

// The commands.
const (
	commandServe   = "serve"
	commandMigrate = "migrate"
	commandCheck   = "check"
	commandHealth  = "health"
	commandCopy    = "copy"
	commandVersion = "version"
)

// command is what the arguments ask for. The zero command was answered already: somebody asked for help.
type command struct {
	name string
	// file is the configuration file, keys the texts of flags by the name of their key.
	file   string
	keys   map[string]string
	health healthFlags
	copy   copyFlags
	// restored belongs to check.
	restored bool
	migrate  migrateFlags
}

// healthFlags are the flags of health.
type healthFlags struct {
	Config  string        `placeholder:"FILE" help:"YAML file that serve is configured with (SCHEMASIDE_CONFIG)."`
	URL     string        `placeholder:"URL" help:"Registry to ask; else the address that the configuration listens on."`
	Timeout time.Duration `default:"3s" help:"How long to wait for the answer."`
}

// parse reads the arguments. Help goes to stdout.
func parse(args []string, stdout io.Writer) (command, error) {
	var static struct {
		Copy    copyFlags   `cmd:"" help:"Copy a registry into another one, with its IDs, and compare both."`
		Health  healthFlags `cmd:"" help:"Ask a running registry whether it is ready; the exit code is the answer."`
		Version struct{}    `cmd:"" help:"Print version, commit and Go version."`
	}
	helped := false
	serving := newKeyFlags(config.Keys())
	migrating := newKeyFlags(storageKeys(), migrateFields()...)
	checking := newKeyFlags(storageKeys(), checkFields()...)
	k, err := kong.New(&static,
		kong.Name("schemaside"),
		kong.Description("A schema registry for Kafka clients, with Confluent's REST API, for many contexts."),
		kong.DynamicCommand(commandServe, "Run the registry.", "", serving.fields.Interface()),
		kong.DynamicCommand(commandMigrate, "Bring the database's tables up to date.", "", migrating.fields.Interface()),
		kong.DynamicCommand(commandCheck, "Verify the file of the embedded store.", "", checking.fields.Interface()),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(stdout, stdout),
		kong.Exit(func(int) { helped = true }),
	)
	if err != nil {
		return command{}, fmt.Errorf("describe the flags: %w", err)
	}
	parsed, err := k.Parse(joinNegatives(args))
	switch {
	case helped:
		return command{}, nil
	case err != nil:
		return command{}, &usageError{fmt.Errorf("%w (see schemaside --help)", err)}
	}
	// Behind the name stand arguments.
	name, _, _ := strings.Cut(parsed.Command(), " ")
	c := command{name: name, health: static.Health, copy: static.Copy}
	switch c.name {
	case commandServe:
		c.file, c.keys = serving.file(), serving.texts()
	case commandMigrate:
		c.file, c.keys = migrating.file(), migrating.texts()
		c.migrate = migrateFlags{dryRun: migrating.on(migrateDryRun), status: migrating.on(migrateStatus)}
	case commandCheck:
		c.file, c.keys = checking.file(), checking.texts()
		if path := checking.fields.Elem().FieldByName(checkPath).String(); path != "" {
			c.keys["storage.driver"], c.keys["storage.dsn"] = "embedded", path
		}
		c.restored = checking.on(checkRestored)
	case commandHealth:
		c.file = static.Health.Config
	}
	return c, nil
}

// The fields of check that are no keys of the configuration.
const (
	checkPath     = "Path"
	checkRestored = "Restored"
)

func checkFields() []reflect.StructField {
	return []reflect.StructField{
		{Name: checkPath, Type: reflect.TypeFor[string](), Tag: `arg:"" optional:"" help:"File to verify; else the one that serve would use."`},
		{Name: checkRestored, Type: reflect.TypeFor[bool](), Tag: `help:"The file was restored from a copy: if it is sound, let caches forget what they know of it."`},
	}
}

// The fields of migrate that are no keys of the configuration.
const (
	migrateDryRun = "DryRun"
	migrateStatus = "Status"
)

func migrateFields() []reflect.StructField {
	return []reflect.StructField{
		{Name: migrateDryRun, Type: reflect.TypeFor[bool](), Tag: `help:"Tell what would be applied, and write nothing."`},
		{Name: migrateStatus, Type: reflect.TypeFor[bool](), Tag: `help:"Tell what was applied when, and what is pending, and write nothing."`},
	}
}

// joinNegatives writes a flag and the negative number behind it as one argument. The parser would take the number for a
// flag, and the configuration could not say what is allowed.
func joinNegatives(args []string) []string {
	var joined []string
	for _, arg := range args {
		last := len(joined) - 1
		negative := len(arg) > 1 && arg[0] == '-' && (arg[1] == '.' || '0' <= arg[1] && arg[1] <= '9')
		if negative && last >= 0 && strings.HasPrefix(joined[last], "--") && !strings.Contains(joined[last], "=") {
			joined[last] += "=" + arg
		} else {
			joined = append(joined, arg)
		}
	}
	return joined
}

// storageKeys are the keys that tell which database there is.
func storageKeys() []config.Key {
	return slices.DeleteFunc(config.Keys(), func(k config.Key) bool { return !strings.HasPrefix(k.Name, "storage.") })
}

// keyFlags are flags for keys of the configuration, one for each, so that none has to be listed here.
type keyFlags struct {
	keys []config.Key
	// fields points to a struct with a *string for the file, then one for each key, then further fields, as kong wants them.
	fields reflect.Value
}

func newKeyFlags(keys []config.Key, further ...reflect.StructField) keyFlags {
	fields := []reflect.StructField{flagField("Config", "config", "FILE", "YAML file to read the configuration from ("+config.FileVariable+").")}
	for i, k := range keys {
		help, _, _ := strings.Cut(k.Doc, ". ")
		help = strings.TrimSuffix(help, ".")
		if k.Default != "" {
			help += " (" + k.Default + ")"
		}
		fields = append(fields, flagField("Key"+strconv.Itoa(i), k.Flag, placeholder(k), help+"."))
	}
	return keyFlags{keys: keys, fields: reflect.New(reflect.StructOf(append(fields, further...)))}
}

func flagField(name, flag, placeholder, help string) reflect.StructField {
	return reflect.StructField{
		Name: name,
		Type: reflect.TypeFor[*string](),
		Tag:  reflect.StructTag(fmt.Sprintf("name:%q placeholder:%q help:%q", flag, placeholder, help)),
	}
}

func placeholder(k config.Key) string {
	switch {
	case k.Bool:
		return "BOOL"
	case k.List:
		return "YAML"
	}
	return strings.ToUpper(k.Name[strings.LastIndexByte(k.Name, '.')+1:])
}

func (f keyFlags) text(i int) (string, bool) {
	text, ok := reflect.TypeAssert[*string](f.fields.Elem().Field(i))
	if !ok || text == nil {
		return "", false
	}
	return *text, true
}

// on tells whether a further field was set.
func (f keyFlags) on(field string) bool { return f.fields.Elem().FieldByName(field).Bool() }

func (f keyFlags) file() string {
	path, _ := f.text(0)
	return path
}

// texts returns the flags that were given, by the name of their key.
func (f keyFlags) texts() map[string]string {
	given := map[string]string{}
	for i, k := range f.keys {
		if text, ok := f.text(i + 1); ok {
			given[k.Name] = text
		}
	}
	return given
}
