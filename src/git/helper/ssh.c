#include "git/helper/ssh.h"

#include "base/buf.h"
#include "base/input.h"
#include "git/helper/daemon.h"
#include "git/helper/knownhosts.h"
#include "git/helper/sentence.h"
#include "git/helper/tcp.h"

#include <libssh2.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const key_names[] = { "id_ed25519", "id_ecdsa", "id_rsa" };

#define KEYS (sizeof(key_names) / sizeof(*key_names))

struct ssh {
	struct arena *arena;
	int socket;
	LIBSSH2_SESSION *session;
	LIBSSH2_CHANNEL *channel;
	bool has_offered; /* a key, to log in */
	char complaint[1024];
	size_t complaint_length;
};

/* What libssh2 says of its last error. */
static struct str last_error(const struct ssh *ssh)
{
	char *text = NULL;
	int length = 0;

	libssh2_session_last_error(ssh->session, &text, &length, 0);
	return text && length > 0 ? (struct str){ text, (size_t)length } : (struct str)STR("no reason");
}

static bool fail(const struct ssh *ssh, struct err *err)
{
	return err_set(err, "%s", sentence_for(last_error(ssh), SENTENCE_SSH, ssh->arena).ptr);
}

static bool connect_to(struct ssh *ssh, const struct giturl *url, struct err *err)
{
	const char *port = url->port.len > 0 ? arena_dup(ssh->arena, url->port).ptr : "22";

	return tcp_connect(arena_dup(ssh->arena, url->host).ptr, port, ssh->arena, &ssh->socket, err);
}

/* A file in ~/.ssh. */
static const char *own_file(const char *name, struct arena *arena)
{
	const char *home = getenv("HOME");

	return arena_printf(arena, "%s/.ssh/%s", home ? home : "", name).ptr;
}

static void read_known_hosts(const char *path, const struct knownhosts_server *server, struct knownhosts *seen)
{
	struct buf text = { 0 };
	struct err ignored;

	/* A file that is not there, or not ours to read, says nothing. */
	if (input_read_file(path, 0, &text, &ignored))
		knownhosts_read(buf_str(&text), server, seen);
	buf_release(&text);
}

static struct knownhosts look_up(const struct knownhosts_server *server, struct arena *arena)
{
	struct knownhosts seen = { 0 };

	read_known_hosts(own_file("known_hosts", arena), server, &seen);
	read_known_hosts(own_file("known_hosts2", arena), server, &seen);
	read_known_hosts("/etc/ssh/ssh_known_hosts", server, &seen);
	return seen;
}

/* Ways to prove a key, by its type, in the order of knownhosts_types; an rsa key has several. */
static const struct {
	const char *type;
	const char *method;
} host_methods[] = {
	{ "ssh-ed25519", "ssh-ed25519" },
	{ "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256" },
	{ "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384" },
	{ "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521" },
	{ "ssh-rsa", "rsa-sha2-512" },
	{ "ssh-rsa", "rsa-sha2-256" },
	{ "ssh-rsa", "ssh-rsa" },
};

static bool is_known(unsigned known, const char *type)
{
	for (unsigned i = 0; i < KNOWNHOSTS_TYPES; i++)
		if (strcmp(knownhosts_types[i], type) == 0)
			return known >> i & 1;
	return false;
}

static bool is_supported(const char **supported, int count, const char *method)
{
	for (int i = 0; i < count; i++)
		if (strcmp(supported[i], method) == 0)
			return true;
	return false;
}

/* The ways to ask a server for, those of known keys first, so that one of these is shown; NULL: any. */
static const char *prefer(struct ssh *ssh, unsigned known)
{
	const char **supported = NULL;
	int count = libssh2_session_supported_algs(ssh->session, LIBSSH2_METHOD_HOSTKEY, &supported);
	struct str list = { 0 };

	for (int wanted = 1; wanted >= 0; wanted--) {
		for (size_t i = 0; i < sizeof(host_methods) / sizeof(*host_methods); i++) {
			/* libssh2 1.10 reads and writes the same bytes when it drops a name that it doesn't know. */
			if (is_known(known, host_methods[i].type) == (wanted == 1) &&
			    is_supported(supported, count, host_methods[i].method))
				list = arena_printf(ssh->arena, "%.*s%s%s", STR_ARG(list), list.len > 0 ? "," : "",
						    host_methods[i].method);
		}
	}
	if (count > 0)
		libssh2_free(ssh->session, supported);
	return list.ptr;
}

