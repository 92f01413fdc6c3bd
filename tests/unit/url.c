/* SPDX-License-Identifier: Apache-2.0 */
#include "git/url.h"
#include "git/urlname.h"

#include "unit.h"

#define PASSWORD "s3cr3t"

static const struct {
	const char *text;
	enum url_scheme scheme;
	const char *user, *host, *port, *path, *bare, *shown;
} urls[] = {
	{ "https://git.example.com/team/app.git", URL_HTTPS, "", "git.example.com", "", "/team/app.git",
	  "https://git.example.com/team/app.git", "https://git.example.com/team/app.git" },
	{ "https://u:" PASSWORD "@git.example.com:8443/a?t=x", URL_HTTPS, "u", "git.example.com", "8443", "/a",
	  "https://git.example.com:8443/a?t=x", "https://git.example.com:8443/a" },
	{ "https://u%40x:p%2fq@h/a", URL_HTTPS, "u@x", "h", "", "/a", "https://h/a", "https://h/a" },
	{ "https://:" PASSWORD "@h/a", URL_HTTPS, "", "h", "", "/a", "https://h/a", "https://h/a" },
	{ "https://@h/a", URL_HTTPS, "", "h", "", "/a", "https://h/a", "https://h/a" },
	{ "http://h/", URL_HTTP, "", "h", "", "/", "http://h/", "http://h/" },
	{ "https://h/a@b", URL_HTTPS, "", "h", "", "/a@b", "https://h/a@b", "https://h/a@b" },
	{ "https://h/a?b=c@d", URL_HTTPS, "", "h", "", "/a", "https://h/a?b=c@d", "https://h/a" },
	{ "https://[::1]:8443/a", URL_HTTPS, "", "::1", "8443", "/a", "https://[::1]:8443/a", "https://[::1]:8443/a" },
	{ "http://u@[fe80::1]/a", URL_HTTP, "u", "fe80::1", "", "/a", "http://[fe80::1]/a", "http://[fe80::1]/a" },
	{ "https://h/caf\xc3\xa9", URL_HTTPS, "", "h", "", "/caf\xc3\xa9", "https://h/caf\xc3\xa9",
	  "https://h/caf\xc3\xa9" },
	{ "https://h/a%20b", URL_HTTPS, "", "h", "", "/a%20b", "https://h/a%20b", "https://h/a%20b" },
	{ "ssh://git@h:2222/a b", URL_SSH, "git", "h", "2222", "/a b", "ssh://h:2222/a b", "ssh://h:2222/a b" },
	{ "ssh://h/~me/a", URL_SSH, "", "h", "", "/~me/a", "ssh://h/~me/a", "ssh://h/~me/a" },
	{ "ssh://h/-a", URL_SSH, "", "h", "", "/-a", "ssh://h/-a", "ssh://h/-a" },
	{ "git+ssh://git@h/a", URL_SSH, "git", "h", "", "/a", "git+ssh://h/a", "git+ssh://h/a" },
	{ "ssh+git://git@h/a", URL_SSH, "git", "h", "", "/a", "ssh+git://h/a", "ssh+git://h/a" },
	{ "git://h:9000/a", URL_GIT, "", "h", "9000", "/a", "git://h:9000/a", "git://h:9000/a" },
	{ "git@h:team/app.git", URL_SCP, "git", "h", "", "team/app.git", "h:team/app.git", "h:team/app.git" },
	{ "h:a", URL_SCP, "", "h", "", "a", "h:a", "h:a" },
	{ "h:/srv/a?b", URL_SCP, "", "h", "", "/srv/a?b", "h:/srv/a?b", "h:/srv/a?b" },
	{ "git@h:2222/a", URL_SCP, "git", "h", "", "2222/a", "h:2222/a", "h:2222/a" },
	{ "git@h:a@b:c", URL_SCP, "git", "h", "", "a@b:c", "h:a@b:c", "h:a@b:c" },
	{ "h:a/b@c", URL_SCP, "", "h", "", "a/b@c", "h:a/b@c", "h:a/b@c" },
	{ "[::1]:a", URL_SCP, "", "::1", "", "a", "[::1]:a", "[::1]:a" },
	{ "git@[::1]:a", URL_SCP, "git", "::1", "", "a", "[::1]:a", "[::1]:a" },
	{ "git@[h:2222]:a", URL_SCP, "git", "h", "2222", "a", "[h:2222]:a", "[h:2222]:a" },
	{ "[h]:a", URL_SCP, "", "h", "", "a", "[h]:a", "[h]:a" },
	{ "file:///srv/a.git", URL_FILE, "", "", "", "/srv/a.git", "file:///srv/a.git", "file:///srv/a.git" },
	{ "/srv/a:b", URL_PATH, "", "", "", "/srv/a:b", "/srv/a:b", "/srv/a:b" },
	{ "./a:b", URL_PATH, "", "", "", "./a:b", "./a:b", "./a:b" },
	{ "../a", URL_PATH, "", "", "", "../a", "../a", "../a" },
	{ "a", URL_PATH, "", "", "", "a", "a", "a" },
};

