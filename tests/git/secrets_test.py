# SPDX-License-Identifier: Apache-2.0
"""A Secret does not leave the machine: secrets are planted wherever one can reach a url, a ref, a name or a file, every
command runs with every output, and each is looked for in all that is printed, written, sent, or shown in arguments."""

import base64
import os
import random
import string
import sys
import urllib.parse

import netns
import recorder
from case import container, deployment, dump, of_secret
from lib.tap import Failure, Skip, each, test

ROUNDS = 6  # of ROUND runs each
ROUND = 10
RECORDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "recorder.py")
# Stands in for ssh: writes down what it is called with, and complains with all of it, as a server could.
SSH = "#!/bin/sh\necho \"ssh $*\" >>{log}\necho \"no $* here\" >&2\nexit ${{FAKE_SSH_STATUS:-255}}\n"
KUBECTL = "#!/bin/sh\nfor word; do test \"$word\" = secret && exec cat {objects}; done\n"


def text_of(rng, alphabet=string.ascii_letters + string.digits, length=22):
    return "".join(rng.choice(alphabet) for _ in range(length))


def shapes_of(secret):
    """What would show a secret: itself, its halves, and each as base64, hexadecimal digits and in a url."""
    half = len(secret) // 2
    for part in (secret, secret[:half], secret[half:]):
        data = part.encode()
        yield from (part, part.lower(), data.hex(), urllib.parse.quote(part, safe=""),
                    "".join(f"%{byte:02x}" for byte in data), base64.b64encode(data).decode().rstrip("=")[:-1],
                    base64.urlsafe_b64encode(data).decode().rstrip("=")[:-1])


class Planted:
    """Secrets in a workload. `never` may be nowhere; `to_allowed` may go to a server that is allowed, and to an ssh that
    is, into its arguments; nothing may be shown."""

    def __init__(self, rng):
        self.rng = rng
        self.data = {}
        self.containers = []
        self.never, self.to_allowed = [], []

    def secret(self, may_go=False, **how):
        value = text_of(self.rng, **how)
        (self.to_allowed if may_go else self.never).append(value)
        return value

    def key(self, value):
        key = f"key{len(self.data)}"
        self.data[key] = value
        return of_secret("planted", key)

    def add(self, env, **more):
        self.containers.append(container(f"c{len(self.containers)}", env=env, **more))

    def pair(self, url, ref="main", **more):
        """A url as Kubernetes expands it, from {name: value or key}."""
        self.add({**more, "GIT_REPO": url, "GIT_CHECKOUT_BRANCH": ref})


def whole(p):
    user, path = p.secret(), p.secret(may_go=True)
    p.pair(p.key(f"https://{user}:{p.secret()}@localhost/{path}/a.git"))


def whole_elsewhere(p):
    scheme = p.rng.choice(["https", "ssh", "http", "git"])
    p.pair(p.key(f"{scheme}://{p.secret(alphabet=string.ascii_lowercase)}.example/{p.secret()}/a.git"))


def whole_plain(p):
    p.pair(p.key(f"{p.rng.choice(['http', 'git'])}://localhost/{p.secret()}/a.git"))


def whole_ssh(p):
    url = p.rng.choice(["ssh://git@localhost/{}/a.git", "git@localhost:{}/a.git"])
    p.pair(p.key(url.format(p.secret(may_go=True))))


def no_url(p):
    p.pair(p.key(p.rng.choice(["{}", "/{}", "ext::{}", "file:///{}", "{}:x", "{} {}"]).replace("{}", p.secret())))


def userinfo(p):
    url = p.rng.choice(["https://oauth2:$(T)@localhost/a.git", "https://$(T)@localhost/a.git", "ssh://$(T)@localhost/a.git",
                        "https://$(T):x@elsewhere.example/a.git", "http://x:$(T)@localhost/a.git"])
    p.pair(url, T=p.key(p.secret()))


def userinfo_of_other_characters(p):
    """One that is the end of the userinfo, or of the host."""
    secret = p.secret()
    p.pair("https://x:$(T)@localhost/a.git", T=p.key(p.rng.choice(["{}/{}", "{}@{}", "{}#{}", "{}?{}", "{}\n{}"]).format(
        secret[:11], secret[11:])))


