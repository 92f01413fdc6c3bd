/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/reloader.h"

#include "unit.h"

/* Whether a container, in flow text, watches a directory; NULL: it is no reloader. */
static const char *watches(const char *container, const char *directory)
{
	struct map directories;
	struct str path = reloader_clean_path(str_from(directory), &unit_arena);

	if (!reloader_read(unit_parse(str_from(container)), &unit_arena, &directories))
		return NULL;
	return map_get(&directories, path) ? "yes" : "no";
}

static void known_programs_watch_what_their_flags_name(void **state)
{
	static const struct {
		const char *container, *directory, *answer;
	} rows[] = {
		{ "{image: prometheus-config-reloader, args: [--watched-dir=/etc/config]}", "/etc/config", "yes" },
		{ "{image: 'a.b:5000/c/prometheus-config-reloader:v1', args: [--watched-dir=/etc/config/]}",
		  "/etc//config", "yes" },
		{ "{image: 'prometheus-config-reloader:v1@sha256:0', args: [--rules-dir, /a, --watched-dir, /b]}", "/b",
		  "yes" },
		{ "{image: configmap-reload, args: [-volume-dir=/a, --volume-dir=/b]}", "/a", "yes" },
		{ "{image: configmap-reload, args: [-volume-dir=/a, --volume-dir=/b]}", "/b/", "yes" },
		{ "{image: config-reloader, command: [reload, --volume-dir], args: [/a]}", "/a", "yes" },
		{ "{image: config-reload, args: [--config-file=/etc/config/a.yml]}", "/etc/config", "yes" },
		/* Only the directory itself, or that of the file. */
		{ "{image: config-reload, args: [--config-file=/etc/config/a.yml]}", "/etc", "no" },
		{ "{image: config-reload, args: [--watched-dir=/etc/config/x]}", "/etc/config/x/y", "no" },
		/* A flag of another program, another flag, no flag, or no absolute path. */
		{ "{image: configmap-reload, args: [--watched-dir=/a]}", "/a", "no" },
		{ "{image: prometheus-config-reloader, args: [--volume-dir=/a]}", "/a", "no" },
		{ "{image: configmap-reload, args: [--volume-dirs=/a, volume-dir=/a, ---volume-dir=/a]}", "/a", "no" },
		{ "{image: configmap-reload, args: [--volume-dir=a, '--volume-dir=$(A)', --volume-dir]}", "/a", "no" },
		{ "{image: configmap-reload, args: [--volume-dir=/]}", "/", "no" },
		{ "{image: configmap-reload}", "/a", "no" },
		/* Other programs. */
		{ "{image: my-configmap-reload, args: [--volume-dir=/a]}", "/a", NULL },
		{ "{image: configmap-reload/x, args: [--volume-dir=/a]}", "/a", NULL },
		{ "{image: k8s-sidecar, args: [--watched-dir=/a]}", "/a", NULL },
		{ "{args: [--watched-dir=/a]}", "/a", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *answer = watches(rows[i].container, rows[i].directory);

		assert_row(str_from(answer ? answer : "none"), rows[i].answer ? rows[i].answer : "none",
			   rows[i].container);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(known_programs_watch_what_their_flags_name),
	};

	return unit_run(tests);
}
