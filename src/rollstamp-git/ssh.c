/* SPDX-License-Identifier: Apache-2.0 */
#include "rollstamp-git/ssh.h"

#include "git/environment.h"
#include "rollstamp-git/child.h"
#include "rollstamp-git/daemon.h"
#include "rollstamp-git/sentence.h"
#include "rollstamp-git/sshcommand.h"

#include <pthread.h>
#include <sys/wait.h>

/* The exit status of ssh when it failed itself, and not the command at the server (ssh(1), EXIT STATUS). */
#define SSH_FAILED 255
/* The exit status of a shell that can't run a program. */
#define SHELL_FAILED 126
#define SHELL_FOUND_NONE 127

struct ssh {
	struct child child;
	struct arena *arena;
	bool has_port;
	bool has_answered;
};

/*
 * The ssh program, which is found when the first server is asked, and is used for all. It and its arena are never
 * freed.
 */
static struct {
	pthread_mutex_t lock;
	struct arena arena;
	bool is_known;
	struct sshcommand command;
} found = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const struct sshcommand *find_command(struct str host)
{
	pthread_mutex_lock(&found.lock);
	if (!found.is_known)
		found.command = sshcommand_find(host, &found.arena);
	found.is_known = true;
	pthread_mutex_unlock(&found.lock);
	return &found.command;
}

static const char *how_to_add(const struct ssh *ssh)
{
	return ssh->has_port
		       ? "with `ssh-keyscan -p PORT HOST >> ~/.ssh/known_hosts`, or connect once by hand with `ssh -p PORT HOST`"
		       : "with `ssh-keyscan HOST >> ~/.ssh/known_hosts`, or connect once by hand with `ssh HOST`";
}

/* Tells what is wrong with the server's key: when ssh may not ask, it says nothing more than this. */
static bool judge_key(const struct ssh *ssh, struct str text, struct err *err)
{
	if (str_contains(text, "REVOKED HOST KEY") || str_contains(text, "is marked as revoked") ||
	    str_contains(text, "revoked by file"))
		return err_set(err, "the ssh server's key is marked @revoked in known_hosts");
	if (str_contains(text, "HOST IDENTIFICATION HAS CHANGED"))
		return err_set(
			err,
			"the ssh server has another key than known_hosts says: somebody may be in between. If the "
			"key was changed on purpose, remove the old one with `ssh-keygen -R`, add the new one %s, "
			"and compare its fingerprint (`ssh-keygen -l`) with the one that the server's owner tells",
			how_to_add(ssh));
	return err_set(
		err,
		"the ssh server's key is not in known_hosts: add it %s, and compare its fingerprint (`ssh-keygen -l`) "
		"with the one that the server's owner tells",
		how_to_add(ssh));
}

/* Tells why ssh ended, if it failed itself: a command at the server ends with another status. */
static bool judge_end(const struct ssh *ssh, bool *is_ours, struct err *err)
{
	int status = ssh->child.status, code = WIFEXITED(status) ? WEXITSTATUS(status) : SSH_FAILED;
	struct str text = child_complaint(&ssh->child);

	*is_ours = !WIFEXITED(status);
	if (code == SHELL_FAILED || code == SHELL_FOUND_NONE) {
		/* The server's shell ends with that status, too, but names the program. */
		*is_ours = !str_contains(text, "git-upload-pack");
		if (*is_ours)
			return err_set(err, "the ssh program of GIT_SSH_COMMAND or core.sshCommand can't be run");
		return err_set(err, "the ssh server has no git-upload-pack: git is not installed there, or not on the "
				    "PATH of its non-interactive shells");
	}
	if (code != SSH_FAILED)
		return true;
	if (str_contains(text, "Host key verification failed") || str_contains(text, "HOST IDENTIFICATION HAS CHANGED"))
		return judge_key(ssh, text, err);
	*is_ours = *is_ours || str_contains(text, "No user exists for uid") ||
		   str_contains(text, "Bad owner or permissions") || str_contains(text, "onfiguration option");
	return err_set(err, "%s", sentence_for(text, SENTENCE_SSH, ssh->arena).ptr);
}

bool ssh_open(const struct url *url, unsigned timeout_ms, struct arena *arena, struct ssh **ssh, struct err *err)
{
	struct sshcommand_call call = {
		.host = url->host,
		.user = url->user,
		.port = url->port,
		.path = daemon_path(url, arena),
		.timeout_ms = timeout_ms,
	};
	struct ssh *made = ARENA_NEW(arena, struct ssh);
	const char *const *argv;
	struct err reason;

	made->arena = arena;
	made->has_port = url->port.len > 0;
	if (!sshcommand_arguments(find_command(url->host), &call, arena, &argv, err))
		return false;
	if (!child_start(argv, environment_make(NULL, 0, arena), arena, &made->child, &reason))
		return err_set(err, "%s: servers of ssh urls are asked by OpenSSH's client", reason.text);
	*ssh = made;
	return true;
}

void ssh_close(struct ssh *ssh)
{
	child_end(&ssh->child);
}

bool ssh_read(struct ssh *ssh, char *to, size_t room, size_t *got, bool *is_ours, struct err *err)
{
	if (!child_read(&ssh->child, to, room, got, err))
		return err_prefix(err, "ssh");
	ssh->has_answered = ssh->has_answered || *got > 0;
	return *got > 0 || ssh->has_answered || judge_end(ssh, is_ours, err);
}

bool ssh_write(struct ssh *ssh, struct str text, struct err *err)
{
	return child_write(&ssh->child, text, err) || err_prefix(err, "ssh");
}

struct str ssh_complaint(struct ssh *ssh)
{
	return child_complaint(&ssh->child);
}
