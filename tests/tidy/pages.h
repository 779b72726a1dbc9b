// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/tidy/source_tree.h"

namespace tidy {

// README.md's "## Folders" names every folder at the top, and no other: its lines that hold `name/` in backquotes.
Violations check_folder_map(const Files& files);

// changelog.d/NAME.KIND.md, where KIND is feature, change or fix; the text fits in a list of changes.
Violations check_changelog(const Files& files);

// docs/decisions/NNNN-title.md with the sections of the template, each number once.
Violations check_decisions(const Files& files);

// LICENSE is the Apache License 2.0.
Violations check_licence(const Files& files);

// Nothing lies at the top of the tree but what belongs there.
Violations check_top(const Files& files);

// Links of our pages that name a file of the tree lead somewhere.
Violations check_links_of_pages(const Files& files);

// docs/metrics.md has every metric of the product, and it and deploy/prometheus name no other. A metric is a string
// "tocsin_..." with a comma behind it, or one that ends with _total.
Violations check_metrics(const Files& files);

}  // namespace tidy