/* As ssh-keygen -l shows it. */
static struct str fingerprint(struct str key, struct arena *arena)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	char text[BASE64_ENCODE_RAW_LENGTH(sizeof(digest))];
	struct sha256_ctx context;
	size_t length = sizeof(text);

	sha256_init(&context);
	sha256_update(&context, key.len, (const uint8_t *)key.ptr);
	sha256_digest(&context, sizeof(digest), digest);
	base64_encode_raw(text, sizeof(digest), digest);
	while (length > 0 && text[length - 1] == '=')
		length--;
	return arena_printf(arena, "SHA256:%.*s", (int)length, text);
}

static bool judge(enum knownhosts_verdict verdict, struct str shown, bool has_port, struct err *err)
{
	const char *how = has_port ? "`ssh-keyscan -p PORT HOST >> ~/.ssh/known_hosts`"
				   : "`ssh-keyscan HOST >> ~/.ssh/known_hosts`";

	switch (verdict) {
	case KNOWNHOSTS_KNOWN:
		return true;
	case KNOWNHOSTS_UNKNOWN:
		return err_set(err,
			       "the ssh server is not in ~/.ssh/known_hosts: make sure that %.*s is its key's "
			       "fingerprint, and add it with %s",
			       STR_ARG(shown), how);
	case KNOWNHOSTS_OTHER_TYPE:
		return err_set(
			err,
			"the ssh server is in known_hosts, but only with keys of other types than the one that it "
			"showed: make sure that %.*s is that key's fingerprint, and add it with %s",
			STR_ARG(shown), how);
	case KNOWNHOSTS_CHANGED:
		return err_set(
			err,
			"the ssh server has another key than known_hosts says: somebody may be in between. If the "
			"key was changed on purpose and %.*s is its fingerprint, remove the old one with "
			"`ssh-keygen -R` and add it with %s",
			STR_ARG(shown), how);
	case KNOWNHOSTS_REVOKED:
		return err_set(err, "the ssh server's key (%.*s) is marked @revoked in known_hosts", STR_ARG(shown));
	}
	return false;
}

static bool shake_hands(struct ssh *ssh, const struct giturl *url, struct err *err)
{
	struct knownhosts_server server = { .host = url->host, .port = KNOWNHOSTS_DEFAULT_PORT };
	struct knownhosts seen;
	const char *key, *methods;
	int type;

	if (url->port.len > 0)
		server.port = (unsigned)strtoul(arena_dup(ssh->arena, url->port).ptr, NULL, 10);
	seen = look_up(&server, ssh->arena);
	methods = prefer(ssh, seen.types);
	if ((methods && libssh2_session_method_pref(ssh->session, LIBSSH2_METHOD_HOSTKEY, methods) != 0) ||
	    libssh2_session_handshake(ssh->session, ssh->socket) != 0)
		return fail(ssh, err);
	key = libssh2_session_hostkey(ssh->session, &server.key.len, &type);
	if (!key)
		return err_set(err, "the ssh server shows no key");
	server.key.ptr = key;
	seen = look_up(&server, ssh->arena);
	return judge(knownhosts_judge(&seen), fingerprint(server.key, ssh->arena),
		     server.port != KNOWNHOSTS_DEFAULT_PORT, err);
}

/* As ssh does, who we are on this machine. */
static const char *own_name(struct arena *arena)
{
	struct passwd entry, *found = NULL;
	char text[4096];

	if (getpwuid_r(geteuid(), &entry, text, sizeof(text), &found) == 0 && found)
		return arena_dup(arena, str_from(entry.pw_name)).ptr;
	return getenv("USER") ? getenv("USER") : "git";
}

static bool try_identities(struct ssh *ssh, LIBSSH2_AGENT *agent, const char *user)
{
	struct libssh2_agent_publickey *identity = NULL, *before = NULL;

	if (libssh2_agent_connect(agent) != 0)
		return false;
	if (libssh2_agent_list_identities(agent) == 0) {
		while (libssh2_agent_get_identity(agent, &identity, before) == 0) {
			ssh->has_offered = true;
			if (libssh2_agent_userauth(agent, user, identity) == 0)
				break;
			before = identity;
		}
	}
	libssh2_agent_disconnect(agent);
	return libssh2_userauth_authenticated(ssh->session) != 0;
}

static bool try_agent(struct ssh *ssh, const char *user)
{
	const char *path = getenv("SSH_AUTH_SOCK");
	LIBSSH2_AGENT *agent = path && *path ? libssh2_agent_init(ssh->session) : NULL;
	bool ok;

	if (!agent)
		return false;
	ok = try_identities(ssh, agent, user);
	libssh2_agent_free(agent);
	return ok;
}

static bool try_key_files(struct ssh *ssh, const char *user)
{
	for (size_t i = 0; i < KEYS; i++) {
		const char *file = own_file(key_names[i], ssh->arena);

		if (access(file, R_OK) != 0)
			continue;
		ssh->has_offered = true;
		/* An empty passphrase: libssh2 reads through a NULL one when a key has any. */
		if (libssh2_userauth_publickey_fromfile_ex(ssh->session, user, (unsigned)strlen(user), NULL, file,
							   "") == 0)
			return true;
	}
	return false;
}

