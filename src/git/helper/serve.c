#include "git/helper/serve.h"

#include "base/clock.h"
#include "base/input.h"
#include "base/map.h"
#include "git/helper/library.h"
#include "git/helper/listing.h"
#include "git/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* How many are listed at a time, and how many of one server: sshd refuses some of more than ten new connections. */
#define RUNNING_LIMIT 128
#define SERVER_LIMIT 8
/* After this part of the time one that is listed counts no more. */
#define PATIENCE_PARTS 16
/* How long threads may say good-bye to their servers. */
#define FAREWELL_MS 50
#define STACK_SIZE ((size_t)512 * 1024)

struct task {
	struct listing listing;
	struct server *server;
	size_t lane;     /* the index of the first task of the same remote server */
	int64_t started; /* 0: not yet */
	bool is_done;    /* under the lock; set by its thread */
	bool is_over;    /* the same, when the thread has nothing more to do */
	bool is_answered;
	bool is_joined;
	pthread_t thread;
};

struct server {
	struct wire_request request;
	struct task *tasks;
	size_t *running; /* for each lane, how many count */
	size_t unanswered;
	int in;
	int out;
	int wake[2]; /* a pipe: a byte for each change of a task */
	int64_t start;
	int64_t deadline;
	pthread_mutex_t lock;
};

/* With all that was started. The group is ours: see main. */
static _Noreturn void end_everything(void)
{
	kill(0, SIGKILL);
	for (;;)
		pause();
}

static bool read_request(int in, struct arena *arena, struct wire_request *request, struct err *err)
{
	struct buf text = { 0 };
	struct str rest, payload;
	enum wire_state state;

	for (;;) {
		ssize_t got;

		rest = buf_str(&text);
		state = wire_take(&rest, &payload);
		if (state != WIRE_PARTIAL)
			break;
		buf_reserve(&text, 64 * 1024);
		got = read(in, text.ptr + text.len, 64 * 1024);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		text.len += (size_t)got;
	}
	payload = state == WIRE_WHOLE ? arena_dup(arena, payload) : (struct str){ 0 };
	buf_release(&text);
	if (state != WIRE_WHOLE)
		return err_set(err,
			       "this is a part of rollstamp, which starts it; there was no request on standard input");
	return wire_get_request(payload, arena, request, err);
}

static void wake(struct server *server)
{
	/* A pipe that is full wakes, too. */
	while (write(server->wake[1], "", 1) < 0 && errno == EINTR) {}
}

static void mark(struct task *task, bool *what)
{
	pthread_mutex_lock(&task->server->lock);
	*what = true;
	pthread_mutex_unlock(&task->server->lock);
	wake(task->server);
}

static void mark_done(struct listing *listing)
{
	/* The listing is the task's first member. */
	struct task *task = (struct task *)listing;

	mark(task, &task->is_done);
}

static void *run_task(void *argument)
{
	struct task *task = argument;

	listing_run(&task->listing, mark_done);
	mark(task, &task->is_over);
	return NULL;
}

static bool is_marked(struct task *task, const bool *what)
{
	bool marked;

	pthread_mutex_lock(&task->server->lock);
	marked = *what;
	pthread_mutex_unlock(&task->server->lock);
	return marked;
}

static bool answer(struct server *server, struct task *task, struct str failure, struct err *err)
{
	struct wire_answer found = { .query = (size_t)(task - server->tasks), .failure = failure };
	struct buf text = { 0 };
	struct str piece;
	bool ok;

	if (failure.len == 0) {
		found.commits = task->listing.commits;
		found.commit_count = task->listing.query.name_count;
	}
	wire_put_answer(&found, &text);
	piece = buf_str(&text);
	ok = output_write(server->out, "standard output", &piece, 1, err);
	buf_release(&text);
	task->is_answered = true;
	server->unanswered--;
	return ok;
}

static bool start(struct task *task)
{
	pthread_attr_t attributes;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	error = pthread_create(&task->thread, &attributes, run_task, task);
	pthread_attr_destroy(&attributes);
	return error == 0;
}

static int64_t patience_of(const struct server *server)
{
	return server->request.timeout_ms / PATIENCE_PARTS + 1;
}

/* Counts the tasks that are running and not yet taken for ones that hang, all of them and by lane. */
static size_t count_running(struct server *server)
{
	int64_t patience = patience_of(server), now = clock_ms();
	size_t count = 0;

	for (size_t i = 0; i < server->request.count; i++)
		server->running[i] = 0;
	for (size_t i = 0; i < server->request.count; i++) {
		const struct task *task = &server->tasks[i];

		if (task->started > 0 && !task->is_answered && now - task->started < patience) {
			server->running[task->lane]++;
			count++;
		}
	}
	return count;
}

/* Starts what may be started. `*waits` tells whether something must wait. */
static void start_tasks(struct server *server, bool *waits)
{
	size_t running = count_running(server);

	*waits = false;
	for (size_t i = 0; i < server->request.count; i++) {
		struct task *task = &server->tasks[i];

		if (task->started > 0)
			continue;
		if (running >= RUNNING_LIMIT || server->running[task->lane] >= SERVER_LIMIT) {
			*waits = true;
			continue;
		}
		if (!start(task)) {
			/* The system has no more threads for now. */
			*waits = true;
			return;
		}
		task->started = clock_ms();
		running++;
		server->running[task->lane]++;
	}
}

static bool answer_done(struct server *server, struct err *err)
{
	for (size_t i = 0; i < server->request.count; i++) {
		struct task *task = &server->tasks[i];

		if (!task->is_answered && is_marked(task, &task->is_done) &&
		    !answer(server, task, task->listing.failure, err))
			return false;
	}
	return true;
}

