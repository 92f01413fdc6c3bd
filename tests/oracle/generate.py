# SPDX-License-Identifier: Apache-2.0
"""Random streams and command lines, for comparing the program with the oracle on what no real manifest combines.

Names and keys come from small sets, so that references hit, miss and collide. What is made is what the API server could
be given, or nearly so: the point is the meaning of references, not broken YAML. The text is restyle's.
"""

import base64

import generate_git
import restyle
from kubeyaml import Node, quoted

NAMES = ["app", "app", "app", "app-config", "app-config", "a.b", "Mixed.Case", "x" * 64, "long." * 20 + "end"]
NAMESPACES = [None, None, None, None, None, "default", "other"]
KEYS = ["key", "second", "a.b", "UPPER", "z", "on", "010", "nested.yaml"]
SUB_PATHS = ["key", "second", "path/to", "renamed", "a.b", "absent", "path", "token"]
WORKLOADS = [
    ("apps/v1", "Deployment"), ("apps/v1", "Deployment"), ("extensions/v1beta1", "Deployment"),
    ("apps/v1", "StatefulSet"), ("apps/v1beta2", "DaemonSet"), ("argoproj.io/v1alpha1", "Rollout"),
    ("apps.openshift.io/v1", "DeploymentConfig"), ("example.com/v1", "Deployment"), ("batch/v1", "Job"),
    ("apps/v1", "ReplicaSet"), ("example.com/v1", "Widget"),
]
GLOBS = ["*", "app*", "app-*", "?pp", "[am]*", "*.b", "none-*", "default/*", "other/app*", "*/app", "[do]*/*", "*/x*"]
SELECTORS = ["tier=web", "tier", "!tier", "tier!=web", "tier in (web, db)", "tier notin (web),env", "env=", "weight>5",
             "weight<5,tier==db", "example.com/env=prod", "none", "tier=web,env!=x", "a b", "tier in web", "", " tier = web "]
