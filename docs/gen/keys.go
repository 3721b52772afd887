package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// key is one key of the configuration.
type key struct{ path, kind, text string }

// kinds are the types of values as a person writes them in YAML.
var kinds = map[string]string{
	"string": "text", "int": "number", "bool": "true or false",
	"[]string": "list of text", "map[string]string": "mapping of text", "map[string]int": "mapping of numbers",
	"map[string]any": "mapping", "map[string]map[string]any": "mapping of mappings by name",
	"Profile": "text", "NAT": "text", "Tier": "text", "ipplan.Kind": "text",
}

// readKeys lists the keys of a struct type in a folder, those of nested types
// behind the key that holds them.
func readKeys(dir, name, prefix string) ([]key, error) {
	fields, err := structFields(dir, name)
	if err != nil {
		return nil, err
	}
	var keys []key
	for _, field := range fields {
		if len(field.Names) == 0 { // an embedded type's keys are the type's own
			below, _, err := nested(field.Type, dir, strings.TrimSuffix(prefix, "."))
			if err != nil {
				return nil, err
			}
			keys = append(keys, below...)
			continue
		}
		if field.Tag == nil {
			continue
		}
		tag, err := strconv.Unquote(field.Tag.Value)
		if err != nil {
			return nil, err
		}
		path := prefix + reflect.StructTag(tag).Get("json")
		text := strings.Join(strings.Fields(field.Doc.Text()), " ")
		if !strings.HasPrefix(text, "Required") && !strings.HasPrefix(text, "Optional.") {
			return nil, fmt.Errorf("%s.%s: the comment must begin with Required or Optional", name, field.Names[0])
		}
		below, kind, err := nested(field.Type, dir, path)
		if err != nil {
			return nil, err
		}
		keys = append(append(keys, key{path, kind, text}), below...)
	}
	return keys, nil
}

// nested reads the keys of a field whose type is a struct of a component, of the
// folder it stands in unless it says otherwise, or a map of such.
func nested(expr ast.Expr, dir, path string) ([]key, string, error) {
	text := strings.TrimPrefix(typeText(expr), "*")
	if kind, leaf := kinds[text]; leaf {
		return nil, kind, nil
	}
	kind, below := "mapping", path+"."
	if rest, isMap := strings.CutPrefix(text, "map[string]"); isMap {
		text, kind, below = rest, "mapping by name", path+".<name>."
	}
	if rest, isList := strings.CutPrefix(text, "[]"); isList {
		text, kind, below = rest, "list of mappings", path+"[]."
	}
	pkg, name, other := strings.Cut(text, ".")
	if other {
		dir = filepath.Join("components", pkg)
	} else {
		name = text
	}
	keys, err := readKeys(dir, name, below)
	return keys, kind, err
}

func typeText(expr ast.Expr) string {
	switch t := expr.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return "*" + typeText(t.X)
	case *ast.ArrayType:
		return "[]" + typeText(t.Elt)
	case *ast.MapType:
		return "map[" + typeText(t.Key) + "]" + typeText(t.Value)
	case *ast.SelectorExpr:
		return typeText(t.X) + "." + t.Sel.Name
	default:
		return fmt.Sprintf("%T", expr)
	}
}

// structFields finds a struct type in the sources of a folder.
func structFields(dir, name string) ([]*ast.Field, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, entry.Name()), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, spec := range typeSpecs(file) {
			if structure, ok := spec.Type.(*ast.StructType); ok && spec.Name.Name == name {
				return structure.Fields.List, nil
			}
		}
	}
	return nil, fmt.Errorf("no struct %s in %s", name, dir)
}

func typeSpecs(file *ast.File) []*ast.TypeSpec {
	var specs []*ast.TypeSpec
	for _, declaration := range file.Decls {
		if general, ok := declaration.(*ast.GenDecl); ok {
			for _, spec := range general.Specs {
				if typed, ok := spec.(*ast.TypeSpec); ok {
					specs = append(specs, typed)
				}
			}
		}
	}
	return specs
}
