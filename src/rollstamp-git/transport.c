/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/transport.h"

#include "rollstamp-git/daemon.h"
#include "rollstamp-git/ssh.h"

#include <git2.h>
#if __has_include(<git2/sys/errors.h>) /* from 1.8 on */
#include <git2/sys/errors.h>
#endif
#include <git2/sys/transport.h>
#include <stdlib.h>
#include <unistd.h>

static _Thread_local const struct transport_target *target;

struct connection {
	git_smart_subtransport_stream stream; /* the first member: libgit2 has pointers to it */
	struct ssh *ssh;                      /* NULL: a connection to a daemon */
	int socket;                           /* to the daemon */
};

struct subtransport {
	git_smart_subtransport parent;
	struct connection *connection; /* that is open, or NULL */
};

void transport_aim(const struct transport_target *new_target)
{
	target = new_target;
}

static int fail(const struct err *err)
{
	target->fail(target->context, str_from(err->text));
	return GIT_EUSER;
}

static int fail_ourselves(const struct err *err)
{
	target->fail_ourselves(target->context, str_from(err->text));
	return GIT_EUSER;
}

static bool read_some(const struct connection *connection, char *to, size_t room, size_t *got, bool *is_ours,
		      struct err *err)
{
	*is_ours = false;
	if (connection->ssh)
		return ssh_read(connection->ssh, to, room, got, is_ours, err);
	return daemon_read(connection->socket, to, room, got, err);
}

static int stream_read(git_smart_subtransport_stream *stream, char *buffer, size_t room, size_t *got)
{
	struct connection *connection = (struct connection *)stream;
	struct str complaint;
	bool is_ours;
	struct err err;

	if (!read_some(connection, buffer, room, got, &is_ours, &err))
		return is_ours ? fail_ourselves(&err) : fail(&err);
	if (!target->receive(target->context, *got))
		return GIT_EUSER;
	if (*got > 0 || !connection->ssh)
		return 0;
	/* The command ended without a listing: what it complained about tells why. */
	complaint = ssh_complaint(connection->ssh);
	if (complaint.len == 0)
		return 0;
	git_error_set_str(GIT_ERROR_NET, arena_dup(target->arena, complaint).ptr);
	return GIT_EEOF;
}

static int stream_write(git_smart_subtransport_stream *stream, const char *bytes, size_t length)
{
	struct connection *connection = (struct connection *)stream;
	struct str text = { bytes, length };
	struct err err;
	bool ok =
		connection->ssh ? ssh_write(connection->ssh, text, &err) : daemon_write(connection->socket, text, &err);

	return ok ? 0 : fail(&err);
}

static void stream_free(git_smart_subtransport_stream *stream)
{
	struct connection *connection = (struct connection *)stream;
	struct subtransport *subtransport = (struct subtransport *)stream->subtransport;

	subtransport->connection = NULL;
	if (connection->ssh)
		ssh_close(connection->ssh);
	else
		close(connection->socket);
	free(connection);
}

static bool open_connection(struct connection *connection, bool *is_ours, struct err *err)
{
	*is_ours = target->url->scheme != URL_GIT;
	if (target->url->scheme == URL_GIT)
		return daemon_open(target->url, target->arena, &connection->socket, err);
	return ssh_open(target->url, target->timeout_ms, target->arena, &connection->ssh, err);
}

static int connect_to_target(struct subtransport *subtransport)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	bool is_ours = false;
	struct err err;

	if (!connection)
		arena_out_of_memory();
	if (!open_connection(connection, &is_ours, &err)) {
		free(connection);
		return is_ours ? fail_ourselves(&err) : fail(&err);
	}
	connection->stream.subtransport = &subtransport->parent;
	connection->stream.read = stream_read;
	connection->stream.write = stream_write;
	connection->stream.free = stream_free;
	subtransport->connection = connection;
	return 0;
}

static int act(git_smart_subtransport_stream **out, git_smart_subtransport *parent, const char *url,
	       git_smart_service_t service)
{
	struct subtransport *subtransport = (struct subtransport *)parent;
	int error = 0;

	(void)url;
	/* One connection lists and, when libgit2 says good-bye, would fetch. */
	if (service == GIT_SERVICE_UPLOADPACK_LS)
		error = connect_to_target(subtransport);
	else if (service != GIT_SERVICE_UPLOADPACK || !subtransport->connection)
		error = GIT_EINVALID;
	*out = error == 0 ? &subtransport->connection->stream : NULL;
	return error;
}

static int close_subtransport(git_smart_subtransport *parent)
{
	(void)parent;
	return 0;
}

static void free_subtransport(git_smart_subtransport *parent)
{
	free(parent);
}

static int make_subtransport(git_smart_subtransport **out, git_transport *owner, void *param)
{
	struct subtransport *subtransport = calloc(1, sizeof(*subtransport));

	(void)owner;
	(void)param;
	if (!subtransport)
		arena_out_of_memory();
	subtransport->parent.action = act;
	subtransport->parent.close = close_subtransport;
	subtransport->parent.free = free_subtransport;
	*out = &subtransport->parent;
	return 0;
}

bool transport_register(void)
{
	static git_smart_subtransport_definition definition = { .callback = make_subtransport, .rpc = 0 };
	static const char *const schemes[] = { "ssh", "git+ssh", "ssh+git", "git" };

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (git_transport_register(schemes[i], git_transport_smart, &definition) != 0)
			return false;
	return true;
}