LABELS = {"tier": ["web", "db", ""], "env": ["", "x"], "weight": ["3", "7", "x"], "example.com/env": ["prod"]}
FILE_SYSTEMS = ["cephfs", "cinder", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"]


def node_of(value):
    """A tree of Python's own values; strings become quoted text, Nodes stay."""
    if isinstance(value, Node):
        return value
    if isinstance(value, dict):
        return Node("mapping", [(node_of(k), node_of(v)) for k, v in value.items()])
    if isinstance(value, list):
        return Node("sequence", [node_of(v) for v in value])
    if value is None:
        return Node("scalar", "null", plain=True)
    if isinstance(value, bool):
        return Node("scalar", str(value).lower(), plain=True)
    return quoted(value)


def generated(rng):
    """(stream, command line, {file name: contents}) of one random case."""
    generator = Generator(rng)
    is_covered = rng.random() < 0.2
    documents = generator.covered() if is_covered else [generator.document() for _ in range(rng.randint(2, 9))]
    stream = b"".join(restyle.restyled(node_of(document), rng) for document in documents)
    args, files = generator.command_line()
    if is_covered:
        left_out = ("--drop-checksums", "--exclude", "--ignore", "--volumes", "--secrets", "--external", "--namespace")
        args = [arg for arg in args if arg.split("=")[0] not in left_out]
        args.append(rng.choice(["--drop-checksums", "--drop-checksums", "--drop-checksums=*checksum*"]))
    return stream, args, files


class Generator:
    def __init__(self, rng):
        self.rng = rng
        self.shared, self.checksums = [], []
        self.git = generate_git.GitParts(rng) if rng.random() < 0.4 else None

    def maybe(self, probability):
        return self.rng.random() < probability

    def some(self, choices, most):
        return [self.rng.choice(choices) for _ in range(self.rng.randint(0, most))]

    # -- documents

    def document(self):
        self.shared, self.checksums = [], []  # anchors end with their document
        kind = self.rng.random()
        if kind < 0.1:
            version, kind = self.rng.choice([("v1", "List"), ("v1", "ConfigMapList"), ("apps/v1", "DeploymentList")])
            items = [self.object() for _ in range(self.rng.randint(0, 3))]
            return {"apiVersion": version, "kind": kind, "items": items}
        return self.object()

    def covered(self):
        """Documents in which nearly all is consumed and stamped, so that stamps cover the chart's checksums."""
        sources = [("ConfigMap", "app"), ("Secret", "app"), ("ConfigMap", "app-config")][: self.rng.randint(1, 3)]
        documents = [
            {"apiVersion": "v1", "kind": kind, "metadata": self.labelled({"name": name}),
             "data": self.data(sorted(set(self.some(KEYS, 3))), kind == "Secret")}
            for kind, name in sources
        ]
        env_from = [{"configMapRef" if kind == "ConfigMap" else "secretRef": {"name": name}} for kind, name in sources]
        for _ in range(self.rng.randint(1, 3)):
            self.shared, self.checksums = [], []
            version, kind = self.rng.choice(WORKLOADS[:7])
            annotations = {"example.com/other": "value"} if self.maybe(0.3) else {}
            for name in ["checksum/config", "checksum/secret"][: self.rng.randint(1, len(sources))]:
                annotations[name] = self.checksum()
            if self.maybe(0.2):
                annotations["example.com/last"] = self.checksum()
            template_metadata = self.labelled({"annotations": annotations}) if self.maybe(0.8) else self.template_metadata()
            template = {"metadata": template_metadata, "spec": {"containers": [{"name": "c", "envFrom": env_from}]}}
            if self.maybe(0.1):
                template["spec"]["containers"].append(self.container())
            metadata = self.labelled({"name": self.rng.choice(NAMES[:4])})
            documents.append({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": {"template": template}})
        if self.maybe(0.2):
            documents.append(self.stand_in())
        self.rng.shuffle(documents)
        return documents

    def object(self):
        return self.source() if self.maybe(0.55) else self.workload()

    def metadata(self, annotations):
        metadata = {"name": self.rng.choice(NAMES)}
        namespace = self.rng.choice(NAMESPACES)
        if namespace or self.maybe(0.05):
            metadata["namespace"] = namespace
        if self.maybe(0.1):
            annotations["helm.sh/hook"] = "pre-install"
        if self.maybe(0.07):
            annotations["rollstamp.io/ignore"] = self.rng.choice(["true", "yes", "1", "false", "no", "maybe"])
        if annotations or self.maybe(0.1):
            metadata["annotations"] = annotations
        return metadata

    def release(self):
        """Labels that say of which release an object is, or of which version of a chart."""
        labels = {}
        if self.maybe(0.5):
            labels["app.kubernetes.io/instance"] = self.rng.choice(["one", "two", ""])
        if self.maybe(0.2):
            labels["release"] = self.rng.choice(["one", "two"])
        if self.maybe(0.1):
            labels[self.rng.choice(["helm.sh/chart", "app.kubernetes.io/version", "chart"])] = "c-1.2"
        return labels

    def labelled(self, metadata):
        labels = self.release() if self.maybe(0.6) else {}
        return {**metadata, "labels": labels} if labels else metadata

    def stand_in(self):
        """What a controller makes a Secret of, or what looks like it."""
        name = self.rng.choice(NAMES)
        version, kind, spec = self.rng.choice([
            ("bitnami.com/v1alpha1", "SealedSecret", {"encryptedData": {"key": "AgB"}}),
            ("external-secrets.io/v1", "ExternalSecret", {"target": {"name": name}}),
            ("external-secrets.io/v1beta1", "ExternalSecret", {"target": {"template": None}}),
            ("secrets.hashicorp.com/v1beta1", "VaultStaticSecret", {"destination": {"name": name}}),
            ("cert-manager.io/v1", "Certificate", {"secretName": name}),
            ("onepassword.com/v1", "OnePasswordItem", None),
            ("secrets.doppler.com/v1alpha1", "DopplerSecret", {"managedSecret": {"name": name}}),
            ("isindir.github.com/v1alpha3", "SopsSecret", {"secretTemplates": [{"name": name}]}),
            ("example.com/v1", "SealedSecret", {}),
        ])
        return {"apiVersion": version, "kind": kind, "metadata": self.metadata({}), "spec": spec}

    def source(self):
        if self.maybe(0.12):
            return self.provider_class()
        if self.maybe(0.08):
            return self.stand_in()
        secret = self.maybe(0.4)
        group = "v1" if self.maybe(0.97) else "example.com/v1"
        metadata = self.labelled(self.metadata({}))
        node = {"apiVersion": group, "kind": "Secret" if secret else "ConfigMap", "metadata": metadata}
        if self.maybe(0.4):
            metadata["labels"] = {**(metadata.get("labels") or {}), **(self.labels() or {})}
        fields = [("data", secret), ("stringData", False) if secret else ("binaryData", True)]
        taken = set()
        for field, is_base64 in fields:
            keys = set(self.some(KEYS + generate_git.KEYS * 2 if self.git else KEYS, 4)) - (set() if secret else taken)
            taken |= keys
            if keys or self.maybe(0.3):
                node[field] = self.data(sorted(keys), is_base64)
        return node

    def labels(self):
        names = sorted(set(self.some(list(LABELS), 3)))
        return {name: self.rng.choice(LABELS[name]) for name in names} or self.rng.choice([{}, None])

    def provider_class(self):
        group = "secrets-store.csi.x-k8s.io/v1" if self.maybe(0.95) else "v1"
        node = {"apiVersion": group, "kind": "SecretProviderClass", "metadata": self.metadata({})}
        spec = {"provider": self.rng.choice(["vault", "aws", "", None])} if self.maybe(0.8) else {}
        if self.maybe(0.8):
            spec["parameters"] = self.data(sorted(set(self.some(KEYS, 4))), False)
        if self.maybe(0.6):
            spec["secretObjects"] = [self.made_secret() for _ in range(self.rng.randint(0, 2))] or self.rng.choice([[], None])
        if spec or self.maybe(0.5):
            items = list(spec.items())
            self.rng.shuffle(items)
            node["spec"] = dict(items)
        return node

    def made_secret(self):
        node = {"secretName": self.rng.choice(NAMES), "type": "Opaque"}
        if self.maybe(0.7):
            node["data"] = [{"key": self.value(False, "key"), "objectName": "é\"\\\t\u007f"}]
        if self.maybe(0.4):
            node["labels"] = self.data(sorted(set(self.some(KEYS, 3))), False)
        return node

    def data(self, keys, is_base64):
        if not keys and self.maybe(0.5):
            return None
        entries = [(self.data_key(key), self.value(is_base64, key)) for key in keys]
        self.rng.shuffle(entries)
        return Node("mapping", [(k, node_of(v)) for k, v in entries])

    def data_key(self, key):
        """Some keys are written without quotes that YAML 1.1 takes for something else."""
        return Node("scalar", key, plain=True) if self.maybe(0.5) else quoted(key)

    def value(self, is_base64, key):
        if self.git and key in generate_git.KEYS[:-1]:
            text = self.git.value(key)
            return base64.b64encode(text.encode()).decode() if is_base64 else text
        if self.maybe(0.08):
            return None
        texts = ["", "v", "null", "two\nlines\n", " led\n\n", "ümläut", "\U0001f600", "'\"", "x" * 300]
        text = self.rng.choice(texts)
        text += str(self.rng.randint(0, 3)) * self.rng.randint(0, 1)
        return base64.b64encode(text.encode()).decode() if is_base64 else text

    # -- workloads

    def workload(self):
        version, kind = self.rng.choice(WORKLOADS)
        annotations = {**self.own_annotations(0.15), **self.change_cause()}
        node = {"apiVersion": version, "kind": kind, "metadata": self.labelled(self.metadata(annotations))}
        if self.maybe(0.95):
            node["spec"] = {"template": self.template()}
            if kind == "Rollout" and self.maybe(0.4):
                node["spec"]["workloadRef"] = self.rng.choice([
                    None, {}, {"apiVersion": "apps/v1", "kind": "Deployment", "name": self.rng.choice(NAMES)}])
                if self.maybe(0.5):
                    node["spec"]["template"] = {}
        return node

    def change_cause(self):
        """What kubectl rollout history shows, of whoever wrote it."""
        if not self.maybe(0.2):
            return {}
        texts = ["rollstamp: configmap/app 01234567", "rollstamp:", "kubectl set image", "rollstamp", "", None, "7"]
        return {"kubernetes.io/change-cause": self.rng.choice(texts)}

    def own_annotations(self, probability):
        found = {}
        for kind in ("configmaps", "secrets"):
            if self.maybe(probability):
                names = [self.rng.choice(["", "", "default/", "other/"]) + n for n in self.some(NAMES, 2)]
                names += self.some(GLOBS, 2) if self.maybe(0.5) else []
                found[f"rollstamp.io/{kind}"] = self.rng.choice([",", ", "]).join(names)
        for kind in ("configmap", "secret"):
            if self.maybe(probability / 2):
                usual = SELECTORS[:-4] if self.maybe(0.9) else SELECTORS
                found[f"rollstamp.io/{kind}-selector"] = self.rng.choice(usual)
        if self.maybe(probability / 2):
            kinds = self.some(["configmap/", "secret/", "", "default/", "secret/other/"], 2)
            found["rollstamp.io/exclude"] = ",".join(k + self.rng.choice(NAMES) for k in kinds)
        if self.maybe(probability / 2):
            found["rollstamp.io/volumes"] = self.rng.choice(["all", "subpath", "none", "some"])
        if self.git and self.maybe(probability):
            found["rollstamp.io/git"] = self.git.annotation()
        if self.git and self.maybe(probability / 2):
            found["rollstamp.io/git-pin"] = self.rng.choice(["true", "On", "t", "false", "maybe"])
        return found

    def template(self):
        template = {}
        if self.maybe(0.85):
            template["metadata"] = self.template_metadata()
        template["spec"] = self.pod()
        return self.share(template) if self.maybe(0.05) else template

    def template_metadata(self):
        if self.maybe(0.1):
            return self.rng.choice([None, {}])
        metadata = {"labels": {"app": "web", **self.release()}} if self.maybe(0.8) else {}
        if self.maybe(0.6):
            annotations = self.own_annotations(0.1)
            if self.maybe(0.3):
                annotations["example.com/other"] = "value"
            for name in self.some(["checksum/config", "checksum/secret", "configchecksum"], 2) if self.maybe(0.5) else []:
                annotations[name] = self.checksum()
            for name in self.some(["app", "app-config", "gone"], 2) if self.maybe(0.3) else []:
                annotations[f"configmap.rollstamp.io/{name}"] = self.rng.choice(["old", None, "0"])
            metadata["annotations"] = annotations or self.rng.choice([None, {}])
        return metadata

    def checksum(self):
        """A value, of which an alias elsewhere may make use."""
        node = node_of(self.rng.choice(["0123", "a b", "x # y", "a\nb\n", "", None]))
        if self.maybe(0.15):
            node = self.rng.choice([node, *self.checksums])
            node.anchor = f"c{id(node) % 100000}"
            self.checksums.append(node)
        return node

    def pod(self):
        pod = {"containers": [self.container() for _ in range(self.rng.randint(1, 3))]}
        if self.maybe(0.8 if self.git else 0.3):
            pod["initContainers"] = [self.container() for _ in range(self.rng.randint(0, 2))]
        pod["volumes"] = [dict(name=f"v{i}", **self.volume()) for i in range(3)]
        if self.maybe(0.1):
            pod["imagePullSecrets"] = [{"name": "app"}]
        items = list(pod.items())
        self.rng.shuffle(items)
        return dict(items)

    def container(self):
        container = {"name": "c"}
        if self.maybe(0.6):
            env = [self.variable() for _ in range(self.rng.randint(0, 3))]
            container["env"] = env if env else self.rng.choice([None, []])
        if self.maybe(0.3):
            container["envFrom"] = [self.env_from() for _ in range(self.rng.randint(0, 2))]
        if self.maybe(0.7):
            container["volumeMounts"] = [self.mount() for _ in range(self.rng.randint(0, 4))]
        if self.maybe(0.1):
            container.update(self.reloader())
        elif self.maybe(0.08):
            container.update(self.label_reader())
        if self.git and self.maybe(0.6):
            container.update(self.git_container(container.get("env")))
        items = list(container.items())
        self.rng.shuffle(items)
        container = dict(items)
        return self.share(container) if self.maybe(0.1) else container

    def reloader(self):
        """Fields of a sidecar that watches what it mounts, or looks like it. All mounts are at /x."""
        image = self.rng.choice(["prometheus-config-reloader", "configmap-reload:v1", "r.io/config-reloader@sha256:0", "reload"])
        flag = self.rng.choice(["--watched-dir", "--volume-dir", "-volume-dir", "--config-file", "--dir"])
        path = self.rng.choice(["/x", "/x/", "/x/key", "/y", "x"])
        fields = {"image": image, "args": self.rng.choice([[f"{flag}={path}"], [flag, path], [path]])}
        return {**fields, "restartPolicy": "Always"} if self.maybe(0.3) else fields

    def label_reader(self):
        """A k8s-sidecar, which may read its objects once or follow them."""
        variables = {"METHOD": ["LIST", "WATCH", "SLEEP"], "LABEL": ["tier", "env", "none"], "LABEL_VALUE": ["web", ""],
                     "RESOURCE": ["both", "secret", "configmap"], "NAMESPACE": ["ALL", "default,other", "default", ""]}
        env = [{"name": name, "value": self.rng.choice(values)} for name, values in variables.items() if self.maybe(0.5)]
        if self.maybe(0.2):
            env.append({"name": self.rng.choice(list(variables)), "valueFrom": self.key_ref()})
        fields = {"image": self.rng.choice(["quay.io/kiwigrid/k8s-sidecar:1.30", "k8s-sidecar", "sidecar"]), "env": env}
        return {**fields, "restartPolicy": "Always"} if self.maybe(0.3) else fields

    def git_container(self, env):
        """Fields of a container that checks something out, or looks like it."""
        kind = self.rng.random()
        if kind < 0.5:
            return {"env": [*(env or []), *self.git.variables(self.git_key_ref)]}
        return self.git.sync() if kind < 0.75 else self.git.clone()

    def git_key_ref(self):
        field = self.rng.choice(["configMapKeyRef", "configMapKeyRef", "secretKeyRef"])
        reference = {"name": self.rng.choice(NAMES), "key": self.rng.choice(generate_git.KEYS)}
        return {field: {**reference, "optional": True} if self.maybe(0.3) else reference}

    def share(self, value):
        """The node itself with an anchor, or an alias to one that was made before in this document."""
        node = node_of(value)
        if self.shared and self.maybe(0.5):
            node = self.rng.choice(self.shared)
        node.anchor = f"s{id(node) % 100000}"
        self.shared.append(node)
        return node

    def variable(self):
        kind = self.rng.random()
        if kind < 0.3:
            return {"name": "PLAIN", "value": "x"}
        if kind < 0.4:
            name = self.rng.choice(["ROLLSTAMP_CONFIGMAP_APP", "ROLLSTAMP_SECRET_APP", "ROLLSTAMP_CONFIGMAP_GONE"])
            return {"name": name, "value": "old"} if self.maybe(0.7) else {"name": name, "valueFrom": self.key_ref()}
        if kind < 0.5:
            return {"name": "FIELD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}
        return {"name": "REF", "valueFrom": self.key_ref()}

    def key_ref(self):
        field = self.rng.choice(["configMapKeyRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"])
        return {field: {"name": self.rng.choice(NAMES), "key": self.rng.choice([*KEYS, "absent", "true", "8"])}}

    def env_from(self):
        entry = {self.rng.choice(["configMapRef", "secretRef"]): {"name": self.rng.choice(NAMES)}}
        if self.git and self.maybe(0.2):
            return {"prefix": "GIT_", **entry}
        return {"prefix": "P_", **entry} if self.maybe(0.2) else entry

    def mount(self):
        mount = {"name": f"v{self.rng.randint(0, 2)}", "mountPath": "/x"}
        if self.maybe(0.6):
            mount["subPath"] = self.rng.choice(["", None, *SUB_PATHS, *SUB_PATHS])
        elif self.maybe(0.15):
            mount["subPathExpr"] = "$(NAME)"
        return mount

    def volume(self):
        kind = self.rng.random()
        if self.git and self.maybe(0.2):
            return self.git.volume()
        if kind < 0.3:
            return {"configMap": self.volume_part("name")}
        if kind < 0.5:
            return {"secret": self.volume_part("secretName")}
        if kind < 0.8:
            return {"projected": {"sources": [self.projected() for _ in range(self.rng.randint(0, 3))]}}
        name = self.rng.choice(NAMES)
        return self.rng.choice([
            {"csi": {"driver": "d", "nodePublishSecretRef": {"name": name}}},
            {"csi": self.provider_volume(name)},
            {"csi": self.provider_volume(name)},
            {"azureFile": {"secretName": name, "shareName": "s"}},
            {self.rng.choice(FILE_SYSTEMS): {"secretRef": {"name": name}}},
            {"emptyDir": {}},
        ])

    def provider_volume(self, name):
        driver = self.rng.choice(["secrets-store.csi.k8s.io", "secrets-store-gke.csi.k8s.io", "secrets-store.csi.k8s.io", "d"])
        return {"driver": driver, "volumeAttributes": {"secretProviderClass": name}}

    def projected(self):
        kind = self.rng.random()
        if kind < 0.1:
            return {"serviceAccountToken": {"path": self.rng.choice(["token", "path/token"])}}
        if kind < 0.2:
            field = self.rng.choice(["credentialBundlePath", "keyPath", "certificateChainPath"])
            return {"podCertificate": {"signerName": "example.com/signer", field: self.rng.choice(["token", "path/to"])}}
        return {"configMap" if kind < 0.6 else "secret": self.volume_part("name")}

    def volume_part(self, name_field):
        part = {name_field: self.rng.choice(NAMES)}
        if self.maybe(0.5):
            keys = self.some([*KEYS, "absent"], 3)
            part["items"] = [{"key": key, "path": self.rng.choice([key, "renamed", "path/to", "path/too"])} for key in keys]
        return part

    # -- the command line

    def command_line(self):
        """(arguments, files that they name)."""
        args, files = [f"--inject={self.rng.choice(['annotations', 'env', 'both'])}"], {}
        if self.maybe(0.25):
            args.append(f"--namespace={self.rng.choice(['default', 'other'])}")
        if self.maybe(0.2):
            whose = ["", "", "app=", "deployment/*=", "default/app="]
            args += [f"--volumes={who}{self.rng.choice(['subpath', 'none', 'all'])}" for who in self.some(whose, 2)]
        if self.maybe(0.1):
            args.append("--secrets=off")
        if self.maybe(0.15):
            pattern = self.rng.choice(["app", "configmap/app", "secret/*", "deployment/app", "default/app*", "*/*/a.b"])
            args.append(f"--ignore={pattern}")
        if self.maybe(0.15):
            pattern = self.rng.choice(["deployment/*=configmap/app", "*/app=*/a*", "*/*=secret/app", "rollout/x=*/*",
                                       "app=app", "default/*=other/*", "*=configmap/default/a*"])
            args.append(f"--exclude={pattern}")
        if self.maybe(0.15):
            pattern = self.rng.choice(["deployment/*=configmap/app", "*=secret/app", "other/*=ConfigMap/default/app",
                                       "*=configmap/app*", "*=secret/*/*", "app=configmap:tier=web", "*=Secret:env in (,x)"])
            args.append(f"--also={pattern}")
        if self.maybe(0.35):
            args += self.rng.choice([["--drop-checksums"], ["--drop-checksums=*checksum*"], ["--drop-checksums=configchecksum"]])
            args += self.rng.choice([[], ["--unresolved-ok=*"], ["--unresolved-ok=secret/*"]])
        if self.maybe(0.4):
            args.append("--change-cause")
        if self.maybe(0.15):
            args.append("--kind=example.com/Widget=spec.template")
        if self.maybe(0.2):
            files["key"] = b"secret key\n"
            args.append("--secret-key-file=key")
        if self.maybe(0.25):
            documents = [restyle.restyled(node_of(self.source()), self.rng) for _ in range(self.rng.randint(1, 4))]
            files["external.yaml"] = b"".join(documents)
            args.append("--external=external.yaml")
        # Never without a lock: nothing that is random may ask a server.
        files["lock.json"] = generate_git.lock_file(self.rng) if self.git else b""
        args += ["--locked", "--lock=lock.json", *(self.git.command_line() if self.git else [])]
        return args, files
