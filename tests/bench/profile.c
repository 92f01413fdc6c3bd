/* SPDX-License-Identifier: Apache-2.0 */
#include "profile.h"

#include "configmap.h"
#include "crd.h"
#include "dashboard.h"
#include "deployment.h"
#include "large.h"
#include "out.h"
#include "prng.h"
#include "words.h"

#include <errno.h>
#include <string.h>

/* What a mixed stream is made of. */
enum part { PART_CRD, PART_SMALL, PART_DASHBOARD, PART_APP, PARTS };

struct mix {
	unsigned percent[PARTS]; /* of the bytes */
	size_t most_uses;        /* ConfigMaps that a Deployment names */
	size_t most_settings;    /* keys of a ConfigMap */
	size_t most_files;
};

/*
 * The shares follow real streams: an operator's chart is nearly all CRDs, a monitoring chart mostly dashboards. What
 * counts is the time that libyaml's event loop spends, and it takes twice as long for a byte of a Deployment as for
 * one of a CRD and three times as long as for one of a dashboard: the Deployments are a twentieth of it in `crds` and
 * a fifth in `dashboards`.
 */
static const struct mix crds = { { [PART_CRD] = 94, [PART_SMALL] = 3, [PART_APP] = 3 }, 2, 10, 1 };
static const struct mix only_crds = { { [PART_CRD] = 97, [PART_SMALL] = 3 }, 2, 10, 1 };
static const struct mix dashboards = { { [PART_DASHBOARD] = 86, [PART_SMALL] = 2, [PART_APP] = 12 }, 2, 8, 1 };
static const struct mix workloads = { { [PART_APP] = 100 }, 4, 30, 4 };

struct making {
	struct out out;
	struct prng prng;
	const struct mix *mix;
	size_t number; /* of documents or applications so far: makes names unique */
	struct profile_facts facts;
};

/* How many ConfigMaps a Deployment names: mostly one, four seldom. */
static size_t uses_count(struct prng *p, size_t most)
{
	size_t dice = prng_between(p, 0, 99);
	size_t count = dice < 50 ? 1 : dice < 80 ? 2 : dice < 94 ? 3 : 4;
	return count < most ? count : most;
}

static void configmap(struct making *m, const struct object *object, enum configmap_sort sort, size_t keys)
{
	size_t before = m->out.bytes;
	configmap_write(&m->out, &m->prng, object, sort, keys);
	m->facts.configmap_bytes += m->out.bytes - before;
}

/* A Deployment after the ConfigMaps that it names, all in one namespace or all without. */
static void app(struct making *m)
{
	enum { GROUP = 8 }; /* so many applications share a ConfigMap */
	struct prng *p = &m->prng;
	char name[WORDS_NAME], ns[WORDS_NAME], common[WORDS_NAME];

	(void)snprintf(common, sizeof common, "common-%zu", m->number / GROUP);

	(void)snprintf(name, sizeof name, "%s-%zu", words_pick(p), m->number);
	(void)snprintf(ns, sizeof ns, "team-%zu", m->number % 7);
	/* The first application of a group always names the common ConfigMap, so that none is there for nothing. */
	bool first = m->number % GROUP == 0;
	if (first)
		configmap(m, &(struct object){ .name = common }, CONFIGMAP_SETTINGS, m->mix->most_settings / 2);
	const struct object object = { .name = name, .ns = !first && prng_chance(p, 30) ? ns : NULL };

	struct use uses[4];
	size_t count = uses_count(p, m->mix->most_uses);
	for (size_t i = 0; i < count; i++) {
		struct use *use = &uses[i];
		use->how = (enum use_how)prng_between(p, USE_ENV_FROM, USE_PROJECTED);
		if (i == 0 && (first || (object.ns == NULL && prng_chance(p, 20)))) {
			(void)snprintf(use->configmap, sizeof use->configmap, "%s", common);
			use->how = USE_ENV_FROM;
			use->keys = m->mix->most_settings / 2;
			continue;
		}
		enum configmap_sort sort = use_sort(use->how);
		if (sort == CONFIGMAP_SETTINGS)
			use->keys = prng_between(p, 3, m->mix->most_settings);
		else
			use->keys = prng_between(p, 1, m->mix->most_files);
		(void)snprintf(use->configmap, sizeof use->configmap, "%.40s-%zu", name, i);
		configmap(m, &(struct object){ .name = use->configmap, .ns = object.ns }, sort, use->keys);
	}

	size_t before = m->out.bytes;
	deployment_write(&m->out, p, &object, uses, count);
	m->facts.deployment_bytes += m->out.bytes - before;
	m->facts.stamps += count;
	m->number++;
}

/* The part that is furthest behind its share. */
static enum part part_due(const struct mix *mix, const size_t bytes[PARTS])
{
	size_t total = 1;
	for (size_t i = 0; i < PARTS; i++)
		total += bytes[i];
	enum part due = PART_APP;
	int64_t most = -1;
	for (size_t i = 0; i < PARTS; i++) {
		int64_t behind = (int64_t)(mix->percent[i] * total) - (int64_t)(100 * bytes[i]);
		if (mix->percent[i] > 0 && behind > most) {
			most = behind;
			due = (enum part)i;
		}
	}
	return due;
}

static void mixed(struct making *m, size_t size)
{
	size_t bytes[PARTS] = { 0 };
	size_t documents = 0;

	while (m->out.bytes < size && !m->out.failed) {
		enum part part = part_due(m->mix, bytes);
		size_t before = m->out.bytes;
		switch (part) {
		case PART_CRD:
			crd_write(&m->out, &m->prng, documents);
			break;
		case PART_SMALL:
			crd_write_small(&m->out, &m->prng, documents);
			break;
		case PART_DASHBOARD:
			dashboard_write(&m->out, &m->prng, documents);
			break;
		case PART_APP:
		case PARTS:
			app(m);
			break;
		}
		bytes[part] += m->out.bytes - before;
		documents++;
	}
}

bool profile_write(const char *name, size_t number, uint64_t seed, FILE *file, struct profile_facts *facts)
{
	static const struct profile {
		const char *name;
		size_t number; /* the default */
		const struct mix *mix;
		struct large (*large)(struct out *, struct prng *, size_t);
	} profiles[] = {
		{ "crds", 1900000, &crds, NULL },           { "dashboards", 850000, &dashboards, NULL },
		{ "only-crds", 1100000, &only_crds, NULL }, { "deployments", 2000, NULL, large_deployments },
		{ "workloads", 3000000, &workloads, NULL }, { "stream", 20000000, &workloads, NULL },
		{ "many", 1000, NULL, large_many },         { "containers", 100, NULL, large_containers },
		{ "keys", 10000, NULL, large_keys },
	};

	const struct profile *profile = NULL;
	for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
		if (strcmp(profiles[i].name, name) == 0)
			profile = &profiles[i];
	if (profile == NULL) {
		fprintf(stderr, "no profile is called '%s'\n", name);
		return false;
	}

	struct making m = { .mix = profile->mix };
	out_init(&m.out, file);
	prng_init(&m.prng, seed);
	if (number == 0)
		number = profile->number;
	if (profile->mix != NULL) {
		mixed(&m, number);
	} else {
		struct large large = profile->large(&m.out, &m.prng, number);
		m.facts.stamps = large.stamps;
		m.facts.largest_workload = large.largest;
	}
	if (!out_finish(&m.out)) {
		fprintf(stderr, "cannot write input '%s': %s\n", name, strerror(errno));
		return false;
	}
	m.facts.bytes = m.out.bytes;
	*facts = m.facts;
	return true;
}
