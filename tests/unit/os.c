/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"

#include "unit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static void assert_not_inherited(int fd)
{
	assert_true(fd >= 0);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
}

static void what_is_opened_is_not_inherited(void **state)
{
	int ends[2], fd;

	(void)state;
	assert_true(os_pipe(ends));
	assert_not_inherited(ends[0]);
	assert_not_inherited(ends[1]);
	close(ends[0]);
	close(ends[1]);
	fd = os_socket(AF_UNIX, SOCK_STREAM, 0);
	assert_not_inherited(fd);
	close(fd);
}

static void a_socket_that_nobody_reads_raises_no_signal(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	close(ends[1]);
	assert_int_equal(os_send(ends[0], "a", 1, 0), -1);
	close(ends[0]);
}

static void a_signal_that_is_held_is_seen(void **state)
{
	sigset_t signals, before;
	int number;

	(void)state;
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &signals, &before), 0);
	assert_false(os_is_pending(&signals));
	raise(SIGUSR1);
	assert_true(os_is_pending(&signals));
	assert_int_equal(sigwait(&signals, &number), 0);
	assert_false(os_is_pending(&signals));
	assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_is_opened_is_not_inherited),
		TEST(a_socket_that_nobody_reads_raises_no_signal),
		TEST(a_signal_that_is_held_is_seen),
	};

	return unit_run(tests);
}
