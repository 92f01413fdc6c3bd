/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/serve.h"

#include "base/clock.h"
#include "base/os.h"
#include "base/output.h"
#include "base/sort.h"
#include "rollstamp-git/sentence.h"
#include "rollstamp-git/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* How many workers there may be at a time, with those that hang, and how many of them may list. */
#define CHILDREN_LIMIT 128
#define RUNNING_LIMIT 16
/* After this part of the time a worker that lists one remote counts no more. */
#define PATIENCE_PARTS 16
/* How long to wait when the system has no room for a process or pipe. */
#define RETRY_MS 20
/* How long after the deadline workers may still answer for their remotes. */
#define GRACE_MS 150
/* How long workers may take to end by themselves when all is answered. */
#define FAREWELL_MS 60
/*
 * How often a remote is asked again when its worker was killed, and how often a worker of many is started again that
 * did nothing.
 */
#define KILLS_LIMIT 3
/* How many descriptors this process needs beside a pipe for each worker. */
#define DESCRIPTORS_OF_ALL 8

struct worker_process {
	pid_t pid;
	int pipe; /* -1: the worker has ended */
	struct buf text;
	size_t *queries;
	size_t count;
	bool is_alone;
	bool has_said_something;
	int64_t started;
};

struct state {
	bool is_answered;
	bool is_started;
	bool is_apart; /* it waits for a worker of its own, or has one */
	unsigned kills;
};

/* Indexes of queries that wait for a worker. */
struct queue {
	size_t *queries;
	size_t from, to, room;
};

struct server {
	struct wire_request request;
	struct arena *arena;
	struct state *states;
	size_t unanswered;
	struct queue together, alone;
	unsigned idle_ends; /* of workers of many that did nothing */
	struct worker_process children[CHILDREN_LIMIT];
	size_t child_count, child_limit;
	struct buf answers; /* not yet written */
	int in, out;
	int64_t deadline;
};

/* Ends this process with all that it started. The group is ours: see main. */
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

static void enqueue(struct server *server, struct queue *queue, size_t query)
{
	queue->queries = arena_grow(server->arena, queue->queries, queue->to, &queue->room, sizeof(*queue->queries));
	queue->queries[queue->to++] = query;
}

static bool is_empty(const struct queue *queue)
{
	return queue->from == queue->to;
}

static void pass_on(struct server *server, const struct wire_answer *answer)
{
	wire_put_answer(answer, &server->answers);
	server->states[answer->query].is_answered = true;
	server->unanswered--;
}

static void answer_trouble(struct server *server, size_t query, struct str sentence)
{
	pass_on(server, &(struct wire_answer){ .query = query, .kind = WIRE_TROUBLE, .sentence = sentence });
}

/* ---- Workers ---- */

/* In the new process, which keeps nothing of this one but the request. */
static _Noreturn void become_worker(const struct server *server, const struct worker_process *child, int out)
{
	struct worker worker = {
		.request = &server->request,
		.queries = child->queries,
		.count = child->count,
		.is_alone = child->is_alone,
		.out = out,
		.deadline = server->deadline,
	};

	/* For the case that neither of the two processes that could kill the group is left. */
	os_end_with_parent();
	close(child->pipe);
	for (size_t i = 0; i < server->child_count; i++)
		close(server->children[i].pipe);
	worker_run(&worker);
}

/* Starts a worker. False if the system has no room for a process now. */
static bool start_worker(struct server *server, const size_t *queries, size_t count, bool is_alone)
{
	struct worker_process child = { .count = count, .is_alone = is_alone, .started = clock_ms() };
	int ends[2];

	if (!os_pipe(ends))
		return false;
	child.pipe = ends[0];
	child.queries = arena_array(server->arena, count, sizeof(*child.queries));
	memcpy(child.queries, queries, count * sizeof(*queries));
	child.pid = fork();
	if (child.pid == 0)
		become_worker(server, &child, ends[1]);
	close(ends[1]);
	if (child.pid < 0) {
		close(ends[0]);
		return false;
	}
	server->children[server->child_count++] = child;
	return true;
}

static int64_t patience_of(const struct server *server)
{
	return server->request.timeout_ms / PATIENCE_PARTS + 1;
}

static size_t count_running(const struct server *server)
{
	int64_t patience = patience_of(server), now = clock_ms();
	size_t count = 0;

	for (size_t i = 0; i < server->child_count; i++)
		if (server->children[i].is_alone && now - server->children[i].started < patience)
			count++;
	return count;
}

