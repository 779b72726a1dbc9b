// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/yaml/node.h"
#include "base/yaml/problems.h"

namespace base {

class OptionSet;

// One option of a component, with everything that parser, JSON Schema, reference page and error texts need.
struct OptionSpec {
  std::string key;
  std::string type;          // For people: "text", "whole number", "duration", "list of text", "secret", ...
  std::string schema;        // A JSON Schema of the value, as JSON text.
  std::string doc;           // One or two sentences.
  std::string default_text;  // As a user would write it; empty when there is none.
  bool required = false;
  std::string ignored_because;  // Not empty: accepted from Robusta's configuration with this warning, has no effect.
  std::string file_key;         // Of a secret: the option that names a file instead. Only one of the two may be given.
  const OptionSet* nested = nullptr;  // The options of a mapping, or of each mapping in a list; outlives this.
  // Reads the value into the options struct. Adds a problem when it can't.
  std::function<void(void* options, const yaml::Node& value, yaml::Problems& problems)> read;
};

// The options of one component, without their type. Immutable once built.
class OptionSet {
 public:
  OptionSet(std::string name, std::string doc) : name_(std::move(name)), doc_(std::move(doc)) {}

  void add(OptionSpec spec) { specs_.push_back(std::move(spec)); }

  // Reads a mapping (null counts as an empty one) into the struct at `options`. A key without a value counts as absent.
  // Problems: not a mapping, an unknown key (with the nearest valid name), a required key missing, a value of the wrong
  // type or range.
  void read(void* options, const yaml::Node& node, yaml::Problems& problems) const;

  const std::string& name() const { return name_; }
  const std::string& doc() const { return doc_; }
  const std::vector<OptionSpec>& specs() const { return specs_; }

  // A JSON Schema (draft 7) of the mapping, as JSON text.
  std::string json_schema() const;
  // The section of the reference page: a heading, the doc, a table of options.
  std::string reference_markdown() const;

 private:
  void read_entry(void* options, const yaml::Node::Entry& entry, yaml::Problems& problems) const;
  void check_presence(const yaml::Node& mapping, yaml::Problems& problems) const;
  void report_unknown(const yaml::Node::Entry& entry, yaml::Problems& problems) const;

  std::string name_;
  std::string doc_;
  std::vector<OptionSpec> specs_;
};

}  // namespace base
