/* SPDX-License-Identifier: Apache-2.0 */
#include "git/urlrule.h"

#include "unit.h"

static struct url parse(const char *text)
{
	struct url url = { 0 };

	unit_assert_succeeds(url_parse(str_from(text), &unit_arena, &url, &unit_err), text, __FILE__, __LINE__);
	return url;
}

static const struct {
	const char *pattern, *url;
	bool matches;
} rows[] = {
	{ "git.example.com", "https://git.example.com/a", true },
	{ "git.example.com", "https://git.example.com:8443/a", true },
	{ "git.example.com", "git@git.example.com:a", true },
	{ "GIT.example.com", "https://git.EXAMPLE.com/a", true },
	{ "git.example.com", "https://git.example.com.evil.org/a", false },
	{ "git.example.com", "https://evil.org/git.example.com", false },
	{ "git.example.com", "https://git.example.com@evil.org/a", false },
	{ "git.example.com", "https://evil.org/?git.example.com", false },
	{ "example.com", "https://git.example.com/a", false },
	{ "*.example.com", "https://git.example.com/a", true },
	{ "*.example.com", "https://evil.org/x.example.com", false },
	{ "*.example.com/*", "https://evil.org/x.example.com/y", false },
	{ "*", "https://git.example.com/a", true },
	{ "*", "/srv/a", true },
	{ "", "https://git.example.com/a", false },
	{ "git.example.com:8443", "https://git.example.com:8443/a", true },
	{ "git.example.com:8443", "https://git.example.com/a", false },
	{ "git.example.com:443", "https://git.example.com/a", true },
	{ "git.example.com:80", "http://git.example.com/a", true },
	{ "git.example.com:22", "ssh://git.example.com/a", true },
	{ "git.example.com:22", "git@git.example.com:a", true },
	{ "git.example.com:9418", "git://git.example.com/a", true },
	{ "git.example.com:*", "https://git.example.com:8443/a", true },
	{ "*:8443/team/*", "https://git.example.com:8443/team/a", true },
	{ "*:8443/team/*", "https://git.example.com/team/a", false },
	{ "git.example.com/team/*", "https://git.example.com/team/a.git", true },
	{ "git.example.com/team/*", "https://git.example.com:8443/team/x/y", true },
	{ "git.example.com/team/*", "git@git.example.com:team/a.git", true },
	{ "git.example.com/team/*", "git@git.example.com:/team/a.git", true },
	{ "git.example.com/team/*", "https://git.example.com/other/a", false },
	{ "git.example.com/team/*", "https://git.example.com/team/../other/a", false },
	{ "git.example.com/team/*", "https://git.example.com/team/%2e%2E/other/a", false },
	{ "git.example.com/team/*", "https://git.example.com/team%2f../other/a", false },
	{ "git.example.com/team/*", "https://git.example.com/te%61m/a", true },
	{ "git.example.com/team/*", "https://git.example.com/TEAM/a", false },
	{ "git.example.com/team/a", "https://git.example.com/team/a.git", true },
	{ "git.example.com/team/a.git", "https://git.example.com/team/a", true },
	{ "git.example.com/team/a.git", "https://git.example.com/team/a.git/", true },
	{ "git.example.com/team/a", "https://git.example.com/team/ab", false },
	{ "git.example.com/", "https://git.example.com/team/a", true },
	{ "git.example.com:team/*", "git@git.example.com:team/a.git", true },
	{ "git@git.example.com:team/*", "git@git.example.com:team/a.git", true },
	{ "git@git.example.com:team/*", "https://git.example.com/team/a.git", true },
	{ "git@git.example.com", "https://git.example.com/team/a.git", true },
	{ "https://git.example.com", "https://git.example.com/a", true },
	{ "https://git.example.com/", "https://git.example.com/a", true },
	{ "https://git.example.com", "http://git.example.com/a", false },
	{ "https://git.example.com", "https://git.example.com.evil.org/a", false },
	{ "http*://git.example.com/*", "http://git.example.com/a", true },
	{ "ssh://git.example.com/*", "git@git.example.com:a", true },
	{ "ssh://git.example.com", "git+ssh://git.example.com/a", true },
	{ "https://*/team/*", "https://git.example.com/team/a", true },
	{ "https://*", "https://git.example.com/a", true },
	{ "https://git.example.com:8443/team/*", "https://git.example.com:8443/team/a", true },
	{ "https://git.example.com:x/team/*", "https://git.example.com/team/a", false },
	{ "[::1]", "https://[::1]:8443/a", true },
	{ "[::1]:8443", "https://[::1]:8443/a", true },
	{ "[::1]:443", "https://[::1]:8443/a", false },
	{ "[::2]", "https://[::1]/a", false },
	{ "[ab].example.com", "https://a.example.com/x", true },
	{ "?.example.com", "https://a.example.com/x", true },
	{ "*[ab].example.com", "https://b.example.com/x", true },
	{ "/srv/*", "/srv/a", true },
	{ "/srv/*", "file:///srv/a", true },
	{ "file:///srv/*", "file:///srv/a", true },
	{ "file:///srv/*", "/srv/a", false },
	{ "/srv/*", "https://git.example.com/srv/a", false },
	{ "/srv", "/srv/a", false },
};

