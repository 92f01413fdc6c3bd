// SPDX-License-Identifier: Apache-2.0

// Reads input and output of rollstamp as other programs read them, and says what differs beside stamps.
//
//	yaml-check < LIST
//	yaml-check values < STREAMS
//
// A line of LIST is NAME, INPUT, OUTPUT, separated by tabs: two files. For each line, one line is printed:
//
//	same NAME          the output is the input with stamps added
//	refused NAME       neither of the two readers below takes the input
//	differs NAME: WHAT
//
// Read once as kubectl and Helm 3 do (documents cut at "---" lines, each turned into JSON by sigs.k8s.io/yaml), once as
// Helm 4 does (kyaml's nodes, where tags, duplicate keys and order still show). A reader that takes the input has to
// take the output.
//
// A stamp is an annotation of a pod template whose name begins with configmap.rollstamp.io/, secret.rollstamp.io/, the same
// in the plural,
// secretproviderclass.rollstamp.io/ or git.rollstamp.io/, or an entry ROLLSTAMP_... of a container's env. All else counts,
// also where a stamp would be one in another place. A change-cause that begins with "rollstamp:" in the own annotations of a
// Deployment, StatefulSet or DaemonSet is like a stamp. Stamps that the input has must be in the output too.
//
// With `values`, a line of STREAMS is a stream of manifests in base64, and for each of them a line of JSON is printed: what
// kubectl makes of it and what Helm 4 does, see the type `seen`.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

func check(input, output []byte) (refused bool, err error) {
	readers := []struct {
		name    string
		compare func(input, output []byte) (refused bool, err error)
	}{
		{"kubectl", compareAsKubectl},
		{"kyaml", compareAsHelm4},
	}
	refusals := 0
	for _, reader := range readers {
		refused, err := reader.compare(input, output)
		if err != nil {
			return false, fmt.Errorf("as %s reads it: %w", reader.name, err)
		}
		if refused {
			refusals++
		}
	}
	return refusals == len(readers), nil
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "values" {
		if err := printValues(); err != nil {
			fmt.Fprintln(os.Stderr, "yaml-check:", err)
			os.Exit(2)
		}
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 3 {
			fmt.Fprintf(os.Stderr, "yaml-check: not three fields: %q\n", lines.Text())
			os.Exit(2)
		}
		var texts [2][]byte
		for i, path := range fields[1:] {
			text, err := os.ReadFile(path)
			if err != nil {
				fmt.Fprintln(os.Stderr, "yaml-check:", err)
				os.Exit(2)
			}
			texts[i] = text
		}
		refused, err := check(texts[0], texts[1])
		switch {
		case err != nil:
			fmt.Printf("differs %s: %s\n", fields[0], strings.ReplaceAll(err.Error(), "\n", " "))
		case refused:
			fmt.Printf("refused %s\n", fields[0])
		default:
			fmt.Printf("same %s\n", fields[0])
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "yaml-check:", err)
		os.Exit(2)
	}
}
