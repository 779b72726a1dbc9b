// SPDX-License-Identifier: Apache-2.0
#include "base/options/option_set.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/options/value_types.h"
#include "base/readable_file.h"

namespace base {

namespace {

// More names than this in an error text help nobody.
constexpr std::size_t kNamesListed = 8;

bool is_given(const yaml::Node& mapping, const std::string& key) {
  const yaml::Node* value = mapping.find(key);
  return value != nullptr && !value->is_null();
}

// Options called so name a file. One that holds a secret is read with the option.
bool names_file(const OptionSpec& spec) { return spec.key.ends_with("_file") && spec.type == "text"; }

void check_file(const yaml::Node& value, yaml::Problems& problems) {
  if (!value.is_scalar() || value.scalar.empty()) return;
  auto readable = check_readable(value.scalar);
  if (readable) return;
  problems.no_file(value.mark, fmt::format("can't read {}: {}", options::shown(value), readable.error().message));
}

}  // namespace

void OptionSet::read(void* options, const yaml::Node& node, yaml::Problems& problems) const {
  if (!node.is_null() && !node.is_mapping()) {
    problems.error(node.mark, fmt::format("{} must be a mapping of options, found {}", name_, options::shown(node)));
    return;
  }
  for (const yaml::Node::Entry& entry : node.entries) read_entry(options, entry, problems);
  check_presence(node, problems);
}

void OptionSet::read_entry(void* options, const yaml::Node::Entry& entry, yaml::Problems& problems) const {
  auto named = [&entry](const OptionSpec& spec) { return spec.key == entry.key; };
  auto spec = std::find_if(specs_.begin(), specs_.end(), named);
  if (spec == specs_.end()) {
    report_unknown(entry, problems);
  } else if (!spec->ignored_because.empty()) {
    problems.warning(entry.key_mark,
                     fmt::format("'{}' in {} has no effect: {}", entry.key, name_, spec->ignored_because));
  } else if (spec->nested != nullptr && !entry.value.is_null()) {
    spec->read(options, entry.value, problems);
  } else if (!entry.value.is_null()) {
    yaml::Problems found;
    spec->read(options, entry.value, found);
    if (names_file(*spec)) check_file(entry.value, found);
    problems.add_of(spec->key, found);
  }
}

void OptionSet::check_presence(const yaml::Node& mapping, yaml::Problems& problems) const {
  for (const OptionSpec& spec : specs_) {
    bool given = is_given(mapping, spec.key);
    bool as_file = !spec.file_key.empty() && is_given(mapping, spec.file_key);
    if (given && as_file) {
      const yaml::Node& second = *mapping.find(spec.file_key);
      problems.error(second.mark,
                     fmt::format("'{}' and '{}' in {} exclude each other", spec.key, spec.file_key, name_));
    }
    if (!spec.required || given || as_file) continue;
    std::string either = spec.file_key.empty() ? "" : fmt::format(" (or '{}')", spec.file_key);
    problems.error(mapping.mark, fmt::format("missing '{}'{} in {}", spec.key, either, name_));
  }
}

void OptionSet::report_unknown(const yaml::Node::Entry& entry, yaml::Problems& problems) const {
  std::vector<std::string> valid;
  for (const OptionSpec& spec : specs_) {
    if (spec.ignored_because.empty()) valid.push_back(spec.key);
  }
  std::string help = yaml::suggest(entry.key, valid);
  if (help.empty() && !valid.empty() && valid.size() <= kNamesListed) {
    help = fmt::format("known are {}", fmt::join(valid, ", "));
  }
  if (!help.empty()) help = ": " + help;
  problems.error(entry.key_mark, fmt::format("unknown key '{}' in {}{}", entry.key, name_, help));
}

}  // namespace base
