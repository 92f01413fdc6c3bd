// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"reflect"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	core "k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	defaults "k8s.io/kubernetes/pkg/apis/core/v1"
	kjson "sigs.k8s.io/json"
)

// What nobody writes into a template, and what is read from texts of a form of its own.
var leftOut = map[string]bool{
	"managedFields": true, "creationTimestamp": true, "deletionTimestamp": true, "ephemeralContainers": true, "fieldsV1": true, "time": true,
}

var (
	texts      = []string{"a", "b", "web:1", "web", "web:latest", "x/y@sha256:00"}
	quantities = []any{"1", 1, "1000m", "0.5", "500m", "1Gi", "1024Mi", "1073741824", "1G", "1000M", 0, "1e3", "0.0001", "100m", "1.5Gi"}
	ports      = []any{80, 81, "http", "web", 0}
	integers   = []any{0, 1, 10, 30, 420, 3600, 7}
)

type generator struct{ *rand.Rand }

func (g generator) pick(from []any) any { return from[g.Intn(len(from))] }

func (g generator) leaf(t reflect.Type) any {
	switch leafName(t) {
	case "quantity":
		return g.pick(quantities)
	case "port":
		return g.pick(ports)
	case "bool":
		return g.Intn(2) == 0
	case "int":
		return g.pick(integers)
	}
	if g.Intn(6) == 0 {
		return ""
	}
	return texts[g.Intn(len(texts))]
}

// value makes something that a field of this type can be.
func (g generator) value(t reflect.Type, depth int) any {
	switch {
	case t.Kind() == reflect.Pointer:
		return g.value(t.Elem(), depth)
	case t.Kind() == reflect.Map:
		made := map[string]any{}
		for range g.Intn(3) {
			made[texts[g.Intn(2)]] = g.leaf(t.Elem())
		}
		return made
	case t.Kind() == reflect.Slice && t != fieldsType:
		made := []any{}
		for i := range g.Intn(3) {
			item := g.value(t.Elem(), depth+1)
			// Two variables of one name are another matter.
			if of, ok := item.(map[string]any); ok && t.Elem().Name() == "EnvVar" {
				of["name"] = fmt.Sprintf("N%d", i)
			}
			made = append(made, item)
			if g.Intn(8) == 0 && t.Elem().Name() != "EnvVar" {
				made[i] = nil
			}
		}
		return made
	case isLeaf(t):
		return g.leaf(t)
	}
	made := map[string]any{}
	g.eachName(t, func(name string, of reflect.Type) {
		// The deeper, the less, so that it ends.
		if g.Intn(5+3*depth) == 0 {
			made[name] = g.value(of, depth+1)
		}
	})
	switch t.Name() {
	case "PodTemplateSpec":
		made["spec"] = g.value(reflect.TypeOf(corev1.PodSpec{}), depth)
	case "PodSpec":
		made["containers"] = g.value(reflect.TypeOf([]corev1.Container{}), depth)
	}
	return made
}

func (generator) eachName(t reflect.Type, visit func(string, reflect.Type)) {
	eachField(reflect.New(t).Elem(), func(name string, field reflect.Value) {
		if !leftOut[name] && name != "-" {
			visit(name, field.Type())
		}
	})
}

// nulls turns null in a list into the zero value of its items, and the other way round.
func nulls(t reflect.Type, list []any) []any {
	zero := reflect.Zero(t.Elem())
	turned := append([]any{}, list...)
	for i, item := range turned {
		switch of := item.(type) {
		case nil:
			if turned[i] = zero.Interface(); t.Elem().Kind() == reflect.Struct {
				turned[i] = map[string]any{}
			}
		case map[string]any:
			if len(of) == 0 && t.Elem().Name() != "EnvVar" {
				turned[i] = nil
			}
		default:
			if fmt.Sprint(item) == fmt.Sprint(zero.Interface()) {
				turned[i] = nil
			}
		}
	}
	return turned
}

// other makes something else of a value that may mean the same.
func (g generator) other(t reflect.Type, owner, name string, old any) any {
	switch g.Intn(10) {
	case 0:
		return nil
	case 9:
		if list, ok := old.([]any); ok && t.Kind() == reflect.Slice && t != fieldsType {
			return nulls(t, list)
		}
	case 1:
		if r := rows[owner+" "+name]; r != nil && r.filled != "" {
			text := strings.Trim(r.filled, `"`)
			switch {
			case strings.HasPrefix(r.class, "int"):
				return json.Number(text)
			case strings.HasPrefix(r.class, "bool"):
				return text == "true"
			}
			return text
		}
	case 2:
		if list, ok := old.([]any); ok && len(list) > 1 {
			turned := append([]any{}, list[1:]...)
			return append(turned, list[0])
		}
	case 3:
		switch {
		case t.Kind() == reflect.Slice && t != fieldsType:
			return []any{}
		case t.Kind() == reflect.Map || (t.Kind() == reflect.Pointer && !isLeaf(t.Elem())) || !isLeaf(t):
			return map[string]any{}
		}
	case 4:
		// A type that is not due here.
		if g.Intn(4) == 0 && (isLeaf(t) || t.Kind() == reflect.Slice || t.Kind() == reflect.Map) && t.Kind() != reflect.Pointer {
			return map[string]any{"wrong": []any{}}
		}
	}
	return g.value(t, 2)
}