def host(p):
    p.pair(p.rng.choice(["https://$(T).example/a.git", "https://$(T)/a.git", "$(T):a.git", "ssh://localhost.$(T)/a.git",
                         "https://localhost$(T)/a.git"]), T=p.key(p.secret(alphabet=string.ascii_lowercase)))


def port(p):
    p.pair("https://localhost:$(T)/a.git", T=p.key(p.secret(alphabet=string.digits)))


def scheme_of_url(p):
    p.pair(p.rng.choice(["$(T)://localhost/a.git", "$(T)::x", "$(T)+https://localhost/a.git"]), T=p.key(p.secret()))


def path_of_url(p):
    plain = p.rng.random() < 0.4
    url = p.rng.choice(["http://localhost/$(T)/a.git", "git://localhost/$(T)"] if plain else
                       ["https://localhost/$(T)/a.git", "https://localhost/a.git?t=$(T)", "git@localhost:$(T)/a.git",
                        "https://localhost/x$(T)"])
    p.pair(url, T=p.key(p.secret(may_go=not plain)))


def nested(p):
    p.pair("$(BASE)/a.git", T=p.key(p.secret(may_go=True)), BASE="https://localhost/$(T)")


def ref(p):
    p.pair("https://localhost/a.git", p.key(p.rng.choice(["{}", "refs/heads/{}", "-{}", "{}~1", "a {}"]).format(p.secret())))


def digits(p):
    length = p.rng.choice([12, 20, 40, 64])
    p.pair("https://localhost/a.git", p.key(p.secret(alphabet="0123456789abcdef", length=length)))


def digits_beside_a_secret_url(p):
    p.pair(p.key(f"https://localhost/{p.secret(may_go=True)}/a.git"),
           p.key(p.secret(alphabet="0123456789abcdef", length=40)))


def from_env(p):
    key = f"REPO_{text_of(p.rng, string.ascii_uppercase, 4)}"
    p.data["GIT_REPO"] = f"https://localhost/{p.secret(may_go=True)}/a.git"
    p.data["GIT_CHECKOUT_BRANCH"] = p.secret()
    p.data[key] = p.secret()
    p.add({}, envFrom=[{"secretRef": {"name": "planted"}}])


def git_sync(p):
    secret = p.key(p.secret(may_go=True))
    if p.rng.random() < 0.5:
        p.add({"GITSYNC_REPO": "https://localhost/$(T)/a.git", "T": secret, "GITSYNC_REF": p.key(p.secret()),
               "GITSYNC_ROOT": p.key("/" + p.secret()), "GITSYNC_ONE_TIME": "true"}, image="git-sync/git-sync:v4.2.1")
    else:
        p.add({"T": secret, "R": p.key(p.secret())}, image="git-sync/git-sync:v4.2.1",
              args=["--repo=https://localhost/$(T)/a.git", "--ref=$(R)", "--one-time", "--root=/$(R)"])


def clone(p):
    env = {"T": p.key(p.secret(may_go=True)), "R": p.key(p.secret()), "the ref": p.key(p.secret())}
    words = p.rng.choice([
        ["git", "clone", "-b", "$(R)", "https://localhost/$(T)/a.git", "/w/$(R)"],
        ["sh", "-c", "git clone -b $(R) https://localhost/$(T)/a.git /w/$(R)"],
        ["sh", "-c", "git clone https://x:$(R)@localhost/$(T)/a.git && cd a && git checkout $(R)"],
        ["sh", "-c", "git clone https://x:$R@localhost/a.git && cd a && git checkout \"$R\""],
        ["sh", "-c", "git clone https://x:$(R)@localhost/a.git \"$(R)"],
        ["$(R)", "clone", "https://localhost/$(T)/a.git"],
        ["sh", "-c", "eval git clone -b $R https://localhost/$T/a.git"],
        ["sh", "-c", "U=https://localhost/$T; sh -c \"git clone '$U/a.git' /w/$R\""],
        ["sh", "-c", "git clone -b $2 https://localhost/$1/a.git", "$(R)", "$(T)", "$(R)"],
        ["git", "clone", "-b", "$(the ref)", "https://localhost/$(T)/a.git"],
    ])
    p.add(env, command=words)