static bool log_in(struct ssh *ssh, const struct giturl *url, struct err *err)
{
	const char *user = url->user.len > 0 ? arena_dup(ssh->arena, url->user).ptr : own_name(ssh->arena);
	const char *methods = libssh2_userauth_list(ssh->session, user, (unsigned)strlen(user));

	if (libssh2_userauth_authenticated(ssh->session))
		return true;
	if (!methods)
		return fail(ssh, err);
	if (!strstr(methods, "publickey"))
		return err_set(err, "the ssh server takes no keys as login, and nothing else is supported");
	if (try_agent(ssh, user) || try_key_files(ssh, user))
		return true;
	if (ssh->has_offered)
		return err_set(err,
			       "the ssh server accepts none of the keys of the ssh-agent and in ~/.ssh (id_ed25519, "
			       "id_ecdsa, id_rsa; without a passphrase): add one that may read the repository, and "
			       "check the user name (without one in the url it is that of this machine). Many "
			       "servers take an rsa key only from libssh2 1.11 on");
	return err_set(err,
		       "the ssh server asks for a key, and there is none: start an ssh-agent that has one, or put one "
		       "without a passphrase into ~/.ssh/id_ed25519, id_ecdsa or id_rsa");
}

/* The path as one word of a POSIX shell, which runs the command at the server. */
static struct str quote(struct str path, struct arena *arena)
{
	struct buf quoted = { 0 };

	buf_add_char(&quoted, '\'');
	for (size_t i = 0; i < path.len; i++) {
		/* An exclamation mark, too, as git does it: csh looks for them between quotes. */
		if (path.ptr[i] == '\'' || path.ptr[i] == '!')
			buf_printf(&quoted, "'\\%c'", path.ptr[i]);
		else
			buf_add_char(&quoted, path.ptr[i]);
	}
	buf_add_char(&quoted, '\'');
	return buf_keep(&quoted, arena);
}

static bool start_command(struct ssh *ssh, const struct giturl *url, struct err *err)
{
	struct str path = quote(daemon_path(url, ssh->arena), ssh->arena);

	ssh->channel = libssh2_channel_open_session(ssh->session);
	if (!ssh->channel ||
	    libssh2_channel_exec(ssh->channel, arena_printf(ssh->arena, "git-upload-pack %s", path.ptr).ptr) != 0)
		return fail(ssh, err);
	return true;
}

bool ssh_open(const struct giturl *url, struct arena *arena, struct ssh **ssh, struct err *err)
{
	struct ssh *made = ARENA_NEW(arena, struct ssh);

	*made = (struct ssh){ .arena = arena, .socket = -1, .session = libssh2_session_init() };
	if (!made->session)
		return err_set(err, "libssh2 can't be started");
	if (connect_to(made, url, err) && shake_hands(made, url, err) && log_in(made, url, err) &&
	    start_command(made, url, err)) {
		*ssh = made;
		return true;
	}
	ssh_close(made);
	return false;
}

void ssh_close(struct ssh *ssh)
{
	if (ssh->channel)
		libssh2_channel_free(ssh->channel);
	if (ssh->session)
		libssh2_session_free(ssh->session);
	if (ssh->socket >= 0)
		close(ssh->socket);
	*ssh = (struct ssh){ .socket = -1 };
}

/* What is kept of standard error; what is beyond is not needed. */
static void read_complaint(struct ssh *ssh)
{
	size_t room = sizeof(ssh->complaint) - ssh->complaint_length;
	ssize_t got;

	while (room > 0 &&
	       (got = libssh2_channel_read_stderr(ssh->channel, ssh->complaint + ssh->complaint_length, room)) > 0) {
		ssh->complaint_length += (size_t)got;
		room -= (size_t)got;
	}
}

bool ssh_read(struct ssh *ssh, char *to, size_t room, size_t *got, struct err *err)
{
	ssize_t length = libssh2_channel_read(ssh->channel, to, room);

	if (length < 0)
		return fail(ssh, err);
	/* libssh2_channel_eof says nothing as long as there is standard error to be read. */
	if (length == 0)
		read_complaint(ssh);
	*got = (size_t)length;
	return true;
}

bool ssh_write(struct ssh *ssh, struct str text, struct err *err)
{
	while (text.len > 0) {
		ssize_t length = libssh2_channel_write(ssh->channel, text.ptr, text.len);

		if (length < 0)
			return fail(ssh, err);
		text = str_skip(text, (size_t)length);
	}
	return true;
}

struct str ssh_complaint(struct ssh *ssh)
{
	return (struct str){ ssh->complaint, ssh->complaint_length };
}
