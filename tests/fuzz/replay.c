/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay: runs files through a fuzz target without libFuzzer.
 *
 *     replay FILE|DIRECTORY...
 *
 * Of a directory, every file in it. The name of each file is printed before it runs, so that the last one is the one
 * that ended the process. No file at all is a failure: a corpus that is not found proves nothing.
 */
#include "check.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/files.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

static bool replay_file(const char *path)
{
	struct buf contents = { 0 };
	struct arena arena;
	struct str exact;
	struct err err;

	printf("%s\n", path);
	fflush(stdout);
	if (!file_read(path, 0, &contents, &err)) {
		fprintf(stderr, "replay: %s\n", err.text);
		buf_release(&contents);
		return false;
	}
	arena_init(&arena);
	exact = check_copy(&arena, buf_str(&contents));
	buf_release(&contents);
	LLVMFuzzerTestOneInput((const uint8_t *)exact.ptr, exact.len);
	arena_release(&arena);
	return true;
}

static bool replay_directory(const char *path, size_t *count)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;
	bool ok = true;

	if (!directory) {
		fprintf(stderr, "replay: %s: can't be opened\n", path);
		return false;
	}
	while (ok && (entry = readdir(directory)) != NULL) {
		struct arena arena;

		if (entry->d_name[0] == '.')
			continue;
		arena_init(&arena);
		ok = replay_file(arena_printf(&arena, "%s/%s", path, entry->d_name).ptr);
		arena_release(&arena);
		*count += 1;
	}
	closedir(directory);
	return ok;
}

int main(int argc, char *argv[])
{
	size_t count = 0;

	for (int i = 1; i < argc; i++) {
		bool ok;

		if (files_is_directory(argv[i])) {
			ok = replay_directory(argv[i], &count);
		} else {
			ok = replay_file(argv[i]);
			count++;
		}
		if (!ok)
			return 1;
	}
	printf("%zu files\n", count);
	return count > 0 ? 0 : 1;
}
