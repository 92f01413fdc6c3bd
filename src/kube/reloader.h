/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reloader: sidecars that watch mounted files and tell the application to read them again.
 *
 * Known are the programs of the Prometheus family, by the last part of the image's name: prometheus-config-reloader
 * (--watched-dir, --config-file, --rules-dir), configmap-reload (--volume-dir), config-reload and config-reloader (any of
 * them). What such a program watches changes under the running pod, so that a new pod would only cost its start.
 */
#ifndef KUBE_RELOADER_H
#define KUBE_RELOADER_H

#include "base/arena.h"
#include "base/map.h"
#include "yaml/node.h"

/* The last part of an image's name, without tag and digest; borrowed. */
struct str reloader_image_name(struct str image);
/* An absolute path without empty and `.` steps and without its leading slash, in `arena`; empty for any other path. */
struct str reloader_clean_path(struct str path, struct arena *arena);
/*
 * If the program of `container` is a reloader: puts the directories that its flags name, and those of the files that they
 * name, into `directories` (cleaned paths, to anything but NULL), which is initialised here. False if it is none.
 */
bool reloader_read(struct node *container, struct arena *arena, struct map *directories);

#endif
