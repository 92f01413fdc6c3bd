/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/bylibgit2.h"

#include "rollstamp-git/local.h"
#include "rollstamp-git/login.h"
#include "rollstamp-git/proxy.h"
#include "rollstamp-git/tcpstream.h"
#include "rollstamp-git/transport.h"
#include "git/urlrule.h"

#include <assert.h>
#include <git2.h>
#include <git2/trace.h>

/* How many digits the longest object name has. */
#define HEX_LIMIT 64
/* What git puts behind a url over http. */
#define SERVICE "/info/refs?service=git-upload-pack"

/* The listing of this thread, since libgit2's trace messages come without a payload. */
static _Thread_local struct listing *current;

static struct str port_of(const struct url *url)
{
	if (url->port.len > 0)
		return url->port;
	return str_from(url->scheme == URL_HTTPS ? "443" : "80");
}

static bool is_same_server(const struct url *a, const struct url *b)
{
	return a->scheme == b->scheme && str_equal_nocase(a->host, b->host) && str_equal(port_of(a), port_of(b));
}

/* Notes that libgit2 asks the url `text`; `listing` fails if that url may not be asked. False if `text` is no url. */
static bool set_asking(struct listing *listing, struct str text)
{
	const struct wire_request *request = listing->request;
	struct err ignored;

	if (!url_parse(text, &listing->arena, &listing->asking, &ignored))
		return false;
	listing->is_asking_known = true;
	if (!urlrule_check_allowed(&listing->asking, request->allow, request->allow_count, false, &ignored))
		listing_fail(listing,
			     (struct str)STR("the server redirects to an address that --git-allow does not allow"));
	return true;
}

/*
 * "Sending GET request to URL" is all that libgit2 tells of where a redirect leads before it connects: its callbacks
 * get the first url.
 */
static void on_trace(git_trace_level_t level, const char *message)
{
	const char *behind = strstr(message, " request to ");
	struct listing *listing = current;
	struct str url;

	(void)level;
	if (!listing || !behind || !str_starts_with(str_from(message), "Sending "))
		return;
	url = arena_dup(&listing->arena, str_from(behind + strlen(" request to ")));
	if (str_ends_with(url, SERVICE))
		url.len -= strlen(SERVICE);
	listing->asking_text = url;
	listing->is_asking_known = false;
	(void)set_asking(listing, url);
}

/*
 * libgit2 prints an IPv6 address without brackets, so that a port behind the address looks like a part of it. The
 * address that libgit2 connects to tells where the port begins; with a proxy in between, the address that was asked
 * before does.
 */
static void find_ipv6(struct listing *listing, struct str host, struct str port)
{
	struct str rest = listing->asking_text, scheme = str_cut(&rest, ':'), authority, path;
	struct str hosts[] = { host, listing->url.host }, ports[] = { port, port_of(&listing->url) };

	rest = str_skip(rest, strlen("//"));
	authority = (struct str){ rest.ptr, str_find(rest, '/') };
	path = str_skip(rest, authority.len);
	for (size_t i = 0; i < 2 && !listing->is_asking_known; i++) {
		struct str with_port = arena_printf(&listing->arena, "%.*s:%.*s", STR_ARG(hosts[i]), STR_ARG(ports[i]));

		if (str_equal_nocase(authority, hosts[i]) || str_equal_nocase(authority, with_port))
			(void)set_asking(listing,
					 arena_printf(&listing->arena, "%.*s://[%.*s]%s%.*s%.*s", STR_ARG(scheme),
						      STR_ARG(hosts[i]), authority.len > hosts[i].len ? ":" : "",
						      authority.len > hosts[i].len ? (int)ports[i].len : 0,
						      ports[i].ptr, STR_ARG(path)));
	}
}

