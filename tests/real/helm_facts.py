#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What rollstamp relies on in Helm: facts about --post-renderer, each shown by a post-renderer of the test's own.

A test here that fails with a new Helm says what rollstamp has to be changed for. Nothing in this file runs rollstamp.
"""

import json
import pathlib
import re
import sys

import harness
from harness import CHARTS, test

BOTH = (3, 4)
FILENAME = "postrenderer.helm.sh/postrender-filename"


def template(run, chart, script, *arguments, **options):
    """helm template behind a filter that also keeps what it got in the file stdin: (result, stdin)."""
    name = run.filter("filter", f'tee {run.directory}/stdin | ({script})')
    result = run.run_helm("template", "demo", chart, "--post-renderer", name, *arguments, **options)
    return result, (run.directory / "stdin").read_bytes().decode()


@test("the post-renderer gets separators, source comments and the chart's own bytes", (3,))
def _(run):
    _, stdin = template(run, CHARTS / "workloads", "cat")
    run.check(stdin.startswith("---\n# Source: workloads/templates/secret.yaml\n"), f"it begins with {stdin[:80]!r}")
    run.contains(stdin, "  # A comment: a\n", "stdin")
    kinds = re.findall(r"^kind: (\w+)", stdin, re.M)
    run.equal(kinds, ["Secret", "ConfigMap", "DaemonSet"] + ["Deployment"] * 4 + ["StatefulSet"], "order by kind")


@test("the post-renderer gets kyaml's text, by file name, with the annotation that names the file", (4,))
def _(run):
    _, stdin = template(run, CHARTS / "workloads", "cat")
    run.check(stdin.startswith("apiVersion:"), f"it begins with {stdin[:80]!r}")
    run.check("# Source:" not in stdin, "there are source comments")
    names = re.findall(rf"{FILENAME}: '?([^'\n]+)", stdin)
    run.equal(names, sorted(names), "order")
    run.equal(len(names), len(re.findall(r"^kind:", stdin, re.M)), "annotations, one an object")
    run.contains(stdin, "      containers:\n      - name: main\n", "stdin")


@test("a List is unwrapped", (4,))
def _(run):
    chart = one_file_chart(run, "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n")
    _, stdin = template(run, chart, "cat")
    run.check("kind: List" not in stdin and "kind: ConfigMap" in stdin, stdin)


def one_file_chart(run, text):
    run.write("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 0.1.0\n")
    run.write("chart/templates/file.yaml", text)
    return run.directory / "chart"


@test("CRLF reaches the post-renderer as it is", (3,))
def _(run):
    _, stdin = template(run, one_file_chart(run, "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: a}\r\n"), "cat")
    run.contains(stdin, "kind: ConfigMap\r\n", "stdin")


@test("CRLF is gone before the post-renderer", (4,))
def _(run):
    _, stdin = template(run, one_file_chart(run, "apiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: a}\r\n"), "cat")
    run.check("\r" not in stdin, repr(stdin))


@test("hooks are not in the stream", (3,))
def _(run):
    result, stdin = template(run, CHARTS / "hooks", "cat")
    run.check("helm.sh/hook" not in stdin, stdin)
    run.contains(result.stdout, "helm.sh/hook")


@test("hooks are in the stream", (4,))
def _(run):
    _, stdin = template(run, CHARTS / "hooks", "cat")
    run.contains(stdin, "helm.sh/hook: pre-install,pre-upgrade", "stdin")


@test("crds/ is in the stream only with --include-crds", (3,))
def _(run):
    chart = one_file_chart(run, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    run.write("chart/crds/crd.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n")
    _, without = template(run, chart, "cat")
    _, included = template(run, chart, "cat", "--include-crds")
    run.check("CustomResourceDefinition" not in without, "it is there without the flag")
    run.contains(included, "CustomResourceDefinition", "stdin")


@test("crds/ is never in the stream", (4,))
def _(run):
    chart = one_file_chart(run, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    run.write("chart/crds/crd.yaml", "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x}\n")
    _, stdin = template(run, chart, "cat", "--include-crds")
    run.check("CustomResourceDefinition" not in stdin, "it is there")


def hidden(run):
    name = run.filter("filter", f"tee {run.directory}/stdin")
    run.run_helm("upgrade", "--install", "demo", CHARTS / "workloads", "--dry-run=client", "--hide-secret", "--post-renderer", name)
    return (run.directory / "stdin").read_bytes().decode()


@test("--hide-secret blanks a Secret before the post-renderer: comments are left", (3,))
def _(run):
    stdin = hidden(run)
    run.check("kind: Secret" not in stdin and "password" not in stdin.replace("# ", ""), stdin)
    run.contains(stdin, "# HIDDEN", "stdin")


@test("--hide-secret blanks a Secret behind the post-renderer", (4,))
def _(run):
    run.contains(hidden(run), "kind: Secret", "stdin")


@test("stdin is empty for a chart that renders nothing", BOTH)
def _(run):
    _, stdin = template(run, CHARTS / "empty", "cat; echo '# nothing'")
    run.equal(stdin.strip(), "", "stdin")


@test("empty output is a success", (3,))
def _(run):
    template(run, CHARTS / "workloads", "cat >/dev/null")


@test("empty output is an error, also for a chart that renders nothing", (4,))
def _(run):
    for chart in CHARTS / "workloads", CHARTS / "empty":
        name = f"filter-{chart.name}"
        run.plugin(name, "cat >/dev/null")
        result = run.run_helm("template", "demo", chart, "--post-renderer", name, status=1)
        run.contains(result.stderr, "produced empty output")


@test("a comment is no empty output", (4,))
def _(run):
    run.plugin("filter", "cat >/dev/null; echo '# rollstamp: no objects'")
    run.run_helm("upgrade", "--install", "demo", CHARTS / "empty", "--post-renderer", "filter")


@test("stderr is shown only when the post-renderer fails", (3,))
def _(run):
    result, _ = template(run, CHARTS / "workloads", "echo a note >&2; cat")
    run.check("a note" not in result.output, result.stderr)
    result, _ = template(run, CHARTS / "workloads", "echo a note >&2; exit 1", status=1)
    run.contains(result.stderr, "error while running command")
    run.contains(result.stderr, "error output:")
    run.contains(result.stderr, "a note")


@test("stderr is never shown", (4,))
def _(run):
    result, _ = template(run, CHARTS / "workloads", "echo a note >&2; cat", "--debug")
    run.check("a note" not in result.output, result.stderr)
    run.plugin("failing", "cat >/dev/null; echo a note >&2; exit 1")
    result = run.run_helm("template", "demo", CHARTS / "workloads", "--post-renderer", "failing", "--debug", status=1)
    run.contains(result.stderr, 'plugin "failing" exited with error')
    run.check("a note" not in result.output, result.stderr)


@test("a separator line with text behind it is refused and shown, and only after an empty line", (4,))
def _(run):
    run.plugin("shown", "cat >/dev/null; printf '\\n--- rollstamp: MESSAGE\\n'")
    for command in ("upgrade", "--install"), ("install",), ("template",):
        result = run.run_helm(*command, "demo", CHARTS / "workloads", "--post-renderer", "shown", status=1)
        run.contains(result.stderr, "invalid document separator: --- rollstamp: MESSAGE")
    run.equal(run.run_helm("list", "-o", "json").json, [], "releases")
    run.plugin("lost", "cat >/dev/null; printf -- '--- rollstamp: MESSAGE\\n'")
    result = run.run_helm("template", "demo", CHARTS / "workloads", "--post-renderer", "lost", status=None)
    run.check(result.status == 0 or "MESSAGE" not in result.stderr, "the message is shown without the empty line too")
    run.plugin("failing", "cat >/dev/null; printf '\\n--- rollstamp: MESSAGE\\n'; exit 1")
    result = run.run_helm("template", "demo", CHARTS / "workloads", "--post-renderer", "failing", status=1)
    run.check("MESSAGE" not in result.stderr, "the message is shown with exit status 1 too")


@test("--post-renderer takes the name of a plugin, not a path", (4,))
def _(run):
    path = run.write("filter", "#!/bin/sh\ncat\n", 0o755)
    result = run.run_helm("template", "demo", CHARTS / "workloads", "--post-renderer", path, status=1)
    run.contains(result.stderr, "plugin")


@test("--post-renderer takes a path, and a name on PATH", (3,))
def _(run):
    path = run.write("bin/filter", "#!/bin/sh\ncat\n", 0o755)
    run.run_helm("template", "demo", CHARTS / "workloads", "--post-renderer", path)
    search = {"PATH": f"{run.directory}/bin:{run.env['PATH']}"}
    run.run_helm("template", "demo", CHARTS / "workloads", "--post-renderer", "filter", env=search)


@test("--post-renderer-args gives one argument an occurrence", BOTH)
def _(run):
    name = run.filter("filter", f'printf "%s\\n" "$@" >{run.directory}/arguments; cat')
    arguments = ["--post-renderer-args", "--a=b c", "--post-renderer-args", "--d"]
    run.run_helm("template", "demo", CHARTS / "workloads", "--post-renderer", name, *arguments)
    run.equal((run.directory / "arguments").read_text(), "--a=b c\n--d\n", "arguments")


@test("the environment says nothing of namespace, kubeconfig and context", BOTH)
def _(run):
    name = run.filter("filter", f"env >{run.directory}/environment; pwd >{run.directory}/where; cat")
    flags = ["--kube-context", "test", "--kubeconfig", run.env["KUBECONFIG"]]
    run.run_helm("template", "demo", CHARTS / "workloads", "--post-renderer", name, *flags)
    names = {line.split("=")[0] for line in (run.directory / "environment").read_text().splitlines()}
    helm_names = {each for each in names if each.startswith("HELM_")} - {"HELM_PLUGINS"}
    wanted = {"HELM_PLUGIN_NAME", "HELM_PLUGIN_DIR"} if run.helm == 4 else set()
    run.equal(helm_names, wanted, "HELM_* variables")
    run.equal((run.directory / "where").read_text().strip(), str(run.directory), "working directory")


@test("rollback, uninstall and test don't run the post-renderer", BOTH)
def _(run):
    name = run.filter("filter", f"echo run >>{run.directory}/runs; cat")
    for value in "1", "2":
        run.run_helm("upgrade", "--install", "demo", CHARTS / "empty", "--set-string", f"one={value}", "--post-renderer", name)
    runs = (run.directory / "runs").read_text()
    run.run_helm("rollback", "demo", "1")
    run.equal(run.get("configmap", "demo-config")["data"]["one"], "1", "the value rolled back to")
    run.run_helm("test", "demo")
    run.run_helm("uninstall", "demo")
    run.equal((run.directory / "runs").read_text(), runs, "runs of the post-renderer")


@test("what the post-renderer prints is stored and applied as it is", (3,))
def _(run):
    name = run.filter("filter", "sed 's/one:.*/one: \"changed\"   # kept/'")
    run.run_helm("upgrade", "--install", "demo", CHARTS / "empty", "--set-string", "one=1", "--post-renderer", name)
    run.contains(run.run_helm("get", "manifest", "demo").stdout, '  one: "changed"   # kept\n')
    run.equal(run.get("configmap", "demo-config")["data"]["one"], "changed", "value")


@test("template --show-only looks for the source comments in what the post-renderer printed", (3,))
def _(run):
    only = ["--show-only", "templates/daemon.yaml"]
    result, _ = template(run, CHARTS / "workloads", "cat", *only)
    run.equal(re.findall(r"^kind: (\w+)", result.stdout, re.M), ["DaemonSet"], "kinds")
    template(run, CHARTS / "workloads", "grep -v '^# Source:'", *only, status=1)


@test("a missing final newline chops the last block scalar", (4,))
def _(run):
    # So rollstamp has to end its output as the input ended.
    chart = one_file_chart(run, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n")
    values = {}
    for name, end in ("with", "\\n"), ("without", ""):
        run.plugin(name, f"cat; printf 'data:\\n  k: |\\n    text{end}'")
        values[name] = run.run_helm("template", "demo", chart, "--post-renderer", name).stdout
    run.contains(values["with"], "k: |\n", "output")
    run.contains(values["without"], "k: |-\n", "output")


@test("plugin.yaml is strict", (4,))
def _(run):
    run.plugin("filter", "cat")
    path = pathlib.Path(run.env["HELM_PLUGINS"]) / "filter" / "plugin.yaml"
    path.write_text(path.read_text() + "unknownKey: true\n")
    result = run.run_helm("template", "demo", CHARTS / "workloads", "--post-renderer", "filter", status=1)
    run.check("unknownKey" in result.stderr or "filter" in result.stderr, result.stderr)


@test("a plugin of Helm 4 in the plugin directory makes every command say that plugins were not loaded", (3,))
def _(run):
    run.plugin("filter", "cat")
    result = run.run_helm("list", status=None)
    run.contains(result.stderr, "failed to load plugins")


@test("digits, and digits with an e or x, stay strings when they are quoted", (4,))
def _(run):
    values = ["12345678901234567890123456789012", "1e500000000000000000000000000000", "0x123456789012345678901234567890"]
    chart = one_file_chart(run, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: demo\n")
    lines = "".join(f'  k{i}: "{value}"\\n' for i, value in enumerate(values))
    run.plugin("filter", f"cat; printf 'data:\\n{lines}'")
    run.run_helm("upgrade", "--install", "demo", chart, "--post-renderer", "filter")
    run.equal(sorted(run.get("configmap", "demo")["data"].values()), sorted(values), "values")


@test("HELM_NAMESPACE reaches a plugin that is a command", BOTH)
def _(run):
    # As helm-diff is one: reading the variable would make its output differ from that of helm upgrade.
    directory = pathlib.Path(run.env["HELM_PLUGINS"]) / "say"
    directory.mkdir(parents=True)
    (directory / "plugin.yaml").write_text(
        "name: say\nversion: 0.0.1\nusage: says\ndescription: says\ncommand: $HELM_PLUGIN_DIR/run\n"
    )
    (directory / "run").write_text("#!/bin/sh\nprintf '%s\\n' \"$HELM_NAMESPACE\"\n")
    (directory / "run").chmod(0o755)
    run.equal(run.run_helm("say").stdout.strip(), run.namespace, "HELM_NAMESPACE")


@test("the annotation that names the file is not in what is stored and applied", (4,))
def _(run):
    run.plugin("filter", "cat")
    run.run_helm("upgrade", "--install", "demo", CHARTS / "empty", "--set-string", "one=1", "--post-renderer", "filter")
    run.check(FILENAME not in run.run_helm("get", "manifest", "demo").stdout, "it is in the manifest")
    run.check(FILENAME not in json.dumps(run.get("configmap", "demo-config")), "it is in the object")


if __name__ == "__main__":
    sys.exit(harness.main(__doc__))