/* Starts the workers that may be started. `*until` becomes earlier if one must wait for room. */
static void start_workers(struct server *server, int64_t *until)
{
	int64_t now = clock_ms();

	if (now >= server->deadline)
		return;
	if (!is_empty(&server->together) && server->child_count < server->child_limit) {
		struct queue *queue = &server->together;

		if (start_worker(server, queue->queries + queue->from, queue->to - queue->from, false))
			queue->from = queue->to;
	}
	for (size_t running = count_running(server);
	     !is_empty(&server->alone) && running < RUNNING_LIMIT && server->child_count < server->child_limit;
	     running++) {
		if (!start_worker(server, server->alone.queries + server->alone.from, 1, true))
			break;
		server->alone.from++;
	}
	if (!(is_empty(&server->together) && is_empty(&server->alone)) && now + RETRY_MS < *until)
		*until = now + RETRY_MS;
}

static bool is_query_of(const struct worker_process *child, size_t query)
{
	/* A worker of many queries has their indexes in ascending order. */
	size_t at = sort_lower_bound(child->queries, child->count, sizeof(size_t), &query, sort_compare_sizes);

	return at < child->count && child->queries[at] == query;
}

static void set_apart(struct server *server, size_t query)
{
	server->states[query].is_apart = true;
	server->states[query].is_started = false;
	enqueue(server, &server->alone, query);
}

/* Takes one message of a worker. False if a sound worker would not send it. */
static bool take_frame(struct server *server, struct worker_process *child, struct str payload, struct arena *arena)
{
	struct wire_answer answer;
	struct err ignored;

	if (!wire_get_answer(payload, arena, &answer, &ignored) || !is_query_of(child, answer.query) ||
	    server->states[answer.query].is_answered)
		return false;
	switch (answer.kind) {
	case WIRE_STARTED:
		server->states[answer.query].is_started = true;
		return true;
	case WIRE_AGAIN:
		if (child->is_alone || server->states[answer.query].is_apart)
			return false;
		set_apart(server, answer.query);
		return true;
	case WIRE_COMMITS:
		if (answer.commit_count != server->request.queries[answer.query].name_count)
			return false;
		break;
	case WIRE_FAILURE:
	case WIRE_TROUBLE:
		break;
	}
	pass_on(server, &answer);
	return true;
}

/* Takes all whole messages that a worker has sent. */
static void take_frames(struct server *server, struct worker_process *child)
{
	struct str rest = buf_str(&child->text), payload;
	struct arena arena = { 0 };
	bool is_sane = true;
	enum wire_state state = WIRE_PARTIAL;

	while (is_sane && (state = wire_take(&rest, &payload)) == WIRE_WHOLE) {
		child->has_said_something = true;
		is_sane = take_frame(server, child, payload, &arena);
		arena_reset(&arena);
	}
	arena_release(&arena);
	/* Nothing that the worker sends from here on is to be believed. */
	if (!is_sane || state == WIRE_BROKEN)
		kill(child->pid, SIGKILL);
	memmove(child->text.ptr, rest.ptr, rest.len);
	child->text.len = rest.len;
}

/* ---- Ends ---- */

static bool is_crash(int status)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS };

	for (size_t i = 0; WIFSIGNALED(status) && i < sizeof(crashes) / sizeof(*crashes); i++)
		if (WTERMSIG(status) == crashes[i])
			return true;
	return false;
}

static struct str tell_end(const struct server *server, int status)
{
	if (is_crash(status))
		return arena_printf(
			server->arena,
			"rollstamp-git crashed when it listed this repository alone (signal %d, %s): libgit2 "
			"can't take what the server says; --git-client=git may",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WIFSIGNALED(status))
		return arena_printf(
			server->arena,
			"rollstamp-git was killed each time that it listed this repository (signal %d, %s): "
			"is there too little memory?",
			WTERMSIG(status), strsignal(WTERMSIG(status)));
	return arena_printf(server->arena,
			    "rollstamp-git gave up when it listed this repository alone (exit status %d): is there too "
			    "little memory?",
			    WEXITSTATUS(status));
}

static void end_alone(struct server *server, size_t query, int status)
{
	struct state *state = &server->states[query];

	if (state->is_answered)
		return;
	state->is_started = false;
	if (WIFSIGNALED(status) && !is_crash(status) && ++state->kills < KILLS_LIMIT)
		enqueue(server, &server->alone, query);
	else
		answer_trouble(server, query, tell_end(server, status));
}

static void end_together(struct server *server, const struct worker_process *child, int status)
{
	bool gives_up = !child->has_said_something && ++server->idle_ends >= KILLS_LIMIT;

	for (size_t i = 0; i < child->count; i++) {
		size_t query = child->queries[i];
		struct state *state = &server->states[query];

		if (state->is_answered || state->is_apart)
			continue;
		if (gives_up)
			answer_trouble(server, query, tell_end(server, status));
		else if (state->is_started)
			set_apart(server, query);
		else
			enqueue(server, &server->together, query);
	}
}

