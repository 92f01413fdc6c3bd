/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/worker.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/os.h"
#include "base/output.h"
#include "rollstamp-git/client.h"
#include "rollstamp-git/tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

/* How many remotes of one server are listed at a time: sshd refuses some of more than ten new connections. */
#define SERVER_LIMIT 8
/* How many threads there may be, with those that hang: their stacks count against the limit of memory. */
#define LIVE_LIMIT 512
/* A listing that has taken this part of the time no longer counts as running. */
#define PATIENCE_PARTS 16
/* How long threads may say good-bye to their servers. */
#define FAREWELL_MS 50
#define STACK_SIZE ((size_t)512 * 1024)
/*
 * How many descriptors one listing needs: its connection, and for a while the pipes of a child that is asked for a
 * login.
 */
#define DESCRIPTORS_OF_ONE 8
#define DESCRIPTORS_OF_ALL 8

enum task_state {
	TASK_RUNNING,
	TASK_DONE, /* it has its result */
	TASK_OVER  /* its thread has nothing more to do */
};

struct task {
	struct listing listing; /* the first member, so that its callback finds the task */
	struct run *run;
	struct lane *lane;
	struct task *next; /* of its lane */
	size_t query;
	int64_t started;  /* 0: not yet */
	atomic_int state; /* an enum task_state */
	bool is_answered;
	pthread_t thread;
};

/* The tasks of one server that wait, and how many of them run. */
struct lane {
	struct task *first, *last;
	size_t running;
	struct lane *next;
};

struct run {
	const struct worker *worker;
	struct task *tasks;
	struct lane *lanes; /* those with tasks that wait */
	struct task *live[LIVE_LIMIT];
	size_t live_count, live_limit;
	size_t running_limit;
	size_t unanswered;
	struct str untrusting; /* for each listing */
	int wake[2];           /* a pipe: a byte for each change of a task */
};

size_t worker_raise_descriptors(void)
{
	const rlim_t wanted = (rlim_t)DESCRIPTORS_OF_ONE * LIVE_LIMIT + DESCRIPTORS_OF_ALL;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 256;
	if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
		struct rlimit raised = limit;

		raised.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
			limit = raised;
	}
	return limit.rlim_cur > wanted ? (size_t)wanted : (size_t)limit.rlim_cur;
}

static size_t find_live_limit(void)
{
	size_t descriptors = worker_raise_descriptors(), room;

	room = descriptors > DESCRIPTORS_OF_ALL ? (descriptors - DESCRIPTORS_OF_ALL) / DESCRIPTORS_OF_ONE : 0;
	return room < 1 ? 1 : room < LIVE_LIMIT ? room : LIVE_LIMIT;
}

static void wake(struct run *run)
{
	/* A full pipe wakes the main thread, too. */
	while (write(run->wake[1], "", 1) < 0 && errno == EINTR) {}
}

static void change(struct task *task, enum task_state state)
{
	atomic_store(&task->state, (int)state);
	wake(task->run);
}

static void mark_done(struct listing *listing)
{
	change((struct task *)listing, TASK_DONE);
}

static void *run_task(void *argument)
{
	struct task *task = argument;

	client_list(&task->listing, mark_done);
	change(task, TASK_OVER);
	return NULL;
}

static bool is_in(const struct task *task, enum task_state state)
{
	return atomic_load(&task->state) >= (int)state;
}

/* Writes answers. When nobody takes them, this process is of no use and ends. */
static void write_out(const struct run *run, const struct buf *text)
{
	struct str piece = buf_str(text);
	struct err ignored;

	if (!output_write(run->worker->out, "the pipe", &piece, 1, &ignored))
		_exit(1);
}

static void tell(const struct run *run, const struct wire_answer *answer)
{
	struct buf text = { 0 };

	wire_put_answer(answer, &text);
	write_out(run, &text);
	buf_release(&text);
}

static void mark_answered(struct task *task)
{
	task->is_answered = true;
	task->run->unanswered--;
}

static void answer(struct task *task)
{
	const struct listing *listing = &task->listing;
	struct wire_answer found = { .query = task->query, .kind = WIRE_COMMITS };

	if (listing->failure.len == 0) {
		found.commits = listing->commits;
		found.commit_count = listing->query.name_count;
	} else if (listing->takes_too_much && !task->run->worker->is_alone) {
		found.kind = WIRE_AGAIN;
	} else {
		/* Where descriptors are short, nobody knows what failed for want of one. */
		found.kind = listing->is_trouble || listing->takes_too_much || tcp_has_lacked_descriptors()
				     ? WIRE_TROUBLE
				     : WIRE_FAILURE;
		found.sentence = listing->failure;
	}
	tell(task->run, &found);
	mark_answered(task);
}

