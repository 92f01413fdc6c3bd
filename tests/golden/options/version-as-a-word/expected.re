rollstamp [0-9.]+(-rc[0-9]+)?
commit: ([0-9a-f]{12}\+?|unknown)
libraries: libyaml [0-9.]+, xxHash [0-9.]+, jansson [0-9.]+, nettle [0-9.]+
rollstamp-git: (/.*/rollstamp-git \(rollstamp-git [0-9.]+(-rc[0-9]+)?, libgit2 [0-9.]+\)|not found: .*)
