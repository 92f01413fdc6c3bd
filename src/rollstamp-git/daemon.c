/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/daemon.h"

#include "base/buf.h"
#include "base/os.h"
#include "rollstamp-git/tcp.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* How many digits of length stand in front of a packet. */
#define LENGTH_DIGITS 4

struct str daemon_path(const struct url *url, struct arena *arena)
{
	struct str path = url->path;

	if (url->scheme == URL_SCP)
		return path;
	path = url_decode(path, arena);
	return str_starts_with(path, "/~") ? str_skip(path, 1) : path;
}

/* "git-upload-pack PATH\0host=HOST:PORT\0" as a packet (gitprotocol-pack(5)). */
static void print_request(const struct url *url, struct arena *arena, struct buf *to)
{
	bool is_ipv6 = str_find(url->host, ':') < url->host.len;
	struct buf line = { 0 };

	buf_add_cstring(&line, "git-upload-pack ");
	buf_add(&line, daemon_path(url, arena));
	buf_add_char(&line, '\0');
	buf_printf(&line, is_ipv6 ? "host=[%.*s]" : "host=%.*s", STR_ARG(url->host));
	if (url->port.len > 0)
		buf_printf(&line, ":%.*s", STR_ARG(url->port));
	buf_add_char(&line, '\0');
	buf_printf(to, "%04zx", line.len + LENGTH_DIGITS);
	buf_add(to, buf_str(&line));
	buf_release(&line);
}

bool daemon_open(const struct url *url, struct arena *arena, int *socket, struct err *err)
{
	const char *port = url->port.len > 0 ? arena_dup(arena, url->port).ptr : "9418";
	struct buf request = { 0 };
	int made;
	bool ok;

	if (!tcp_connect(arena_dup(arena, url->host).ptr, port, arena, &made, err))
		return false;
	print_request(url, arena, &request);
	ok = daemon_write(made, buf_str(&request), err);
	buf_release(&request);
	if (ok)
		*socket = made;
	else
		close(made);
	return ok;
}

static bool fail(struct err *err)
{
	return err_set(err, "the connection broke (%s): try again", strerror(errno));
}

bool daemon_read(int socket, char *to, size_t room, size_t *got, struct err *err)
{
	ssize_t length;

	do
		length = recv(socket, to, room, 0);
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return fail(err);
	*got = (size_t)length;
	return true;
}

bool daemon_write(int socket, struct str text, struct err *err)
{
	while (text.len > 0) {
		ssize_t length = os_send(socket, text.ptr, text.len, 0);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return fail(err);
		text = str_skip(text, (size_t)length);
	}
	return true;
}