static void urls_are_read_as_git_reads_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		const char *row = urls[i].text;
		struct url url;

		unit_assert_succeeds(url_parse(str_from(row), &unit_arena, &url, &unit_err), row, __FILE__, __LINE__);
		assert_for(url.scheme == urls[i].scheme, row);
		assert_row(url.user, urls[i].user, row);
		assert_row(url.host, urls[i].host, row);
		assert_row(url.port, urls[i].port, row);
		assert_row(url.path, urls[i].path, row);
		assert_row(url.bare, urls[i].bare, row);
		assert_row(url.shown, urls[i].shown, row);
		assert_row(url.text, row, row);
		assert_for(url.has_query == (url.bare.len != url.shown.len), row);
		assert_for(url.has_password == (strstr(row, ":" PASSWORD) || strstr(row, ":p%")), row);
		assert_for(url_is_local(&url) == (urls[i].host[0] == '\0'), row);
	}
}

static const struct {
	const char *text, *message;
} refused[] = {
	{ "", "is empty" },
	{ "ext::sh -c id", "a remote helper" },
	{ "fd::17/x", "a remote helper" },
	{ "foo::https://h/a", "a remote helper" },
	{ "::x", "a remote helper" },
	{ "ssh::h/a", "a remote helper" },
	{ "ftp://h/a", "an unknown scheme: https, http, ssh and git" },
	{ "ftps://h/a", "an unknown scheme" },
	{ "HTTPS://h/a", "an unknown scheme" },
	{ "rsync://h/a", "an unknown scheme" },
	{ "javascript://h/a", "an unknown scheme" },
	{ "://h/a", "an unknown scheme" },
	{ "/srv/a://b", "an unknown scheme" },
	{ "git@h:a://b", "an unknown scheme" },
	{ "verylongschemethatmaybesecret://h/a", "an unknown scheme" },
	{ "https://h/a\n", "ends in a newline" },
	{ "https://h/a\nhost=evil", "a control character" },
	{ "https://h/a\x7f", "a control character" },
	{ "h:a\tb", "a control character" },
	{ "/srv/\x1b[2J", "a control character" },
	{ "https://h/\xc2\x85", "a control character" },
	{ "https://h/a%0ahost=evil", "in percent-encoding" },
	{ "https://h/a%0D", "in percent-encoding" },
	{ "https://h/a%00b", "in percent-encoding" },
	{ "https://h%0a/a", "in percent-encoding" },
	{ "https://u%0a:p@h/a", "in percent-encoding" },
	{ "https://u:p%7F@h/a", "in percent-encoding" },
	{ "https://h/a?x=%0a", "in percent-encoding" },
	{ "ssh://h/a%c2%85", "in percent-encoding" },
	{ "git@h:a%0ab", "in percent-encoding" },
	{ "https://h/\xff", "is not UTF-8" },
	{ "ssh://-oProxyCommand=id/a", "a host that begins with `-`" },
	{ "ssh://u@-oProxyCommand=id/a", "a host that begins with `-`" },
	{ "ssh://-oProxyCommand=id@h/a", "a user that begins with `-`" },
	{ "ssh://%2doProxyCommand=id@h/a", "a user that begins with `-`" },
	{ "-oProxyCommand=id:a", "a host that begins with `-`" },
	{ "-oProxyCommand=id@h:a", "a user that begins with `-`" },
	{ "[-oProxyCommand=id]:a", "a host that begins with `-`" },
	{ "git@h::a", "two colons" },
	/* Slips that would show a password. */
	{ "//u:" PASSWORD "@h/a", "begins with `//`" },
	{ "//h/a?token=" PASSWORD, "begins with `//`" },
	{ "https:/u:" PASSWORD "@h/a", "no `//` behind its scheme" },
	{ "https:u:" PASSWORD "@h/a", "no `//` behind its scheme" },
	{ "http:/h/a?token=" PASSWORD, "no `//` behind its scheme" },
	{ "ssh:/u:" PASSWORD "@h/a", "an `@` in its first name" },
	{ "u:" PASSWORD "@h/a", "an `@` in its first name" },
	{ PASSWORD "@h/a", "an `@` in its first name" },
	{ "/u:" PASSWORD "@h/a", "an `@` in its first name" },
	{ "git@h:-a", "a path that begins with `-`" },
	{ "--upload-pack=id", "begins with `-`" },
	{ "https:///a", "names no host" },
	{ "https://", "names no host" },
	{ "https://u@/a", "names no host" },
	{ ":a", "names no host" },
	{ "git@:a", "names no host" },
	{ "https://h", "names no repository" },
	{ "https://h?a", "names no repository" },
	{ "ssh://h:22", "names no repository" },
	{ "git@h:", "names no repository" },
	{ "https://h%2eexample/a", "a host with other characters" },
	{ "https://h\\@evil/a", "a `\\` in front of its path" },
	{ "https://b\xc3\xbc"
	  "cher.example/a",
	  "xn--" },
	{ "https://h h/a", "a host with other characters" },
	{ "ssh://h;id/a", "a host with other characters" },
	{ "$(id):a", "a host with other characters" },
	{ "https://h:/a", "a port that is not a number" },
	{ "https://h:0/a", "a port that is not a number" },
	{ "https://h:65536/a", "a port that is not a number" },
	{ "https://h:123456/a", "a port that is not a number" },
	{ "https://h:+1/a", "a port that is not a number" },
	{ "https://user:pa/ss@h/a", "must be percent-encoded" },
	{ "https://[::1/a", "without a `]`" },
	{ "https://[::g]/a", "not an IPv6 address" },
	{ "https://[h]/a", "not an IPv6 address" },
	{ "https://[fe80::1%25eth0]/a", "not an IPv6 address" },
	{ "https://[::1]x/a", "text between" },
	{ "[::1:a", "without `]:`" },
	{ "[::1]/x:a", "text between" },
	{ "https://a@b@h/a", "more than one `@`" },
	{ "ssh://a@b@h/a", "more than one `@`" },
	{ "a@b@h:a", "more than one `@`" },
	{ "user:password@h/a", "an `@` in its first name" },
	{ "user:password@h:a", "an `@` in its first name" },
	{ "ssh://a%2fb@h/a", "a `/` in its user" },
	{ "ssh://h/x@[evil]/a", "`@[` in its path" },
	{ "ssh://h/x%40%5bevil]/a", "`@[` in its path" },
	{ "git@h:x@[evil]:a", "`@[` in its path" },
	{ "git://u@h/a", "which git:// doesn't know" },
	{ "https://h/a b", "write %20" },
	{ "https://h/a#main", "a `#`" },
	{ "file://h/a", "file:///PATH" },
	{ "file://", "file:///PATH" },
	{ "file://a", "file:///PATH" },
};