/* Before every connection: where it goes to, if it may be made at all. */
static bool route(void *context, const char **host, const char **port, struct err *err)
{
	struct listing *listing = context;
	const struct url *asking = &listing->asking;
	const char *proxy_host, *proxy_port;

	if (!listing->is_asking_known)
		find_ipv6(listing, str_from(*host), str_from(*port));
	if (!listing->is_asking_known)
		return err_set(err, "the server redirects to an address that is not followed: check the address");
	if (listing->failure.len > 0)
		return err_set(err, "%.*s", STR_ARG(listing->failure));
	/* Other connections are to a proxy already, or below TLS. */
	if (asking->scheme != URL_HTTP || !str_equal_nocase(str_from(*host), asking->host) ||
	    !str_is(port_of(asking), *port))
		return true;
	if (!proxy_find(asking->host, port_of(asking), &listing->arena, &proxy_host, &proxy_port, err)) {
		listing->is_trouble = true;
		return false;
	}
	if (proxy_host) {
		*host = proxy_host;
		*port = proxy_port;
	}
	return true;
}

/* Requests to a proxy are plain http, too, as long as the proxy gets the requests themselves. */
static bool is_plain_http(void *context)
{
	const struct listing *listing = context;

	return listing->is_asking_known && listing->asking.scheme == URL_HTTP;
}

bool bylibgit2_prepare(struct err *err)
{
	if (git_trace_set(GIT_TRACE_DEBUG, on_trace) != 0 || !transport_register() || !tcpstream_register())
		return err_set(err, "libgit2 can't be used: it takes no trace, transport or stream of ours");
	return true;
}

static int check_tls_server(struct listing *listing, const char *host)
{
	listing->is_elsewhere = !str_equal_nocase(str_from(host), listing->url.host) || !listing->is_asking_known ||
				!is_same_server(&listing->asking, &listing->url);
	/* libgit2 would send the login to wherever a redirect leads. */
	if (listing->is_elsewhere && listing->logins > 0) {
		listing_fail(
			listing,
			(struct str)STR("the server takes the login and then redirects to another one, which is not "
					"given it: use the address that it redirects to"));
		return GIT_EUSER;
	}
	return GIT_PASSTHROUGH;
}

static int check_server(git_cert *cert, int valid, const char *host, void *payload)
{
	struct listing *listing = payload;

	(void)valid;
	if (cert->cert_type == GIT_CERT_X509)
		return check_tls_server(listing, host);
	listing_fail(listing, (struct str)STR("the server shows no certificate"));
	return GIT_EUSER;
}

/* The password in the url, decoded. */
static struct str own_password(struct listing *listing)
{
	struct str authority = str_skip(listing->url.text, strlen("https://"));

	authority.len = str_find(authority, '@');
	str_cut(&authority, ':');
	return url_decode(authority, &listing->arena);
}

static bool find_login(struct listing *listing, struct login *login, struct err *err)
{
	bool ok;

	if (listing->url.has_password) {
		*login = (struct login){ listing->url.user, own_password(listing) };
		return true;
	}
	atomic_store(&listing->stage, SENTENCE_LOGIN);
	ok = login_ask(listing->url.bare, listing->url.user, &listing->arena, login, &listing->is_trouble, err);
	atomic_store(&listing->stage, SENTENCE_CONNECTING);
	return ok;
}

static bool may_log_in(const struct listing *listing, unsigned allowed, struct err *err)
{
	if (listing->url.scheme != URL_HTTPS)
		return err_set(err, "it asks for a login, which is given over https and ssh only: use one of them");
	if (listing->is_elsewhere)
		return err_set(
			err, "the server redirects to another one that asks for a login, which is not given there: use "
			     "the address that it redirects to");
	if (!(allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT))
		return err_set(err, "it asks for a kind of login that is not supported (a user name with a password or "
				    "token is)");
	if (listing->logins > 0)
		return err_set(err, "the server refused the login %s: check it, and what it may read",
			       listing->url.has_password ? "in its url" : "that `git credential fill` gave");
	return true;
}

static int log_in(git_credential **credential, const char *url, const char *user, unsigned allowed, void *payload)
{
	struct listing *listing = payload;
	struct login login;
	struct err err;

	(void)url;
	(void)user;
	if (!may_log_in(listing, allowed, &err) || !find_login(listing, &login, &err)) {
		listing_fail(listing, str_from(err.text));
		return GIT_EUSER;
	}
	listing->logins++;
	return git_credential_userpass_plaintext_new(credential, login.user.ptr, login.password.ptr);
}

