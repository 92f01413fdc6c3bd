// SPDX-License-Identifier: Apache-2.0

// Prints every field of a pod template as the API server knows it, or has two templates compared: the other side of
// tests/real/fields.c.
//
//	fields-check
//	fields-check DRIVER [COUNT]
//
// DRIVER reads pairs of templates in JSON, each ending in a NUL byte, and prints a line for each pair: whether a Deployment
// rolls from one to the other, and whether a StatefulSet does: none, rolls, refused. The exit status is 1 if Kubernetes' own
// reading, defaults, conversion and comparison say otherwise.
//
// Without it, one line a field: STRUCT FIELD CLASS, and in quotes what the API server fills in where the field is absent. The class
// says what of it Kubernetes can tell from absence: `text` with "" and `bool` with false are absent, `text?` and `bool?`
// (pointers) are not. [CLASS] is a list, {CLASS} a map. The defaults are not read but tried: a template that has every struct once, and nothing in them,
// goes through the API server's own defaulting.
package main

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	defaults "k8s.io/kubernetes/pkg/apis/core/v1"
)

var (
	timeType     = reflect.TypeOf(metav1.Time{})
	quantityType = reflect.TypeOf(resource.Quantity{})
	portType     = reflect.TypeOf(intstr.IntOrString{})
	fieldsType   = reflect.TypeOf(metav1.FieldsV1{})
)

func isLeaf(t reflect.Type) bool {
	return t.Kind() != reflect.Struct || t == timeType || t == quantityType || t == portType || t == fieldsType
}

func leafName(t reflect.Type) string {
	switch {
	case t == timeType:
		return "text"
	case t == quantityType:
		return "quantity"
	case t == portType:
		return "port"
	case t == fieldsType:
		return "anything"
	}
	switch t.Kind() {
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "bool"
	case reflect.Int32, reflect.Int64:
		return "int"
	}
	panic("no class for " + t.String())
}

func class(t reflect.Type) (string, reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer:
		name, inner := class(t.Elem())
		return name + "?", inner
	case reflect.Slice:
		if isLeaf(t.Elem()) {
			return "[" + leafName(t.Elem()) + "]", nil
		}
		return "[" + t.Elem().Name() + "]", t.Elem()
	case reflect.Map:
		return "{" + leafName(t.Elem()) + "}", nil
	}
	if isLeaf(t) {
		return leafName(t), nil
	}
	return t.Name(), t
}

type row struct{ owner, name, class, filled string }

var (
	rows = map[string]*row{}
	seen = map[reflect.Type]bool{}
)

// eachField calls visit with every JSON field of a struct, those of structs that are inlined, too.
func eachField(v reflect.Value, visit func(name string, field reflect.Value)) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		tag := strings.Split(field.Tag.Get("json"), ",")
		if tag[0] == "" {
			eachField(v.Field(i), visit)
			continue
		}
		visit(tag[0], v.Field(i))
	}
}

// skeleton makes every struct below v exist once, with nothing in it.
func skeleton(v reflect.Value, depth int) {
	if depth > 12 {
		return
	}
	eachField(v, func(_ string, field reflect.Value) {
		switch t := field.Type(); {
		case t.Kind() == reflect.Pointer && !isLeaf(t.Elem()):
			field.Set(reflect.New(t.Elem()))
			skeleton(field.Elem(), depth+1)
		case t.Kind() == reflect.Slice && !isLeaf(t.Elem()):
			field.Set(reflect.MakeSlice(t, 1, 1))
			skeleton(field.Index(0), depth+1)
		case !isLeaf(t):
			skeleton(field, depth+1)
		}
	})
}

func describe(v reflect.Value) {
	if seen[v.Type()] {
		return
	}
	seen[v.Type()] = true
	owner := v.Type().Name()
	eachField(v, func(name string, field reflect.Value) {
		r := &row{owner: owner, name: name}
		var inner reflect.Type
		r.class, inner = class(field.Type())
		value := field
		if value.Kind() == reflect.Pointer && !value.IsNil() {
			value = value.Elem()
		}
		// That of pullPolicy depends on the image.
		if !strings.HasSuffix(strings.ToLower(name), "pullpolicy") && inner == nil && value.IsValid() && (field.Kind() == reflect.Pointer && !field.IsNil() || isLeaf(value.Type()) && !value.IsZero()) {
			r.filled = fmt.Sprintf("%q", fmt.Sprint(value.Interface()))
		}
		rows[owner+" "+name] = r
		switch {
		case inner == nil:
		case value.Kind() == reflect.Slice:
			if value.Len() > 0 {
				describe(value.Index(0))
			}
		case value.Kind() == reflect.Struct:
			describe(value)
		}
	})
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "fields-check: "+format+"\n", arguments...)
	os.Exit(1)
}

func sortedKeys[V any](of map[string]V) []string {
	keys := make([]string, 0, len(of))
	for key := range of {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func readRows() {
	template := corev1.PodTemplate{}
	skeleton(reflect.ValueOf(&template.Template).Elem(), 0)
	defaults.SetObjectDefaults_PodTemplate(&template)
	describe(reflect.ValueOf(template.Template))
}

func main() {
	readRows()
	if len(os.Args) > 1 {
		count := 20000
		if len(os.Args) > 2 {
			var err error
			if count, err = strconv.Atoi(os.Args[2]); err != nil {
				fail("%v", err)
			}
		}
		comparePairs(os.Args[1], count)
		return
	}
	for _, key := range sortedKeys(rows) {
		r := rows[key]
		if _, err := fmt.Fprintln(os.Stdout, strings.TrimSpace(strings.Join([]string{r.owner, r.name, r.class, r.filled}, " "))); err != nil {
			os.Exit(1)
		}
	}
}