static void what_may_be_something_else_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct url url;

		unit_assert_fails(url_parse(str_from(refused[i].text), &unit_arena, &url, &unit_err),
				  refused[i].message, refused[i].text, __FILE__, __LINE__);
	}
}

static void a_nul_byte_is_refused(void **state)
{
	struct url url;

	(void)state;
	assert_fails(url_parse(S("https://h/a\0b"), &unit_arena, &url, &unit_err), "a control character");
	assert_fails(url_parse(S("\0"), &unit_arena, &url, &unit_err), "a control character");
}

static void the_length_is_limited(void **state)
{
	struct buf text = { 0 };
	struct url url;

	(void)state;
	buf_add_cstring(&text, "https://h/");
	buf_add_repeated(&text, 'a', URL_LIMIT - text.len);
	assert_succeeds(url_parse(buf_str(&text), &unit_arena, &url, &unit_err));
	buf_add_char(&text, 'a');
	assert_fails(url_parse(buf_str(&text), &unit_arena, &url, &unit_err), "is longer than 4096 bytes");
	buf_release(&text);
}

static void no_message_has_the_secret(void **state)
{
	static const char *const texts[] = {
		"https://u:" PASSWORD "@h:x/a",
		"https://u:" PASSWORD "@/a",
		"https://u:" PASSWORD "/@h/a",
		"u:" PASSWORD "@h/a",
		"https://h/a b?" PASSWORD,
		"https://" PASSWORD "@-h/a",
		"https://h/a#" PASSWORD,
		"git://" PASSWORD "@h/a",
		"ext::" PASSWORD,
		"https://" PASSWORD "\n",
		"https://h/a%0a" PASSWORD,
		"https://" PASSWORD "@b@h/a",
		PASSWORD " " PASSWORD "://h/a",
		PASSWORD PASSWORD PASSWORD "://h/a",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct url url;

		assert_for(!url_parse(str_from(texts[i]), &unit_arena, &url, &unit_err), texts[i]);
		assert_for(!strstr(unit_err.text, PASSWORD), texts[i]);
	}
}