static void a_pattern_matches_host_port_path_and_scheme(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str row = arena_printf(&unit_arena, "%s and %s", rows[i].pattern, rows[i].url);
		struct url url = parse(rows[i].url);

		assert_for(urlrule_matches(str_from(rows[i].pattern), &url) == rows[i].matches, row.ptr);
	}
}

static void without_patterns_every_host_is_allowed(void **state)
{
	const struct str allow[] = { STR("*.example.com"), STR("git.example.org/team/*") };
	struct url url = parse("https://other.example/a");

	(void)state;
	assert_succeeds(urlrule_check_allowed(&url, NULL, 0, false, &unit_err));
	assert_fails(urlrule_check_allowed(&url, allow, COUNT(allow), true, &unit_err), "by no --git-allow pattern");
	url = parse("https://git.example.com/a");
	assert_succeeds(urlrule_check_allowed(&url, allow, COUNT(allow), false, &unit_err));
	url = parse("https://git.example.org/team/a");
	assert_succeeds(urlrule_check_allowed(&url, allow, COUNT(allow), false, &unit_err));
	url = parse("https://git.example.org/b/a");
	assert_fails(urlrule_check_allowed(&url, allow, COUNT(allow), false, &unit_err), "by no --git-allow pattern");
}

static void local_ones_are_allowed_by_their_own_option_alone(void **state)
{
	static const char *const texts[] = { "/srv/a", "file:///srv/a", "../a", "a" };
	const struct str allow[] = { STR("*"), STR("/srv/*"), STR("file://*") };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct url url = parse(texts[i]);

		assert_fails(urlrule_check_allowed(&url, NULL, 0, false, &unit_err), "allow it with --git-allow-local");
		assert_fails(urlrule_check_allowed(&url, allow, COUNT(allow), false, &unit_err),
			     "allow it with --git-allow-local");
		assert_succeeds(urlrule_check_allowed(&url, NULL, 0, true, &unit_err));
		assert_succeeds(
			urlrule_check_allowed(&url, (struct str[]){ STR("git.example.com") }, 1, true, &unit_err));
	}
}

/* One map, and what becomes of the url. */
static const struct {
	const char *map, *url, *mapped;
} maps[] = {
	{ "https://git.local=https://git.example.com", "https://git.local/a", "https://git.example.com/a" },
	{ "https://git.local=https://git.example.com", "https://git.localdomain/a", "https://git.localdomain/a" },
	{ "https://git.local=https://git.example.com", "https://git.local:8443/a", "https://git.local:8443/a" },
	{ "https://git.local=https://git.example.com", "https://git.local.evil.org/a", "https://git.local.evil.org/a" },
	{ "https://git.local=https://git.example.com", "https://git.local@evil.org/a", "https://git.local@evil.org/a" },
	{ "https://git.local=https://git.example.com", "http://git.local/a", "http://git.local/a" },
	{ "https://git.local/a=https://git.example.com/b", "https://git.local/a", "https://git.example.com/b" },
	{ "https://git.local/a=https://git.example.com/b", "https://git.local/a/c", "https://git.example.com/b/c" },
	{ "https://git.local/a=https://git.example.com/b", "https://git.local/a?x=y", "https://git.example.com/b?x=y" },
	{ "https://git.local/a=https://git.example.com/b", "https://git.local/ab", "https://git.local/ab" },
	{ "https://git.local/=https://git.example.com", "https://git.local/a", "https://git.example.com/a" },
	{ "https://git.local/=https://git.example.com/", "https://git.local/a", "https://git.example.com/a" },
	{ "https://git.local=https://git.example.com/", "https://git.local/a", "https://git.example.com/a" },
	{ "https://git.local/=git@git.example.com:", "https://git.local/a", "git@git.example.com:a" },
	{ "https://=ssh://git@", "https://git.local/a", "ssh://git@git.local/a" },
	{ "git@git.local:=https://git.example.com/", "git@git.local:a", "https://git.example.com/a" },
	{ "git.local=git.example.com", "git@git.local:a", "git@git.example.com:a" },
	{ "git.local:=ssh://git.example.com/", "git@git.local:a", "ssh://git@git.example.com/a" },
	{ "git.local:=ssh://me@git.example.com/", "git@git.local:a", "ssh://me@git.example.com/a" },
	{ "git.local:=https://git.example.com/", "git@git.local:a", "https://git.example.com/a" },
	{ "https://git.local=https://git.example.com", "https://u:p@git.local/a", "https://u:p@git.example.com/a" },
	{ "https://git.local=http://git.example.com", "https://u:p@git.local/a", "http://git.example.com/a" },
	{ "https://git.local=https://me@git.example.com", "https://u:p@git.local/a", "https://me@git.example.com/a" },
	{ "https://u:p@git.local=https://git.example.com", "https://u:p@git.local/a", "https://git.example.com/a" },
	{ "http://git.local=/srv", "http://git.local/a", "/srv/a" },
	{ "http://git.local=file:///srv/=", "http://git.local/a", "file:///srv/=/a" },
	{ "/srv=https://git.example.com", "/srv/a", "https://git.example.com/a" },
};

