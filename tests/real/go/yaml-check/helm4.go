// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A pair that was compared before, or is being compared: aliases make a document a graph.
type pair struct {
	before, after *yaml.Node
	where         place
}

// Node trees without stamps, compared by kind, tag and value, in order. Styles differ where an alias was written out,
// and comments belong to the next node, which may be a stamp.
type comparison struct{ seen map[pair]bool }

func target(node *yaml.Node) *yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

// The value of a key in a mapping, or nil.
func field(node *yaml.Node, name string) *yaml.Node {
	if node = target(node); node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := target(node.Content[i]); key.Kind == yaml.ScalarNode && key.Value == name {
			return target(node.Content[i+1])
		}
	}
	return nil
}

func isEmptyNode(node *yaml.Node) bool {
	if node == nil || node.Kind == yaml.ScalarNode {
		return node == nil || node.Tag == yaml.NodeTagNull
	}
	return len(node.Content) == 0
}

// What a place in the tree is to stamps.
type place int

const (
	anything place = iota
	template
	templateMetadata
	templateAnnotations
	templateSpec
	containerList
	container
	containerEnv
	workload
	workloadMetadata
	workloadAnnotations
)

// The places of a mapping's values.
func (p place) below(key string, node *yaml.Node) place {
	switch {
	case p == template && key == "metadata":
		return templateMetadata
	case p == template && key == "spec":
		return templateSpec
	case p == templateMetadata && key == "annotations":
		return templateAnnotations
	case p == templateSpec && (key == "containers" || key == "initContainers"):
		return containerList
	case p == container && key == "env":
		return containerEnv
	case p == workload && key == "metadata":
		return workloadMetadata
	case p == workloadMetadata && key == "annotations":
		return workloadAnnotations
	}
	return entry(node)
}

func entry(node *yaml.Node) place {
	if field(field(node, "spec"), "containers") != nil {
		return template
	}
	if hasHistory(text(field(node, "apiVersion")), text(field(node, "kind"))) {
		return workload
	}
	return anything
}

func text(node *yaml.Node) string {
	if node == nil || node.Kind != yaml.ScalarNode {
		return ""
	}
	return node.Value
}

// The children that count, and their places.
func children(node *yaml.Node, p place) (nodes []*yaml.Node, places []place) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := target(node.Content[i]), target(node.Content[i+1])
			where := p.below(key.Value, value)
			if p == templateAnnotations && isStampAnnotation(key.Value) {
				continue
			}
			if p == workloadAnnotations && key.Value == changeCause && (isEmptyNode(value) || isChangeCause(text(value))) {
				continue
			}
			switch where {
			case templateMetadata, templateAnnotations, containerEnv, workloadMetadata, workloadAnnotations:
				// Removing the stamps leaves nothing: as if it had not been there.
				if rest, _ := children(value, where); isEmptyNode(value) || len(rest) == 0 && value.Kind != yaml.ScalarNode {
					continue
				}
			}
			nodes = append(nodes, key, value)
			places = append(places, anything, where)
		}
	case yaml.SequenceNode:
		for _, child := range node.Content {
			child = target(child)
			where := entry(child)
			switch p {
			case containerList:
				where = container
			case containerEnv:
				if name := field(child, "name"); name != nil && isStampEnv(name.Value) {
					continue
				}
			}
			nodes = append(nodes, child)
			places = append(places, where)
		}
	}
	return nodes, places
}

func (c *comparison) difference(path string, before, after *yaml.Node, p place) string {
	before, after = target(before), target(after)
	if c.seen[pair{before, after, p}] {
		return ""
	}
	c.seen[pair{before, after, p}] = true
	tag, value := meaning(before)
	newTag, newValue := meaning(after)
	if before.Kind != after.Kind || tag != newTag || value != newValue {
		return fmt.Sprintf("%s: %s %q became %s %q", path, tag, value, newTag, newValue)
	}
	had, places := children(before, p)
	has, _ := children(after, p)
	if len(had) != len(has) {
		return fmt.Sprintf("%s: %d nodes became %d", path, len(had), len(has))
	}
	for i := range had {
		step := fmt.Sprintf("%s/%d", path, i)
		if before.Kind == yaml.MappingNode {
			step = path + "." + had[i&^1].Value
		}
		if what := c.difference(step, had[i], has[i], places[i]); what != "" {
			return what
		}
	}
	return ""
}

// As Helm 4 does, but for the annotations that kyaml adds to what it reads: where metadata is shared through an alias,
// the pod template would get them too.
func readAsHelm4(text []byte) ([]*yaml.RNode, error) {
	reader := kio.ByteReader{Reader: bytes.NewReader(text), OmitReaderAnnotations: true}
	return reader.Read()
}

// Null has many spellings, and a date is text to Kubernetes.
func meaning(node *yaml.Node) (tag, value string) {
	switch tag := node.ShortTag(); tag {
	case yaml.NodeTagNull:
		return tag, ""
	case "!!timestamp":
		return yaml.NodeTagString, node.Value
	default:
		return tag, node.Value
	}
}

func compareAsHelm4(input, output []byte) (refused bool, err error) {
	before, err := readAsHelm4(input)
	if err != nil {
		return true, nil
	}
	after, err := readAsHelm4(output)
	if err != nil {
		return false, fmt.Errorf("the input is read, the output is not: %w", err)
	}
	if len(before) != len(after) {
		return false, fmt.Errorf("%d documents became %d", len(before), len(after))
	}
	for i := range before {
		c := comparison{map[pair]bool{}}
		b, a := before[i].YNode(), after[i].YNode()
		if what := c.difference("", b, a, entry(b)); what != "" {
			return false, fmt.Errorf("document %d: %s", i+1, what)
		}
	}
	return false, nil
}
