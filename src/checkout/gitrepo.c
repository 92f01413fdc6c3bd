/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/gitrepo.h"

#include "yaml/scalar.h"

void gitrepo_look(struct search *l)
{
	const struct podspec *podspec = l->input->podspec;
	struct node *volumes = node_get(node_get(l->input->pod_template, "spec"), "volumes");
	size_t index = 0;

	for (struct node *item = node_items(volumes); item; item = item->next, index++) {
		struct node *repo = node_get(item, "gitRepo");
		struct gitref ref = {
			.via = GITREF_VOLUME,
			.container = NO_CONTAINER,
			.volume = scalar_get(item, "name"),
			.pin = { .kind = GITREF_PIN_REVISION, .volume = index },
		};
		struct node *revision = node_get(repo, "revision");
		size_t room = 0;

		if (!node_is_mapping(repo) || scalar_get(repo, "repository").len == 0)
			continue;
		ref.url = (struct gitref_part){
			.text = text_known(scalar_get(repo, "repository")),
			.where = "repository",
			.at = repo->span.from,
		};
		ref.ref = (struct gitref_part){
			.text = text_known(scalar_get(repo, "revision")),
			.where = "revision",
			.at = revision ? revision->span.from : repo->span.from,
		};
		search_set_default(&ref.ref, str_from("HEAD"));
		for (size_t i = 0; i < podspec->container_count; i++) {
			struct node *mounts = node_get(podspec->containers[i].node, "volumeMounts");
			bool mounted = false;

			search_visit(l, 1);
			for (struct node *mount = node_items(mounts); mount && !l->too_many; mount = mount->next) {
				search_visit(l, 1);
				mounted = mounted || str_equal(scalar_get(mount, "name"), ref.volume);
			}
			if (!mounted)
				continue;
			ref.containers = arena_grow(l->input->arena, ref.containers, ref.container_count, &room,
						    sizeof(*ref.containers));
			ref.containers[ref.container_count++] = i;
		}
		ref.is_unmounted = ref.container_count == 0;
		search_add(l, ref);
	}
}
