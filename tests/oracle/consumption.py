# SPDX-License-Identifier: Apache-2.0
"""What a pod template consumes: which ConfigMaps and Secrets, which of their keys, through which container."""

import dataclasses
import re

import selections
from kubeyaml import Undetermined, items_at, lookup, text_at
from manifests import annotation, fits, listed

CONTAINER_LISTS = ("containers", "initContainers")
# Variables of these names are ours, whatever stands in them.
OWN_VARIABLE = re.compile(r"ROLLSTAMP_(CONFIGMAPS?|SECRETS?|GIT|SECRETPROVIDERCLASS)_")
# Volumes that need a Secret to be mounted, and where its name stands.
SECRET_USERS = [
    ("csi", "nodePublishSecretRef", "name"),
    ("azureFile", "secretName"),
    *((kind, "secretRef", "name")
      for kind in ("cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos")),
]
# Drivers that mount what a SecretProviderClass says.
PROVIDER_DRIVERS = {"secrets-store.csi.k8s.io", "secrets-store-gke.csi.k8s.io"}
# Sources of projected volumes that hold neither, and where their files' paths stand: a subPath can name one of them.
OTHER_SOURCES = [
    ("serviceAccountToken", "path"),
    ("clusterTrustBundle", "path"),
    *(("podCertificate", field) for field in ("credentialBundlePath", "keyPath", "certificateChainPath")),
]


@dataclasses.dataclass(frozen=True)
class Reference:
    kind: str  # "configmap", "secret" or "secretproviderclass"
    namespace: str | None  # None: the workload's own
    name: str


@dataclasses.dataclass
class Keys:
    """The keys of an object that are consumed: those that are named, and all that there are if `everything`."""
    named: set = dataclasses.field(default_factory=set)
    everything: bool = False

    def add(self, other):
        self.named |= other.named
        self.everything |= other.everything


ALL = Keys(everything=True)


class Consumption:
    """References with their keys for the whole template, and bare references for every container."""

    def __init__(self):
        self.template = {}  # Reference: Keys
        self.containers = {}  # (list name, index): set of Reference

    def consume(self, reference, keys):
        self.template.setdefault(reference, Keys()).add(keys)

    def drop(self, reference):
        self.template.pop(reference, None)


@dataclasses.dataclass
class Part:
    """What is behind a volume: a ConfigMap or Secret, or one source of a projected volume."""
    reference: Reference | None  # None: something else, of which only the paths matter
    items: dict | None  # path: set of keys; None: no items, every key is a file
    narrows: bool = True  # False where a subPath does not name a key, as with a file system's credentials

    def all_keys(self):
        return ALL if self.items is None else Keys(set().union(*self.items.values()))

    def named_by(self, sub_path):
        """The keys that a subPath names: the item at that path and those below it, or without items a key."""
        if self.items is not None:
            reached = (keys for path, keys in self.items.items() if f"{path}/".startswith(f"{sub_path}/"))
            return set().union(*reached)
        return set() if sub_path.has_slash else {str(sub_path)}


class SubPath(str):
    """A mount's subPath as the kubelet resolves it; has_slash tells whether it was written with one."""

    def __new__(cls, written):
        path = super().__new__(cls, cleaned(written))
        path.has_slash = "/" in written
        return path


def cleaned(path):
    """Without empty and `.` steps, and without the ..data that a volume's own names link to."""
    steps = [step for step in path.split("/") if step not in ("", ".")]
    return "/".join(steps[1:] if steps[:1] == ["..data"] else steps)


def is_whole_volume(sub_path):
    """Whether a subPath is no file's name: the volume itself, or what the kubelet keeps in it for itself."""
    return sub_path == "." or (sub_path.startswith("..") and "/" not in sub_path)


def consumption_of(workload, options, find):
    """What a workload's template consumes, after --volumes, --secrets and the excludes.

    `find` gives the Source of a kind, namespace and name, or None.
    """
    options = dataclasses.replace(options, volumes=volumes_of(workload, options))
    found = Consumption()
    containers = dict(_containers(workload.template))
    for place, container in containers.items():
        found.containers[place] = set()
        for reference, keys in _environment(container):
            found.consume(reference, keys)
            found.containers[place].add(reference)
    _volumes(workload.template, containers, options, found)
    _extras(workload, containers, options, found)
    for reference in list(found.template):
        if is_excluded(reference, workload, options, find) or (reference.kind == "secret" and not options.secrets):
            found.drop(reference)
    return found