static struct url parse(const char *text)
{
	struct url url = { 0 };

	unit_assert_succeeds(url_parse(str_from(text), &unit_arena, &url, &unit_err), text, __FILE__, __LINE__);
	return url;
}

/* Digits: printf %s TEXT | xxhsum -H3 */
static const struct {
	const char *text, *name;
} repositories[] = {
	{ "https://git.example.com/team/app.git", "app" },
	{ "https://git.example.com/team/app", "app" },
	{ "https://git.example.com/team/app.git/", "app" },
	{ "https://git.example.com/team/app//", "app" },
	{ "https://git.example.com/team/app.git?token=x", "app" },
	{ "https://git.example.com/App_1.x-y", "App_1.x-y" },
	{ "git@git.example.com:app.git", "app" },
	{ "git@git.example.com:team/app.git", "app" },
	{ "ssh://git.example.com/~me/app.git", "app" },
	{ "/srv/app.git", "app" },
	{ "file:///srv/app", "app" },
	{ "https://git.example.com/my%20repo", "my-20repo-3d8a10d2" },
	{ "git@git.example.com:team/my repo.git", "my-repo-450c55ae" },
	{ "/srv/a+b.git", "a-b-3e46ee0c" },
	{ "https://git.example.com/-x-", "x-a097e21a" },
	{ "https://git.example.com/.hidden", "hidden-372051e3" },
	{ "https://git.example.com/repo_.git", "repo-fbe509aa" },
	{ "https://git.example.com/", "repo-e6ff716a" },
	{ "https://u:p@git.example.com/", "repo-e6ff716a" },
	{ "https://git.example.com/...git", "repo-5af783ee" },
	{ "git@git.example.com:.git", "repo-d90cc40d" },
	{ "/srv/x/.git", "repo-90be78e0" },
	{ "https://git.example.com/a/---", "repo-dceb2a2e" },
};

static void a_repository_is_named_by_its_last_segment(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(repositories); i++) {
		struct url url = parse(repositories[i].text);

		assert_row(urlname_repository(&url, &unit_arena), repositories[i].name, repositories[i].text);
	}
}