def script(p):
    text = f"git clone -b {p.secret()} https://localhost/{p.secret(may_go=True)}/a.git /{p.secret()}"
    p.add({"S": p.key(text)}, command=["sh", "-c", "$(S)"])


PLANTS = [whole, whole_elsewhere, whole_plain, whole_ssh, no_url, userinfo, userinfo_of_other_characters, host, port,
          scheme_of_url, path_of_url, nested, ref, digits, digits_beside_a_secret_url, from_env, git_sync, clone, script]


def is_taken(option, arguments):
    """Does it mean something to the command? Others refuse it."""
    name = option.partition("=")[0]
    refused = {"digest": name.startswith(("--git", "--lock", "--inject")), "lock": name in ("--inject", "--git")}
    return not refused.get(arguments[0] if arguments else None, False)


def make_options(rng, home):
    """(arguments, whether a server may get something)."""
    lock, key = home / "lock.json", home / "key"
    key.write_text("correct-horse-battery-staple\n")
    arguments = rng.choice([[], [], [], ["list"], ["list", "--check"], ["digest", "secret/planted"],
                            ["digest", "secret/planted", "--for=Deployment/web"],
                            *(["lock", "-", f"--lock={lock}", f"--output={output}"] for output in ("wide", "json"))])
    pool = [["--inject=both"], ["--strict"], [f"--secret-key-file={key}"], [f"--lock={lock}"],
            [f"--lock={lock}", "--lock-fallback"], ["--git-map=https://localhost/=https://localhost/mapped/"],
            ["--git-skip=elsewhere.example"], ["--secrets=off"], ["--git-allow-local"], ["--git=pin"]]
    chosen = rng.sample([words for words in pool if is_taken(words[0], arguments)], rng.randrange(4))
    arguments = [*arguments, *(word for words in chosen for word in words)]
    is_allowing = is_taken("--git-allow", arguments) and rng.random() < 0.7
    if is_allowing:
        arguments += rng.choice([["--git-allow=localhost", "--git-allow=*.example"], ["--git-allow=localhost"],
                                 ["--git-allow=localhost", "--git-allow=*"]])
    elif is_taken("--git-allow", arguments) and rng.random() < 0.3:
        arguments += ["--git-allow=*.example", "--git-allow=local[h]ost"]
        is_allowing = True
    return list(dict.fromkeys(arguments)), is_allowing


def give(rng, case, home, planted, places):
    """Where the Secret comes from, one of the places: (stdin, arguments, environment)."""
    objects = [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "planted"}, "stringData": planted.data}]
    workload = deployment(*planted.containers)
    ssh, log = home / "ssh", home / "log"
    ssh.write_text(SSH.format(log=log))
    kubectl = home / "kubectl"
    kubectl.write_text(KUBECTL.format(objects=home / "objects.yaml"))
    env = {"PATH": f"{home}:{case.world.bin}:/usr/local/bin:/usr/bin:/bin", "GIT_SSH_COMMAND": None,
           "FAKE_SSH_STATUS": rng.choice(["255", "128", "127"])}
    for program in (ssh, kubectl):
        program.chmod(0o755)
    where = rng.choice(places)
    if where == "input":
        return [*objects, workload], [], env
    if where == "live":
        objects[0]["metadata"]["namespace"] = "shop"
    (home / "objects.yaml").write_bytes(dump(objects).removeprefix(b"---\n"))
    if where == "external":
        return [workload], [f"--external={home / 'objects.yaml'}"], env
    return [workload], ["--live", "--namespace=shop"], env


def run_recorded(case, manifests, arguments, env, home):
    command = netns.unshare(mounts=True)
    if not command:
        raise Skip("unavoidable: no namespaces of the network and of mounts can be made here")
    prefix = [*command, sys.executable, "-B", RECORDER, str(home / "log"),
              str(case.world.certificates / "good.pem")]
    client = ["--git-client=libgit2"] if is_taken("--git-client", arguments) else []
    run = case.rollstamp(manifests, *arguments, *client, "--git-timeout=4", env=env, prefix=prefix, sample=True)
    log = (home / "log").read_bytes() if (home / "log").exists() else b""
    if not log.startswith(recorder.RECORDING):
        raise Failure(f"nothing was recorded, so that this test would see nothing: {run.stderr[:500]!r}")
    return run, log.decode("latin-1")


