package chart

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/template"
	"time"

	"github.com/Masterminds/sprig/v3"
)

// generators are the template functions that answer differently each time.
// Source: https://masterminds.github.io/sprig
var generators = []string{
	"ago", "bcrypt", "encryptAES", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert", "genSelfSignedCertWithKey",
	"genSignedCert", "genSignedCertWithKey", "htpasswd", "now", "randAlpha", "randAlphaNum", "randAscii", "randBytes", "randInt",
	"randNumeric", "shuffle", "uuidv4",
}

// later is how far apart the clocks of two renderings are, so that a date in a chart
// shows as what it is.
const later = 401 * 24 * time.Hour

// watch notes which generators a rendering calls.
type watch struct {
	clock time.Duration
	used  map[string]bool
	made  int
}

// slow are the generators that take long (keys, hashes of passwords). A chart that
// shows what they answer is refused, so they answer with a text that differs each time.
func slow(name string) bool {
	return strings.HasPrefix(name, "gen") || name == "bcrypt" || name == "htpasswd"
}

// funcs are the generators, each noting that it was called.
func (w *watch) funcs() template.FuncMap {
	all := sprig.TxtFuncMap()
	all["now"] = func() time.Time { return time.Now().Add(w.clock) }
	watched := template.FuncMap{}
	for _, name := range generators {
		original := reflect.ValueOf(all[name])
		watched[name] = reflect.MakeFunc(original.Type(), func(args []reflect.Value) []reflect.Value {
			w.used[name] = true
			if slow(name) {
				return w.makeUp(original.Type())
			}
			if original.Type().IsVariadic() {
				return original.CallSlice(args)
			}
			return original.Call(args)
		}).Interface()
	}
	return watched
}

// makeUp answers in place of a slow generator: with text, or with text in each field.
func (w *watch) makeUp(function reflect.Type) []reflect.Value {
	w.made++
	text := fmt.Sprintf("made up, %d on day %v", w.made, w.clock)
	results := make([]reflect.Value, function.NumOut())
	for i := range results {
		results[i] = reflect.New(function.Out(i)).Elem()
		switch results[i].Kind() {
		case reflect.String:
			results[i].SetString(text)
		case reflect.Struct:
			for field := range results[i].NumField() {
				results[i].Field(field).SetString(text)
			}
		}
	}
	return results
}

// names are the generators called, sorted.
func (w *watch) names() []string { return slices.Sorted(maps.Keys(w.used)) }
