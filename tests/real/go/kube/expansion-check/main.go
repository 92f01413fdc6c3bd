// SPDX-License-Identifier: Apache-2.0

// Compares the expansion of $(VAR) in Kubernetes with rollstamp's.
//
//	expansion-check DRIVER [COUNT]
//
// DRIVER (tests/real/expand.c) reads texts that each end in a NUL byte and prints each expanded, with a NUL behind it. In
// both, A is "1", B is "$(A)", the empty name is "empty", and nothing else is set. The texts are every one of up to six
// pieces of a small alphabet, and COUNT random ones. The exit status is 1 if one comes out differently.
package main

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"strconv"

	"k8s.io/kubernetes/third_party/forked/golang/expansion"
)

// Always UTF-8, as all of a manifest is: behind a dollar sign Kubernetes makes one character of what is none.
var pieces = []string{"$", "(", ")", "A", "B", "x", "é"}

const maxPieces = 6

func texts(count int) []string {
	all := []string{""}
	for start, length := 0, 1; length <= maxPieces; length++ {
		end := len(all)
		for _, text := range all[start:end] {
			for _, piece := range pieces {
				all = append(all, text+piece)
			}
		}
		start = end
	}
	random := rand.New(rand.NewSource(1))
	for range count {
		text := make([]rune, random.Intn(40))
		for i := range text {
			if random.Intn(3) == 0 {
				text[i] = rune(1 + random.Intn(0xd7ff))
			} else {
				text[i] = []rune("$$()AB")[random.Intn(6)]
			}
		}
		all = append(all, string(text))
	}
	return all
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "expansion-check: "+format+"\n", arguments...)
	os.Exit(1)
}

func main() {
	count := 100000
	if len(os.Args) > 2 {
		var err error
		if count, err = strconv.Atoi(os.Args[2]); err != nil {
			fail("%v", err)
		}
	}
	all := texts(count)
	var input bytes.Buffer
	for _, text := range all {
		input.WriteString(text)
		input.WriteByte(0)
	}
	driver := exec.Command(os.Args[1])
	driver.Stdin = &input
	driver.Stderr = os.Stderr
	output, err := driver.Output()
	if err != nil {
		fail("%s: %v", os.Args[1], err)
	}
	answers := bytes.Split(output, []byte{0})
	if len(answers) != len(all)+1 {
		fail("%d texts, %d answers", len(all), len(answers)-1)
	}
	mapping := expansion.MappingFuncFor(map[string]string{"A": "1", "B": "$(A)", "": "empty"})
	wrong := 0
	for i, text := range all {
		if want := expansion.Expand(text, mapping); want != string(answers[i]) {
			if wrong++; wrong <= 10 {
				fmt.Printf("%q: Kubernetes makes it %q, rollstamp %q\n", text, want, answers[i])
			}
		}
	}
	if wrong > 0 {
		fail("%d of %d texts differ", wrong, len(all))
	}
	fmt.Printf("%d texts, no difference\n", len(all))
}