/* A worker has closed its pipe, which happens only when it ends. */
static void end_child(struct server *server, struct worker_process *child)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {}
	if (child->is_alone)
		end_alone(server, child->queries[0], status);
	else
		end_together(server, child, status);
	close(child->pipe);
	child->pipe = -1;
	buf_release(&child->text);
}

static void read_child(struct server *server, struct worker_process *child)
{
	const size_t chunk = (size_t)16 * 1024;
	ssize_t got;

	buf_reserve(&child->text, chunk);
	got = read(child->pipe, child->text.ptr + child->text.len, chunk);
	if (got < 0 && errno == EINTR)
		return;
	if (got > 0) {
		child->text.len += (size_t)got;
		take_frames(server, child);
	} else {
		end_child(server, child);
	}
}

static void forget_ended(struct server *server)
{
	size_t kept = 0;

	for (size_t i = 0; i < server->child_count; i++)
		if (server->children[i].pipe >= 0)
			server->children[kept++] = server->children[i];
	server->child_count = kept;
}

/* ---- Waiting ---- */

static bool input_has_ended(int in)
{
	char ignored[256];
	ssize_t got = read(in, ignored, sizeof(ignored));

	return got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN);
}

/*
 * Waits until a worker sends something or ends, at most until `until`. Ends the process if nobody waits for the answers
 * any more.
 */
static void wait_for_children(struct server *server, int64_t until)
{
	struct pollfd fds[CHILDREN_LIMIT + 1];
	size_t count = server->child_count;
	int64_t left = until - clock_ms();

	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){ .fd = server->children[i].pipe, .events = POLLIN };
	fds[count] = (struct pollfd){ .fd = server->in, .events = POLLIN };
	if (left < 0)
		left = 0;
	if (poll(fds, (nfds_t)(count + 1), left > INT_MAX ? INT_MAX : (int)left) <= 0)
		return;
	if (fds[count].revents && input_has_ended(server->in))
		end_everything();
	for (size_t i = 0; i < count; i++)
		if (fds[i].revents)
			read_child(server, &server->children[i]);
	forget_ended(server);
}

static bool write_answers(struct server *server, struct err *err)
{
	struct str piece = buf_str(&server->answers);
	bool ok = piece.len == 0 || output_write(server->out, "standard output", &piece, 1, err);

	server->answers.len = 0;
	return ok;
}

/* Answers for the remotes for which no worker has answered. */
static void answer_late(struct server *server)
{
	for (size_t i = 0; i < server->request.count; i++) {
		enum sentence_stage stage = server->states[i].is_started ? SENTENCE_CONNECTING : SENTENCE_WAITING;

		if (!server->states[i].is_answered)
			answer_trouble(server, i,
				       sentence_for_timeout(stage, server->request.timeout_ms, server->arena));
	}
}

static bool answer_all(struct server *server, struct err *err)
{
	while (server->unanswered > 0) {
		int64_t end = server->deadline + GRACE_MS, until = end;

		start_workers(server, &until);
		if (clock_ms() >= end || (clock_ms() >= server->deadline && server->child_count == 0)) {
			answer_late(server);
			if (!write_answers(server, err))
				return false;
			end_everything();
		}
		wait_for_children(server, until);
		if (!write_answers(server, err))
			return false;
	}
	return true;
}

/* Waits a moment for workers to end, and kills the others. */
static void end_workers(struct server *server)
{
	int64_t until = clock_ms() + FAREWELL_MS;

	while (server->child_count > 0 && clock_ms() < until)
		wait_for_children(server, until);
	for (size_t i = 0; i < server->child_count; i++) {
		kill(server->children[i].pid, SIGKILL);
		end_child(server, &server->children[i]);
	}
}

static bool run_server(struct server *server, int64_t start, struct err *err)
{
	size_t descriptors = worker_raise_descriptors();

	server->deadline = start + server->request.left_ms;
	server->unanswered = server->request.count;
	server->states = arena_array(server->arena, server->request.count, sizeof(*server->states));
	server->child_limit = descriptors > DESCRIPTORS_OF_ALL ? descriptors - DESCRIPTORS_OF_ALL : 1;
	if (server->child_limit > CHILDREN_LIMIT)
		server->child_limit = CHILDREN_LIMIT;
	for (size_t i = 0; i < server->request.count; i++)
		enqueue(server, &server->together, i);
	if (!answer_all(server, err))
		end_everything();
	end_workers(server);
	return true;
}

bool serve(int in, int out, struct err *err)
{
	struct arena arena = { 0 };
	struct server *server = ARENA_NEW(&arena, struct server);
	int64_t start = clock_ms();
	bool ok;

	server->arena = &arena;
	server->in = in;
	server->out = out;
	ok = read_request(in, &arena, &server->request, err) && run_server(server, start, err);
	buf_release(&server->answers);
	arena_release(&arena);
	return ok;
}
