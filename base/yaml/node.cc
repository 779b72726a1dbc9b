// SPDX-License-Identifier: Apache-2.0
#include "base/yaml/node.h"

#include <algorithm>

namespace base::yaml {

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

bool says_the_same(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.scalar != b.scalar || a.quoted != b.quoted) return false;
  auto has_the_same = [&b](const Node::Entry& entry) {
    const Node* other = b.find(entry.key);
    return other != nullptr && says_the_same(entry.value, *other);
  };
  return a.entries.size() == b.entries.size() && std::ranges::all_of(a.entries, has_the_same) &&
         std::ranges::equal(a.items, b.items, says_the_same);
}

}  // namespace base::yaml
