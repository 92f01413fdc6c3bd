#include "git/helper/tcp.h"

#include "git/helper/sentence.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

static bool fail(struct str message, struct arena *arena, struct err *err)
{
	return err_set(err, "%s", sentence_for(message, SENTENCE_ANYWHERE, arena).ptr);
}

/* 0 and a socket, or an errno. */
static int try_address(const struct addrinfo *address, int *made)
{
	int fd = socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol), error;

	if (fd < 0)
		return errno;
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0) {
		*made = fd;
		return 0;
	}
	error = errno;
	close(fd);
	return error;
}

bool tcp_connect(const char *host, const char *port, struct arena *arena, int *socket, struct err *err)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	int error = ENOENT;

	if (getaddrinfo(host, port, &hints, &found) != 0)
		return fail((struct str)STR("failed to resolve address"), arena, err);
	for (const struct addrinfo *address = found; address && error != 0; address = address->ai_next)
		error = try_address(address, socket);
	freeaddrinfo(found);
	return error == 0 || fail(arena_printf(arena, "failed to connect: %s", strerror(error)), arena, err);
}
