/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/tcpstream.h"

#include "base/os.h"
#include "rollstamp-git/httphead.h"
#include "rollstamp-git/tcp.h"

#include <assert.h>
#include <errno.h>
#include <git2.h>
#if __has_include(<git2/sys/errors.h>) /* from 1.8 on */
#include <git2/sys/errors.h>
#endif
#include <git2/sys/stream.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static _Thread_local const struct tcpstream_guide *guide;

struct tcpstream {
	git_stream parent; /* the first member: libgit2 has pointers to it */
	const char *host;
	const char *port;
	int socket;
	struct httphead head; /* the heads of answers without TLS */
};

void tcpstream_follow(const struct tcpstream_guide *new_guide)
{
	guide = new_guide;
}

static int stream_connect(git_stream *parent)
{
	struct tcpstream *stream = (struct tcpstream *)parent;
	const char *host = stream->host, *port = stream->port;
	struct err err;

	if (guide->route(guide->context, &host, &port, &err) &&
	    tcp_connect(host, port, guide->arena, &stream->socket, &err))
		return 0;
	guide->fail(guide->context, str_from(err.text));
	return GIT_EUSER;
}

static int fail(const char *what)
{
	git_error_set_str(GIT_ERROR_NET, arena_printf(guide->arena, "%s: %s", what, strerror(errno)).ptr);
	return -1;
}

/* Receives bytes: how many; 0 at the end, -1 for a failure. */
static ssize_t receive(struct tcpstream *stream, char *to, size_t room)
{
	ssize_t got;

	do
		got = recv(stream->socket, to, room, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return fail("error receiving data");
	return guide->receive(guide->context, (size_t)got) ? got : -1;
}

static ssize_t stream_read(git_stream *parent, void *to, size_t room)
{
	struct tcpstream *stream = (struct tcpstream *)parent;
	struct str ready;

	while ((ready = httphead_ready(&stream->head)).len == 0) {
		char bytes[4096];
		ssize_t got;

		/* Bodies pass without a copy. */
		if (!stream->head.expects)
			return receive(stream, to, room);
		got = receive(stream, bytes, sizeof(bytes));
		if (got < 0)
			return got;
		if (got == 0)
			httphead_end(&stream->head);
		else if (!httphead_add(&stream->head, (struct str){ bytes, (size_t)got }))
			return git_error_set_str(GIT_ERROR_NET, "invalid response: too many headers"), -1;
	}
	if (ready.len > room)
		ready.len = room;
	memcpy(to, ready.ptr, ready.len);
	httphead_take(&stream->head, ready.len);
	return (ssize_t)ready.len;
}

static ssize_t stream_write(git_stream *parent, const char *bytes, size_t length, int flags)
{
	struct tcpstream *stream = (struct tcpstream *)parent;
	ssize_t sent;

	if (guide->is_plain_http(guide->context))
		httphead_expect(&stream->head);
	do
		sent = os_send(stream->socket, bytes, length, flags);
	while (sent < 0 && errno == EINTR);
	return sent < 0 ? fail("error sending data") : sent;
}

static int stream_close(git_stream *parent)
{
	struct tcpstream *stream = (struct tcpstream *)parent;

	if (stream->socket >= 0)
		close(stream->socket);
	stream->socket = -1;
	return 0;
}

static void stream_free(git_stream *parent)
{
	stream_close(parent);
	httphead_release(&((struct tcpstream *)parent)->head);
	free(parent);
}

static int make_stream(git_stream **out, const char *host, const char *port)
{
	struct tcpstream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		arena_out_of_memory();
	assert(guide);
	stream->host = arena_dup(guide->arena, str_from(host)).ptr;
	stream->port = arena_dup(guide->arena, str_from(port)).ptr;
	stream->socket = -1;
	stream->parent.version = GIT_STREAM_VERSION;
	stream->parent.connect = stream_connect;
	stream->parent.read = stream_read;
	stream->parent.write = stream_write;
	stream->parent.close = stream_close;
	stream->parent.free = stream_free;
	*out = &stream->parent;
	return 0;
}

bool tcpstream_register(void)
{
	git_stream_registration registration = { .version = GIT_STREAM_VERSION, .init = make_stream };

	return git_stream_register(GIT_STREAM_STANDARD, &registration) == 0;
}