/* A thread that has ended keeps its stack until it is joined. */
static void join_ended(struct server *server)
{
	for (size_t i = 0; i < server->request.count; i++) {
		struct task *task = &server->tasks[i];

		if (task->is_answered && !task->is_joined && is_marked(task, &task->is_over)) {
			pthread_join(task->thread, NULL);
			task->is_joined = true;
			listing_release(&task->listing);
		}
	}
}

static void answer_late(struct server *server)
{
	struct arena arena = { 0 };
	struct err ignored;

	for (size_t i = 0; i < server->request.count; i++) {
		struct task *task = &server->tasks[i];
		enum sentence_stage stage = (enum sentence_stage)atomic_load(&task->listing.stage);

		/* Its thread may be waiting for its own start. */
		if (stage == SENTENCE_WAITING && task->started > 0)
			stage = SENTENCE_CONNECTING;
		if (!task->is_answered &&
		    !answer(server, task, sentence_for_timeout(stage, server->request.timeout_ms, &arena), &ignored))
			return;
	}
}

static bool input_has_ended(int in)
{
	char ignored[256];
	ssize_t got = read(in, ignored, sizeof(ignored));

	return got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
}

/* Until something happens, at most until `until`. Ends the process if nobody is there any more. */
static void wait_for_change(const struct server *server, int64_t until)
{
	int64_t left = until - clock_ms();
	struct pollfd fds[] = {
		{ .fd = server->in, .events = POLLIN },
		{ .fd = server->wake[0], .events = POLLIN },
	};
	char ignored[256];

	if (left < 0)
		left = 0;
	if (poll(fds, 2, left > INT_MAX ? INT_MAX : (int)left) < 0)
		return;
	if (fds[0].revents && input_has_ended(server->in))
		end_everything();
	if (fds[1].revents && read(server->wake[0], ignored, sizeof(ignored)) < 0)
		return; /* EINTR: it will be told again */
}

static bool answer_all(struct server *server, struct err *err)
{
	while (server->unanswered > 0) {
		int64_t until = server->deadline;
		bool waits;

		if (!answer_done(server, err))
			return false;
		join_ended(server);
		start_tasks(server, &waits);
		if (server->unanswered == 0)
			break;
		if (clock_ms() >= server->deadline) {
			answer_late(server);
			end_everything();
		}
		if (waits && clock_ms() + patience_of(server) / 2 + 1 < until)
			until = clock_ms() + patience_of(server) / 2 + 1;
		wait_for_change(server, until);
	}
	return true;
}

/* Lets threads come to their end. False if one does not. */
static bool join_tasks(struct server *server)
{
	int64_t until = clock_ms() + FAREWELL_MS;

	for (size_t i = 0; i < server->request.count; i++) {
		struct task *task = &server->tasks[i];

		while (!task->is_joined && !is_marked(task, &task->is_over)) {
			if (clock_ms() >= until)
				return false;
			wait_for_change(server, until);
		}
		join_ended(server);
	}
	return true;
}

/* An http server, too, can redirect to one of https. */
static bool may_use_tls(struct str url)
{
	return str_starts_with(url, "http");
}

static void make_tasks(struct server *server, struct str untrusting, struct arena *arena)
{
	struct map lanes;

	map_init(&lanes, arena);
	server->running = arena_array(arena, server->request.count, sizeof(*server->running));
	server->tasks = arena_array(arena, server->request.count, sizeof(*server->tasks));
	for (size_t i = 0; i < server->request.count; i++) {
		struct task *task = &server->tasks[i], *first;
		const struct giturl *url = &task->listing.url;
		struct str name;

		task->server = server;
		listing_init(&task->listing, &server->request, i, untrusting);
		name = arena_printf(arena, "%d %.*s %.*s", (int)url->scheme, STR_ARG(url->port), STR_ARG(url->host));
		first = map_get(&lanes, name);
		if (!first)
			map_set(&lanes, name, task);
		task->lane = first ? first->lane : i;
	}
}

static bool run_server(struct server *server, struct arena *arena, bool *at_rest, struct err *err)
{
	struct str untrusting;
	bool needs_certificates = false;

	for (size_t i = 0; i < server->request.count; i++)
		needs_certificates = needs_certificates || may_use_tls(server->request.queries[i].url);
	server->deadline = server->start + server->request.timeout_ms;
	server->unanswered = server->request.count;
	if (!library_start(server->request.timeout_ms, needs_certificates, arena, &untrusting, err) ||
	    !listing_prepare(err))
		return false;
	make_tasks(server, untrusting, arena);
	if (!answer_all(server, err))
		end_everything();
	*at_rest = join_tasks(server);
	if (*at_rest)
		library_stop();
	return true;
}

bool serve(int in, int out, bool *at_rest, struct err *err)
{
	struct arena arena = { 0 };
	/* Not on the stack: threads that are left when this function returns still use it. */
	struct server *server = ARENA_NEW(&arena, struct server);
	bool ok;

	*server = (struct server){ .in = in, .out = out, .lock = PTHREAD_MUTEX_INITIALIZER, .start = clock_ms() };
	*at_rest = true;
	ok = read_request(in, &arena, &server->request, err);
	if (ok && pipe2(server->wake, O_CLOEXEC | O_NONBLOCK) != 0)
		ok = err_set(err, "no pipe: %s", strerror(errno));
	if (ok) {
		ok = run_server(server, &arena, at_rest, err);
		if (!*at_rest)
			return ok;
		close(server->wake[0]);
		close(server->wake[1]);
	}
	arena_release(&arena);
	return ok;
}
