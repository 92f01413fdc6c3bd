// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"

	apiyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/kyaml/kio"
)

// How often a stream is read as kubectl does. Of two keys that become one it takes one at random: a Go map's first.
const readings = 6

// The objects of a stream as kubectl and Helm 3 send them to the API server: the stream is JSON if it begins like it and
// can be read so, else YAML (cli-runtime's visitors and Helm's client use this decoder).
func objectsOnce(text []byte) ([]any, error) {
	objects := []any{}
	decoder := apiyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		var raw json.RawMessage
		err := decoder.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, err
		}
		raw = bytes.TrimSpace(raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		var object any
		if err := json.Unmarshal(raw, &object); err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
}

// What one reader makes of a stream.
type seen struct {
	Refused string  `json:"refused,omitempty"` // why it is not read
	Others  [][]any `json:"others,omitempty"`  // what other readings of the same text gave
	Objects []any   `json:"objects,omitempty"`
	Text    []byte  `json:"text,omitempty"`    // Helm 4: what a post-renderer gets, of which the above is said
	Changed bool    `json:"changed,omitempty"` // Helm 4: what it makes of the same text, if it comes back, means something else
}

func seenByKubectl(text []byte) seen {
	first, err := objectsOnce(text)
	if err != nil {
		return seen{Refused: err.Error()}
	}
	others := [][]any{}
	for i := 1; i < readings; i++ {
		again, err := objectsOnce(text)
		if err != nil {
			return seen{Refused: err.Error()}
		}
		if !reflect.DeepEqual(first, again) {
			others = append(others, again)
		}
	}
	return seen{Objects: first, Others: others}
}

// Helm 4 parses and writes what templates give, hands that to the post-renderer, and does the same with what comes back.
func throughHelm4(text []byte) (string, error) {
	nodes, err := kio.ParseAll(string(text))
	if err != nil {
		return "", err
	}
	return kio.StringAll(nodes)
}

func seenByHelm4(text []byte) seen {
	handed, err := throughHelm4(text)
	if err != nil {
		return seen{Refused: err.Error()}
	}
	result := seenByKubectl([]byte(handed))
	result.Text = []byte(handed)
	stored, err := throughHelm4([]byte(handed))
	if err == nil {
		result.Changed = !reflect.DeepEqual(result.Objects, seenByKubectl([]byte(stored)).Objects)
	}
	return result
}

// go-yaml panics on some texts that it should refuse.
func guarded(read func([]byte) seen, text []byte) (result seen) {
	defer func() {
		if panicked := recover(); panicked != nil {
			result = seen{Refused: fmt.Sprint("panic: ", panicked)}
		}
	}()
	return read(text)
}

func printValues() error {
	input := bufio.NewReader(os.Stdin)
	output := bufio.NewWriter(os.Stdout)
	defer output.Flush()
	encoder := json.NewEncoder(output)
	for {
		line, err := input.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		text, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(line)))
		if err != nil {
			return err
		}
		answer := map[string]seen{
			"kubectl": guarded(seenByKubectl, text),
			"helm4":   guarded(seenByHelm4, text),
		}
		if err := encoder.Encode(answer); err != nil {
			return err
		}
		if input.Buffered() == 0 { // whoever asks for one at a time waits for it
			if err := output.Flush(); err != nil {
				return err
			}
		}
	}
}