/* Digits: printf TEXT | sha256sum */
static const struct {
	const char *text;
	bool is_secret;
	const char *key;
	const char *secret_key;
} keys[] = {
	{ "https://git.example.com/a.git", false, "https://git.example.com/a.git" },
	{ "https://u:p@git.example.com/a.git", false, "https://git.example.com/a.git" },
	{ "git@git.example.com:a.git", false, "git.example.com:a.git" },
	{ "https://u:p@git.example.com/a.git?token=x", false,
	  "sha256:63bc4d9dcfde13860e1f88b10d55dc78428cb7b8f8f74a5ffc4709203dd070b8" },
	{ "https://u:p@git.example.com/a.git", true,
	  "sha256:3e7362e3401759e953118f0002f0027ea396d86f3b2e22fdcdc206c742b8b540" },
	{ "sha256:abc", false, "sha256:67e9bc3cfd2163c2978358dfe00d2f912cd4ee0c99f077c3583b39b48aebb124" },
	{ "hmac-sha256:abc", false, "sha256:bb7c5e8e7d036042b628390b4eb6315b7a7c17842030823b20da57d5c16d3352" },
	/* printf BARE | openssl dgst -sha256 -hmac KEY. Only what came from a Secret needs the key. */
	{ "https://u:p@git.example.com/a.git", true,
	  "hmac-sha256:f64e2d6ff616d200070da987fcc3127f664dbd97242c7c948a00528072493fcc", "a key" },
	{ "https://git.example.com/a.git", false, "https://git.example.com/a.git", "a key" },
	{ "https://u:p@git.example.com/a.git?token=x", false,
	  "sha256:63bc4d9dcfde13860e1f88b10d55dc78428cb7b8f8f74a5ffc4709203dd070b8", "a key" },
};

static void a_lock_key_tells_no_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct url url = parse(keys[i].text);

		assert_row(urlname_lock_key(&url, keys[i].is_secret, str_from(keys[i].secret_key), &unit_arena),
			   keys[i].key, keys[i].text);
	}
}

