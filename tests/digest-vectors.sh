#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Frozen digest vectors: digest-vectors.sh PATH-TO-ROLLSTAMP
#
# A digest that changes restarts the pods of everybody who uses rollstamp. So every vector stands here three times: as
# a constant, as the bytes it is made of (hashed with xxhsum and sha256sum, which know nothing of rollstamp), and as
# what the program says. All three have to agree. Output is TAP version 13.
set -u
LC_ALL=C
export LC_ALL

program=${1:?usage: digest-vectors.sh PATH-TO-ROLLSTAMP}
for tool in xxhsum sha256sum od; do
    command -v "$tool" >/dev/null || { echo "1..0 # SKIP $tool is not there"; exit 77; }
done
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
count=0
failed=0

# ok TITLE WANT GOT: one test line.
ok() {
    count=$((count + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $count - $1"
    else
        failed=$((failed + 1))
        echo "not ok $count - $1"
        echo "# want $2"
        echo "# got  $3"
    fi
}

hex() { od -An -v -tx1 | tr -d ' \n'; }

# from_hex HEX: the bytes.
from_hex() {
    rest=$1
    while [ -n "$rest" ]; do
        tail=${rest#??}
        printf '%b' "\\0$(printf '%03o' "0x${rest%"$tail"}")"
        rest=$tail
    done
}

sha256() { sha256sum | cut -d ' ' -f 1; }

# key_block FILE BYTE: the key, filled up to SHA-256's block with zeros, each byte XORed.
key_block() {
    filled=0
    for byte in $(od -An -v -tu1 "$1"); do
        printf '%b' "\\0$(printf '%03o' $((byte ^ $2)))"
        filled=$((filled + 1))
    done
    while [ "$filled" -lt 64 ]; do
        printf '%b' "\\0$(printf '%03o' "$2")"
        filled=$((filled + 1))
    done
}

# hmac_sha256 KEYFILE < MESSAGE: RFC 2104, from sha256sum alone.
hmac_sha256() {
    cp "$1" "$tmp/hmac-key"
    if [ "$(wc -c < "$1")" -gt 64 ]; then
        from_hex "$(sha256 < "$1")" > "$tmp/hmac-key"
    fi
    inner=$({ key_block "$tmp/hmac-key" 54; cat; } | sha256)
    { key_block "$tmp/hmac-key" 92; from_hex "$inner"; } | sha256
}

# configmap TITLE CONSTANT PREIMAGE(printf format) ARGUMENT...: manifests are in $tmp/manifests.
configmap() {
    title=$1 constant=$2
    printf '%b' "$3" > "$tmp/preimage"
    shift 3
    ok "$title: xxhsum" "$constant" "$(xxhsum -H2 < "$tmp/preimage" | cut -d ' ' -f 1)"
    ok "$title: rollstamp" "$constant" "$("$program" digest "$@" < "$tmp/manifests" 2>&1)"
    "$program" digest "$@" --preimage < "$tmp/manifests" > "$tmp/out" 2>&1
    ok "$title: preimage" "$(hex < "$tmp/preimage")" "$(hex < "$tmp/out")"
}

# secret TITLE CONSTANT PREIMAGE ARGUMENT...: with the key in $tmp/key, if there is one, which $tmp/key-file holds for
# the program as a file may hold it.
secret() {
    title=$1 constant=$2
    printf '%b' "$3" > "$tmp/preimage"
    shift 3
    if [ -e "$tmp/key" ]; then
        set -- "$@" --secret-key-file="$tmp/key-file"
        computed=$(hmac_sha256 "$tmp/key" < "$tmp/preimage")
    else
        computed=$(sha256 < "$tmp/preimage")
    fi
    ok "$title: sha256sum" "$constant" "$(printf %.32s "$computed")"
    ok "$title: rollstamp" "$constant" "$("$program" digest "$@" < "$tmp/manifests" 2>&1)"
}

# The shell's HMAC itself, against RFC 4231's test cases 2 and 6.
printf Jefe > "$tmp/rfc"
ok "RFC 4231, case 2" 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843 \
    "$(printf 'what do ya want for nothing?' | hmac_sha256 "$tmp/rfc")"
i=0
while [ "$i" -lt 131 ]; do printf '\252'; i=$((i + 1)); done > "$tmp/rfc"
ok "RFC 4231, case 6" 60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54 \
    "$(printf 'Test Using Larger Than Block-Size Key - Hash Key First' | hmac_sha256 "$tmp/rfc")"

# ---- ConfigMaps

cat > "$tmp/manifests" <<'EOF'
apiVersion: v1
kind: ConfigMap
metadata:
  name: plain
  labels: {nobody: cares}
data:
  b: second
  a: first
  B: upper case comes first
  a.b: dot
  a-b: dash
  a_b: underscore
  empty: ""
  nothing:
  text: |
    two
    lines
  umlaut: ä
binaryData:
  bytes: AP+AAQ==
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: without-data
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: odd-keys
data:
  on: "1"
  010: "2"
  0x10: "3"
  1_000: "4"
  "on.": "5"
  !!str off: "6"
  n: "7"
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: reader
spec:
  template:
    spec:
      containers:
        - name: c
          env:
            - name: A
              valueFrom: {configMapKeyRef: {name: plain, key: b}}
            - name: B
              valueFrom: {configMapKeyRef: {name: plain, key: absent, optional: true}}
            - name: C
              valueFrom: {secretKeyRef: {name: keys, key: token}}
        - name: d
          env:
            - name: D
              valueFrom: {configMapKeyRef: {name: plain, key: bytes}}
            - name: E
              valueFrom: {secretKeyRef: {name: keys, key: missing}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: reads-all
spec:
  template:
    spec:
      containers:
        - name: c
          envFrom:
            - configMapRef: {name: plain}
            - configMapRef: {name: without-data}
          env:
            - name: A
              valueFrom: {configMapKeyRef: {name: plain, key: b}}
            - name: B
              valueFrom: {configMapKeyRef: {name: plain, key: absent, optional: true}}
            - name: C
              valueFrom: {configMapKeyRef: {name: without-data, key: absent, optional: true}}
---
apiVersion: v1
kind: Secret
metadata:
  name: keys
data:
  token: czNjcjN0
  password: AP+A
  lines: |-
    YWJj
    ZGVm
---
apiVersion: v1
kind: Secret
metadata:
  name: layered
data:
  a: b2xk
  b: a2VwdA==
  c:
stringData:
  a: new
  d:
---
apiVersion: v1
kind: Secret
metadata:
  name: empty
EOF

head='rollstamp/1 configmap\n'
upper='1:B=22:upper case comes first\n'
before_absent='1:a=5:first\n3:a-b=4:dash\n3:a.b=3:dot\n3:a_b=10:underscore\n'
after_absent='1:b=6:second\n5:bytes=4:\000\377\200\001\n5:empty=0:\n7:nothing=0:\n4:text=10:two\nlines\n\n'
after_absent="${after_absent}6:umlaut=2:\303\244\n"

configmap "all keys of a ConfigMap" f731c22f31b3cf9615ffc7164c4e9395 \
    "$head$upper$before_absent$after_absent" configmap/plain
configmap "a ConfigMap without keys" 768915bf9fefb5404d02319dc53f12fc "$head" configmap/without-data
configmap "keys that YAML 1.1 takes for something else" 4f38823e91d4ca72783b86f9b6ea6d2d \
    "${head}4:1000=1:4\n2:16=1:3\n1:8=1:2\n5:false=1:7\n3:off=1:6\n3:on.=1:5\n4:true=1:1\n" configmap/odd-keys
configmap "some keys, and one that is absent" aeadd3d609b0e5fb9e0ce5cfc3135112 \
    "${head}6:absent!\n1:b=6:second\n5:bytes=4:\000\377\200\001\n" configmap/plain --for deployment/reader
configmap "all keys, and one that is absent" 20501f4f5b1468a925d03a787d5ae70c \
    "$head$upper${before_absent}6:absent!\n$after_absent" configmap/plain --for daemonset/reads-all
configmap "no keys, and one that is absent" 67ed28641027d2ff6d129eb1ffc838f0 \
    "${head}6:absent!\n" configmap/without-data --for daemonset/reads-all

# ---- Secrets

lines='5:lines=6:abcdef\n'
password='8:password=3:\000\377\200\n'
token='5:token=6:s3cr3t\n'
layered='rollstamp/1 secret layered\n1:a=3:new\n1:b=4:kept\n1:c=0:\n1:d=0:\n'

secret "all keys of a Secret" a80a6b7712d444a51eb843b1a90e3241 \
    "rollstamp/1 secret keys\n$lines$password$token" secret/keys
secret "a Secret without keys" 5b74b42cd3ca54c7f86518f904689408 'rollstamp/1 secret empty\n' secret/empty
secret "stringData over data" 5cf48983bbddb2100c3ddd7a29cee475 "$layered" secret/layered
secret "some keys of a Secret" a8705fdc77a8c66e0cfcd8afe12ebd97 \
    "rollstamp/1 secret keys\n7:missing!\n$token" secret/keys --for deployment/reader

printf 'a key' > "$tmp/key"
printf 'a key' > "$tmp/key-file"
secret "with a key" 50f7623b27b0e754a91ceb4e60c36194 "rollstamp/1 secret keys\n$lines$password$token" secret/keys
printf 'a key\n' > "$tmp/key-file"
secret "with a key that ends in a newline" 50f7623b27b0e754a91ceb4e60c36194 \
    "rollstamp/1 secret keys\n$lines$password$token" secret/keys
printf 'a key\n' > "$tmp/key"
printf 'a key\n\n' > "$tmp/key-file"
secret "with a key that ends in two newlines" a59ad93b24dfbcff24c91eca4da2cccf "$layered" secret/layered
printf '\377\000key\r' > "$tmp/key"
printf '\377\000key\r\n' > "$tmp/key-file"
secret "with a key of any bytes" 5993bdadeda210d0b060b244f3ada29f "$layered" secret/layered
i=0
while [ "$i" -lt 65 ]; do printf k; i=$((i + 1)); done > "$tmp/key"
cp "$tmp/key" "$tmp/key-file"
secret "with a key longer than a block" 47cde1f8bec895fca9bfd5866ba0c2cd "$layered" secret/layered

"$program" digest secret/keys --preimage < "$tmp/manifests" > "$tmp/out" 2> "$tmp/err" && refused=no || refused=yes
ok "the preimage of a Secret is refused" "yes 0" "$refused $(wc -c < "$tmp/out" | tr -d ' ')"

# ---- SecretProviderClasses: by SHA-256, also with a key for Secrets

rm -f "$tmp/key"

# provider TITLE CONSTANT PREIMAGE NAME
provider() {
    printf '%b' "$3" > "$tmp/preimage"
    ok "$1: sha256sum" "$2" "$(printf %.32s "$(sha256 < "$tmp/preimage")")"
    ok "$1: rollstamp" "$2" "$("$program" digest "secretproviderclass/$4" < "$tmp/manifests" 2>&1)"
    ok "$1: with a key" "$2" \
        "$("$program" digest "secretproviderclass/$4" --secret-key-file="$tmp/key-file" < "$tmp/manifests" 2>&1)"
    "$program" digest "secretproviderclass/$4" --preimage < "$tmp/manifests" > "$tmp/out" 2>&1
    ok "$1: preimage" "$(hex < "$tmp/preimage")" "$(hex < "$tmp/out")"
}

cat > "$tmp/manifests" <<'EOF'
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata:
  name: vault
  labels: {nobody: cares}
spec:
  secretObjects:
    - type: Opaque
      secretName: "made \"here\"\t\\"
      data: [{objectName: pässword, key: p}]
  parameters:
    roleName: shop
    Empty:
    objects: |
      - objectName: password
  provider: vault
---
apiVersion: secrets-store.csi.x-k8s.io/v1
kind: SecretProviderClass
metadata: {name: nothing}
spec: {parameters: {}, provider: null}
EOF
head='rollstamp/1 secretproviderclass vault\n8:provider=5:vault\n16:parameters/Empty=0:\n'
head=$head'18:parameters/objects=23:- objectName: password\n\n19:parameters/roleName=4:shop\n13:secretObjects=102:'
json='[{"data":[{"key":"p","objectName":"pässword"}],"secretName":"made \\"here\\"\\u0009\\\\","type":"Opaque"}]\n'
provider "a SecretProviderClass" f82e7d952fce31b81cae25565e269fca "$head$json" vault
provider "a SecretProviderClass with nothing in it" 04992ff957bc6b9f598de022408edd6c 'rollstamp/1 secretproviderclass nothing\n' nothing

# ---- names: their short hashes are as frozen as the digests

# name TITLE WANT TEXT HASH-OF: one that is too long or too odd for its place.
name() {
    want=$2
    short=$(printf %s "$4" | xxhsum -H3 | sed 's/.*= //' | cut -c 1-8)
    case $want in *ROLLSTAMP*) short=$(printf %s "$short" | tr a-f A-F) ;; esac
    ok "$1: xxhsum" "${want%????????}$short" "$want"
    printf '%s\n' "$3" > "$tmp/manifests"
    ok "$1: rollstamp" 1 "$("$program" --inject=both < "$tmp/manifests" 2>&1 | grep -c -F "$want")"
}

# reader NAME [NAMESPACE]: a ConfigMap and a Deployment that reads it, in another namespace if there is one.
reader() {
    echo "{apiVersion: v1, kind: ConfigMap, metadata: {name: $1${2:+, namespace: $2}}}"
    echo ---
    echo 'apiVersion: apps/v1'
    echo 'kind: Deployment'
    echo "metadata: {name: web, namespace: here, annotations: {rollstamp.io/configmaps: '${2:+$2/}$1'}}"
    echo 'spec:'
    echo '  template:'
    echo '    spec:'
    echo '      containers:'
    echo '        - name: c'
}

long=a-name-of-sixty-four-characters-which-is-one-more-than-may-stand
name "a long name as an annotation" \
    configmap.rollstamp.io/a-name-of-sixty-four-characters-which-is-one-more-than-d29743c3 "$(reader "$long")" "$long"
name "a dot in a variable" ROLLSTAMP_CONFIGMAP_A_B_390C9EBB "$(reader a.b)" a.b
name "upper case in a variable" ROLLSTAMP_CONFIGMAP__B_2943461B "$(reader Ab)" Ab
name "another namespace in a variable" ROLLSTAMP_CONFIGMAP_THERE_A_B_16E74F14 "$(reader a-b there)" there_a-b

echo "1..$count"
[ "$failed" -eq 0 ]
