/* SPDX-License-Identifier: Apache-2.0 */
#include "kube/podpath.h"

#include <assert.h>

void podpath_add_key(struct podpath *path, struct str key)
{
	assert(path->length < PODPATH_LIMIT);
	path->steps[path->length++] = (struct step){ .key = key };
}

void podpath_add_index(struct podpath *path, size_t index)
{
	assert(path->length < PODPATH_LIMIT);
	path->steps[path->length++] = (struct step){ .index = index };
}

void podpath_add_container(struct podpath *path, const struct container *container)
{
	podpath_add_key(path, str_from("spec"));
	podpath_add_key(path, str_from(container->is_init ? "initContainers" : "containers"));
	podpath_add_index(path, container->index);
}