static void userinfo_that_is_hidden_is_no_part_of_a_url(void **state)
{
	static const struct {
		const char *outline, *bare;
	} rows[] = {
		{ "https://x:~@h/a", "https://h/a" },
		{ "https://~@h/a", "https://h/a" },
		{ "https://~:x@h/a?q", "https://h/a?q" },
		{ "https://x:y@h/a", "https://x:y@h/a" },
		{ "https://x:~@h/~", "https://h/~" },
		{ "https://h/a@~", "https://h/a@~" },
		{ "https://~/a@b", "https://~/a@b" },
		{ "https://~", "https://~" },
		{ "~", "~" },
		{ "~@h:a", "git@h:a" },
		{ "me@h:~", "me@h:~" },
		{ "h:x~@y", "h:x~@y" },
		{ "ssh://~@h/a", "ssh://git@h/a" },
		{ "git+ssh://~:x@h/a", "git+ssh://git@h/a" },
		{ "~://x:~@h/a", "~://h/a" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_row(url_drop_hidden(str_from(rows[i].outline), '~', &unit_arena), rows[i].bare, rows[i].outline);
}

static void a_host_is_shown_where_nothing_hidden_can_change_it(void **state)
{
	static const struct {
		const char *outline, *url;
		bool is_shown;
	} rows[] = {
		{ "https://h/~", "https://h/a", true },
		{ "https://h:8443/~", "https://h:8443/a", true },
		{ "https://~@h/~", "https://x@h/a", true },
		{ "https://H/~", "https://H/a", true },
		{ "git@h:~", "git@h:a", true },
		{ "ssh://h/~", "ssh://h/a", true },
		{ "https://~/a", "https://h/a", false },
		{ "https://h~/a", "https://h.evil/a", false },
		{ "https://h:~/a", "https://h:1/a", false },
		/* What is hidden goes on with the host, or makes it userinfo. */
		{ "https://h~", "https://h.evil/a", false },
		{ "https://h~", "https://h@evil/a", false },
		{ "https://h", "https://h", false },
		{ "~://h/a", "https://h/a", false },
		{ "https:~", "https://h/a", false },
		{ "git:~", "git://h/a", false },
		{ "~:a", "h:a", false },
		{ "~", "https://h/a", false },
		{ "https://~@h/a", "https://evil/x@h/a", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct url url;

		if (!url_parse(str_from(rows[i].url), &unit_arena, &url, &unit_err))
			continue;
		assert_for(url_shows_host(&url, str_from(rows[i].outline), '~', &unit_arena) == rows[i].is_shown,
			   rows[i].outline);
	}
}

static void only_a_user_of_ssh_is_left_of_credentials(void **state)
{
	static const struct {
		const char *text, *rest;
	} rows[] = {
		{ "https://h/a", "https://h/a" },
		{ "https://u:p@h/a?t", "https://h/a?t" },
		{ "http://u@h/a", "http://h/a" },
		{ "ssh://u:p@h:22/a", "ssh://u@h:22/a" },
		{ "ssh://u@h/a@b", "ssh://u@h/a@b" },
		{ "ssh://h/a", "ssh://h/a" },
		{ "u@h:a", "u@h:a" },
		{ "u@[h:22]:a", "u@[h:22]:a" },
		{ "h:a", "h:a" },
		{ "/srv/a@b", "/srv/a@b" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct url url;

		if (url_parse(str_from(rows[i].text), &unit_arena, &url, &unit_err))
			assert_row(url_without_credentials(&url, &unit_arena), rows[i].rest, rows[i].text);
	}
}

static const struct {
	const char *text;
	const char *identity;
} identities[] = {
	{ "https://git.example.com/a.git", "https://git.example.com:443/a" },
	{ "https://git.example.com/a", "https://git.example.com:443/a" },
	{ "https://git.example.com/a/", "https://git.example.com:443/a" },
	{ "https://u:p@GIT.Example.com:443//a.git/", "https://git.example.com:443/a" },
	{ "https://git.example.com/%61%20b", "https://git.example.com:443/a b" },
	{ "https://git.example.com/A", "https://git.example.com:443/A" },
	{ "https://git.example.com:8443/a", "https://git.example.com:8443/a" },
	{ "https://u@git.example.com/a?x=y", "https://git.example.com:443/a?x=y" },
	{ "http://git.example.com/a", "http://git.example.com:80/a" },
	{ "git://git.example.com/a", "git://git.example.com:9418/a" },
	{ "git@git.example.com:team/a.git", "ssh://git.example.com:22/team/a" },
	{ "git.example.com:/team/a", "ssh://git.example.com:22/team/a" },
	{ "ssh://git@git.example.com/team/a", "ssh://git.example.com:22/team/a" },
	{ "git+ssh://git.example.com:22/team/a", "ssh://git.example.com:22/team/a" },
	{ "[git.example.com:2222]:team/a", "ssh://git.example.com:2222/team/a" },
	{ "/srv/a.git", "/srv/a" },
	{ "/srv/a/", "/srv/a" },
	{ "/srv/a/.git", "/srv/a" },
	{ "file:///srv/a", "/srv/a" },
	{ "file:///srv/%61", "/srv/a" },
	{ "/srv/%61", "/srv/%61" },
	{ "srv/a", "srv/a" },
};

static void ways_to_write_one_repository_have_one_identity(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(identities); i++) {
		struct url url = parse(identities[i].text);

		assert_row(urlname_identity(&url, &unit_arena), identities[i].identity, identities[i].text);
	}
}

static void percent_encoding_is_decoded_once(void **state)
{
	(void)state;
	assert_str(url_decode(S("a%20b%2Fc%2f"), &unit_arena), "a b/c/");
	assert_str(url_decode(S("%2541"), &unit_arena), "%41");
	assert_str(url_decode(S("%zz%4%"), &unit_arena), "%zz%4%");
	assert_str(url_decode(S("%4"), &unit_arena), "%4");
	assert_str(url_decode(S(""), &unit_arena), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(urls_are_read_as_git_reads_them),
		TEST(what_may_be_something_else_is_refused),
		TEST(a_nul_byte_is_refused),
		TEST(the_length_is_limited),
		TEST(no_message_has_the_secret),
		TEST(a_repository_is_named_by_its_last_segment),
		TEST(a_lock_key_tells_no_secret),
		TEST(userinfo_that_is_hidden_is_no_part_of_a_url),
		TEST(a_host_is_shown_where_nothing_hidden_can_change_it),
		TEST(only_a_user_of_ssh_is_left_of_credentials),
		TEST(percent_encoding_is_decoded_once),
		TEST(ways_to_write_one_repository_have_one_identity),
	};

	return unit_run(tests);
}