def _containers(template):
    for name in CONTAINER_LISTS:
        for index, container in enumerate(items_at(template, "spec", name)):
            if container.kind == "mapping":
                yield (name, index), container


def _environment(container):
    for entry in items_at(container, "env"):
        if OWN_VARIABLE.match(text_at(entry, "name") or ""):
            continue
        for kind, field in (("configmap", "configMapKeyRef"), ("secret", "secretKeyRef")):
            name, key = text_at(entry, "valueFrom", field, "name"), text_at(entry, "valueFrom", field, "key")
            if name and key:
                yield Reference(kind, None, name), Keys({key})
    for entry in items_at(container, "envFrom"):
        for kind, field in (("configmap", "configMapRef"), ("secret", "secretRef")):
            name = text_at(entry, field, "name")
            if name:
                yield Reference(kind, None, name), ALL


def named_in(workload, options):
    """Every reference that a template makes, whether anything of it is consumed or not."""
    for _, container in _containers(workload.template):
        for reference, _ in _environment(container):
            yield reference
    for volume in items_at(workload.template, "spec", "volumes"):
        yield from (part.reference for part in _parts(volume) if part.reference)
        name = text_at(volume, "csi", "volumeAttributes", "secretProviderClass")
        if name and text_at(volume, "csi", "driver") in PROVIDER_DRIVERS:
            yield Reference("secretproviderclass", None, name)
    for entry in items_at(workload.template, "spec", "imagePullSecrets"):
        if text_at(entry, "name"):
            yield Reference("secret", None, text_at(entry, "name"))
    found = Consumption()
    _extras(workload, {}, options, found)
    yield from found.template


# ---- volumes ------------------------------------------------------------------------------------------------------

def _volumes(template, containers, options, found):
    mounts = {place: list(_mounts(container, options)) for place, container in containers.items()}
    names = [text_at(volume, "name") for volume in items_at(template, "spec", "volumes")]
    if len(set(names)) < len(names):
        raise Undetermined("two volumes of one name")
    for volume, volume_name in zip(items_at(template, "spec", "volumes"), names):
        _provider(volume, volume_name, mounts, options, found)
        parts = list(_parts(volume))
        everybodys = []
        followed = _is_followed(volume_name, containers)
        for place, of_container in mounts.items():
            own = [m for m in of_container if m[0] == volume_name]
            if followed and not _is_plain_init(place, containers[place]):
                if any(not part.narrows for part in parts):
                    raise Undetermined("credentials of a volume that a sidecar watches")
                own = [m for m in own if m[1] is not None or m[2]]
            everybodys += own
            if options.env and len(parts) > 1 and any(_is_stray(m, parts) for m in own):
                raise Undetermined("a container's subPath that names nothing of a volume of several sources")
            found.containers[place] |= {part.reference for part, _ in _reach(parts, own, options) if part.reference}
        for part, keys in _reach(parts, everybodys, options):
            if part.reference:
                found.consume(part.reference, keys)


def _provider(volume, volume_name, mounts, options, found):
    """A SecretProviderClass is consumed as a whole by every container that mounts its volume."""
    name = text_at(volume, "csi", "volumeAttributes", "secretProviderClass")
    if not name or text_at(volume, "csi", "driver") not in PROVIDER_DRIVERS:
        return
    reference = Reference("secretproviderclass", None, name)
    for place, of_container in mounts.items():
        if any(m[0] == volume_name and (options.volumes != "subpath" or m[1] or m[2]) for m in of_container):
            found.consume(reference, ALL)
            found.containers[place].add(reference)