def look_for(case, what, text, secrets):
    text = text.lower()
    for secret in secrets:
        for shape in shapes_of(secret):
            if len(shape) >= 6 and shape.lower() in text:
                at = text.index(shape.lower())
                case.check(False, f"{what} has {shape!r} of {secret!r}: ...{text[max(0, at - 80):at + 80]!r}")
                break


def play(case, seed, plants=None, arguments=None, is_allowing=None):
    """One run; what was sent."""
    rng = random.Random(seed)
    planted = Planted(rng)
    home = case.directory / f"home{next(case.runs)}"
    home.mkdir()
    for plant in plants or rng.sample(PLANTS, rng.randint(1, 4)):
        plant(planted)
    if arguments is None:
        arguments, is_allowing = make_options(rng, home)
    places = ["input", "external"] + (["live"] if arguments[:1] != ["lock"] else [])  # lock asks no cluster
    manifests, more, env = give(rng, case, home, planted, places)
    problems = len(case.problems)
    run, log = run_recorded(case, manifests, [*arguments, *more], env, home)
    everything = planted.never + planted.to_allowed
    given = dump(manifests).decode()
    printed = run.stdout.decode("utf-8", "replace")
    for place, text in (("stderr", run.stderr), ("the report", str(run.report)), ("the log", run.log)):
        look_for(case, place, text, everything)
    # Manifests come out again as they went in.
    for secret in everything:
        look_for(case, "stdout", printed, [secret] if printed.count(secret) != given.count(secret) else [])
        if secret not in given:
            look_for(case, "stdout", printed, [secret])
    look_for(case, "the lock file", (home / "lock.json").read_text() if (home / "lock.json").exists() else "", everything)
    ssh = "\n".join(line for line in log.splitlines() if line.startswith("ssh "))
    sent = "\n".join(line for line in log.splitlines() if not line.startswith("ssh "))
    names = "\n".join(line for line in sent.splitlines() if line.startswith(("DNS ", "TLS ")))
    look_for(case, "the network", sent + ssh, planted.never if is_allowing else everything)
    look_for(case, "a name that is asked for", names, everything)
    arguments_seen = "\n".join(line for line in run.argv if "git-upload-pack" not in line)
    look_for(case, "the arguments of a process", arguments_seen, everything)
    traces = "\n".join(path.read_text(errors="replace") for path in run.trace.glob("*.argv"))
    look_for(case, "the arguments of git", traces, everything)
    if len(case.problems) > problems:
        case.problems.append(f"this was seed {seed}, {arguments + more}, status {run.status}: {run.stderr.strip()[:500]}")
    return planted, sent, ssh, run


@each([(f"secrets in everything that can reach a url or ref stay where they are, {number + 1} of {ROUNDS}", number)
       for number in range(ROUNDS)])
def everywhere(case, number):
    for turn in range(ROUND):
        play(case, number * ROUND + turn)


@test("every place for a secret is looked at by itself, with and without an allowed host")
def each_place(case):
    for number, plant in enumerate(PLANTS):
        for arguments, is_allowing in (([], False), (["--git-allow=localhost"], True), (["list"], False),
                                       (["--git-allow=local*", "--git-allow=*.example", "--strict"], True)):
            play(case, 1000 + number, [plant], arguments, is_allowing)


@test("what is allowed is sent, so that the test would see what is not")
def control(case):
    planted, sent, _, run = play(case, 1, [whole], ["--git-allow=localhost"], True)
    case.check(planted.to_allowed[0] in sent, f"the path did not arrive: {sent!r} {run.stderr}")
    planted, _, ssh, run = play(case, 1, [whole_ssh], ["--git-allow=localhost"], True)
    case.check(planted.to_allowed[0] in ssh, f"the path did not reach ssh: {ssh!r} {run.stderr}")
    _, sent, _, run = play(case, 2, [lambda p: p.pair("https://elsewhere.example/a.git")], [], False)
    case.check("DNS elsewhere.example" in sent and "TLS elsewhere.example" in sent, f"not recorded: {sent!r} {run.stderr}")
