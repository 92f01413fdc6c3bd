/* SPDX-License-Identifier: Apache-2.0 */
#include "base/os.h"

#include "unit.h"

#include <fcntl.h>
#include <string.h>
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

static void memory_that_is_asked_for_keeps_its_contents(void **state)
{
	char *bytes = arena_array(&unit_arena, 100000, 1);

	(void)state;
	memset(bytes, 'a', 50000);
	os_populate(bytes + 1, 99998);
	for (size_t i = 0; i < 100000; i++)
		assert_int_equal(bytes[i], i < 50000 ? 'a' : '\0');
	os_populate(bytes, 0);
}

static void what_waits_in_a_pipe_is_counted(void **state)
{
	int ends[2];
	size_t count;

	(void)state;
	assert_true(os_pipe(ends));
	assert_int_equal(os_count_waiting(ends[0]), 0);
	assert_int_equal(write(ends[1], "abc", 3), 3);
	count = os_count_waiting(ends[0]);
#ifdef ROLLSTAMP_PORTABLE
	assert_int_equal(count, 0);
#else
	assert_int_equal(count, 3);
#endif
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(os_count_waiting(ends[0]), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(what_is_opened_is_not_inherited), TEST(a_socket_that_nobody_reads_raises_no_signal),
		TEST(a_signal_that_is_held_is_seen),   TEST(memory_that_is_asked_for_keeps_its_contents),
		TEST(what_waits_in_a_pipe_is_counted),
	};

	return unit_run(tests);
}