static bool start_thread(struct task *task)
{
	pthread_attr_t attributes;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	error = pthread_create(&task->thread, &attributes, run_task, task);
	pthread_attr_destroy(&attributes);
	return error == 0;
}

static int64_t patience_of(const struct run *run)
{
	return run->worker->request->timeout_ms / PATIENCE_PARTS + 1;
}

/* Counts the tasks that are running and not yet taken for ones that hang, all of them and by lane. */
static size_t count_running(struct run *run)
{
	int64_t patience = patience_of(run), now = clock_ms();
	size_t count = 0;

	for (size_t i = 0; i < run->live_count; i++)
		run->live[i]->lane->running = 0;
	for (size_t i = 0; i < run->live_count; i++) {
		const struct task *task = run->live[i];

		if (!task->is_answered && now - task->started < patience) {
			task->lane->running++;
			count++;
		}
	}
	return count;
}

static bool start_first(struct run *run, struct lane *lane)
{
	struct task *task = lane->first;
	struct wire_answer started = { .query = task->query, .kind = WIRE_STARTED };

	/* Not earlier, since a listing needs memory. */
	listing_init(&task->listing, run->worker->request, task->query, run->worker->is_alone, run->untrusting);
	/* This must be told before the thread can do anything that ends this process. */
	tell(run, &started);
	if (!start_thread(task)) {
		listing_release(&task->listing);
		return false;
	}
	task->started = clock_ms();
	run->live[run->live_count++] = task;
	lane->first = task->next;
	lane->running++;
	return true;
}

/* Starts the tasks that may be started. `*waits` tells whether one must wait for room. */
static void start_tasks(struct run *run, bool *waits)
{
	size_t running = count_running(run);
	struct lane **at = &run->lanes;

	while (*at) {
		struct lane *lane = *at;

		while (lane->first && lane->running < SERVER_LIMIT && running < run->running_limit &&
		       run->live_count < run->live_limit) {
			if (!start_first(run, lane)) {
				/* The system has no more threads for now. */
				*waits = true;
				return;
			}
			running++;
		}
		if (running >= run->running_limit || run->live_count >= run->live_limit)
			break;
		if (lane->first)
			at = &lane->next;
		else
			*at = lane->next;
	}
	*waits = run->lanes != NULL;
}

/* Answers for tasks that have a result, and joins threads that have ended: a thread keeps its stack until then. */
static void look_at_tasks(struct run *run)
{
	for (size_t i = 0; i < run->live_count;) {
		struct task *task = run->live[i];

		if (!task->is_answered && is_in(task, TASK_DONE))
			answer(task);
		if (!is_in(task, TASK_OVER)) {
			i++;
			continue;
		}
		pthread_join(task->thread, NULL);
		listing_release(&task->listing);
		/* The tasks that are alive are counted again. */
		task->lane->running = 0;
		run->live[i] = run->live[--run->live_count];
	}
}

/* Waits until a task changes, at most until `until`. */
static void wait_for_change(const struct run *run, int64_t until)
{
	int64_t left = until - clock_ms();
	struct pollfd at = { .fd = run->wake[0], .events = POLLIN };
	char ignored[256];

	if (left < 0)
		left = 0;
	if (poll(&at, 1, left > INT_MAX ? INT_MAX : (int)left) <= 0)
		return;
	if (read(run->wake[0], ignored, sizeof(ignored)) < 0)
		return; /* EINTR: it will be told again */
}

static void answer_late(struct run *run)
{
	const struct wire_request *request = run->worker->request;
	struct arena arena = { 0 };
	struct buf text = { 0 };

	for (size_t i = 0; i < run->worker->count; i++) {
		struct task *task = &run->tasks[i];
		enum sentence_stage stage = (enum sentence_stage)atomic_load(&task->listing.stage);
		struct wire_answer late = { .query = task->query };

		if (task->is_answered)
			continue;
		/* The thread has been started and may wait to run. */
		if (stage == SENTENCE_WAITING && task->started > 0)
			stage = SENTENCE_CONNECTING;
		late.kind = stage == SENTENCE_WAITING || tcp_has_lacked_descriptors() ? WIRE_TROUBLE : WIRE_FAILURE;
		late.sentence = sentence_for_timeout(stage, request->timeout_ms, &arena);
		wire_put_answer(&late, &text);
	}
	write_out(run, &text);
}

