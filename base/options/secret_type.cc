// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/options/value_types.h"
#include "base/secret_file.h"

namespace base::options {

bool read_value(const yaml::Node& node, Secret& value, yaml::Problems& problems) {
  if (!node.is_scalar()) {
    problems.error(node.mark, fmt::format("a secret must be text, found {}", shown(node)));
    return false;
  }
  value = Secret(node.scalar);
  return true;
}
ValueType type_of(const Secret*) { return {"secret", R"({"type":["string","number"]})"}; }
std::string default_text(const Secret&) { return ""; }

bool read_secret_file(const yaml::Node& node, Secret& value, yaml::Problems& problems) {
  if (!node.is_scalar() || node.scalar.empty()) {
    problems.error(node.mark, fmt::format("a secret's file must be a path, found {}", shown(node)));
    return false;
  }
  auto secret = base::read_secret_file(node.scalar);
  if (!secret) {
    problems.no_file(node.mark, fmt::format("can't read the secret from {}: {}", shown(node), secret.error().message));
    value = Secret({}, node.scalar);
    return false;
  }
  value = std::move(secret.value());
  return true;
}

}  // namespace base::options
