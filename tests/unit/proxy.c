/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/proxy.h"

#include "unit.h"

#include <stdlib.h>

static void exceptions_are_read_as_libgit2_reads_them(void **state)
{
	static const struct {
		const char *list, *host, *port;
		bool is_excepted;
	} rows[] = {
		{ "", "git.example.com", "80", false },
		{ "*", "git.example.com", "80", true },
		{ "git.example.com", "git.example.com", "80", true },
		{ "git.example.com", "GIT.example.com", "80", true },
		{ "example.com", "git.example.com", "80", false },
		{ ".example.com", "git.example.com", "80", true },
		{ "*.example.com", "git.example.com", "80", true },
		{ ".example.com", "example.com", "80", true },
		{ ".example.com", "badexample.com", "80", false },
		{ "other,git.example.com", "git.example.com", "80", true },
		{ "git.example.com:8080", "git.example.com", "8080", true },
		{ "git.example.com:8080", "git.example.com", "80", false },
		{ ".example.com:8080", "git.example.com", "8080", true },
		{ ".", "git.example.com", "80", false },
		{ ",,", "git.example.com", "80", false },
		{ ":80", "git.example.com", "80", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_for(proxy_is_excepted(str_from(rows[i].list), str_from(rows[i].host), str_from(rows[i].port)) ==
				   rows[i].is_excepted,
			   arena_printf(&unit_arena, "%s for %s:%s", rows[i].list, rows[i].host, rows[i].port).ptr);
}

static void set(const char *lower, const char *upper, const char *excepted)
{
	unsetenv("http_proxy");
	unsetenv("HTTP_PROXY");
	unsetenv("NO_PROXY");
	unsetenv("no_proxy");
	if (lower)
		setenv("http_proxy", lower, 1);
	if (upper)
		setenv("HTTP_PROXY", upper, 1);
	if (excepted)
		setenv("no_proxy", excepted, 1);
}

static void the_proxy_is_found_in_the_environment(void **state)
{
	static const struct {
		const char *lower, *upper, *excepted, *host, *port;
	} rows[] = {
		{ NULL, NULL, NULL, NULL, NULL },
		{ "", NULL, NULL, NULL, NULL },
		{ "", "http://other:1", NULL, NULL, NULL },
		{ "http://proxy:3128", NULL, NULL, "proxy", "3128" },
		{ "http://proxy:3128/", NULL, NULL, "proxy", "3128" },
		{ "http://proxy", NULL, NULL, "proxy", "80" },
		{ "proxy:3128", NULL, NULL, "proxy", "3128" },
		{ "http://u:p@proxy:3128", NULL, NULL, "proxy", "3128" },
		{ "http://[::1]:3128", NULL, NULL, "::1", "3128" },
		{ NULL, "http://proxy:3128", NULL, "proxy", "3128" },
		{ "http://proxy:3128", "http://other:1", NULL, "proxy", "3128" },
		{ "http://proxy:3128", NULL, "git.example.com", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *row = rows[i].lower ? rows[i].lower : "(no http_proxy)", *host = "none", *port = "none";

		set(rows[i].lower, rows[i].upper, rows[i].excepted);
		assert_succeeds(proxy_find(S("git.example.com"), S("80"), &unit_arena, &host, &port, &unit_err));
		assert_row(str_from(host), rows[i].host, row);
		assert_row(str_from(port), rows[i].port, row);
	}
}

static void a_proxy_of_another_kind_is_an_error_that_does_not_show_it(void **state)
{
	static const char *const rows[] = { "https://u:SECRET@proxy", "socks5://SECRET:1080", "http://SECRET:port" };
	const char *host, *port;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		set(rows[i], NULL, NULL);
		assert_fails(proxy_find(S("git.example.com"), S("80"), &unit_arena, &host, &port, &unit_err),
			     "http_proxy");
		assert_null(strstr(unit_err.text, "SECRET"));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(exceptions_are_read_as_libgit2_reads_them),
		TEST(the_proxy_is_found_in_the_environment),
		TEST(a_proxy_of_another_kind_is_an_error_that_does_not_show_it),
	};

	return unit_run(tests);
}
