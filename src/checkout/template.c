/* SPDX-License-Identifier: Apache-2.0 */
#include "checkout/template.h"

#include "checkout/annotation.h"
#include "checkout/cloneref.h"
#include "checkout/gitrepo.h"
#include "checkout/overlap.h"
#include "checkout/pairref.h"
#include "checkout/syncref.h"
#include "yaml/scalar.h"

static void look_at_container(struct search *l)
{
	const struct gitref_input *input = l->input;
	bool is_sidecar = l->container->is_init && str_is(scalar_get(l->container->node, "restartPolicy"), "Always");
	bool may_be_sync, is_sync;
	struct clones clones = { .count = 0 };

	l->image = scalar_get(l->container->node, "image");
	l->is_init = l->container->is_init && !is_sidecar;
	podenv_init(&l->env, input->manifest, input->ns, l->container->node, input->budget, input->arena);
	l->files = (struct podfile){
		.pod_template = input->pod_template,
		.container = l->container->node,
		.manifest = input->manifest,
		.ns = input->ns,
		.arena = input->arena,
	};
	may_be_sync = syncref_may_be(l);
	search_read_words(l, may_be_sync);
	is_sync = syncref_look(l, may_be_sync);
	if (l->mentions_git && !is_sync)
		clones = cloneref_find(l);
	syncref_look_at_started(l, &clones);
	/* Before the clones, since the clone of a pair is no checkout of its own. */
	pairref_look(l);
	if (l->mentions_git && !is_sync)
		cloneref_look(l, clones);
	cloneref_look_at_hook(l);
}

bool template_find(const struct gitref_input *input, struct gitrefs *refs, struct err *err)
{
	struct search l = { .input = input, .refs = refs };

	for (size_t i = 0; i < input->podspec->container_count && !l.too_many; i++) {
		l.index = i;
		l.first_ref = refs->count;
		l.container = &input->podspec->containers[i];
		look_at_container(&l);
	}
	gitrepo_look(&l);
	annotation_look(&l, input->workload_annotations);
	annotation_look(&l, node_get(node_get(input->pod_template, "metadata"), "annotations"));
	overlap_settle(&l);
	if (l.too_many)
		return err_set_at(
			err, input->pod_template->span.from,
			"aliases, variables in commands, or git refs make too much of this pod template: write it "
			"with fewer of them");
	return true;
}