def leaves_mounts_out(workload, options):
    """Whether a mount of something that can be consumed does not count: by --volumes, or since a sidecar reloads it."""
    mode = volumes_of(workload, options)
    containers = dict(_containers(workload.template))
    for volume in items_at(workload.template, "spec", "volumes"):
        name, parts = text_at(volume, "name"), list(_parts(volume))
        provider = text_at(volume, "csi", "volumeAttributes", "secretProviderClass")
        if not parts and not (provider and text_at(volume, "csi", "driver") in PROVIDER_DRIVERS):
            continue
        followed = any(part.narrows and part.reference for part in parts) and _is_followed(name, containers)
        for place, container in containers.items():
            for mount in (m for m in items_at(container, "volumeMounts") if text_at(m, "name") == name):
                is_plain = not text_at(mount, "subPath") and not text_at(mount, "subPathExpr")
                if mode == "none" or (mode == "subpath" and is_plain):
                    return True
                if followed and is_plain and not _is_plain_init(place, container):
                    return True
    return False


# ---- sidecars that reload what is mounted -------------------------------------------------------------------------

DIRECTORY_FLAGS = {"watched-dir", "config-file", "rules-dir"}
RELOADERS = {
    "prometheus-config-reloader": DIRECTORY_FLAGS,
    "configmap-reload": {"volume-dir"},
    "config-reload": DIRECTORY_FLAGS | {"volume-dir"},
    "config-reloader": DIRECTORY_FLAGS | {"volume-dir"},
}


def _is_plain_init(place, container):
    """An init container that has ended when the application runs."""
    return place[0] == "initContainers" and text_at(container, "restartPolicy") != "Always"


def _is_followed(volume_name, containers):
    """Whether a sidecar watches this volume, which at most the application mounts beside it."""
    users = [container for place, container in containers.items() if not _is_plain_init(place, container)
             and any(text_at(mount, "name") == volume_name for mount in items_at(container, "volumeMounts"))]
    return len(users) <= 2 and any(_watches(container, volume_name) for container in users)


def _watches(container, volume_name):
    image = (text_at(container, "image") or "").split("@")[0].rpartition("/")[2].split(":")[0]
    flags = RELOADERS.get(image)
    if flags is None:
        return False
    words = [item.value if item.kind == "scalar" else "" for field in ("command", "args") for item in items_at(container, field)]
    watched = set()
    for word, following in zip(words, [*words[1:], ""]):
        flag, equals, value = word.partition("=")
        if flag.startswith("-") and flag.removeprefix("-").removeprefix("-") in flags:
            path = _absolute(value if equals else following)
            watched |= {path, path.rpartition("/")[0]}
    for mount in items_at(container, "volumeMounts"):
        is_whole = not text_at(mount, "subPath") and not text_at(mount, "subPathExpr")
        path = _absolute(text_at(mount, "mountPath") or "")
        if text_at(mount, "name") == volume_name and is_whole and path and path in watched:
            return True
    return False


def _absolute(path):
    """Without double, leading and final slashes; nothing for what is no absolute path."""
    return "/".join(step for step in path.split("/") if step not in ("", ".")) if path.startswith("/") else ""


def _mounts(container, options):
    """(volume, subPath or None, whether the path can be any) of a container's mounts that --volumes leaves."""
    if options.volumes == "none":
        return
    for mount in items_at(container, "volumeMounts"):
        written = text_at(mount, "subPath")
        sub_path = SubPath(written) if written else None
        is_whole = bool(written) and (not sub_path or is_whole_volume(sub_path))
        is_anything = is_whole or bool(text_at(mount, "subPathExpr"))
        yield text_at(mount, "name"), sub_path, is_anything


def _parts(volume):
    if lookup(volume, "configMap"):
        yield from _part("configmap", lookup(volume, "configMap"), "name")
    if lookup(volume, "secret"):
        yield from _part("secret", lookup(volume, "secret"), "secretName")
    for source in items_at(volume, "projected", "sources"):
        yield from _part("configmap", lookup(source, "configMap"), "name")
        yield from _part("secret", lookup(source, "secret"), "name")
        paths = list(filter(None, (text_at(source, *path) for path in OTHER_SOURCES)))
        paths += filter(None, (text_at(item, "path") for item in items_at(source, "downwardAPI", "items")))
        if paths:
            yield Part(None, {cleaned(path): {path} for path in paths})
    for path in SECRET_USERS:
        name = text_at(volume, *path)
        if name:
            yield Part(Reference("secret", None, name), None, narrows=False)


