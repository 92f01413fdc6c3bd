# SPDX-License-Identifier: Apache-2.0
"""Certificates of the test servers, made with openssl into one directory.

    ca.pem           the authority that the program is told to trust
    other-ca.pem     one that it isn't told of
    NAME.pem         certificate and key of a server: see CERTIFICATES
"""

import subprocess


def addresses(count):
    """The first addresses of loopback, both as names and as addresses: the library that libgit2 uses on Debian 12
    compares addresses as if they were names."""
    for number in range(1, count + 1):
        yield f"DNS:127.0.0.{number},IP:127.0.0.{number}"


CERTIFICATES = {
    "good": ("ca", "DNS:localhost,DNS:git.hosts.test,DNS:git.dns.test," + ",".join(addresses(20)), None),
    "wrong-name": ("ca", "DNS:elsewhere.example", None),
    "expired": ("ca", "DNS:localhost", ("20200101000000Z", "20210101000000Z")),
    "not-yet-valid": ("ca", "DNS:localhost", ("20900101000000Z", "20910101000000Z")),
    "untrusted": ("other-ca", "DNS:localhost", None),
}

AUTHORITY = """
[ca]
default_ca = this
[this]
new_certs_dir = {directory}
database = {directory}/{name}.index
serial = {directory}/{name}.serial
certificate = {directory}/{name}.pem
private_key = {directory}/{name}.key
default_md = sha256
default_days = 30
policy = any
unique_subject = no
[any]
commonName = supplied
"""


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {arguments[0]}: {done.stdout.decode('utf-8', 'replace')}")


def make_key(path):
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(path))


def make_authority(directory, name):
    make_key(directory / f"{name}.key")
    config = directory / f"{name}.cnf"
    config.write_text(AUTHORITY.format(directory=directory, name=name))
    (directory / f"{name}.index").touch()
    (directory / f"{name}.serial").write_text("01\n")
    openssl("req", "-x509", "-new", "-key", str(directory / f"{name}.key"), "-subj", f"/CN=rollstamp test {name}",
            "-days", "30", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", str(directory / f"{name}.pem"))


def make_certificate(directory, name, authority, names, dates):
    key, request, certificate = (directory / f"{name}.{end}" for end in ("key", "csr", "crt"))
    extensions = directory / f"{name}.ext"
    extensions.write_text(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n")
    make_key(key)
    openssl("req", "-new", "-key", str(key), "-subj", f"/CN={name}.test", "-out", str(request))
    openssl("ca", "-batch", "-notext", "-config", str(directory / f"{authority}.cnf"), "-extfile", str(extensions),
            *(["-startdate", dates[0], "-enddate", dates[1]] if dates else []),
            "-in", str(request), "-out", str(certificate))
    (directory / f"{name}.pem").write_bytes(certificate.read_bytes() + key.read_bytes())


def make_all(directory):
    """Makes every certificate into the directory, which exists."""
    for authority in ("ca", "other-ca"):
        make_authority(directory, authority)
    for name, (authority, names, dates) in CERTIFICATES.items():
        make_certificate(directory, name, authority, names, dates)
