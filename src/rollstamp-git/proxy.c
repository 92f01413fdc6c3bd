/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/proxy.h"

#include "git/url.h"

#include <stdlib.h>

static bool ends_in_domain(struct str host, struct str domain)
{
	struct str end;

	if (host.len < domain.len)
		return false;
	end = str_skip(host, host.len - domain.len);
	return str_equal_nocase(end, domain) && (host.len == domain.len || host.ptr[host.len - domain.len - 1] == '.');
}

static bool matches(struct str pattern, struct str host, struct str port)
{
	bool is_domain = false;
	struct str rest, name;

	if (str_is(pattern, "*"))
		return true;
	if (str_starts_with(pattern, "*.") || str_starts_with(pattern, ".")) {
		is_domain = true;
		pattern = str_skip(pattern, pattern.ptr[0] == '*' ? 2 : 1);
	}
	rest = pattern;
	name = str_cut(&rest, ':');
	if (name.len == 0 || (rest.len > 0 && !str_equal(rest, port)))
		return false;
	return is_domain ? ends_in_domain(host, name) : str_equal_nocase(host, name);
}

bool proxy_is_excepted(struct str list, struct str host, struct str port)
{
	while (list.ptr)
		if (matches(str_cut(&list, ','), host, port))
			return true;
	return false;
}

/* The value of the lower-case variable, or else of the other one. */
static const char *variable(const char *name, const char *other)
{
	const char *value = getenv(name);

	return value ? value : getenv(other);
}

bool proxy_find(struct str host, struct str port, struct arena *arena, const char **proxy_host, const char **proxy_port,
		struct err *err)
{
	const char *text = variable("http_proxy", "HTTP_PROXY"), *excepted = variable("no_proxy", "NO_PROXY");
	struct url proxy;
	struct err ignored;

	if (!text || !*text || proxy_is_excepted(str_from(excepted), host, port)) {
		*proxy_host = *proxy_port = NULL;
		return true;
	}
	/* For curl, too, the scheme and the path can be left out. */
	if (!url_parse(arena_printf(arena, "%s%s/", strstr(text, "://") ? "" : "http://", text), arena, &proxy,
		       &ignored) ||
	    proxy.scheme != URL_HTTP)
		return err_set(err,
			       "the address of the proxy in http_proxy is not supported: it must begin with http://");
	*proxy_host = arena_dup(arena, proxy.host).ptr;
	*proxy_port = proxy.port.len > 0 ? arena_dup(arena, proxy.port).ptr : "80";
	return true;
}
