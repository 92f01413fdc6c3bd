/* SPDX-License-Identifier: Apache-2.0 */
/*
 * generate: prints a benchmark's input, for looking at it or for a profiler.
 *
 *     generate [-s SEED] PROFILE [NUMBER]
 *
 * profile.h has the profiles and what NUMBER means. What the stream is made of goes to stderr.
 */
#include "profile.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool number(const char *text, unsigned long long *value)
{
	char *end;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' && text[0] != '-';
}

int main(int argc, char **argv)
{
	unsigned long long seed = PROFILE_SEED, count = 0;
	int option;
	bool usage = false;
	while ((option = getopt(argc, argv, "s:")) != -1)
		usage = usage || option != 's' || !number(optarg, &seed);
	int arguments = argc - optind;
	if (usage || arguments < 1 || arguments > 2 || (arguments == 2 && !number(argv[optind + 1], &count))) {
		fprintf(stderr, "usage: generate [-s SEED] "
				"crds|dashboards|workloads|stream|many|containers|keys [NUMBER]\n");
		return 2;
	}

	struct profile_facts facts;
	if (!profile_write(argv[optind], (size_t)count, seed, stdout, &facts))
		return 1;
	fprintf(stderr, "%zu bytes, %zu of them Deployments, %zu ConfigMaps that they name; %zu stamps\n", facts.bytes,
		facts.deployment_bytes, facts.configmap_bytes, facts.stamps);
	return 0;
}
