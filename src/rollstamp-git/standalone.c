/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/standalone.h"

#include <stddef.h>

#ifdef ROLLSTAMP_STANDALONE

#include <nss.h>
#include <stdint.h>
#include <unistd.h>

void standalone_start(void)
{
	/* In place of /etc/nsswitch.conf: these two are a part of glibc since 2.34, everything else would be loaded. */
	(void)__nss_configure_lookup("hosts", "files dns");
	(void)__nss_configure_lookup("passwd", "files");
}

const char *standalone_certificates(void)
{
	/* In the order of Go's crypto/x509: Debian and Alpine, Fedora, openSUSE, OpenELEC, RHEL 7, Alpine's own. */
	static const char *const places[] = {
		"/etc/ssl/certs/ca-certificates.crt",
		"/etc/pki/tls/certs/ca-bundle.crt",
		"/etc/ssl/ca-bundle.pem",
		"/etc/pki/tls/cacert.pem",
		"/etc/ssl/cert.pem",
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (access(places[i], R_OK) == 0)
			return places[i];
	return NULL;
}

/*
 * Kerberos, which libgit2 asks for its mechanisms when a server offers it (RFC 2743): there is none. libgit2 calls
 * nothing else then, but the linker wants it.
 */
#define GSS_S_FAILURE ((uint32_t)13 << 16)

struct gss_oid;
struct gss_oid_set;

uint32_t gss_indicate_mechs(uint32_t *minor, struct gss_oid_set **mechanisms);
uint32_t gss_release_oid_set(uint32_t *minor, struct gss_oid_set **set);
uint32_t gss_import_name(uint32_t *minor, void *from, struct gss_oid *type, void **name);
uint32_t gss_init_sec_context(uint32_t *minor);
uint32_t gss_delete_sec_context(uint32_t *minor);
uint32_t gss_display_status(uint32_t *minor);
uint32_t gss_release_buffer(uint32_t *minor);
uint32_t gss_release_name(uint32_t *minor);

extern struct gss_oid *GSS_C_NT_HOSTBASED_SERVICE;
struct gss_oid *GSS_C_NT_HOSTBASED_SERVICE;

uint32_t gss_indicate_mechs(uint32_t *minor, struct gss_oid_set **mechanisms)
{
	*minor = 0;
	*mechanisms = NULL;
	return GSS_S_FAILURE;
}

uint32_t gss_release_oid_set(uint32_t *minor, struct gss_oid_set **set)
{
	*minor = 0;
	*set = NULL;
	return 0;
}

uint32_t gss_import_name(uint32_t *minor, void *from, struct gss_oid *type, void **name)
{
	(void)from;
	(void)type;
	*minor = 0;
	*name = NULL;
	return GSS_S_FAILURE;
}

static uint32_t refuse(uint32_t *minor)
{
	*minor = 0;
	return GSS_S_FAILURE;
}

uint32_t gss_init_sec_context(uint32_t *minor)
{
	return refuse(minor);
}

uint32_t gss_delete_sec_context(uint32_t *minor)
{
	return refuse(minor);
}

uint32_t gss_display_status(uint32_t *minor)
{
	return refuse(minor);
}

uint32_t gss_release_buffer(uint32_t *minor)
{
	return refuse(minor);
}

uint32_t gss_release_name(uint32_t *minor)
{
	return refuse(minor);
}

/*
 * libgit2's own way to ssh, by libssh2. Ours (see transport) is registered before any url is looked at, so that this one
 * is never asked for; with it here, none of libssh2 is linked.
 */
int git_smart_subtransport_ssh(void **transport, void *owner, void *parameter);
int git_transport_ssh_global_init(void);

int git_smart_subtransport_ssh(void **transport, void *owner, void *parameter)
{
	(void)owner;
	(void)parameter;
	*transport = NULL;
	return -1;
}

int git_transport_ssh_global_init(void)
{
	return 0;
}

#else

void standalone_start(void)
{
}

const char *standalone_certificates(void)
{
	return NULL;
}

#endif
