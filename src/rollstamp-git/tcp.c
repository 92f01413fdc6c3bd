/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/tcp.h"

#include "base/os.h"
#include "rollstamp-git/sentence.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static bool fail(struct str message, struct arena *arena, struct err *err)
{
	return err_set(err, "%s", sentence_for(message, SENTENCE_ANYWHERE, arena).ptr);
}

/* How often to look whether a descriptor has become free. */
#define RETRY_MS 10

static atomic_bool has_lacked;

bool tcp_has_lacked_descriptors(void)
{
	return atomic_load(&has_lacked);
}

static bool is_lack_of_descriptors(int error)
{
	return error == EMFILE || error == ENFILE;
}

static void wait_for_descriptors(void)
{
	const struct timespec pause = { .tv_nsec = RETRY_MS * 1000000L };

	atomic_store(&has_lacked, true);
	nanosleep(&pause, NULL);
}

/* Is there no descriptor left? getaddrinfo needs some for files and sockets, and has no error for their lack. */
static bool lacks_descriptors(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return is_lack_of_descriptors(errno);
	close(fd);
	return false;
}

/* 0 and a socket, or an errno. */
static int try_address(const struct addrinfo *address, int *made)
{
	int fd, error;

	while ((fd = os_socket(address->ai_family, address->ai_socktype, address->ai_protocol)) < 0 &&
	       is_lack_of_descriptors(errno))
		wait_for_descriptors();
	if (fd < 0) {
		error = errno;
		if (error == ENOBUFS || error == ENOMEM)
			atomic_store(&has_lacked, true);
		return error;
	}
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
	int error;

	while ((error = getaddrinfo(host, port, &hints, &found)) != 0 && lacks_descriptors())
		wait_for_descriptors();
	if (error != 0)
		return fail((struct str)STR("failed to resolve address"), arena, err);
	error = ENOENT;
	for (const struct addrinfo *address = found; address && error != 0; address = address->ai_next)
		error = try_address(address, socket);
	freeaddrinfo(found);
	return error == 0 || fail(arena_printf(arena, "failed to connect: %s", strerror(error)), arena, err);
}
