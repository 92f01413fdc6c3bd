// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	apiyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// One document as JSON values: maps, slices, strings, json.Number, bool, nil.
func readAsKubectl(text []byte) ([]any, error) {
	var documents []any
	reader := apiyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		asJSON, err := yaml.YAMLToJSON(document)
		if err != nil {
			return nil, err
		}
		var value any
		decoder := json.NewDecoder(bytes.NewReader(asJSON))
		decoder.UseNumber()
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		documents = append(documents, value)
	}
}

func isStampAnnotation(name string) bool {
	for _, kind := range []string{"configmap", "configmaps", "secret", "secrets", "secretproviderclass", "git"} {
		prefix := kind + ".rollstamp.io/"
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

const changeCause = "kubernetes.io/change-cause"

// Is a change-cause one of rollstamp's own?
func isChangeCause(text string) bool {
	return strings.HasPrefix(text, "rollstamp:")
}

// The kinds that kubectl rollout history tells of.
func hasHistory(apiVersion, kind string) bool {
	group, _, _ := strings.Cut(apiVersion, "/")
	return (group == "apps" || group == "extensions") && (kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet")
}

func isStampEnv(name string) bool {
	return strings.HasPrefix(name, "ROLLSTAMP_")
}

// Takes the stamps out of every pod template below value, and the collections that are empty then; their names
// are counted in stamps.
func unstamp(value any, stamps map[string]int) {
	switch value := value.(type) {
	case map[string]any:
		if spec, ok := value["spec"].(map[string]any); ok {
			if _, ok := spec["containers"]; ok {
				unstampTemplate(value, spec, stamps)
			}
		}
		apiVersion, _ := value["apiVersion"].(string)
		if kind, _ := value["kind"].(string); hasHistory(apiVersion, kind) {
			dropCause(value, stamps)
		}
		for _, child := range value {
			unstamp(child, stamps)
		}
	case []any:
		for _, child := range value {
			unstamp(child, stamps)
		}
	}
}

func dropCause(workload map[string]any, stamps map[string]int) {
	metadata, _ := workload["metadata"].(map[string]any)
	if annotations, ok := metadata["annotations"].(map[string]any); ok {
		if cause, _ := annotations[changeCause].(string); isChangeCause(cause) {
			stamps[changeCause]++
			delete(annotations, changeCause)
		}
		if annotations[changeCause] == nil {
			delete(annotations, changeCause)
		}
	}
	if isEmpty(metadata["annotations"]) {
		delete(metadata, "annotations")
	}
	if isEmpty(workload["metadata"]) {
		delete(workload, "metadata")
	}
}

func isEmpty(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(value) == 0
	case []any:
		return len(value) == 0
	}
	return false
}

func unstampTemplate(template, spec map[string]any, stamps map[string]int) {
	if metadata, ok := template["metadata"].(map[string]any); ok {
		if annotations, ok := metadata["annotations"].(map[string]any); ok {
			for name := range annotations {
				if isStampAnnotation(name) {
					stamps[name]++
					delete(annotations, name)
				}
			}
		}
		if isEmpty(metadata["annotations"]) {
			delete(metadata, "annotations")
		}
	}
	if isEmpty(template["metadata"]) {
		delete(template, "metadata")
	}
	for _, kind := range []string{"containers", "initContainers"} {
		containers, _ := spec[kind].([]any)
		for _, each := range containers {
			if container, ok := each.(map[string]any); ok {
				unstampContainer(container, stamps)
			}
		}
	}
}

func unstampContainer(container map[string]any, stamps map[string]int) {
	entries, isList := container["env"].([]any)
	kept := []any{}
	for _, each := range entries {
		entry, _ := each.(map[string]any)
		if name, _ := entry["name"].(string); isStampEnv(name) {
			stamps[name]++
		} else {
			kept = append(kept, each)
		}
	}
	if isList {
		container["env"] = kept
	}
	if isEmpty(container["env"]) {
		delete(container, "env")
	}
}

func compareAsKubectl(input, output []byte) (refused bool, err error) {
	before, err := readAsKubectl(input)
	if err != nil {
		return true, nil
	}
	after, err := readAsKubectl(output)
	if err != nil {
		return false, fmt.Errorf("the input is read, the output is not: %w", err)
	}
	if len(before) != len(after) {
		return false, fmt.Errorf("%d documents became %d", len(before), len(after))
	}
	for i := range before {
		had, has := map[string]int{}, map[string]int{}
		unstamp(before[i], had)
		unstamp(after[i], has)
		for name, count := range had {
			if has[name] < count {
				return false, fmt.Errorf("document %d lost the stamp %s", i+1, name)
			}
		}
		if what := difference("", before[i], after[i]); what != "" {
			return false, fmt.Errorf("document %d: %s", i+1, what)
		}
	}
	return false, nil
}

// Where two values differ first, or "".
func difference(path string, before, after any) string {
	switch b := before.(type) {
	case map[string]any:
		a, ok := after.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: a map became %T", path, after)
		}
		for key, value := range b {
			other, ok := a[key]
			if !ok {
				return fmt.Sprintf("%s.%s is gone", path, key)
			}
			if what := difference(path+"."+key, value, other); what != "" {
				return what
			}
		}
		for key := range a {
			if _, ok := b[key]; !ok {
				return fmt.Sprintf("%s.%s was added", path, key)
			}
		}
	case []any:
		a, ok := after.([]any)
		if !ok || len(a) != len(b) {
			return fmt.Sprintf("%s: a list of another length, or none", path)
		}
		for i := range b {
			if what := difference(fmt.Sprintf("%s[%d]", path, i), b[i], a[i]); what != "" {
				return what
			}
		}
	default:
		if before != after {
			return fmt.Sprintf("%s: %v became %v", path, before, after)
		}
	}
	return ""
}