static void a_map_replaces_the_beginning(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(maps); i++) {
		struct str map = str_from(maps[i].map),
			   row = arena_printf(&unit_arena, "%s: %s", maps[i].map, maps[i].url);
		struct url url = parse(maps[i].url), mapped = { 0 };

		unit_assert_succeeds(urlrule_check_map(map, &unit_err), row.ptr, __FILE__, __LINE__);
		unit_assert_succeeds(urlrule_map(&url, &map, 1, &unit_arena, &mapped, &unit_err), row.ptr, __FILE__,
				     __LINE__);
		assert_row(mapped.text, maps[i].mapped, row.ptr);
	}
}

static void the_longest_map_wins_and_of_equal_ones_the_last(void **state)
{
	const struct str many[] = { STR("https://h/a=https://one"), STR("https://h=https://two"),
				    STR("https://h/a/b=https://three"), STR("https://h/a=https://four") };
	struct url url = parse("https://h/a/c"), mapped;

	(void)state;
	assert_succeeds(urlrule_map(&url, many, COUNT(many), &unit_arena, &mapped, &unit_err));
	assert_str(mapped.text, "https://four/c");
	url = parse("https://h/a/b/c");
	assert_succeeds(urlrule_map(&url, many, COUNT(many), &unit_arena, &mapped, &unit_err));
	assert_str(mapped.text, "https://three/c");
	url = parse("https://h/b");
	assert_succeeds(urlrule_map(&url, many, COUNT(many), &unit_arena, &mapped, &unit_err));
	assert_str(mapped.text, "https://two/b");
	url = parse("https://u:p@h/b");
	assert_succeeds(urlrule_map(&url, NULL, 0, &unit_arena, &mapped, &unit_err));
	assert_str(mapped.text, "https://u:p@h/b");
	assert_str(mapped.shown, "https://h/b");
}

static void a_mapped_url_must_be_one(void **state)
{
	const struct str bad[] = { STR("https://h=ftp://h"), STR("https://g=ssh://-x") };
	struct url url = parse("https://u:s3cr3t@h/a"), mapped;

	(void)state;
	assert_fails(urlrule_map(&url, bad, COUNT(bad), &unit_arena, &mapped, &unit_err),
		     "is no url any more after --git-map: has an unknown scheme");
	assert_null(strstr(unit_err.text, "s3cr3t"));
	url = parse("https://g/a");
	assert_fails(urlrule_map(&url, bad, COUNT(bad), &unit_arena, &mapped, &unit_err), "begins with `-`");
}

static void a_map_has_two_sides(void **state)
{
	(void)state;
	assert_succeeds(urlrule_check_map(S("a=b"), &unit_err));
	assert_fails(urlrule_check_map(S("a"), &unit_err), "is not FROM=TO");
	assert_fails(urlrule_check_map(S("=b"), &unit_err), "is not FROM=TO");
	assert_fails(urlrule_check_map(S("a="), &unit_err), "is not FROM=TO");
	assert_fails(urlrule_check_map(S(""), &unit_err), "is not FROM=TO");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_pattern_matches_host_port_path_and_scheme),
		TEST(without_patterns_every_host_is_allowed),
		TEST(local_ones_are_allowed_by_their_own_option_alone),
		TEST(a_map_replaces_the_beginning),
		TEST(the_longest_map_wins_and_of_equal_ones_the_last),
		TEST(a_mapped_url_must_be_one),
		TEST(a_map_has_two_sides),
	};

	return unit_run(tests);
}
