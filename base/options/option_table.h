// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/options/option_rules.h"
#include "base/options/option_set.h"
#include "base/options/value_types.h"

namespace base {

// The options of a component as a table, which stands at the top of its .cc file:
//
//   const OptionTable<WebhookOptions>& webhook_options() {
//     static const auto table = [] {
//       OptionTable<WebhookOptions> t("webhook_sink", "Posts transitions as JSON.");
//       t.option("url", &WebhookOptions::url, "Where to post.", kRequired);
//       t.option("size_limit", &WebhookOptions::size_limit, "Bytes of a body at most.", {.at_least = 1024});
//       t.choice("format", &WebhookOptions::format, "Form of the body.", {{"json", kJson}, {"text", kText}});
//       t.nested("tls", &WebhookOptions::tls, tls_options(), "How to trust the other side.");
//       t.ignored("slack_webhook", "use slack_sink instead");
//       return t;
//     }();
//     return table;
//   }
//
// Defaults are what a default-constructed T has. A Secret option `x` can also be given as `x_file`, the path of a file
// that holds it; giving both is an error.
template <class T>
class OptionTable {
 public:
  OptionTable(std::string name, std::string doc) : set_(std::move(name), std::move(doc)) {}

  // A plain value of one of the types in value_types.h.
  template <class Field>
  void option(const std::string& key, Field T::*field, const std::string& doc, OptionRule rule = {});

  // One of some names.
  template <class Field>
  void choice(const std::string& key, Field T::*field, const std::string& doc,
              std::vector<std::pair<std::string, Field>> choices, OptionRule rule = {});

  // A mapping with a table of its own. `table` must outlive this one.
  template <class Nested>
  void nested(const std::string& key, Nested T::*field, const OptionTable<Nested>& table, const std::string& doc,
              OptionRule rule = {});
  // The same for an optional mapping: set only if the key is there.
  template <class Nested>
  void nested(const std::string& key, std::optional<Nested> T::*field, const OptionTable<Nested>& table,
              const std::string& doc, OptionRule rule = {});
  // A list of mappings.
  template <class Nested>
  void list_of(const std::string& key, std::vector<Nested> T::*field, const OptionTable<Nested>& table,
               const std::string& doc, OptionRule rule = {});

  // A key that Robusta has and we accept without effect: a warning that says what it means.
  void ignored(const std::string& key, const std::string& because);

  // Reads a mapping; unknown and missing keys, wrong types and broken rules become problems.
  T read(const yaml::Node& node, yaml::Problems& problems) const {
    T options{};
    set_.read(&options, node, problems);
    return options;
  }

  const OptionSet& set() const { return set_; }

 private:
  OptionSet set_;
};

}  // namespace base

#include "base/options/option_table_inl.h"