/* Why libgit2 failed, if none of our own callbacks knows better. */
static void fail_with_last_error(struct listing *listing)
{
	const git_error *error = git_error_last();
	enum sentence_source source = SENTENCE_ANYWHERE;

	if (error && error->klass == GIT_ERROR_SSL)
		source = SENTENCE_TLS;
	if (error && error->klass == GIT_ERROR_NOMEMORY && listing->failure.len == 0)
		listing->takes_too_much = true;
	listing_fail(listing,
		     sentence_for(str_from(error && error->message ? error->message : ""), source, &listing->arena));
}

/* A tag object is listed twice: as itself, and then, with ^{} behind its name, as what it tags. */
static void take_head(const git_remote_head *head, const struct map *index, struct arena *arena)
{
	struct str name = str_from(head->name);
	char hex[HEX_LIMIT + 1];
	struct str *commit;

	if (str_ends_with(name, "^{}"))
		name.len -= strlen("^{}");
	commit = map_get(index, name);
	if (!commit)
		return;
	git_oid_tostr(hex, sizeof(hex), &head->oid);
	*commit = arena_dup(arena, str_from(hex));
}

static bool take_heads(struct listing *listing, git_remote *remote)
{
	const git_remote_head **heads;
	struct map index = listing_index_names(listing);
	size_t count;

	if (git_remote_ls(&heads, &count, remote) != 0)
		return false;
	for (size_t i = 0; i < count; i++)
		take_head(heads[i], &index, &listing->arena);
	listing_take_index(listing, &index);
	return true;
}

/* Connects, and so lists the refs. The caller frees *remote, also when the connection fails. */
static int connect_to(struct listing *listing, git_remote **remote)
{
	git_remote_connect_options options = GIT_REMOTE_CONNECT_OPTIONS_INIT;
	int error;

	options.callbacks.credentials = log_in;
	options.callbacks.certificate_check = check_server;
	options.callbacks.payload = listing;
	options.proxy_opts.type = GIT_PROXY_AUTO;
	options.follow_redirects = GIT_REMOTE_REDIRECT_INITIAL;
	/* No connection is known to be to our server until its certificate has been checked. */
	listing->is_elsewhere = true;
	listing->is_asking_known = false;
	error = git_remote_create_detached(remote, arena_dup(&listing->arena, listing->url.bare).ptr);
	return error == 0 ? git_remote_connect_ext(*remote, GIT_DIRECTION_FETCH, &options) : error;
}

static void fail_from_below(void *context, struct str sentence)
{
	listing_fail(context, sentence);
}

static void fail_ourselves_from_below(void *context, struct str sentence)
{
	listing_fail_ourselves(context, sentence);
}

static bool receive(void *context, size_t count)
{
	return listing_receive(context, count);
}

static void list_network(struct listing *listing, void (*done)(struct listing *))
{
	struct transport_target target = {
		.url = &listing->url,
		.arena = &listing->arena,
		.timeout_ms = listing->request->timeout_ms,
		.receive = receive,
		.fail = fail_from_below,
		.fail_ourselves = fail_ourselves_from_below,
		.context = listing,
	};
	struct tcpstream_guide guide = { route, is_plain_http, receive, fail_from_below, &listing->arena, listing };
	git_remote *remote = NULL;

	current = listing;
	transport_aim(&target);
	tcpstream_follow(&guide);
	if (connect_to(listing, &remote) != 0 || !take_heads(listing, remote))
		fail_with_last_error(listing);
	listing_settle(listing, done);
	git_remote_free(remote);
	transport_aim(NULL);
	tcpstream_follow(NULL);
	current = NULL;
}

void bylibgit2_list(struct listing *listing, void (*done)(struct listing *))
{
	const struct wire_query *query = &listing->query;
	struct err err;

	if (!url_is_local(&listing->url)) {
		list_network(listing, done);
		return;
	}
	if (!local_list(query->url, query->names, query->name_count, &listing->arena, listing->commits, &err))
		listing_fail(listing, str_from(err.text));
	listing_settle(listing, done);
}
