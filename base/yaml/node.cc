// SPDX-License-Identifier: Apache-2.0
#include "base/yaml/node.h"

namespace base::yaml {

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

}  // namespace base::yaml
