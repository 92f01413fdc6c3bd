/*
 * input: whole files in, whole results out.
 *
 * Reading and writing that knows of EINTR, short reads and writes, and limits, so that nothing else has to.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* Larger inputs are refused: nothing that a cluster takes comes near it (etcd stops at 1.5 MiB for one object). */
#define FILE_LIMIT ((size_t)1 << 30)

/* Appends all that `fd` still gives to `into`. `name` is for messages. Fails on a read error and above FILE_LIMIT. */
CHECKED bool file_read_fd(int fd, const char *name, struct buf *into, struct err *err);
/*
 * Appends the contents of the file at `path` to `into`. Of a FIFO, all that is written to it until its last writer has
 * closed it, which must be within `wait_ms`, unless it is our own standard input. Fails when it can't be opened or read
 * in time, or is a directory or a device; a terminal and /dev/null can be read.
 */
CHECKED bool file_read(const char *path, unsigned wait_ms, struct buf *into, struct err *err);
/* The same for what must be a regular file (or /dev/null, which is an empty one): anything else is refused at once. */
CHECKED bool file_read_regular(const char *path, struct buf *into, struct err *err);
/*
 * Reads what `fd` still gives, for at most `wait_ms`, and forgets it: whoever writes to a pipe that nobody reads any more
 * is ended by a signal. Not from a terminal.
 */
void file_drain(int fd, unsigned wait_ms);
/*
 * The paths of the regular files directly in directory `path` whose names end in .yaml, .yml or .json, in bytewise
 * order, in `arena`; `*count` of them. Fails when it can't be read, or a link among them leads nowhere.
 */
CHECKED bool file_list_directory(const char *path, struct arena *arena, struct str **paths, size_t *count,
				 struct err *err);
/* Is there a directory at `path`? */
bool file_is_directory(const char *path);

/* Facts about the bytes of an input, found in one pass. */
struct utf8_facts {
	bool odd_breaks; /* has NEL, LS or PS, which libyaml takes for line breaks */
	bool carriage;   /* has a CR */
};
/*
 * Checks that `text` is UTF-8 (RFC 3629) without NUL bytes, which YAML and everything behind us refuse; fails with
 * err->at at the first byte that is not.
 */
CHECKED bool utf8_check(struct str text, struct utf8_facts *facts, struct err *err);

/*
 * A descriptor that the caller has closed would be given to the next file that is opened, and a report would end in a
 * manifest. Takes the place of each closed one of 0 to 2, so that using it fails. False if stdout was closed.
 */
bool fd_hold_standard(void);

/* Writes `count` pieces to `fd`, all of them. Fails with a sentence on any write error; `name` is for it. */
CHECKED bool output_write(int fd, const char *name, const struct str *pieces, size_t count, struct err *err);
/* Closes `fd`. Some file systems tell only then that the disk is full. */
CHECKED bool output_close(int fd, const char *name, struct err *err);
/* Prints "rollstamp: " and the message on one line to stderr, safe for a terminal. */
void output_error(const struct err *err);
/* Prints a line that is safe already to stderr; needs no memory. */
void output_note(struct str line);
/*
 * Makes `text` the contents of the file at `path`: a regular file or a new one is replaced in one step, anything else
 * (a device, a pipe) is written to. A FIFO must be read within `wait_ms`, unless it is our own standard output or error.
 * Fails with a sentence and leaves a regular file as it was.
 */
CHECKED bool output_write_file(const char *path, struct str text, unsigned wait_ms, struct err *err);

#endif
