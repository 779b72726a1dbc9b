// SPDX-License-Identifier: Apache-2.0
#pragma once

// The definitions of OptionTable's templates: included by option_table.h only.
#include <concepts>

#include "base/options/option_rules.h"
#include "base/options/option_table.h"

namespace base {

template <class T>
template <class Field>
void OptionTable<T>::option(const std::string& key, Field T::*field, const std::string& doc, OptionRule rule) {
  options::ValueType type = options::type_of(static_cast<const Field*>(nullptr));
  OptionSpec spec;
  spec.key = key;
  spec.type = type.name;
  spec.schema = options::schema_with_bounds(type.schema, rule);
  spec.doc = doc + options::bounds_text(rule);
  spec.default_text = options::default_text(T{}.*field);
  spec.required = rule.required;
  spec.read = [field, rule, key, set = set_.name()](void* into, const yaml::Node& node, yaml::Problems& problems) {
    Field& value = static_cast<T*>(into)->*field;
    if (!options::read_value(node, value, problems)) return;
    if constexpr (requires { value.empty(); }) {
      if (rule.required && value.empty()) options::report_empty(key, set, node, problems);
    }
    options::check_bounds(options::as_number(value), rule, key, set, node, problems);
  };
  if constexpr (std::same_as<Field, Secret>) {
    spec.file_key = key + "_file";
    OptionSpec from_file = options::secret_file_spec(spec);
    from_file.read = [field](void* into, const yaml::Node& node, yaml::Problems& problems) {
      options::read_secret_file(node, static_cast<T*>(into)->*field, problems);
    };
    set_.add(std::move(spec));
    spec = std::move(from_file);
  }
  set_.add(std::move(spec));
}

template <class T>
template <class Field>
void OptionTable<T>::choice(const std::string& key, Field T::*field, const std::string& doc,
                            std::vector<std::pair<std::string, Field>> choices, OptionRule rule) {
  OptionSpec spec;
  std::vector<std::string> names;
  T defaults{};
  for (const auto& [name, value] : choices) {
    names.push_back(name);
    if (defaults.*field == value && spec.default_text.empty()) spec.default_text = name;
  }
  options::describe_choice(names, spec);
  spec.key = key;
  spec.doc = doc;
  spec.required = rule.required;
  spec.read = [field, key, names, choices = std::move(choices)](void* into, const yaml::Node& node,
                                                                yaml::Problems& problems) {
    auto index = options::read_choice(names, key, node, problems);
    if (index) static_cast<T*>(into)->*field = choices[*index].second;
  };
  set_.add(std::move(spec));
}

template <class T>
template <class Nested>
void OptionTable<T>::nested(const std::string& key, Nested T::*field, const OptionTable<Nested>& table,
                            const std::string& doc, OptionRule rule) {
  OptionSpec spec = options::nested_spec(key, table.set(), doc, rule);
  spec.read = [field, &table](void* into, const yaml::Node& node, yaml::Problems& problems) {
    // Into the value that is there: its defaults may be the owner's own.
    table.set().read(&(static_cast<T*>(into)->*field), node, problems);
  };
  set_.add(std::move(spec));
}

template <class T>
template <class Nested>
void OptionTable<T>::nested(const std::string& key, std::optional<Nested> T::*field, const OptionTable<Nested>& table,
                            const std::string& doc, OptionRule rule) {
  OptionSpec spec = options::nested_spec(key, table.set(), doc, rule);
  spec.read = [field, &table](void* into, const yaml::Node& node, yaml::Problems& problems) {
    table.set().read(&(static_cast<T*>(into)->*field).emplace(), node, problems);
  };
  set_.add(std::move(spec));
}

template <class T>
template <class Nested>
void OptionTable<T>::list_of(const std::string& key, std::vector<Nested> T::*field, const OptionTable<Nested>& table,
                             const std::string& doc, OptionRule rule) {
  OptionSpec spec = options::list_spec(key, table.set(), doc, rule);
  spec.read = [field, &table, key, rule, set = set_.name()](void* into, const yaml::Node& node,
                                                            yaml::Problems& problems) {
    if (!node.is_sequence()) return options::report_no_list(key, set, node, problems);
    if (rule.required && node.items.empty()) options::report_empty(key, set, node, problems);
    std::vector<Nested>& list = static_cast<T*>(into)->*field;
    list.clear();
    for (const yaml::Node& item : node.items) list.push_back(table.read(item, problems));
  };
  set_.add(std::move(spec));
}

template <class T>
void OptionTable<T>::ignored(const std::string& key, const std::string& because) {
  OptionSpec spec;
  spec.key = key;
  spec.type = "any";
  spec.schema = "{}";
  spec.doc = "Accepted without effect: " + because;
  spec.ignored_because = because;
  set_.add(std::move(spec));
}

}  // namespace base
