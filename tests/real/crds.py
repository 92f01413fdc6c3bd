# SPDX-License-Identifier: Apache-2.0
"""Kinds that a bare control plane does not have, as far as the suites with real programs need them.

Their schemas are those of the projects where rollstamp depends on them, and otherwise take everything.
"""

import json
import time

ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
TEXT = {"type": "string"}
# Of the Secrets Store CSI driver.
PROVIDER_CLASS = {
    "type": "object",
    "properties": {
        "provider": TEXT,
        "parameters": {"type": "object", "additionalProperties": TEXT},
        "secretObjects": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "secretName": TEXT,
                    "type": TEXT,
                    "labels": {"type": "object", "additionalProperties": TEXT},
                    "annotations": {"type": "object", "additionalProperties": TEXT},
                    "data": {"type": "array", "items": {"type": "object", "properties": {"key": TEXT, "objectName": TEXT}}},
                },
            },
        },
    },
}
# Name to group, versions (the last one is stored), schema of the spec.
KINDS = {
    "SealedSecret": ("bitnami.com", ["v1alpha1"], ANYTHING),
    "ExternalSecret": ("external-secrets.io", ["v1"], ANYTHING),
    "VaultStaticSecret": ("secrets.hashicorp.com", ["v1beta1"], ANYTHING),
    "SecretProviderClass": ("secrets-store.csi.x-k8s.io", ["v1alpha1", "v1"], PROVIDER_CLASS),
}
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def plural(kind):
    return kind.lower() + ("es" if kind.endswith("s") else "s")


def define(cluster, kind):
    """Makes a kind, and waits until the API server takes objects of it."""
    group, versions, spec = KINDS[kind]
    schema = {"type": "object", "properties": {"spec": spec, "status": ANYTHING}}
    body = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural(kind)}.{group}",
            # Groups below k8s.io are protected; this is what says that nobody has approved it.
            "annotations": {"api-approved.kubernetes.io": "unapproved, for a test"},
        },
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural(kind), "singular": kind.lower()},
            "versions": [
                {"name": each, "served": True, "storage": each == versions[-1], "schema": {"openAPIV3Schema": schema}}
                for each in versions
            ],
        },
    }
    status, answer = cluster.request("POST", DEFINITIONS, json.dumps(body).encode(), "application/json")
    if status not in (201, 409):
        raise RuntimeError(f"{kind}: status {status}: {answer.decode(errors='replace')}")
    deadline = time.monotonic() + 30
    while cluster.request("GET", f"/apis/{group}/{versions[-1]}/namespaces/default/{plural(kind)}")[0] != 200:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{kind}: the API server does not serve it")
        time.sleep(0.1)
