package stacks

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// value is a part of what a program wrote for a resource, whether as the arguments of
// an SDK, as pulumi.Map or as plain data. It is read where it stands: nothing waits for
// an output, which is written and not known.
type value struct {
	of     reflect.Value // not valid where nothing is written
	output bool
}

func read(written any) value { return settled(reflect.ValueOf(written)) }

// settled follows pointers and interfaces.
func settled(of reflect.Value) value {
	for of.IsValid() {
		if _, output := of.Interface().(pulumi.Output); output {
			return value{output: true}
		}
		if of.Kind() != reflect.Pointer && of.Kind() != reflect.Interface {
			break
		}
		of = of.Elem()
	}
	return value{of: of}
}

// written says whether there is something.
func (v value) written() bool { return v.output || v.of.IsValid() }

// at is what stands under some keys, one below the other.
func (v value) at(keys ...string) value {
	for _, key := range keys {
		switch {
		case v.output || !v.of.IsValid():
		case v.of.Kind() == reflect.Map && v.of.Type().Key().Kind() == reflect.String:
			v = settled(v.of.MapIndex(reflect.ValueOf(key).Convert(v.of.Type().Key())))
		case v.of.Kind() == reflect.Struct:
			v = settled(field(v.of, key))
		default:
			v = value{}
		}
	}
	return v
}

// field is the field of a key. The arguments of a resource itself have no tags.
func field(of reflect.Value, key string) reflect.Value {
	for i := range of.NumField() {
		f := of.Type().Field(i)
		tag := f.Tag.Get("pulumi")
		if f.IsExported() && (tag == key || tag == "" && strings.EqualFold(f.Name, key)) {
			return of.Field(i)
		}
	}
	return reflect.Value{}
}

// text is a text or a number as text; empty where neither is known.
func (v value) text() string {
	switch {
	case !v.of.IsValid():
		return ""
	case v.of.Kind() == reflect.String:
		return v.of.String()
	case v.of.CanInt():
		return strconv.FormatInt(v.of.Int(), 10)
	case v.of.CanFloat():
		return strconv.FormatFloat(v.of.Float(), 'f', -1, 64)
	default:
		return ""
	}
}

// number is a whole number; nil where none is known.
func (v value) number() *int {
	number, err := strconv.Atoi(v.text())
	if err != nil {
		return nil
	}
	return &number
}

// items are those of a list, none where nothing is written; false where the list is
// not known.
func (v value) items() ([]value, bool) {
	switch {
	case !v.written():
		return nil, true
	case v.output || v.of.Kind() != reflect.Slice:
		return nil, false
	}
	items := make([]value, v.of.Len())
	for i := range items {
		items[i] = settled(v.of.Index(i))
	}
	return items, true
}

// texts is a mapping of texts, empty where nothing is written; nil where part of it is
// not known.
func (v value) texts() map[string]string {
	texts := map[string]string{}
	switch {
	case !v.written():
		return texts
	case v.output || v.of.Kind() != reflect.Map:
		return nil
	}
	for _, key := range v.of.MapKeys() {
		item := settled(v.of.MapIndex(key))
		if item.output || !item.of.IsValid() || item.of.Kind() != reflect.String {
			return nil
		}
		texts[key.String()] = item.of.String()
	}
	return texts
}