// change returns a copy of a struct in which something below is another value, or absent.
func (g generator) change(t reflect.Type, old map[string]any) map[string]any {
	made := map[string]any{}
	for key, value := range old {
		made[key] = value
	}
	types, names := map[string]reflect.Type{}, []string{}
	g.eachName(t, func(name string, of reflect.Type) {
		types[name] = of
		names = append(names, name)
	})
	// Mostly something that is there.
	if len(old) > 0 && g.Intn(4) > 0 {
		names = names[:0]
		for _, name := range sortedKeys(old) {
			if types[name] != nil {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return made
	}
	name := names[g.Intn(len(names))]
	of := types[name]
	// No template is without a spec.
	if inner, ok := old[name].(map[string]any); ok && len(inner) > 0 && (g.Intn(5) > 0 || name == "spec") {
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() == reflect.Struct && !isLeaf(of) {
			made[name] = g.change(of, inner)
			return made
		}
	}
	if list, ok := old[name].([]any); ok && len(list) > 0 && g.Intn(5) > 0 && of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Struct && !isLeaf(of.Elem()) {
		copied := append([]any{}, list...)
		at := g.Intn(len(copied))
		if item, ok := copied[at].(map[string]any); ok {
			copied[at] = g.change(of.Elem(), item)
			made[name] = copied
			return made
		}
	}
	if g.Intn(6) == 0 {
		delete(made, name)
	} else {
		made[name] = g.other(of, t.Name(), name, old[name])
	}
	return made
}

// kept is a template as the API server keeps and gives it; an error if it can't be read.
func kept(text []byte) (*corev1.PodTemplate, error) {
	var read, back, result corev1.PodTemplate
	var internal core.PodTemplate

	if err := kjson.UnmarshalCaseSensitivePreserveInts(text, &read.Template); err != nil {
		return nil, err
	}
	defaults.SetObjectDefaults_PodTemplate(&read)
	if err := legacyscheme.Scheme.Convert(&read, &internal, nil); err != nil {
		return nil, err
	}
	if err := legacyscheme.Scheme.Convert(&internal, &back, nil); err != nil {
		return nil, err
	}
	stored, err := back.Marshal()
	if err != nil {
		return nil, err
	}
	err = result.Unmarshal(stored)
	return &result, err
}

func say(equal bool) string {
	if equal {
		return "none"
	}
	return "rolls"
}

// due is what a driver has to print of a pair: of a Deployment, whose controller compares values, and of a StatefulSet, whose
// controller compares texts.
func due(before, after []byte) (string, error) {
	old, err := kept(before)
	if err != nil {
		return "", err
	}
	now, err := kept(after)
	if err != nil {
		return "refused refused", nil
	}
	left, err := json.Marshal(old.Template)
	if err != nil {
		return "", err
	}
	right, err := json.Marshal(now.Template)
	if err != nil {
		return "", err
	}
	return say(equality.Semantic.DeepEqual(old.Template, now.Template)) + " " + say(bytes.Equal(left, right)), nil
}

// comparePairs has the driver compare random pairs of templates, and says where Kubernetes does otherwise.
func comparePairs(program string, count int) {
	g := generator{rand.New(rand.NewSource(1))}
	template := reflect.TypeOf(corev1.PodTemplateSpec{})
	var input bytes.Buffer
	var pairs [][2][]byte
	var wanted []string

	for len(wanted) < count {
		old := g.value(template, 0).(map[string]any)
		changed := g.change(template, old)
		if g.Intn(3) == 0 {
			changed = g.change(template, changed)
		}
		before, _ := json.Marshal(old)
		after, _ := json.Marshal(changed)
		answer, err := due(before, after)
		if err != nil {
			continue
		}
		pairs = append(pairs, [2][]byte{before, after})
		wanted = append(wanted, answer)
		for _, text := range pairs[len(pairs)-1] {
			input.Write(text)
			input.WriteByte(0)
		}
	}
	driver := exec.Command(program, "pairs")
	driver.Stdin = &input
	driver.Stderr = os.Stderr
	output, err := driver.Output()
	if err != nil {
		fail("%s: %v", program, err)
	}
	answers := strings.Split(strings.TrimSuffix(string(output), "\n"), "\n")
	if len(answers) != count {
		fail("%d pairs, %d answers", count, len(answers))
	}
	wrong, counts := 0, map[string]int{}
	for i, answer := range answers {
		counts[wanted[i]]++
		if answer == wanted[i] {
			continue
		}
		if wrong++; wrong <= 10 {
			fmt.Printf("Kubernetes: %s, rollstamp: %s (Deployment, StatefulSet)\n  %s\n  %s\n", wanted[i], answer, pairs[i][0], pairs[i][1])
		}
	}
	if wrong > 0 {
		fail("%d of %d pairs differ", wrong, count)
	}
	fmt.Printf("%d pairs, no difference; %v\n", count, counts)
}