def _part(kind, node, name_field):
    name = text_at(node, name_field) if node else None
    if not name:
        return
    items = {}
    for item in items_at(node, "items"):
        key, path = text_at(item, "key"), text_at(item, "path")
        if key:
            items.setdefault(cleaned(path or ""), set()).add(key)
    yield Part(Reference(kind, None, name), items or None)


def _is_stray(mount, parts):
    _, sub_path, is_anything = mount
    return bool(sub_path) and not is_anything and not any(part.named_by(sub_path) for part in parts)


def _reach(parts, mounts, options):
    """(Part, Keys) of what is consumed of a volume's parts through these mounts."""
    for part in parts:
        if not part.narrows and mounts:
            if options.volumes == "subpath" and not any(m[1] or m[2] for m in mounts):
                raise Undetermined("--volumes=subpath and the credentials of a mount without a subPath")
            yield part, ALL
    parts = [part for part in parts if part.narrows]
    if options.volumes == "subpath":
        mounts = [m for m in mounts if m[1] or m[2]]
    if not mounts:
        return
    sub_paths = {sub_path for _, sub_path, is_anything in mounts if sub_path and not is_anything}
    any_path = any(is_anything or not sub_path for _, sub_path, is_anything in mounts)
    # A path that is the file of a token, say, reaches nothing of the sources beside it.
    others = {path for part in parts if part.reference is None for path in part.items}
    named = [set().union(*(part.named_by(p) for p in sub_paths if part.reference is None or p not in others))
             for part in parts]
    # A path that fits nothing of the whole volume can be any file of a part; that of another part is not this one's.
    stray = any_path or any(_is_stray(mount, parts) for mount in mounts)
    for part, keys in zip(parts, named):
        if keys:
            yield part, Keys(keys)
        if any_path or not any(named) or (keys and stray):
            yield part, part.all_keys()


# ---- what annotations and options add and take away ---------------------------------------------------------------

def _extras(workload, containers, options, found):
    """Explicit extras: all keys, and since no container is known to read them, every regular container does."""
    for kind, entry in _named_extras(workload, options):
        namespace, _, name = entry.rpartition("/")
        own = not namespace or namespace == workload.namespace
        reference = Reference(kind, None if own else namespace, name)
        found.consume(reference, ALL)
        for place in containers:
            if place[0] == "containers":
                found.containers[place].add(reference)


def _named_extras(workload, options):
    """(kind, [NAMESPACE/]NAME) of what annotations and --also name."""
    for kind in ("configmap", "secret"):
        for node in (workload.node, workload.template):
            for entry in listed(annotation(node, f"rollstamp.io/{kind}s")):
                if not selections.is_glob(entry):
                    yield kind, entry
    for pair in options.also:
        who, _, what = pair.partition("=")
        if ":" in what or selections.is_glob(what):
            continue
        if fits(who, workload.kind, workload.namespace, workload.name, options):
            kind, _, entry = what.partition("/")
            yield kind.lower(), entry


def is_excluded(reference, workload, options, find):
    """Whether --exclude or an annotation leaves a reference out for a workload."""
    patterns = []
    if not options.excludes_count:
        return False
    for pair in options.exclude:
        who, _, what = pair.partition("=")
        if fits(who, workload.kind, workload.namespace, workload.name, options):
            patterns.append(what)
    for node in (workload.node, workload.template):
        patterns += listed(annotation(node, "rollstamp.io/exclude"))
    namespaces = {reference.namespace or workload.namespace}
    source = find(reference.kind, reference.namespace or workload.namespace, reference.name)
    if source:
        namespaces.add(source.namespace)
    return any(fits(p, reference.kind, n, reference.name, options) for p in patterns for n in namespaces)


def volumes_of(workload, options):
    """Which volumes count: an option for this workload, its own annotation, its template's, an option for all."""
    mode, chosen = "all", None
    for value in options.volumes:
        who, names_one, what = value.rpartition("=")
        if not names_one:
            mode = what
        elif fits(who, workload.kind, workload.namespace, workload.name, options):
            chosen = what
    annotated = [annotation(node, "rollstamp.io/volumes") for node in (workload.node, workload.template)]
    annotated = [value for value in annotated if value in ("all", "subpath", "none")]
    return chosen or (annotated or [mode])[0]