static void answer_all(struct run *run)
{
	int64_t deadline = run->worker->deadline;

	while (run->unanswered > 0) {
		int64_t until = deadline;
		bool waits;

		look_at_tasks(run);
		start_tasks(run, &waits);
		if (run->unanswered == 0)
			break;
		if (clock_ms() >= deadline) {
			answer_late(run);
			_exit(0);
		}
		if (waits && clock_ms() + patience_of(run) / 2 + 1 < until)
			until = clock_ms() + patience_of(run) / 2 + 1;
		wait_for_change(run, until);
	}
}

/* Waits a moment for threads to end. False if one does not. */
static bool join_tasks(struct run *run)
{
	int64_t until = clock_ms() + FAREWELL_MS;

	for (look_at_tasks(run); run->live_count > 0; look_at_tasks(run)) {
		if (clock_ms() >= until)
			return false;
		wait_for_change(run, until);
	}
	return true;
}

/* An http server, too, can redirect to one of https. */
static bool needs_certificates(const struct worker *worker)
{
	for (size_t i = 0; i < worker->count; i++)
		if (str_starts_with(worker->request->queries[worker->queries[i]].url, "http"))
			return true;
	return false;
}

static void add_to_lane(struct task *task, struct lane *lane)
{
	task->lane = lane;
	if (lane->last)
		lane->last->next = task;
	else
		lane->first = task;
	lane->last = task;
}

/* The part of a url that names its server. */
static struct str name_lane(struct str text, struct arena *arena)
{
	struct url url = { 0 };
	struct err ignored;

	if (!url_parse(text, arena, &url, &ignored))
		url = (struct url){ 0 };
	return arena_printf(arena, "%d %.*s %.*s", (int)url.scheme, STR_ARG(url.port), STR_ARG(url.host));
}

static void make_tasks(struct run *run, struct arena *arena)
{
	const struct worker *worker = run->worker;
	struct lane **end = &run->lanes;
	struct arena scratch = { 0 };
	struct map lanes;

	map_init(&lanes, arena);
	run->tasks = arena_array(arena, worker->count, sizeof(*run->tasks));
	for (size_t i = 0; i < worker->count; i++) {
		struct task *task = &run->tasks[i];
		struct lane *lane;
		struct str name;

		task->run = run;
		task->query = worker->queries[i];
		atomic_init(&task->state, TASK_RUNNING);
		atomic_init(&task->listing.stage, SENTENCE_WAITING);
		name = name_lane(worker->request->queries[task->query].url, &scratch);
		lane = map_get(&lanes, name);
		if (!lane) {
			lane = ARENA_NEW(arena, struct lane);
			map_set(&lanes, arena_dup(arena, name), lane);
			*end = lane;
			end = &lane->next;
		}
		add_to_lane(task, lane);
		arena_reset(&scratch);
	}
	arena_release(&scratch);
}

/* Answers each query with `err`, since it keeps all of them from being asked. */
static void answer_unable(const struct worker *worker, const struct err *err)
{
	struct run run = { .worker = worker };

	for (size_t i = 0; i < worker->count; i++)
		tell(&run, &(struct wire_answer){
				   .query = worker->queries[i],
				   .kind = WIRE_TROUBLE,
				   .sentence = str_from(err->text),
			   });
}

void worker_run(const struct worker *worker)
{
	struct arena arena = { 0 };
	/* Not on the stack: threads that are left when this function is over still use it. */
	struct run *run = ARENA_NEW(&arena, struct run);
	struct err err;

	*run = (struct run){ .worker = worker,
			     .unanswered = worker->count,
			     .live_limit = find_live_limit(),
			     .running_limit = client_running_limit(worker->request) };
	if (!os_pipe(run->wake) || fcntl(run->wake[0], F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(run->wake[1], F_SETFL, O_NONBLOCK) != 0) {
		err_set(&err, "rollstamp-git can't have a pipe: %s", strerror(errno));
		answer_unable(worker, &err);
		_exit(0);
	}
	if (!client_start(worker->request, needs_certificates(worker), &arena, &run->untrusting, &err)) {
		answer_unable(worker, &err);
		_exit(0);
	}
	make_tasks(run, &arena);
	answer_all(run);
	/* What libraries do at the end of a process is not safe while threads of theirs still run. */
	if (!join_tasks(run))
		_exit(0);
	client_stop(worker->request);
	close(run->wake[0]);
	close(run->wake[1]);
	arena_release(&arena);
	exit(0);
}
