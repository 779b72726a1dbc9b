// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/options/value_types.h"

namespace base::options {

namespace {

// A key or token has at most some KB, a service account's JSON 2.4 KB, a certificate chain some tens.
constexpr std::size_t kLargestSecret = 256 * 1024;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

bool unreadable(const yaml::Node& node, yaml::Problems& problems, std::string_view why) {
  problems.error(node.mark, fmt::format("can't read the secret from {}: {}", shown(node), why));
  return false;
}

}  // namespace

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
  if (!node.is_scalar() || node.scalar.empty()) return unreadable(node, problems, "expected the path of a file");
  std::unique_ptr<std::FILE, CloseFile> file(std::fopen(node.scalar.c_str(), "rbe"));
  if (!file) return unreadable(node, problems, std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
  std::string text(kLargestSecret + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) return unreadable(node, problems, "it is not a readable file");
  if (text.size() > kLargestSecret) {
    return unreadable(node, problems, fmt::format("it has more than {} bytes", kLargestSecret));
  }
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (text.empty()) return unreadable(node, problems, "it is empty");
  value = Secret(std::move(text));
  return true;
}

}  // namespace base::options
