# SPDX-License-Identifier: Apache-2.0
"""A user of the control plane that may do what rules of a Role say, and nothing else."""

USERS = "reader-token,reader,reader\n"
MANIFESTS = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules:
RULES---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: reader}]
"""


def of_reader(rules):
    """Manifests that give the user "reader" these rules, lines of YAML, in the namespace that they are applied in."""
    return MANIFESTS.replace("RULES", rules)
